"""How the columns of a table share the width that there is, and how a value folds in its column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from charplay.commands.results import Column

# Blanks between two columns: fewer where the table is too wide with more.
_GAPS = (3, 2)
_NARROW, _NARROW_GAP = 60, 1
_TAB = "    "


@dataclass(frozen=True)
class Layout:
    """The columns that are shown, the width of each, and the blanks between two of them.

    stacked: not even the columns that are never cut fit, so each value is on a line of its own.
    """

    columns: tuple[Column, ...]
    widths: tuple[int, ...]
    gap: int
    stacked: bool = False

    @property
    def width(self) -> int:
        """The cells of a whole row."""
        return sum(self.widths) + self.gap * (len(self.widths) - 1)


def lay_out(columns: Sequence[Column], natural: Mapping[str, int], room: int | None) -> Layout:
    """The layout of columns of natural widths in so many cells; None has room for all.

    First the blanks between columns give way, then columns that fold do, then columns are dropped.
    """
    shown = tuple(columns)
    capped = {c.name: min(natural[c.name], c.most or natural[c.name]) for c in columns}
    whole = Layout(shown, tuple(natural[column.name] for column in shown), _GAPS[0])
    if room is None or whole.width <= room:
        return whole
    while True:
        for gap in _gaps_for(room):
            layout = Layout(shown, tuple(capped[column.name] for column in shown), gap)
            if layout.width <= room:
                return layout
        folded = _fold_widths(layout, room)
        if folded.width <= room:
            return folded
        droppable = [column for column in shown if column.may_drop]
        if not droppable:
            return replace(folded, stacked=True)
        given_up = max(droppable, key=lambda column: (column.rank, shown.index(column)))
        shown = tuple(column for column in shown if column is not given_up)


def _gaps_for(room: int) -> tuple[int, ...]:
    return (*_GAPS, _NARROW_GAP) if room < _NARROW else _GAPS


def _fold_widths(layout: Layout, room: int) -> Layout:
    """The layout with columns that fold as narrow as they must be, the widest first."""
    widths = list(layout.widths)
    least = [
        min(width, column.least) if column.shrink == "fold" else width
        for column, width in zip(layout.columns, widths, strict=True)
    ]
    for _ in range(layout.width - room):
        spare, place = max((w - n and w, -i) for i, (w, n) in enumerate(zip(widths, least)))
        if not spare:
            break
        widths[-place] -= 1
    return Layout(layout.columns, tuple(widths), layout.gap)


def cells_of(text: str) -> int:
    """The columns of the screen that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fold_value(text: str, width: int, console: Console) -> list[str]:
    """The lines of a value that has so many cells: between words, or within one that is longer."""
    if "\n" not in text and "\t" not in text and cells_of(text) <= width:
        return [text]
    lines = text.replace("\t", _TAB).split("\n")
    return [part.plain for line in lines for part in Text(line).wrap(console, width)]
