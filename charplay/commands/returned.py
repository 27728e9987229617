"""What a handler returned, checked before any of it is shown: that of a plugin may be anything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from charplay.commands.results import Table, field_values, is_dataclass_value
from charplay.errors import CharplayError

_MAY_RETURN = (
    "a command returns nothing, text, numbers, lines, a mapping, a dataclass, dataclasses of one "
    "type, a Table or an EventStream"
)
_SCALARS = (str, int, float)


class ReturnError(CharplayError):
    """A command returned what cannot be shown."""

    def __init__(self, command: str, what: str) -> None:
        super().__init__(f"the command {command} returned {what}", _MAY_RETURN)


def check_returned(command: str, value: Any) -> Any:
    """The value that a command of that name returned, arrays and numbers of NumPy as plain ones.

    Raises ReturnError for a value that cannot be shown.
    """
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        value = value.tolist()
    if isinstance(value, Table):
        _check_columns(command, value)
    elif isinstance(value, Iterator):
        return (check_returned(command, each) for each in value)
    elif isinstance(value, list | tuple) and any(map(is_dataclass_value, value)):
        _check_rows(command, value)
    elif not _is_plain(value) and not is_dataclass_value(value):
        raise ReturnError(command, f"a value of the type {_type_name(value)}")
    return value


def _is_plain(value: object) -> bool:
    """Whether a value is nothing, a text, a number, a mapping, or a list of texts and numbers."""
    if isinstance(value, list | tuple):
        return all(_is_plain(each) for each in value)
    return value is None or isinstance(value, (*_SCALARS, Mapping)) or hasattr(value, "tolist")


def _check_rows(command: str, rows: Sequence[object]) -> None:
    kinds = dict.fromkeys(map(_type_name, rows))
    if len(kinds) > 1:
        raise ReturnError(command, f"rows of several types: {', '.join(kinds)}")


def _check_columns(command: str, table: Table) -> None:
    """ReturnError where a row lacks a column; the rows of a stream come later."""
    if not isinstance(table.rows, Sequence):
        return
    for row in table.rows:
        if not (isinstance(row, Mapping) or is_dataclass_value(row)):
            raise ReturnError(command, f"a table with a row of the type {_type_name(row)}")
        values = field_values(row)
        for column in table.columns:
            if column.name not in values:
                raise ReturnError(command, f"a table whose rows have no {column.name!r}")


def _type_name(value: object) -> str:
    return type(value).__qualname__
