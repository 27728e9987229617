"""Where a session goes on, in two lines."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from charplay.commands.position import SessionPosition
from charplay.terminal.render.console import CharplayConsole, foreign, visible

# A letter can have marks above and below it, which take no cell of their own.
_MARKS_A_CELL = 8


def show_session_position(value: SessionPosition, console: CharplayConsole) -> None:
    """Where the session goes on from."""
    after = f"after turn {value.turn}" if value.turn else "at the beginning"
    branch = f", in {value.branch}" if value.branch else ""
    line = f"{value.done}: session {value.session}, {after}{branch}"
    console.print(foreign(line))
    if value.last_line:
        console.print(Text(shorten_line(value.last_line, console.width - 2, end=True), style="dim"))


def shorten_line(text: str, cells: int, end: bool = False) -> str:
    """As much of a text as fits into that many cells, one at least: its beginning, or its end."""
    line, cells = " ".join(visible(text).split()), max(cells, 1)
    if cell_len(line) <= cells:
        return line
    if not end:
        return set_cell_size(line, cells - 1).rstrip() + "…"
    line = line[-_MARKS_A_CELL * cells :]  # what comes now costs as much as the line is long
    while line and (
        cell_len(line) >= cells or cell_len(line[0]) == 0
    ):  # no mark without its letter
        line = line[1:]
    return "…" + line
