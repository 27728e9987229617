"""Values for programs: JSON from a value's fields, CSV from a listing's rows."""

import csv
import dataclasses
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from charplay.commands.generating import Answers, StreamedAnswer
from charplay.commands.listing import Listing
from charplay.commands.training import Training
from charplay.errors import UsageError
from charplay.training.events import event_to_json


def as_json(value: object) -> Iterator[str]:
    """Lines of JSON: one for a value, one an event for a training run."""
    if isinstance(value, Training):
        yield from map(event_to_json, value.events)
    elif isinstance(value, StreamedAnswer):
        yield _dumps(last_answers(value))
    elif isinstance(value, Listing):
        yield _dumps(value.rows)
    else:
        yield _dumps(value)


def as_csv(value: object) -> Iterator[str]:
    """Lines of CSV with a header; UsageError for what is no table."""
    if isinstance(value, StreamedAnswer):
        value = last_answers(value)
    rows = getattr(value, "answers", getattr(value, "rows", None))
    if rows is None:
        raise UsageError("this is not a table", "use --format json")
    for number, row in enumerate(rows):
        plain = {
            name: _cell(field)
            for name, field in _plain(row).items()
            if name not in ("options", "download")
        }
        if number == 0:
            yield _csv_line(list(plain))
        yield _csv_line(list(plain.values()))


def last_answers(speech: StreamedAnswer) -> Answers:
    """What a speech ends with, once it has."""
    *_, last = speech.events
    assert isinstance(last, Answers)
    return last


def _dumps(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return {name: _plain(field) for name, field in fields.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, type):
        return value.__name__
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _cell(value: object) -> object:
    """A value in one cell: the parts of a list beside each other, those of a mapping too."""
    if isinstance(value, list):
        return "; ".join(str(_cell(each)) for each in value)
    if isinstance(value, dict):
        return " ".join(str(_cell(each)) for each in value.values())
    return "" if value is None else value


def _csv_line(cells: list[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
