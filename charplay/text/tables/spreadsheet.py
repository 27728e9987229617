"""The rows of a spreadsheet's file, by python-calamine, which comes with the extra `excel`."""

import hashlib
from collections.abc import Sequence
from datetime import date, time, timedelta
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from io import BytesIO

from charplay.errors import CorpusError
from charplay.text.reading.reader import check_file, unreadable_error
from charplay.text.tables.rows import Row
from charplay.text.tables.unpacked import check_unpacked, unwhole_error

ENDINGS = (".xlsx", ".ods")


class Spreadsheet:
    """The rows of the first sheet that has any; `large` as of a `TextReader`.

    Raises CorpusError if the file cannot be read, or the package that reads it is not installed.
    """

    def __init__(self, source: str, path: Traversable, large: bool = False) -> None:
        if find_spec("python_calamine") is None:
            raise CorpusError(
                f"reading {source} needs python-calamine",
                "pip install 'charplay[excel]', or save it as .csv",
            )
        check_file(source, path)
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise unreadable_error(source, error) from error
        check_unpacked(source, raw, large)
        self.sha256 = hashlib.sha256(raw).hexdigest()
        self.rows, self.notes = _first_sheet(source, raw)


def _first_sheet(source: str, raw: bytes) -> tuple[list[Row], tuple[str, ...]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(raw))
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        raise unwhole_error(source) from error
    filled = {name: rows for name, cells in sheets.items() if (rows := _sheet_rows(cells))}
    if len(filled) < 2:
        return next(iter(filled.values()), []), ()
    first = next(iter(filled))
    note = (
        f"read the sheet {first}, the first of {len(filled)}; save another one as .csv to read it"
    )
    return filled[first], (note,)


def _sheet_rows(cells: Sequence[Sequence[object]]) -> list[Row]:
    rows = ((line, list(map(_cell_text, row))) for line, row in enumerate(cells, 1))
    return [Row(line, texts) for line, texts in rows if any(texts)]


def _cell_text(value: object) -> str:
    """A cell as the spreadsheet shows it, by and large."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | time | timedelta | int | float):
        return str(value)
    return str(value).strip()
