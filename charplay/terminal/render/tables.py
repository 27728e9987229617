"""Tables as a person sees them: units in the header, numbers to the right."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from rich.text import Text

from charplay.commands.results import Align, Column, Table, field_values, plain_value
from charplay.terminal.render.console import CharplayConsole, visible
from charplay.terminal.render.layout import Layout, cells_of, fold_value, lay_out

_RULE, _PLAIN_RULE = "─", "-"
# Lines that are written at once.
_LINES_AT_ONCE = 256

Marks = tuple[str, str]


class TableWriter:
    """Rows written one after another, in columns whose widths are known before the first of them.

    natural: the width of each column where there is room for all; aligned: the side of each, the
    left unless said; styles: of the values of some. Where the terminal is wider or narrower from
    some row on, the columns share the new width and have their header again; without `headed`
    there is none.
    """

    def __init__(
        self,
        console: CharplayConsole,
        columns: Sequence[Column],
        natural: Mapping[str, int],
        aligned: Mapping[str, Align],
        styles: Mapping[str, str] | None = None,
        headed: bool = True,
    ) -> None:
        self._console, self._columns, self._headed = console, columns, headed
        self._natural, self._aligned = natural, aligned
        self._marks = {name: style_marks(console, style) for name, style in (styles or {}).items()}
        self._room: int | None = None
        self._layout: Layout | None = None

    def write(
        self,
        rows: Iterable[Mapping[str, Any]],
        below: Callable[[Mapping[str, Any]], Iterable[str]] = lambda row: (),
    ) -> None:
        """Write rows, given by their fields, each with the lines below it."""
        lines: list[str] = []
        for values in rows:
            lines += self._row_lines(values)
            lines += below(values)
            if len(lines) >= _LINES_AT_ONCE:
                self._put(lines)
                lines = []
        self._put(lines)

    def _put(self, lines: Sequence[str]) -> None:
        self._console.file.write("".join(f"{line}\n" for line in lines))
        self._console.file.flush()

    def _row_lines(self, values: Mapping[str, Any]) -> Iterator[str]:
        room = self._console.room
        layout = self._layout
        if layout is None or room != self._room:
            layout = lay_out(self._columns, self._natural, room)
            if self._console.plain:
                layout = replace(layout, stacked=True)
            self._layout, self._room = layout, room
            if self._headed and not layout.stacked:
                yield from self._header_lines(layout)
        texts = [visible(column.text_of(values)) for column in layout.columns]
        if layout.stacked:
            yield from _stacked_lines(layout.columns, texts, room, self._headed)
            return
        widths = layout.widths if room is not None else map(cells_of, texts)
        folded = [
            fold_value(text, width, self._console)
            for text, width in zip(texts, widths, strict=True)
        ]
        for line in zip_longest(*folded, fillvalue=""):
            yield self._joined(layout, line, self._marks)

    def _header_lines(self, layout: Layout) -> Iterator[str]:
        before, after = style_marks(self._console, "bold")
        upwards = (reversed(visible(column.header).split("\n")) for column in layout.columns)
        for line in reversed([*zip_longest(*upwards, fillvalue="")]):
            yield f"{before}{self._joined(layout, line, {})}{after}"
        rule = _PLAIN_RULE if self._console.options.ascii_only else _RULE
        yield rule * layout.width

    def _joined(self, layout: Layout, line: Sequence[str], marks: Mapping[str, Marks]) -> str:
        """The values of one line, each as wide as its column."""
        parts = []
        for column, width, text in zip(layout.columns, layout.widths, line, strict=True):
            blanks = " " * (width - cells_of(text))
            if column.name in marks and text:
                text = text.join(marks[column.name])
            right = self._aligned.get(column.name) == "right"
            parts.append(blanks + text if right else text + blanks)
        return (" " * layout.gap).join(parts).rstrip(" ")


def _stacked_lines(
    columns: Sequence[Column], texts: Sequence[str], room: int | None, headed: bool
) -> Iterator[str]:
    """A row with a line for each value; one that is longer than the screen wraps there, whole."""
    marks = "".join(f"{text} " for column, text in zip(columns, texts, strict=True) if column.mark)
    values = [pair for pair in zip(columns, texts, strict=True) if not pair[0].mark]
    for place, (column, text) in enumerate(values):
        if place == 0:
            yield f"{marks.strip()} {text}" if marks.strip() else text
        elif not headed:
            yield text
        elif room is not None and cells_of(f"  {visible(column.title)}: {text}") > room:
            yield from (f"  {visible(column.title)}:", text)
        else:
            yield f"  {visible(column.title)}: {text}"


def style_marks(console: CharplayConsole, style: str) -> Marks:
    """What the terminal is sent before and after text of a style; nothing where it has no styles.

    Rich takes ten times as long for a line as the line itself takes.
    """
    with console.capture() as captured:
        console.print(Text("|", style), end="")
    before, _, after = captured.get().partition("|")
    return before, after


def show_table(table: Table, console: CharplayConsole) -> None:
    """Print a table, or what to say where it is empty, and its note."""
    rows = [field_values(row) for row in table.rows]
    if not rows:
        console.aside.print_hint(table.empty)
        return
    columns = table.columns
    aligned = aligned_columns(columns, rows)
    TableWriter(console, columns, natural_widths(columns, rows), aligned).write(rows)
    for values in rows:
        if values.get("fault"):
            console.aside.print_hint(values["fault"])
    if table.note:
        console.aside.print_hint(table.note, "dim")


def aligned_columns(
    columns: Iterable[Column], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Align]:
    """The side of each column: right for numbers, left for everything else, unless declared."""
    return {column.name: column.align or _natural_align(column, rows) for column in columns}


def natural_widths(
    columns: Iterable[Column], rows: Sequence[Mapping[str, Any]], headed: bool = True
) -> dict[str, int]:
    """The width of each column in which neither its header, if there is one, nor a value folds."""
    return {column.name: _natural_width(column, rows, headed) for column in columns}


def declared_widths(columns: Sequence[Column]) -> dict[str, int]:
    """The width of each column of a table whose rows are not known yet."""
    headers = natural_widths(columns, ())
    return {column.name: max(headers[column.name], column.usual or 0) for column in columns}


def _natural_width(column: Column, rows: Sequence[Mapping[str, Any]], headed: bool) -> int:
    texts = [column.header if headed else "", *map(column.text_of, rows)]
    return max(cells_of(line) for text in texts for line in visible(text).split("\n"))


def _natural_align(column: Column, rows: Sequence[Mapping[str, Any]]) -> Align:
    value = plain_value(
        next((row[column.name] for row in rows if row[column.name] is not None), None)
    )
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "right" if number else "left"


def loss_text(value: float | None) -> str:
    """A loss, or a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def count_text(value: int | None) -> str:
    """A number of things, or a dash where nobody has counted."""
    return "–" if value is None else f"{value:,}"


def counting_text(loss: float, counting_loss: float) -> str:
    """How a model's loss compares with that of the best n-gram, in words."""
    percent = round(100 * (1 - loss / counting_loss))
    if percent == 0:
        return "about as good as counting"
    if percent < -100:
        return "far worse than counting"
    return f"{abs(percent)} % {'better' if percent > 0 else 'worse'} than counting"
