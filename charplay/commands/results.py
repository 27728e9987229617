"""What a command may return, and how any of it becomes plain values for JSON and CSV.

A command returns nothing, a line (str), a number, lines, a mapping, a Table, a dataclass, a
sequence of dataclasses of one type, or an EventStream. That alone decides its JSON and CSV, and a
readable text; for a type of its own a command may bring a view (see `Command.views`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints

Align = Literal["left", "right"]
Shrink = Literal["never", "fold", "drop"]


@dataclass(frozen=True)
class Column:
    """A column of a table. Its name is the field of the rows, on the screen, in CSV and in JSON.

    unit: shown under the name; format: a format specification for the value (".3f", ",", ".12");
    align: numbers go to the right unless said; shrink: on a narrow screen the column is never
    cut, may fold over several lines, or is dropped; rank: the higher, the sooner it is dropped, of
    equal ones the last; above 0 one that folds may be dropped too; least: the narrowest that it
    folds to; most: the widest before it folds; usual: its width in a table whose rows are not known
    yet, where longer values fold; mark: a true value is a `*`, and the column has no header.
    """

    name: str
    unit: str = ""
    format: str = ""
    align: Align | None = None
    shrink: Shrink = "never"
    rank: int = 0
    least: int = 8
    most: int | None = None
    usual: int | None = None
    mark: bool = False

    @property
    def header(self) -> str:
        """The text above the column."""
        return f"{self.title}\n{self.unit}" if self.unit else self.title

    @property
    def title(self) -> str:
        """The column's name as words."""
        return "" if self.mark else self.name.replace("_", " ")

    @property
    def may_drop(self) -> bool:
        """Whether a narrow screen may do without it."""
        return self.shrink == "drop" or (self.shrink == "fold" and self.rank > 0)

    def text_of(self, values: Mapping[str, Any]) -> str:
        """The value of a row's fields as it is shown; a dash where there is none."""
        value = values[self.name]
        if self.mark or isinstance(value, bool):
            return ("*" if self.mark else "yes") if value else ""
        if plain_value(value) in (None, "", [], {}):
            return "–"
        if isinstance(value, datetime):
            return value.astimezone().strftime("%Y-%m-%d %H:%M")
        if isinstance(value, list | tuple):
            return ", ".join(map(str, value))
        try:
            return format(value, self.format)
        except (TypeError, ValueError):  # a value that is not of the kind which the format is for
            return str(value)


@dataclass(frozen=True)
class Table:
    """Rows with declared columns, what to say where there are none, and a note below them.

    rows: dataclasses or mappings; of a table that is only written, an iterator. JSON and CSV have
    every field of a row, the screen the columns; `json_only` are the fields that fit into no cell
    of CSV.
    In `empty` and `note` a command in backquotes is shown as it is typed: `:train FILE`.
    """

    rows: Sequence[Any] | IncomingRows
    columns: tuple[Column, ...]
    empty: str = "nothing to show"
    note: str = ""
    json_only: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventStream:
    """Results that come one after another, each shown when it comes.

    JSON has a line for each. CSV has the last one, in a stream that `ends_in_table`; any other is
    refused in CSV before it begins.
    """

    ends_in_table: ClassVar[bool] = False

    events: Iterator[Any]

    def results(self) -> Iterator[object]:
        """What JSON and CSV write: every event, unless a stream sums them up."""
        yield from self.events


@dataclass(frozen=True)
class RowStream(EventStream):
    """Rows that come one after another: a table that grows, and in JSON one object that does.

    events: the rows, others that only a view needs, and last one with what is known at the end.
    row_type: the type of the rows; rows_field: their name in an object; head_fields: the fields of
    the stream that stand before them there.
    """

    ends_in_table: ClassVar[bool] = True
    row_type: ClassVar[type]
    rows_field: ClassVar[str] = "answers"
    head_fields: ClassVar[tuple[str, ...]] = ("model", "seed", "prompt")

    def results(self) -> Iterator[object]:
        """A table whose rows are given as they come."""
        rows = IncomingRows(self.events, self.row_type)
        yield Table(rows, tuple(Column(field.name) for field in dataclasses.fields(self.row_type)))


