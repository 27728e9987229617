"""Values of files, checked against types."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Required, TypedDict

import pytest

from charplay.typed_values import Matching, Within, check_fields, check_value, short_value


class Fields(TypedDict, total=False):
    name: Required[str]
    size: int | None


@dataclass
class Kept:
    name: str
    loss: float | None = None
    texts: tuple[str, ...] = ()


FITTING = [
    (1, int), (1, float), (1.5, float), (True, bool), ("", str), (None, int | None),
    ("a", Literal["a", "b"]), ([1, 2], list[int]),
    ([1, 2.0, None], tuple[int, float, float | None]),
    ({"a": 1}, dict[str, int]), ({"name": "a", "more": [1, {"x": None}]}, Fields),
    (5, Annotated[int, Within(1, 5)]), ("ab", Annotated[str, Within(0, 2), Matching("[ab]*")]),
    ([[], {}, "x", 1, 1.5, None, True], Any),
]  # fmt: skip
OTHERS = [
    (True, int), (1.0, int), (2**63, int), (True, float), (float("nan"), float), (10**400, float),
    (1, bool), (1, str), ("\ud800", str), ("c", Literal["a", "b"]),
    ([1, "2"], list[int]), ("12", list[int]), ([1, 2.0], tuple[int, float, float | None]),
    ({1: 1}, dict[str, int]), ({"size": 1}, Fields), ({"name": "a", "size": True}, Fields),
    ({"name": "a", "more": float("inf")}, Fields), (6, Annotated[int, Within(1, 5)]),
    ("abc", Annotated[str, Within(0, 2)]), ("abc", Annotated[str, Matching("ab")]),
    ([float("inf")], Any), ({"a": "\ud800"}, Any), ({"x" * 2_000: 1}, Any), (object(), Any),
]  # fmt: skip


@pytest.mark.parametrize(("value", "hint"), FITTING)
def test_a_value_of_its_type_passes(value, hint):
    check_value(value, hint, "here")


@pytest.mark.parametrize(("value", "hint"), OTHERS)
def test_any_other_value_is_told_with_its_place(value, hint):
    with pytest.raises(ValueError, match="here"):
        check_value(value, hint, "here")


def test_the_fields_of_a_dataclass_are_checked_by_their_types():
    check_fields({"name": "a", "loss": 1, "texts": ["b"], "newer": 5}, Kept)
    for wrong in ({"name": 5}, {"loss": "x"}, {"texts": "ab"}, []):
        with pytest.raises(ValueError, match="Kept"):
            check_fields(wrong, Kept)


class Bounded(TypedDict, total=False):
    size: Annotated[int, Within(1, 5)]


def told(value, hint, where="here"):
    with pytest.raises(ValueError, match=r".*") as caught:
        check_value(value, hint, where)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([1, 2, 3], "[1, 2, 3]"), ([1, 2, 3, 4], "a list of 4"), ((1, 2, 3, 4), "a tuple of 4"),
        ({n: n for n in range(1234)}, "a dict of 1,234"), ({}, "{}"), (1.5, "1.5"),
        ("é", r"'\xe9'"),
        ("a" * 58, repr("a" * 58)), ("a" * 59, "'" + "a" * 59 + "…"),
        ("a" * 1000, "'" + "a" * 59 + "…"), (None, "None"),
    ],
)  # fmt: skip
def test_a_value_is_told_as_python_writes_it_or_by_its_beginning(value, shown):
    assert short_value(value) == shown


def test_a_number_of_more_digits_than_python_writes_is_told_by_its_kind():
    assert short_value(10**5000) == "such a int"


def test_only_the_beginning_of_a_long_text_is_written_out():
    assert short_value("'" * 30 + '"' * 10**6) == "'" + "\\'" * 29 + "\\" + "…"


@pytest.mark.parametrize(
    ("value", "hint", "message"),
    [
        (True, int, "here cannot be True"),
        ({"size": 6}, Bounded, "here.size cannot be 6"),
        ({"size": 0}, Bounded, "here.size cannot be 0"),
        ({}, Fields, "here lacks name"),
        ({"name": 3}, Fields, "here.name cannot be 3"),
        ({"a": {"b": ["x"]}}, dict[str, dict[str, list[int]]], "here.a.b cannot be 'x'"),
        ({"x" * 1001: 1}, dict[str, int], f"a name in here cannot be '{'x' * 59}…"),
        ([1, 2], tuple[int, int, int], "here cannot be [1, 2]"),
        ([1, "x", 3], tuple[int, int, int], "here cannot be 'x'"),
        (1, None, "here cannot be 1"),
        ("x", int | float, "here cannot be 'x'"),
        ([1], int | dict[str, int] | list[str], "here cannot be 1"),
        (1, Literal["a", True], "here cannot be 1"),
        ("x" * 100_001, Any, f"here cannot be '{'x' * 59}…"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_by_its_own_place(value, hint, message):
    assert told(value, hint) == message


def test_a_table_at_no_place_tells_the_names_of_its_fields_alone():
    assert told({"name": 3}, Fields, "") == "name cannot be 3"


def test_one_of_several_types_is_enough_whichever_it_is():
    for value in (1, {"a": 1}, ["x"], None):
        check_value(value, int | dict[str, int] | list[str] | None, "here")
    check_value(None, None, "here")


@pytest.mark.parametrize(
    ("number", "fits"), [(2**63 - 1, True), (2**63, False), (1 - 2**63, True), (-(2**63), False)]
)
def test_whole_numbers_have_64_bits(number, fits):
    for hint in (int, float, Any):
        if fits:
            check_value(number, hint, "here")
        else:
            assert told(number, hint) == f"here cannot be {number}"


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def test_what_no_type_names_is_nested_two_dozen_deep_at_most():
    check_value(nested(24), Any, "here")
    assert told(nested(25), Any) == "here is nested too deeply"
    check_value({"more": nested(23), "name": "a"}, Fields, "here")
    assert told({"more": nested(24), "name": "a"}, Fields) == "here.more is nested too deeply"
    table = {}
    for _ in range(24):
        table = {"a": table}
    check_value(table, Any, "here")
    assert told({"a": table}, Any).endswith("is nested too deeply")
    check_value({"a": nested(23)}, dict[str, Any], "here")
    assert told({"a": nested(24)}, dict[str, Any]).endswith("nested too deeply")
    check_value([nested(23)], tuple[Any], "here")
    assert told([nested(24)], tuple[Any]).endswith("nested too deeply")
    check_value([nested(23)], list[Any], "here")
    assert told([nested(24)], list[Any]).endswith("nested too deeply")


def test_texts_and_names_have_a_longest():
    check_value("x" * 100_000, Any, "here")
    check_value({"x" * 1000: 1}, Any, "here")
    check_value("x" * 1_114_111, str, "here")
    assert told("x" * 1_114_112, str).startswith("here cannot be")


@pytest.mark.parametrize("hint", [list[int], dict[str, int], Any])
def test_tables_and_lists_have_two_million_values_at_most(monkeypatch, hint):
    monkeypatch.setattr("charplay.typed_values._MOST_VALUES", 3)
    for count in (3, 4):
        value = {str(n): n for n in range(count)} if hint == dict[str, int] else list(range(count))
        if count == 3:
            check_value(value, hint, "here")
        else:
            assert "here cannot be a" in told(value, hint)


def test_a_field_of_a_dataclass_is_any_table():
    check_value({"x": 1}, Kept, "here")
    check_value({"x": [{}]}, Kept | None, "here")
    assert told([], Kept) == "here cannot be []"


def test_a_type_that_files_do_not_have_is_no_type():
    with pytest.raises(TypeError, match="is no type that a file's values have"):
        check_value(1, set[int], "here")


def test_bounds_and_forms_leave_none_alone():
    check_value(None, Annotated[int | None, Within(1, 5)], "here")
    check_value(None, Annotated[str | None, Matching("a+")], "here")
    check_value([1, 2], Annotated[list[int], Within(2, 2)], "here")
    assert told([1], Annotated[list[int], Within(2, 2)]) == "here cannot be [1]"
    assert told("aab", Annotated[str, Matching("a+")]) == "here cannot be 'aab'"
