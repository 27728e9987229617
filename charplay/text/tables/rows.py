"""The rows of a table in a text: cells that are quoted may hold separators and line ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from charplay.errors import CorpusError

_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells without blanks at their edges, its first line in the file, and its text."""

    line: int
    cells: list[str]
    text: str = ""


class OpenQuoteError(Exception):
    """A quotation mark opens a cell and nothing closes it; the line where it stands."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def parse_rows(text: str, separator: str, whole: bool = True) -> list[Row]:
    """The rows of a text that are not blank; with no separator, a row is one cell.

    whole: the text is not only the beginning of one, so that an open quotation mark is an error.
    """
    rows: list[Row] = []
    try:
        rows.extend(iterate_rows(text, separator))
    except OpenQuoteError:
        if whole:
            raise
    return rows


def iterate_rows(text: str, separator: str) -> Iterator[Row]:
    """The rows that are not blank; OpenQuoteError where a quoted cell does not end."""
    lines = enumerate(text.split("\n"), 1)
    for number, line in lines:
        if _QUOTE not in line:
            cells = line.split(separator) if separator else [line]
        else:
            while (found := _split_quoted(line, separator)) is None:
                line = _with_next_quote(line, lines, number)
            cells = found
        cells = [cell.strip() for cell in cells]
        if any(cells):
            yield Row(number, cells, line)


def _with_next_quote(line: str, lines: Iterator[tuple[int, str]], start: int) -> str:
    """The line with those after it, up to the next that has a quotation mark."""
    parts = [line]
    for _, part in lines:
        parts.append(part)
        if _QUOTE in part:
            return "\n".join(parts)
    raise OpenQuoteError(start)


@cache
def _patterns(separator: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A quoted cell, one that is still open at the end of its line, and a plain one."""
    end = rf"(?={re.escape(separator)}|\Z)" if separator else r"\Z"
    blanks = "[ \u00a0]*" if separator == "\t" else "[ \u00a0\t]*"
    plain = rf"[^{re.escape(separator)}]*" if separator else r".*"
    return (
        re.compile(rf'{blanks}"((?:[^"]|"")*+)"{blanks}{end}'),
        re.compile(rf'{blanks}"(?:[^"]|"")*+\Z'),
        re.compile(plain, re.DOTALL),
    )


def _split_quoted(line: str, separator: str) -> list[str] | None:
    """The cells of a line with quotation marks; None where one is still open at its end.

    Marks that do not enclose a whole cell are a part of its text.
    """
    quoted, still_open, plain = _patterns(separator)
    cells, place = [], 0
    while True:
        if match := quoted.match(line, place):
            cells.append(match[1].replace('""', _QUOTE))
        elif still_open.match(line, place):
            return None
        else:
            match = plain.match(line, place)
            assert match is not None
            cells.append(match[0])
        place = match.end() + 1
        if place > len(line):
            return cells


def open_quote_error(source: str, error: OpenQuoteError) -> CorpusError:
    """What the person is told of a quotation mark that nothing closes."""
    return CorpusError(
        f"{source} is not a table: the quotation mark in line {error.line} is not closed",
        "close it, or remove it from that line",
    )
