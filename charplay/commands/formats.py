"""Results for programs and files: JSON, CSV, and one answer a line, with nothing beside them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from charplay.commands.results import (
    EventStream,
    RowStream,
    Table,
    field_values,
    find_table,
    plain_value,
    result_of,
)
from charplay.commands.settings import EXCEL
from charplay.commands.spreadsheet import Spreadsheet
from charplay.errors import CharplayError, UsageError
from charplay.text.typed.signs import replace_unseen

JSON_LINES = "jsonl"
Writer = Callable[[object], Iterator[str]]

# A cell that holds one of these characters is put in quotes.
_ROW_END = "\r\n"
_LINE_ENDS = str.maketrans({"\n": "\\n", "\r": "\\r"})


def written_as(
    format: str, value: object, spreadsheet: Spreadsheet, ascii_only: bool = False
) -> Iterator[str]:
    """The pieces of a result in a format other than text, its lines with their ends.

    ascii_only: JSON escapes every other character, for an output that has not all of them.
    """
    if format == EXCEL:
        return spreadsheet.written(csv_cells(value))
    if format == "json" and isinstance(value, RowStream):
        return _growing_object(value, ascii_only)
    if format in ("json", JSON_LINES):
        lines = (as_json if format == "json" else as_json_lines)(value, ascii_only)
    else:
        lines = {"csv": as_csv, "lines": as_lines}[format](value)
    return (f"{line}\n" for line in lines)


def as_json(value: object, ascii_only: bool = False) -> Iterator[str]:
    """Lines of JSON: one for a value, one for each result of a stream, none for nothing."""
    if value is None:
        return
    if not isinstance(value, EventStream | Iterator):
        yield _json_line(value, ascii_only)
        return
    for result in value.results() if isinstance(value, EventStream) else value:
        yield _json_line(result, ascii_only)


def json_document(value: object) -> str:
    """A result as one document of JSON, whole: of a stream of events, a list of them."""
    documents = list(as_json(value))
    return documents[0] if len(documents) == 1 else "[" + ",\n".join(documents) + "]"


def _growing_object(stream: RowStream, ascii_only: bool) -> Iterator[str]:
    """The pieces of one object, in one line: its head, each row as it comes, what the end tells.

    So a reader sees the first row before the last is there, and no memory has to hold them all.
    """
    head = {name: getattr(stream, name) for name in stream.head_fields}
    yield _json_line({**head, stream.rows_field: ()}, ascii_only).removesuffix("]}")
    separator, event = "", None
    try:
        for event in stream.events:
            if isinstance(event, stream.row_type):
                yield separator + _json_line(event, ascii_only)
                separator = ", "
    except CharplayError:
        yield "]}\n"  # what there is stays valid
        raise
    end = _json_line(field_values(event), ascii_only).removeprefix("{")
    yield f"], {end}\n"


def as_json_lines(value: object, ascii_only: bool = False) -> Iterator[str]:
    """Lines of JSON: one for each row of a table, and else as `as_json`."""
    result = result_of(value)
    table = find_table(result)
    if table is None:
        yield from as_json(result, ascii_only)
    else:
        yield from (_json_line(row, ascii_only) for row in table.rows)


def as_csv(value: object) -> Iterator[str]:
    """Lines of CSV with a header; UsageError for what is no table."""
    for cells in csv_cells(value):
        line = io.StringIO()
        csv.writer(line, lineterminator=_ROW_END).writerow(cells)
        yield line.getvalue().removesuffix(_ROW_END)


def as_lines(value: object) -> Iterator[str]:
    """The first column of a table, a row a line; a line end inside a text is written `\\n`."""
    value = result_of(value)
    if isinstance(value, str | int | float):
        value = (value,)
    if isinstance(value, list | tuple) and all(
        isinstance(each, str | int | float) for each in value
    ):
        yield from (str(each).translate(_LINE_ENDS) for each in value)
        return
    table = _needed_table(value)
    name = next((column.name for column in table.columns if not column.mark), None)
    for row in table.rows:
        yield str(_cell(plain_value(field_values(row)[name or ""]))).translate(_LINE_ENDS)


def csv_cells(value: object) -> Iterator[Sequence[object]]:
    """The names of the fields of a table's rows, then their values, a cell each."""
    table = _needed_table(result_of(value))
    for number, row in enumerate(table.rows):
        values = plain_value(field_values(row))
        names = [name for name in values if name not in table.json_only]
        if number == 0:
            yield names
        yield [_cell(values[name]) for name in names]


def _needed_table(value: object) -> Table:
    table = find_table(value)
    if table is None:
        raise UsageError("this is not a table", "use --format json")
    return table


def _json_line(value: object, ascii_only: bool) -> str:
    text = json.dumps(plain_value(value), ensure_ascii=ascii_only)
    # What no stream can write, and what would act on a terminal or hide there.
    return replace_unseen(text, _json_escape)


def _json_escape(character: str) -> str:
    """A character as JSON writes it in ASCII, with two escapes where it is two units of UTF-16."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _cell(value: Any) -> object:
    """A value in one cell: the parts of a list beside each other, those of a mapping too."""
    if isinstance(value, list):
        return "; ".join(str(_cell(part)) for part in value)
    if isinstance(value, dict):
        return " ".join(str(_cell(part)) for part in value.values())
    return "" if value is None else value
