"""What parts the cells of a table, found by looking at its first rows.

A separator parts every row alike. A comma, semicolon, tab or pipe that is a part of the text does
not; where both could be, the text is not cut. A name that is cut short would never be noticed.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from charplay.errors import unknown
from charplay.text.tables.cells import is_figure, is_heading
from charplay.text.tables.columns import Columns
from charplay.text.tables.rows import Row, parse_rows

LINE = "line"
NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
# In this order: a comma is a part of text and of numbers more often than the others are.
_CANDIDATES = ("\t", ";", "|", ",")
_MOST_TITLES = 10
_USUAL_SHARE = 0.8
_HEADED_SHARE = 0.5
_LEAST_PLAIN_ROWS = 3
_SURE_PLAIN_ROWS = 5
_FIGURE_COMMA = re.compile(r"(?<=\d),(?=\d)")
_QUOTED = re.compile(r'"[^"]*"')
_DECLARED = re.compile(r'"?sep=(.)"?[;,\t]*\Z', re.IGNORECASE)


def separator_of(typed: str) -> str:
    """The character of a separator's name; "" for `line`; UsageError where there is none."""
    if typed == LINE:
        return ""
    if typed in NAMED or len(typed) == 1:
        return NAMED.get(typed, typed)
    raise unknown("separator", typed, (*NAMED, LINE))


def separator_name(separator: str) -> str:
    """What a separator is called; the character itself where it has no name."""
    names = {character: name for name, character in NAMED.items()}
    return names.get(separator, separator) or LINE


def declared_separator(text: str) -> str | None:
    """The separator that a first line `sep=;` declares, as spreadsheets write it."""
    match = _DECLARED.match(text.partition("\n")[0].rstrip())
    return match[1] if match else None


@dataclass(frozen=True)
class Layout:
    """Rows as a separator parts them: cells in a row, rows of a title above, how many rows fit."""

    width: int
    titles: int
    share: float
    stray_quotes: bool


def find_layout(rows: Sequence[Row]) -> Layout:
    """The layout of the first rows of a table; a width of 1 where a row has one cell."""
    titles = count_titles(rows)
    body = rows[titles:]
    wide = Counter(len(row.cells) for row in body if len(row.cells) > 1)
    width = wide.most_common(1)[0][0] if wide else 1
    fitting = sum(len(row.cells) == width for row in body)
    stray = any(cell.count('"') % 2 for row in body for cell in row.cells)
    return Layout(width, titles, fitting / len(body) if body else 0, stray)


def count_titles(rows: Sequence[Row]) -> int:
    """How many rows stand above a table: those with one cell filled, before one with more.

    Where they have empty cells beside it, they are only titles above a header.
    """
    for count, row in enumerate(rows[: _MOST_TITLES + 1]):
        if sum(map(bool, row.cells)) > 1:
            padded = any(len(above.cells) > 1 for above in rows[:count])
            header = Columns.of(rows[count:], len(row.cells)).has_header()
            return count if header or not padded else 0
    return 0


def find_separator(text: str, plain: bool) -> str:
    """The separator of the table whose beginning is `text`; "" where a row is one cell.

    plain: the file may as well be a list or prose, so only what can be nothing else is a table.
    """
    fits = _is_plain_table if plain else _is_table
    ranks: dict[tuple[float, bool, int, int], str] = {}
    for order, separator in enumerate(_CANDIDATES):
        if separator not in text:
            continue
        rows = parse_rows(text, separator, whole=False)
        layout = find_layout(rows)
        if layout.width > 1 and fits(rows, layout, separator):
            # A comma between figures is as likely a decimal one.
            decimal = separator == "," and _parts_figures(rows)
            tight = not decimal and not _is_spaced(rows, separator)
            ranks[round(layout.share, 1), tight, -layout.titles, -order] = separator
    return ranks[max(ranks)] if ranks else ""


def _is_table(rows: Sequence[Row], layout: Layout, separator: str) -> bool:
    """Whether a separator parts cells, and is not a part of the text."""
    body = rows[layout.titles :]
    headed = len(body[0].cells) == layout.width and any(map(is_heading, body[0].cells))
    if layout.stray_quotes or layout.share < (_HEADED_SHARE if headed else _USUAL_SHARE):
        return False
    if headed or _has_figures(body):
        return True
    # A heading of one cell, or a blank after each separator: the text has commas of its own.
    above = layout.titles > 0 and is_heading(rows[layout.titles - 1].cells[0])
    return not above and not _is_spaced(body, separator)


def _is_plain_table(rows: Sequence[Row], layout: Layout, separator: str) -> bool:
    """Whether rows of a plain text file can be nothing but those of a table."""
    if len(rows) < _LEAST_PLAIN_ROWS or layout.share < 1 or layout.stray_quotes or layout.titles:
        return False
    if any(separator + " " in row.text or not row.cells[0] for row in rows):
        return False
    if separator == "\t" or _has_figures(rows):
        return True
    headed = any(map(is_heading, rows[0].cells))
    return separator != "," and (headed or len(rows) >= _SURE_PLAIN_ROWS)


def _is_spaced(rows: Sequence[Row], separator: str) -> bool:
    """Whether a blank stands after every separator that is outside quotation marks."""
    bare = "\n".join(_QUOTED.sub("", row.text).rstrip() for row in rows)
    return separator in bare and bare.count(separator) == bare.count(separator + " ")


def _parts_figures(rows: Sequence[Row]) -> bool:
    """Whether every comma below the first row stands between two figures."""
    bare = "\n".join(row.text for row in rows[1:])
    return "," in bare and bare.count(",") == len(_FIGURE_COMMA.findall(bare))


def _has_figures(body: Sequence[Row]) -> bool:
    """Whether below the first row some column has only figures, and some other has text."""
    columns = list(zip(*(row.cells for row in body[1:]), strict=False))
    figures = [any(column) and all(map(is_figure, column)) for column in columns]
    return any(figures) and not all(figures)