class IncomingRows(Iterator[Any]):
    """The rows among events; count: how many came; notices: those of the other events so far."""

    def __init__(self, events: Iterator[Any], row_type: type) -> None:
        self._events, self._row_type = events, row_type
        self.count = 0
        self.notices: tuple[str, ...] = ()

    def __next__(self) -> Any:
        for event in self._events:
            if isinstance(event, self._row_type):
                self.count += 1
                return event
            self.notices = tuple(dict.fromkeys((*self.notices, *event.notices)))
        raise StopIteration


@dataclass(frozen=True)
class NamedValue:
    """One entry of a mapping, as a row."""

    name: str
    value: Any


@dataclass(frozen=True)
class Quit:
    """The person wants to leave."""


@dataclass(frozen=True)
class Draft:
    """The person wants to edit a text, the last one that they typed where None is given."""

    text: str | None


def field_values(row: object) -> dict[str, Any]:
    """The fields of a dataclass or a mapping, by name."""
    if isinstance(row, Mapping):
        return {str(name): value for name, value in row.items()}
    assert dataclasses.is_dataclass(row)
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}


def table_of(rows: Sequence[Any]) -> Table:
    """A table of dataclasses of one type, a column a field."""
    names = field_values(rows[0]) if rows else ()
    return Table(rows, tuple(Column(name, shrink="fold") for name in names))


def is_dataclass_value(value: object) -> bool:
    """Whether a value is an instance of a dataclass."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def is_rows(value: object) -> bool:
    """Whether a value is a list or tuple of dataclasses, at least one."""
    return isinstance(value, list | tuple) and bool(value) and all(map(is_dataclass_value, value))


def result_of(value: object) -> object:
    """The value that a stream which `ends_in_table` comes to; any other value is its own."""
    if isinstance(value, EventStream) and value.ends_in_table:
        *_, value = value.results()
    return value


def asides_of(value: object) -> tuple[str, ...]:
    """What a person should know beside the rows of a result, where these stand alone."""
    if isinstance(value, Table) and isinstance(value.rows, IncomingRows):
        return value.rows.notices
    if isinstance(value, Table):
        return tuple(filter(None, (value.note if value.rows else value.empty,)))
    notices = getattr(value, "notices", None) or getattr(value, "notes", ())
    return tuple(notices) if isinstance(notices, list | tuple) else ()


def count_rows(table: Table) -> int:
    """How many rows a table has, or has given so far."""
    return table.rows.count if isinstance(table.rows, IncomingRows) else len(table.rows)


def find_table(value: object) -> Table | None:
    """The table that CSV writes: the result itself, its rows, or its one field of rows.

    A dataclass that says `is_row` of itself is a table of one row.
    That of a mapping has a row for each name and value; that of nothing has neither row nor column.
    """
    if isinstance(value, Table):
        return value
    if isinstance(value, Mapping):
        return table_of([NamedValue(str(name), part) for name, part in value.items()])
    if value is None or (isinstance(value, list | tuple) and not value):
        return table_of(())
    if is_rows(value):
        return table_of(value)  # type: ignore[arg-type]
    if not is_dataclass_value(value):
        return None
    if getattr(value, "is_row", False):
        return table_of((value,))
    declared = [name for name, hint in get_type_hints(type(value)).items() if _holds_rows(hint)]
    if len(declared) != 1:
        return None
    rows = getattr(value, declared[0])
    return table_of(rows)


def _holds_rows(hint: object) -> bool:
    """Whether a field of that type is a list or tuple of dataclasses, be it empty or not."""
    parts = get_args(hint)
    return get_origin(hint) in (list, tuple) and bool(parts) and dataclasses.is_dataclass(parts[0])


def plain_value(value: Any) -> Any:
    """A value as JSON holds it: NaN and infinities are null, numpy's numbers are numbers."""
    if isinstance(value, Table):
        return [plain_value(row) for row in value.rows]
    if is_dataclass_value(value) or isinstance(value, Mapping):
        return {name: plain_value(part) for name, part in field_values(value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if hasattr(value, "tolist"):  # an array or a number of numpy, which need not be imported
        value = value.tolist()
        return plain_value(value) if isinstance(value, list) else _plain_scalar(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
