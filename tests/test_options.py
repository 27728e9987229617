import json
from dataclasses import dataclass, field, make_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import UsageError
from charplay.options import (
    Option,
    build,
    change,
    declare_options,
    find_option,
    group,
    option,
    option_values,
    options_of,
    parse_values,
    typed_words,
)
from charplay.plan import Plan


@dataclass(frozen=True)
class Pace:
    """A type of one's own: it parses itself and says its domain."""

    minutes: int

    domain = "a pace like 5min"

    @classmethod
    def parse(cls, text: str) -> "Pace":
        if not text.endswith("min"):
            raise ValueError(text)
        return cls(int(text.removesuffix("min")))

    def __str__(self) -> str:
        return f"{self.minutes}min"


@dataclass(frozen=True)
class Run:
    count: int = option(1, "how many", minimum=1, maximum=10)
    rate: float = option(0.5, "how fast", above=0, maximum=1)
    limit: float | None = option(None, "at most", minimum=0)
    loud: bool = option(False, "make a noise")
    colour: str = option("red", "which colour", choices=("red", "green", "blue"))
    title: str | None = option(None, "what it is called")
    pace: Pace | None = option(None, "how long")
    top_speed: int = option(3, "a name of two words")
    tags: tuple[int, ...] = option((), "several", minimum=0)


@dataclass(frozen=True)
class Outing:
    place: str = option("park", "where", positional=True)
    run: dict[str, Any] = group(Run, "the run's options")
    notes: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("count", "7", 7),
        ("count", 7, 7),
        ("rate", "0.25", 0.25),
        ("rate", "1e-3", 0.001),
        ("rate", 1, 1.0),
        ("limit", "none", None),
        ("limit", None, None),
        ("limit", "2", 2.0),
        ("loud", "on", True),
        ("loud", "OFF", False),
        ("loud", "yes", True),
        ("loud", "false", False),
        ("loud", True, True),
        ("colour", "green", "green"),
        ("title", "a b", "a b"),
        ("title", "None", None),
        ("pace", "5min", Pace(5)),
        ("pace", Pace(6), Pace(6)),
        ("tags", ["1", 2], (1, 2)),
        ("tags", (), ()),
    ],
)
def test_a_value_is_read_in_its_options_own_type(name, typed, value):
    parsed = parse_values(Run, {name: typed})[name]
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(("typed", "value"), [("10_000", 10_000), ("10,000", 10_000)])
def test_thousands_may_be_marked(typed, value):
    assert find_option(Run, "top-speed").parse(typed) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("count", "0"),
        ("count", "11"),
        ("count", "2.5"),
        ("count", 2.0),
        ("count", ""),
        ("count", "many"),
        ("count", None),
        ("rate", "0"),
        ("rate", "1.01"),
        ("rate", "fast"),
        ("limit", "-1"),
        ("loud", "loudly"),
        ("loud", 1),
        ("loud", None),
        ("title", 5),
        ("pace", "5 miles"),
        ("tags", ["1", "-2"]),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_options_name_and_domain(name, typed):
    with pytest.raises(UsageError) as caught:
        parse_values(Run, {name: typed})
    assert caught.value.message.startswith(f"{name} ")
    assert caught.value.hint.startswith(f"{name} is {find_option(Run, name).domain}")


