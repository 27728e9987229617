"""Options as plain data: flags, defaults, groups, bounds in words, and the words to type them."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest

from charplay.errors import UsageError
from charplay.options import (
    Option,
    declare_options,
    find_option,
    group,
    option,
    option_values,
    options_of,
    parse_values,
    typed_words,
)
from charplay.typed_values import LARGEST_WHOLE


@dataclass(frozen=True)
class Pen:
    width: float = option(1.5, "how wide", minimum=0.25, maximum=1_000_000)
    colour: str = option("red", "which", choices=("red", "blue"))


@dataclass(frozen=True)
class Drawing:
    place: str = option("", "where", positional=True, required=True, completes="file")
    count: int = option(1, "how many", positional=True, short="-n", minimum=1)
    pen: dict[str, Any] = group(Pen, "the pen", usual=Pen(width=3))
    other: dict[str, Any] = group(Pen, "the other pen")
    loud: bool = option(False, "make a noise", short="-l")
    title: str | None = option(None, "a title", verbatim=True)
    from_: str = option("", "a word of Python's")
    share: float = option(0.5, "a share", above=0, maximum=1)
    above: float = option(2, "a number", above=1.5)
    tags: tuple[str, ...] = option((), "several")


def test_an_option_says_no_more_than_its_default_and_its_help():
    made = option(3, "how many")
    assert made.default == 3
    assert made.metadata == {
        "help": "how many", "minimum": None, "maximum": None, "above": None, "choices": (),
        "metavar": "", "short": "", "positional": False, "verbatim": False, "required": False,
        "completes": "",
    }  # fmt: skip
    assert Option("x", "int", False, False, 3, "") == Option(
        "x", "int", False, False, 3, "", None, None, None, (), "", "", False, False, False, "", "",
    )  # fmt: skip


def test_the_options_of_a_class_are_told_with_all_that_was_declared():
    told = {each.name + (each.group and f" of {each.group}"): each for each in options_of(Drawing)}
    assert list(told) == [
        "place", "count", "width of pen", "colour of pen", "width of other", "colour of other",
        "loud", "title", "from_", "share", "above", "tags",
    ]  # fmt: skip
    place, count = told["place"], told["count"]
    assert (place.positional, place.required, place.completes) == (True, True, "file")
    assert (count.positional, count.required, count.short) == (True, False, "-n")
    assert (told["title"].verbatim, told["title"].nullable, told["loud"].nullable) == (
        True, True, False,
    )  # fmt: skip
    assert (told["width of pen"].default, told["width of other"].default) == (3, 1.5)
    assert told["width of pen"].minimum == 0.25
    assert (told["tags"].many, told["count"].many) == (True, False)


def test_a_group_holds_the_options_given_by_name():
    assert Drawing().pen == {}
    field = next(each for each in dataclasses.fields(Drawing) if each.name == "pen")
    assert field.metadata == {"group": Pen, "help": "the pen", "usual": Pen(width=3)}
    assert parse_values(Drawing, {"width": "2", "colour": "blue"}) == {
        "width": 2.0, "colour": "blue",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "flags", "has", "switch", "typed"),
    [
        ("place", ("--place",), False, False, "place"),
        ("count", ("-n", "--count"), True, False, "count"),
        ("loud", ("-l", "--loud"), True, True, "loud"),
        ("title", ("--title",), True, False, "title"),
        ("from", ("--from",), True, False, "from"),
    ],
)
def test_the_flags_of_an_option_are_those_that_can_be_typed(name, flags, has, switch, typed):
    declared = find_option(Drawing, name)
    assert (declared.flags, declared.has_flags, declared.is_switch) == (flags, has, switch)
    assert declared.typed_name == typed


@pytest.mark.parametrize(
    ("default", "says"),
    [(None, False), ("", False), (False, False), ((), False), ("x", True), (True, True),
     (3, True), (0.5, True), (("a",), True)],
)  # fmt: skip
def test_a_default_says_something_unless_it_is_none_off_or_empty(default, says):
    assert Option("x", "str", True, False, default, "").has_default is says


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("count", "a whole number, 1 or more"),
        ("width", "a number from 0.25 to 1,000,000"),
        ("colour", "one of red, blue"),
        ("loud", "on or off"),
        ("title", "text"),
        ("share", "a number above 0, at most 1"),
        ("above", "a number above 1.5"),
    ],
)
def test_the_values_allowed_are_told_in_words(name, domain):
    assert find_option(Drawing, name).domain == domain


@pytest.mark.parametrize(
    ("name", "value", "message", "hint"),
    [
        ("count", LARGEST_WHOLE + 1, f"count cannot be {LARGEST_WHOLE + 1}",
         f"count is a whole number, 1 or more, at most {LARGEST_WHOLE:,}"),
        ("count", "0", "count cannot be 0", "count is a whole number, 1 or more"),
        ("count", 0, "count cannot be 0", "count is a whole number, 1 or more"),
        ("count", "", "count needs a value", "count is a whole number, 1 or more"),
        ("count", None, "count cannot be None", "count is a whole number, 1 or more"),
        ("title", 3, "title cannot be 3", "title is text, or none"),
        ("share", 1.5, "share cannot be 1.5", "share is a number above 0, at most 1"),
        ("count", "x" * 58, f"count cannot be {'x' * 58!r}", "count is a whole number, 1 or more"),
        ("count", "x" * 59, f"count cannot be '{'x' * 59}…", "count is a whole number, 1 or more"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_told_with_what_can(name, value, message, hint):
    declared = find_option(Drawing, name)
    with pytest.raises(UsageError) as told:
        declared.parse(value)
    assert (told.value.message, told.value.hint) == (message, hint)


def test_a_number_of_more_digits_than_python_writes_is_told_as_such():
    with pytest.raises(UsageError, match="count cannot be a number so large"):
        find_option(Drawing, "count").parse(10**5000)


def test_the_largest_whole_number_is_taken():
    assert find_option(Drawing, "count").parse(LARGEST_WHOLE) == LARGEST_WHOLE


def words(**values):
    return typed_words(options_of(Drawing), values)


def test_values_are_typed_as_words_places_first_and_what_is_usual_not_at_all():
    assert words() == ()
    assert words(place="here", count=1) == ("here",)
    assert words(place="here", share=0.25, above=4.0, tags=("a", "b")) == (
        "here", "--share", "0.25", "--above", "4", "--tags", "a", "--tags", "b",
    )  # fmt: skip
    assert words(loud=True, from_="x") == ("--loud", "--from", "x")


def test_a_place_that_looks_like_a_flag_comes_last_behind_two_dashes():
    assert words(place="-x", share=0.25) == ("--share", "0.25", "--", "-x")
    assert words(place="-x") == ("--", "-x")


def test_options_known_as_data_alone_make_the_same_class():
    data = [each.to_data() for each in options_of(Drawing) if not each.group]
    again = declare_options("Again", map(Option.from_data, data))
    assert options_of(again) == tuple(each for each in options_of(Drawing) if not each.group)
    assert option_values(again(place="x"))["place"] == "x"
