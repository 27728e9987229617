"""One column of a table as a list: which, whether a header stands above it, and which rows fit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from charplay.errors import CorpusError
from charplay.plan import TextChoice
from charplay.plural import count_in_words
from charplay.text.reading.text_reading import TextReading
from charplay.text.tables.cells import is_figure, is_heading
from charplay.text.tables.columns import Columns, begins_with_heading
from charplay.text.tables.rows import Row
from charplay.text.tables.separators import (
    LINE,
    Layout,
    count_titles,
    find_layout,
    separator_name,
    separator_of,
)

_SAMPLE_ROWS = 2000
_MOST_SHOWN = 60
_MANY_ROWS = 0.2


@dataclass(frozen=True)
class TableColumn:
    """The cells of a column below its header, and how they were found."""

    cells: list[str]
    reading: TextReading


@dataclass(frozen=True)
class ColumnPairs:
    """The cells of two columns, row by row, and how they were found."""

    pairs: list[tuple[str, str]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: where it comes from, its rows, read again each time, and what parts their cells."""

    source: str
    rows: Callable[[], Iterable[Row]]
    separator: str

    def read(self, choice: TextChoice) -> TableColumn:
        """The column that a choice names, or the only text column, whole.

        Raises ColumnsError where one must be named, and CorpusError for a row that does not fit.
        """
        sample = list(islice(self.rows(), _SAMPLE_ROWS))
        if not sample:
            return TableColumn([], TextReading(choice))
        layout = self._layout(sample)
        if layout.width == 1:
            return self._single(choice, layout)
        body = sample[layout.titles :]
        columns = Columns.of(body, layout.width)
        header = self._has_header(columns, choice)
        if set(columns.kinds(header)) == {"nothing"}:
            return TableColumn([], TextReading(choice))
        place = self._place(columns, choice, header)
        cells, notes = self._cells(layout, columns, header, place)
        filled = replace(
            choice,
            column=columns.names(header)[place],
            header="yes" if header else "no",
            separator=separator_name(self.separator),
        )
        said = (
            *_title_notes(sample[: layout.titles]),
            self._column_note(columns, header, place),
            *_header_notes(columns, choice, header),
            *notes,
        )
        return TableColumn(cells, TextReading(filled, said))

    def read_pairs(self, choice: TextChoice, by: str) -> ColumnPairs:
        """The cells of the column that a choice names, each beside that of the column `by`.

        Without a name it is the only other column of text; errors as `read`.
        """
        sample = list(islice(self.rows(), _SAMPLE_ROWS))
        layout = self._layout(sample) if sample else None
        if layout is None or layout.width < 2:
            raise CorpusError(
                f"{self.source} has one column, and no other to sort its cells by",
                "leave out --by, or name a table with two columns",
            )
        columns = Columns.of(sample[layout.titles :], layout.width)
        header = self._has_header(columns, choice if choice.column else replace(choice, column=by))
        other = columns.find(self.source, by, header, "--by")
        if choice.column is None:
            place = columns.only_text(self.source, header, besides=other)
        else:
            place = columns.find(self.source, choice.column, header)
        pairs = []
        for row in islice(self.rows(), layout.titles + header, None):
            _check_length(self.source, row, layout.width, self.separator)
            cells = [*row.cells, *[""] * (layout.width - len(row.cells))]
            pairs.append((cells[place], cells[other]))
        notes = (
            *_title_notes(sample[: layout.titles]),
            f"{self._column_note(columns, header, place)}, by {columns.names(header)[other]}",
            *_header_notes(columns, choice, header),
        )
        return ColumnPairs(pairs, notes)

    def _layout(self, sample: Sequence[Row]) -> Layout:
        if self.separator:
            return find_layout(sample)
        widest = max(len(row.cells) for row in sample)
        return Layout(widest, count_titles(sample) if widest > 1 else 0, 1, False)

    def _single(self, choice: TextChoice, layout: Layout) -> TableColumn:
        """The only column, whatever its cells hold."""
        cells = [row.cells[0] for row in self.rows()]
        filled = replace(choice, separator=LINE)
        kept = _whole_line_notes(cells) if choice.separator is None else ()
        if choice.column is not None:
            Columns((cells[0],), (tuple(cells[1:]),)).find(self.source, choice.column, True)
            header = choice.header or _named_header(choice.column, cells[0])
            filled = replace(filled, column=None, header=header)
        found = without_heading(cells, filled, plain=False)
        notes = (*kept, *found.reading.notes)
        return replace(found, reading=replace(found.reading, notes=notes))

    def _has_header(self, columns: Columns, choice: TextChoice) -> bool:
        """As the person says; where they name a column by its first cell, that is a header."""
        if choice.header:
            return choice.header == "yes"
        return columns.has_header() or choice.column in columns.first

    def _place(self, columns: Columns, choice: TextChoice, header: bool) -> int:
        if choice.column is None:
            return columns.only_text(self.source, header)
        return columns.find(self.source, choice.column, header)

    def _cells(
        self, layout: Layout, columns: Columns, header: bool, place: int
    ) -> tuple[list[str], list[str]]:
        """The cells of one column, and notes on rows that are too short."""
        kinds = columns.kinds(header)
        numbers = {i for i, kind in enumerate(kinds) if kind == "numbers"}
        cells: list[str] = []
        short: list[int] = []
        for row in islice(self.rows(), layout.titles + header, None):
            _check_length(self.source, row, layout.width, self.separator)
            if len(row.cells) < layout.width:
                _check_short(self.source, row, numbers, layout.width)
                short.append(row.line)
            if len(row.cells) > place:
                cells.append(row.cells[place])
        return cells, [*_empty_notes(cells), *_short_notes(short)]

    def _column_note(self, columns: Columns, header: bool, place: int) -> str:
        """Which column was taken, of how many, and what parts them."""
        name, kinds = columns.names(header)[place], columns.kinds(header)
        only = ", the only text column" if kinds.count("text") == 1 and len(kinds) > 1 else ""
        parted = f" (separator: {separator_name(self.separator)})" if self.separator else ""
        return f"took column {name} of {len(kinds)}{only}{parted}"


