"""`--save FILE`: a result in a new file, whole or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from charplay.commands.formats import JSON_LINES, json_document, written_as
from charplay.commands.results import (
    EventStream,
    RowStream,
    asides_of,
    count_rows,
    find_table,
    result_of,
)
from charplay.commands.settings import EXCEL
from charplay.commands.spreadsheet import Spreadsheet
from charplay.errors import UsageError, quoted
from charplay.files import new_file, open_replacement, path_text

PICTURE_ENDINGS = (".svg", ".html")
ENDINGS = {".txt": "lines", ".csv": "csv", ".json": "json", ".jsonl": JSON_LINES}


def is_picture(typed: str) -> bool:
    """Whether a file as typed is to hold a picture of a result."""
    return typed.lower().endswith(PICTURE_ENDINGS)


@dataclass(frozen=True)
class SavedFile:
    """A file that was written; rows: of its table, None where it holds none."""

    file: str
    rows: int | None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavePlan:
    """A new file for a result and its format, both checked before the work begins."""

    path: Path
    format: str

    @classmethod
    def of(cls, typed: str, format: str | None, draws: bool = False) -> "SavePlan":
        """The plan for a file as typed, whose ending decides unless a format is given.

        draws: whether the result could be saved as a picture, which an error then tells.
        Raises UsageError for a file that is there already, or an ending without a format.
        """
        path = new_file(typed)
        known = format or ENDINGS.get(path.suffix.lower())
        if known is None:
            endings = [*ENDINGS, *(PICTURE_ENDINGS if draws else ())]
            typed = path_text(PurePath(path.suffix or path.name))
            raise UsageError(
                f"a result cannot be saved as {quoted(typed)}",
                f"it can be saved as {', '.join(endings)}; or give a --format",
            )
        if known == "text":
            raise UsageError("what the screen shows cannot be saved", "name a .txt, or a .csv file")
        if known == EXCEL and path.suffix.lower() != ".csv":
            raise UsageError("--excel writes CSV", f"name a .csv file: {path.stem}.csv")
        return cls(path, known)

    def save(self, value: object, spreadsheet: Spreadsheet) -> SavedFile:
        """Write a result; StorageError where that cannot be, and then there is no file."""
        # A file of JSON has one object for a stream of rows, with what is known at its end.
        result = value if self.format == "json" else result_of(value)
        with open_replacement(self.path, shared=True) as stream:
            for text in self._texts(result, spreadsheet):
                stream.write(text.encode("utf-8", "backslashreplace"))
        table = None if isinstance(result, EventStream) else find_table(result)
        rows = count_rows(table) if table else None
        return SavedFile(path_text(self.path), rows, asides_of(result))

    def _texts(self, value: object, spreadsheet: Spreadsheet) -> Iterator[str]:
        if self.format == "json" and not isinstance(value, RowStream):
            yield f"{json_document(value)}\n"
            return
        yield from written_as(self.format, value, spreadsheet)
