"""Texts in columns beside each other, each as wide as all."""

from collections.abc import Sequence
from itertools import zip_longest

from rich.text import Text

from charplay.terminal.render.cells import USUAL_COLUMNS
from charplay.terminal.render.console import CharplayConsole, visible
from charplay.terminal.render.layout import cells_of, fold_value

_GAP, _LEAST = 2, 12


def show_side_by_side(
    titles: Sequence[str], rows: Sequence[Sequence[str]], console: CharplayConsole
) -> None:
    """Rows of texts below titles; where the columns would be too narrow, one after another."""
    room = console.room or USUAL_COLUMNS
    width = (room - _GAP * (len(titles) - 1)) // len(titles)
    if width < _LEAST or console.plain:
        _show_below(titles, rows, console)
        return
    _print_row([visible(title) for title in titles], width, console, "bold")
    prose = any("\n" in text or cells_of(text) > width for row in rows for text in row)
    for place, row in enumerate(rows):
        if place and prose:
            console.print()
        _print_row([visible(text) for text in row], width, console)


def _print_row(texts: Sequence[str], width: int, console: CharplayConsole, style: str = "") -> None:
    columns = [fold_value(text, width, console) for text in texts]
    for line in zip_longest(*columns, fillvalue=""):
        parts = [part + " " * (width - cells_of(part)) for part in line]
        console.print(Text((" " * _GAP).join(parts).rstrip(), style))


def _show_below(
    titles: Sequence[str], rows: Sequence[Sequence[str]], console: CharplayConsole
) -> None:
    for place, title in enumerate(titles):
        console.print(Text(visible(title), "bold"))
        for row in rows:
            console.print(Text(visible(row[place])))
