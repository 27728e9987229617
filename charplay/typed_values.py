"""Values that a file holds, checked against the types that they should have.

A type is a plain annotation: `int`, `str | None`, `list[float]`, a `TypedDict` for fields by name,
`Literal[…]`, or `Annotated[…, Within(…)]` for bounds; a dataclass is a table of its fields. What no
type names is still bounded: finite numbers of 64 bits, texts that can be encoded, no endless
nesting.
"""

import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, is_dataclass
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

LARGEST_WHOLE = 2**63 - 1
_LONGEST_TEXT, _LONGEST_NAME, _MOST_VALUES, _DEEPEST = 100_000, 1_000, 2_000_000, 24
_LONGEST_SHOWN = 60

# Checks a value that stands at a place, so many levels deep; ValueError where it does not fit.
_Check = Callable[[Any, str, int], None]


@dataclass(frozen=True)
class Within:
    """Bounds, both allowed: of a number, or of the length of a text, a list or a table."""

    least: float
    most: float

    def check(self, value: Any, where: str) -> None:
        """ValueError where the value is outside; None is no number."""
        size = len(value) if isinstance(value, str | list | tuple | dict) else value
        if size is not None and not self.least <= size <= self.most:
            raise misfit(where, value)


@dataclass(frozen=True)
class Matching:
    """The form that a text has to its end."""

    pattern: str

    def check(self, value: Any, where: str) -> None:
        """ValueError where the text has another form; None is no text."""
        if isinstance(value, str) and not re.fullmatch(self.pattern, value):
            raise misfit(where, value)


def check_value(value: object, hint: Any, where: str) -> None:
    """ValueError that says `where` a value does not fit a type."""
    _check_of(hint)(value, where, 0)


def check_fields(values: object, cls: type) -> None:
    """ValueError where a table has a value that does not fit the field of a dataclass."""
    check_value(values, dict[str, Any], cls.__name__)
    assert isinstance(values, dict)
    hints = _hints_of(cls)
    for name in values.keys() & hints.keys():
        check_value(values[name], hints[name], f"{cls.__name__}.{name}")


def misfit(where: str, value: object) -> ValueError:
    """The error for a value that cannot stand at a place."""
    return ValueError(f"{where} cannot be {short_value(value)}")


def short_value(value: object) -> str:
    """A value as Python writes it, or the beginning of that."""
    if isinstance(value, dict | list | tuple) and len(value) > 3:
        return f"a {type(value).__name__} of {len(value):,}"
    if isinstance(value, str):
        value = value[:_LONGEST_SHOWN]
    try:
        shown = ascii(value)
    except (ValueError, RecursionError):  # more digits than Python writes, or no end of brackets
        return f"such a {type(value).__name__}"
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


