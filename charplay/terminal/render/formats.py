"""Results for programs: lines of JSON and of CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from charplay.commands.results import EventStream, RowStream, field_values, find_table, plain_value
from charplay.errors import UsageError

# Rows of a stream in one line of JSON: a reader need not wait for all of many.
ROWS_AN_OBJECT = 64


def as_json(value: object) -> Iterator[str]:
    """Lines of JSON: one for a value, one for each result of a stream, none for nothing."""
    if value is None:
        return
    if isinstance(value, RowStream):
        yield from _object_lines(value)
        return
    if not isinstance(value, EventStream | Iterator):
        yield _json_line(value)
        return
    for result in value.results() if isinstance(value, EventStream) else value:
        yield _json_line(result)


def _object_lines(stream: RowStream) -> Iterator[str]:
    """One object where the rows are few; of many, an object for each so many of them.

    The last one also has what is known at the end.
    """
    head = {name: getattr(stream, name) for name in stream.head_fields}
    rows: list[object] = []
    event: object = None
    for event in stream.events:
        if isinstance(event, stream.row_type):
            if len(rows) == ROWS_AN_OBJECT:
                yield _json_line({**head, stream.rows_field: rows})
                rows.clear()
            rows.append(event)
    yield _json_line({**head, stream.rows_field: rows, **field_values(event)})


def as_csv(value: object) -> Iterator[str]:
    """Lines of CSV with a header; UsageError for what is no table."""
    if isinstance(value, EventStream) and value.ends_in_table:
        *_, value = value.results()
    table = find_table(value)
    if table is None:
        raise UsageError("this is not a table", "use --format json")
    for number, row in enumerate(table.rows):
        values = plain_value(field_values(row))
        names = [name for name in values if name not in table.json_only]
        if number == 0:
            yield _csv_line(names)
        yield _csv_line(_cell(values[name]) for name in names)


def _json_line(value: object) -> str:
    return json.dumps(plain_value(value), ensure_ascii=False, allow_nan=False)


def _cell(value: Any) -> object:
    """A value in one cell: the parts of a list beside each other, those of a mapping too."""
    if isinstance(value, list):
        return "; ".join(str(_cell(part)) for part in value)
    if isinstance(value, dict):
        return " ".join(str(_cell(part)) for part in value.values())
    return "" if value is None else value


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
