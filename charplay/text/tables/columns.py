"""Which column of a table is read, and whether its first row is a header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charplay.errors import UsageError, list_first, unknown
from charplay.text.tables.cells import (
    is_figure,
    is_flag,
    is_heading,
    is_missing,
    is_name_heading,
    is_number,
)
from charplay.text.tables.rows import Row

_NUMBER_SHARE = 0.8
_SHAPE_SHARE = 0.9
_MOST_NAMED = 8
_FLAG = "--column"


class ColumnsError(UsageError):
    """One of several columns must be named; `columns` are their names by their numbers, from 1."""

    def __init__(self, message: str, hint: str, columns: Mapping[int, str]) -> None:
        super().__init__(message, hint)
        self.columns = columns


@dataclass(frozen=True)
class Columns:
    """The columns of a table, by their first rows without title.

    first: the cells of the first row; body: the columns below it.
    """

    first: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, rows: Sequence[Row], width: int) -> "Columns":
        """The columns of rows; a row that is too short has empty cells."""
        filled = [(*row.cells, *[""] * (width - len(row.cells)))[:width] for row in rows]
        return cls(filled[0], tuple(zip(*filled[1:], strict=True)) or ((),) * width)

    def has_header(self) -> bool:
        """Whether the first row is a header, as the rows below it show or its words."""
        if any(is_heading(cell) and cell not in column for cell, column in self._columns):
            return True
        if any(map(is_number, self.first)):
            return False
        return any(_stands_above(cell, column) for cell, column in self._columns)

    @property
    def may_have_header(self) -> bool:
        """Whether the first row could be a header that nothing shows to be one."""
        return not any(map(is_number, self.first))

    @property
    def _columns(self) -> list[tuple[str, tuple[str, ...]]]:
        return list(zip(self.first, self.body, strict=True))

    def kinds(self, header: bool) -> list[str]:
        """What each column holds: text, numbers, or nothing."""
        cells = [column if header else (cell, *column) for cell, column in self._columns]
        return ["text" if _is_text(c) else "numbers" if any(c) else "nothing" for c in cells]

    def names(self, header: bool) -> list[str]:
        """How each column is named: by its heading where that is its own, else by its number."""
        own = [header and bool(c) and self.first.count(c) == 1 for c in self.first]
        return [c if named else str(i) for i, (c, named) in enumerate(zip(self.first, own), 1)]

    def find(self, source: str, name: str, header: bool, flag: str = _FLAG) -> int:
        """The place of the column of a name or a number; UsageError with the nearest names.

        flag: the one by which it is named; ColumnsError where it is that of what is read.
        """
        names = self.names(header)
        if self.first.count(name) > 1:
            error = self._choice_error(f"{source} has several columns {name}", header)
            if flag == _FLAG:
                raise error
            raise UsageError(error.message, error.hint.replace(_FLAG, flag, 1))
        folded = [column.casefold() for column in names]
        if name in names:
            return names.index(name)
        if folded.count(name.casefold()) == 1:
            return folded.index(name.casefold())
        if name.isdecimal() and 0 < int(name) <= len(names):
            return int(name) - 1
        raise unknown(f"column of {source}", name, names)

    def only_text(self, source: str, header: bool, besides: int | None = None) -> int:
        """The place of the one column of text; ColumnsError where there are more, or none.

        The column `besides` does not count.
        """
        places = [place for place, kind in enumerate(self.kinds(header)) if kind == "text"]
        places = [place for place in places if place != besides]
        if len(places) == 1:
            return places[0]
        other = "" if besides is None else "other "
        if not places:
            message = f"{source} has no {other}column of text"
            raise self._choice_error(message, header, besides=besides)
        message = f"{source} has {len(places)} {other}columns of text"
        raise self._choice_error(message, header, "text", besides)

    def _choice_error(
        self, message: str, header: bool, wanted: str = "", besides: int | None = None
    ) -> ColumnsError:
        """The error that names the columns of a kind; one without a name of its own by number."""
        kinds, names = self.kinds(header), self.names(header)
        shown = {
            place + 1: name
            for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
            if kind == (wanted or kind) and place != besides
        }
        told = [f"{n} ({self.first[i - 1]})" if n == str(i) else n for i, n in shown.items()]
        return ColumnsError(message, f"choose one with {_FLAG} {_or_list(told)}", shown)


def _or_list(words: Sequence[str]) -> str:
    if len(words) > _MOST_NAMED:
        return list_first(words, _MOST_NAMED)
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _stands_above(cell: str, column: Sequence[str]) -> bool:
    """Whether a cell is no figure and all below it are."""
    alike = is_flag(cell) and any(map(is_flag, column))
    return not (is_missing(cell) or alike) and _is_numeric(column)


def _is_numeric(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if not is_missing(cell)]
    return bool(filled) and sum(map(is_figure, filled)) >= _NUMBER_SHARE * len(filled)


def _is_text(column: Sequence[str]) -> bool:
    return any(not is_missing(cell) for cell in column) and not _is_numeric(column)


def begins_with_heading(lines: Sequence[str], plain: bool) -> bool:
    """Whether the first of a list's lines is the heading of the others.

    It must be a usual word for one, and differ from the others in its capitals; in a file that is a
    table by its ending, not `plain`, a word for "name" is enough.
    """
    if len(lines) < 2 or not is_heading(lines[0]) or lines[0] in lines[1:]:
        return False
    if is_name_heading(lines[0]) and not plain:
        return True
    shapes = [_capitals(line) for line in lines]
    others = sum(shape != shapes[0] for shape in shapes[1:])
    return others >= _SHAPE_SHARE * (len(lines) - 1)


def _capitals(line: str) -> str:
    """How a line is capitalised; scripts without capitals are all alike."""
    if line.islower():
        return "small"
    return "capitals" if line.isupper() else "begins" if line[:1].isupper() else "other"
