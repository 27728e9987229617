"""What sessions and their trees look like."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from charplay.commands.sessions import SessionDone
from charplay.commands.turns import SessionPosition, Tree, TreeRow
from charplay.sessions.tree import Favourite
from charplay.terminal.render.console import CharplayConsole, foreign, visible

# A tree that branches more often than this is drawn no further to the right.
_DEEPEST = 12
_LONGEST_ANSWER = 60


def shorten_line(text: str, cells: int, end: bool = False) -> str:
    """As much of a text as fits into that many cells: its beginning, or its end."""
    line = " ".join(visible(text).split())
    if cell_len(line) <= cells:
        return line
    if not end:
        return set_cell_size(line, max(cells - 1, 0)).rstrip() + "…"
    while cell_len(line) > cells - 1:
        line = line[1:]
    return "…" + line


def show_session_position(value: SessionPosition, console: CharplayConsole) -> None:
    """Where the session goes on from."""
    after = f"after turn {value.turn}" if value.turn else "at the beginning"
    branch = f", in {value.branch}" if value.branch else ""
    line = f"{value.done}: session {value.session}, {after}{branch}"
    console.print(foreign(line), soft_wrap=True)
    if value.last_line:
        console.print(Text(shorten_line(value.last_line, console.width - 2, end=True), style="dim"))


def show_tree(value: Tree, console: CharplayConsole) -> None:
    """A row a turn: the branches beside it, its number, what it came to."""
    if not value.rows:
        console.print("there is no turn yet; say something")
        return
    widest = max(len(str(row.turn)) for row in value.rows)
    if any(row.begins and row.parent is None for row in value.rows):
        console.print("○", style="dim")  # several turns follow the beginning
    for row in value.rows:
        console.print(_tree_row(row, widest, console.width), soft_wrap=True)


def _tree_row(row: TreeRow, widest: int, width: int) -> Text:
    depth = min(row.depth, _DEEPEST)
    guides = "│ " * (depth - row.begins) + ("├─" if row.begins else "")
    mark = "●" if row.current else " "
    line = Text.assemble(
        (guides, "dim"), (f"{mark}{row.turn:>{widest}} ", "bold" if row.current else "")
    )
    if row.named:
        line.append_text(foreign(f"[{row.branch}] ", "bold"))
    line.append(shorten_line(row.glimpse, max(width - line.cell_len, 8)))
    return line


def show_session_done(value: SessionDone, console: CharplayConsole) -> None:
    """What was done with a session."""
    detail = f" ({value.detail})" if value.detail else ""
    name = foreign(value.session, "bold")
    text = ("session ", name, f" {value.done}", foreign(detail))
    console.print(Text.assemble(*text), soft_wrap=True)


def show_favourite(value: Favourite, console: CharplayConsole) -> None:
    """An answer that was kept."""
    console.print(
        Text.assemble("kept: ", foreign(shorten_line(value.text, 60)), f" · {value.label}")
    )