def _named_header(column: str, first: str) -> str | None:
    """That the first cell is a header, where the person names the column by it."""
    return "yes" if column.casefold() == first.casefold() else None


def without_heading(cells: list[str], choice: TextChoice, plain: bool) -> TableColumn:
    """A list without its heading, where it has one; plain: it is a list by its file's ending."""
    header = choice.header or ("yes" if begins_with_heading(cells, plain) else "no")
    filled = replace(choice, header=header)
    first = f"the first line, {_shorten(cells[0])}," if cells else ""
    note = ""
    if header == "yes":
        note = f"{first} looks like a header and was left out; --header no keeps it"
    elif cells and is_heading(cells[0]):
        note = f"{first} may be a header; --header yes leaves it out"
    told = (note,) if note and not choice.header else ()
    kept = cells[1:] if header == "yes" else cells
    return TableColumn(kept, TextReading(filled, told))


def _whole_line_notes(cells: Sequence[str]) -> tuple[str, ...]:
    """That lines were kept whole, where many have commas or semicolons."""
    for name in ("comma", "semicolon"):
        if sum(separator_of(name) in cell for cell in cells) > _MANY_ROWS * len(cells):
            return (f"each line is one name with its {name}s; --separator {name} makes columns",)
    return ()


def _title_notes(titles: Sequence[Row]) -> tuple[str, ...]:
    if not titles:
        return ()
    rows = count_in_words(len(titles), "row")
    return (f"left out {rows} above the table: {_shorten(' '.join(titles[0].cells).strip())}",)


def _header_notes(columns: Columns, choice: TextChoice, header: bool) -> tuple[str, ...]:
    if header or choice.header or not columns.may_have_header:
        return ()
    first = _shorten(", ".join(columns.first))
    return (f"no row looks like a header; --header yes leaves out the first one: {first}",)


def _shorten(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def _empty_notes(cells: Sequence[str]) -> list[str]:
    if not (empty := cells.count("")):
        return []
    rows = count_in_words(empty, "row is", "rows are")
    return [f"{rows} empty in that column and left out"]


def _short_notes(lines: Sequence[int]) -> list[str]:
    """That rows have too few cells; lines: where they stand."""
    if not lines:
        return []
    rows = count_in_words(len(lines), "row has", "rows have")
    told = f"{rows} fewer cells than the others, the first in line {lines[0]}"
    return [f"{told}; without the column a row is left out"]


def _check_length(source: str, row: Row, width: int, separator: str) -> None:
    """CorpusError for a row with more cells than the others, unless those are empty."""
    if any(row.cells[width:]):
        name = separator_name(separator)
        raise CorpusError(
            f"{source}: line {row.line} has {len(row.cells)} cells where the others have {width}",
            f"put quotation marks around the cell that has a {name} of its own, "
            f"or keep each line whole with --separator {LINE}",
        )


def _check_short(source: str, row: Row, numbers: set[int], width: int) -> None:
    """CorpusError where a row that is too short has text in a column of numbers."""
    for place, cell in enumerate(row.cells):
        if place in numbers and not is_figure(cell):
            raise CorpusError(
                f"{source}: line {row.line} has {len(row.cells)} cells where the others have "
                f"{width}, and {_shorten(cell)!r} where they have numbers",
                "put the cells of that row in their columns",
            )