@cache
def _hints_of(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def _check_of(hint: Any) -> _Check:
    """The check of a type."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_typeddict(hint):
        return _fields_check(hint)
    if origin is Required:
        return _check_of(parts[0])
    if origin is Annotated:
        return _bounded_check(*parts)
    if origin in (Union, UnionType):
        return _union_check(parts)
    if origin is Literal:
        return _choice_check(parts)
    if origin in (dict, Mapping):
        return _table_check(_check_of(parts[1]))
    if is_dataclass(hint):  # which checks its own values when it is made
        return _table_check(_check_any)
    if origin is list or parts[1:] == (...,):
        return _list_check(_check_of(parts[0]))
    if origin is tuple:
        return _row_check([_check_of(part) for part in parts])
    raise TypeError(f"{hint!r} is no type that a file's values have")


def _check_none(value: Any, where: str, depth: int) -> None:
    if value is not None:
        raise misfit(where, value)


def _check_switch(value: Any, where: str, depth: int) -> None:
    if not isinstance(value, bool):
        raise misfit(where, value)


def _check_whole(value: Any, where: str, depth: int) -> None:
    if type(value) is not int or not -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        raise misfit(where, value)


def _check_number(value: Any, where: str, depth: int) -> None:
    """A whole number is a number too; true and false are none."""
    if type(value) is float and isfinite(value):
        return
    if type(value) is not int or not -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        raise misfit(where, value)


def _check_text(value: Any, where: str, depth: int) -> None:
    if not isinstance(value, str) or len(value) > sys.maxunicode:
        raise misfit(where, value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise misfit(where, value) from error


def _check_any(value: Any, where: str, depth: int) -> None:
    """A value of no known type, within the bounds that all have."""
    if depth > _DEEPEST:
        raise ValueError(f"{where} is nested too deeply")
    if isinstance(value, str):
        _check_text(value, where, depth)
        Within(0, _LONGEST_TEXT).check(value, where)
    elif isinstance(value, dict):
        _table_check(_check_any)(value, where, depth)
    elif isinstance(value, list | tuple):
        _list_check(_check_any)(value, where, depth)
    elif value is not None and not isinstance(value, bool):
        _check_number(value, where, depth)


def _fields_check(hint: Any) -> _Check:
    """Fields by name; those that the type does not know are of any type."""
    known = {
        name: _check_of(each) for name, each in get_type_hints(hint, include_extras=True).items()
    }
    required: frozenset[str] = hint.__required_keys__
    table = _table_check(lambda value, where, depth: None)

    def check(value: Any, where: str, depth: int) -> None:
        table(value, where, depth)
        if missing := required - value.keys():
            raise ValueError(f"{where} lacks {min(missing)}")
        for name, each in value.items():
            known.get(name, _check_any)(each, f"{where}.{name}" if where else name, depth + 1)

    return check


def _table_check(of_value: _Check) -> _Check:
    def check(value: Any, where: str, depth: int) -> None:
        if not isinstance(value, dict) or len(value) > _MOST_VALUES:
            raise misfit(where, value)
        for name, each in value.items():
            _check_text(name, f"a name in {where}", depth)
            if len(name) > _LONGEST_NAME:
                raise misfit(f"a name in {where}", name)
            of_value(each, f"{where}.{name}", depth + 1)

    return check


def _list_check(of_value: _Check) -> _Check:
    def check(value: Any, where: str, depth: int) -> None:
        if not isinstance(value, list | tuple) or len(value) > _MOST_VALUES:
            raise misfit(where, value)
        for each in value:
            of_value(each, where, depth + 1)

    return check


def _row_check(of_values: list[_Check]) -> _Check:
    def check(value: Any, where: str, depth: int) -> None:
        if not isinstance(value, list | tuple) or len(value) != len(of_values):
            raise misfit(where, value)
        for of_value, each in zip(of_values, value):
            of_value(each, where, depth + 1)

    return check


def _union_check(parts: tuple[Any, ...]) -> _Check:
    """One of several types; the last of them says what does not fit."""
    checks = [_check_of(part) for part in parts if part is not NoneType]

    def check(value: Any, where: str, depth: int) -> None:
        if value is None and NoneType in parts:
            return
        for each in checks[:-1]:
            with suppress(ValueError):
                each(value, where, depth)
                return
        checks[-1](value, where, depth)

    return check


def _choice_check(choices: tuple[Any, ...]) -> _Check:
    def check(value: Any, where: str, depth: int) -> None:
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            raise misfit(where, value)

    return check


def _bounded_check(hint: Any, *bounds: Within | Matching) -> _Check:
    of_value = _check_of(hint)

    def check(value: Any, where: str, depth: int) -> None:
        of_value(value, where, depth)
        for bound in bounds:
            bound.check(value, where)

    return check


_PLAIN: dict[Any, _Check] = {
    None: _check_none,
    NoneType: _check_none,
    bool: _check_switch,
    int: _check_whole,
    float: _check_number,
    str: _check_text,
    Any: _check_any,
}
