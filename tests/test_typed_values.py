"""Values of files, checked against types."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Required, TypedDict

import pytest

from charplay.typed_values import Matching, Within, check_fields, check_value


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