@pytest.mark.parametrize("typed", ["nan", "inf", "-inf", "1e999", float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["rate", "limit"])
def test_no_number_is_not_finite(name, typed):
    with pytest.raises(UsageError, match=f"{name} cannot be"):
        parse_values(Run, {name: typed})


@pytest.mark.parametrize("name", ["top_speed", "rate"])
@pytest.mark.parametrize("typed", ["9" * 400, 10**400, "9" * 5000], ids=["text", "int", "longer"])
def test_a_number_too_large_for_the_machine_is_refused_like_any_other(name, typed):
    with pytest.raises(UsageError):
        parse_values(Run, {name: typed})


@pytest.mark.parametrize("name", ["count", "rate", "limit", "top_speed", "title"])
def test_a_truth_value_is_never_taken_for_a_number_or_a_text(name):
    with pytest.raises(UsageError, match="cannot be True"):
        parse_values(Run, {name: True})


@pytest.mark.parametrize(
    ("name", "typed", "hint"),
    [
        ("count", "x", "count is a whole number from 1 to 10"),
        ("rate", "x", "rate is a number above 0, at most 1"),
        ("limit", "x", "limit is a number, 0 or more, or none"),
        ("loud", "x", "loud is on or off"),
        ("title", 5, "title is text, or none"),
        ("pace", "x", "pace is a pace like 5min, or none"),
        ("count", str(2**63), "count is a whole number from 1 to 10"),
        ("tags", "x", "tags is a whole number, 0 or more"),
        (
            "tags",
            str(2**63),
            "tags is a whole number, 0 or more, at most 9,223,372,036,854,775,807",
        ),
    ],
)
def test_the_hint_says_in_words_what_is_allowed(name, typed, hint):
    with pytest.raises(UsageError) as caught:
        parse_values(Run, {name: typed})
    assert caught.value.hint == hint


def test_the_largest_number_that_a_hint_tells_can_be_typed():
    with pytest.raises(UsageError) as caught:
        parse_values(Plan, {"seed": "-1"})
    assert caught.value.hint == "seed is a whole number from 0 to 9,223,372,036,854,775,807"
    assert parse_values(Plan, {"seed": caught.value.hint.split()[-1]}) == {"seed": 2**63 - 1}


def test_a_choice_nearly_right_gets_the_right_one_shown():
    with pytest.raises(UsageError) as caught:
        build(Run, {"colour": "gren"})
    assert caught.value.message == "there is no choice for colour 'gren'"
    assert caught.value.hint == "did you mean green?"


def test_an_unknown_option_gets_the_nearest_ones_shown():
    with pytest.raises(UsageError) as caught:
        build(Run, {"top-sped": 3}, "running option")
    assert caught.value.message == "there is no running option 'top-sped'"
    assert caught.value.hint == "did you mean top-speed?"


@pytest.mark.parametrize("name", ["top-speed", "top_speed"])
def test_dashes_and_underscores_are_the_same(name):
    assert build(Run, {name: "8"}) == Run(top_speed=8)


def test_a_groups_options_are_listed_with_the_others_and_know_their_group():
    by_name = {each.name: each for each in options_of(Outing)}
    assert list(by_name) == ["place", *(each.name for each in options_of(Run))]
    assert by_name["place"].group == ""
    assert by_name["count"].group == "run"
    assert replace(by_name["count"], group="") == find_option(Run, "count")


def test_a_field_that_was_not_declared_is_no_option():
    with pytest.raises(UsageError, match="there is no option 'notes'"):
        build(Outing, {"notes": ["x"]})


def test_what_is_not_given_keeps_its_default():
    assert build(Run, {}) == Run()
    assert build(Run, {"count": "3"}) == Run(count=3)


def test_one_value_for_an_option_of_several_is_one_of_them():
    assert build(Run, {"tags": "3"}) == build(Run, {"tags": ["3"]}) == Run(tags=(3,))


def test_values_are_typed_as_they_are_read_each_with_its_flag():
    words = typed_words(options_of(Run), {"tags": (1, -2), "title": "-x", "loud": True})
    assert words == ("--loud", "--title=-x", "--tags", "1", "--tags=-2")


def test_change_leaves_the_rest_and_the_original_alone():
    first = Run(count=3, title="a")
    assert change(first, {"count": "4"}) == Run(count=4, title="a")
    assert first == Run(count=3, title="a")


def test_change_checks_what_build_checks():
    with pytest.raises(UsageError, match="count cannot be"):
        change(Run(), {"count": "99"})


runs = st.builds(
    Run,
    count=st.integers(1, 10),
    rate=st.floats(0, 1, exclude_min=True),
    limit=st.none() | st.floats(0, 1e300),
    loud=st.booleans(),
    colour=st.sampled_from(["red", "green", "blue"]),
    title=st.none() | st.text().filter(lambda text: text not in ("none", "None")),
    pace=st.none() | st.builds(Pace, st.integers(0, 1000)),
    top_speed=st.integers(-(2**63), 2**63),
    tags=st.lists(st.integers(0, 2**40)).map(tuple),
)


@given(runs)
def test_what_is_written_builds_the_same_again(run):
    assert build(Run, option_values(run)) == run


@given(runs)
def test_what_is_written_are_plain_values(run):
    plain = (type(None), bool, int, float, str, tuple)
    assert all(isinstance(value, plain) for value in option_values(run).values())


def test_several_numbers_are_typed_with_commas_between_them():
    @dataclass(frozen=True)
    class Sizes:
        sizes: tuple[int, ...] = option((), "sizes", minimum=1)
        words: tuple[str, ...] = option((), "words")

    assert parse_values(Sizes, {"sizes": "5,6"}) == {"sizes": (5, 6)}
    assert parse_values(Sizes, {"sizes": [5, "6"]}) == {"sizes": (5, 6)}
    assert parse_values(Sizes, {"words": "a,b"}) == {"words": ("a,b",)}
    with pytest.raises(UsageError):
        parse_values(Sizes, {"sizes": "5,,6"})


def test_declared_options_are_the_same_class_again_from_their_data():
    data = [json.loads(json.dumps(each.to_data())) for each in options_of(Plan)]
    again = declare_options("Plan", map(Option.from_data, data))
    assert options_of(again) == options_of(Plan)
    assert option_values(again()) == option_values(Plan())
    assert hash(again()) == hash(again()), "options are values: they do not change"


@pytest.mark.parametrize(
    ("declared", "placeholder"),
    [
        (option(1, "a number"), "N"),
        (option(1.5, "a number"), "N"),
        (option("", "a text"), "GIVEN"),
        (option("a", "one of them", choices=("a", "b")), "a|b"),
        (option(1, "a number", metavar="K"), "K"),
    ],
)
def test_a_usage_line_says_what_kind_of_value_comes(declared, placeholder):
    kind = type(declared.default)
    cls = make_dataclass("Options", [("given", kind, declared)], frozen=True)
    assert find_option(cls, "given").placeholder == placeholder
