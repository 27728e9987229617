"""What sessions and their trees look like."""

from rich.text import Text

from charplay.commands.keeping import MarkedAnswers
from charplay.commands.sessions import SessionDone
from charplay.commands.turns import Tree, TreeRow
from charplay.terminal.render.console import CharplayConsole, foreign
from charplay.terminal.render.position import shorten_line

_HERE, _ON_THE_WAY, _KEPT = "●", "○", "★"
_LONGEST_ANSWER = 60
# At most two of five columns are lines.
_CELLS_A_FORK = 5


def show_tree(value: Tree, console: CharplayConsole) -> None:
    """A row a turn: the forks on its way, where the session is, its number, what it came to."""
    if not value.rows:
        console.print("there is no turn yet; say something")
        return
    widest = max(len(str(row.turn)) for row in value.rows)
    if any(row.begins and row.parent is None for row in value.rows) and not console.plain:
        console.print(_ON_THE_WAY, style="dim")  # several turns follow the beginning
    for row in value.rows:
        line = _spoken_row(row) if console.plain else _tree_row(row, widest, console.width)
        console.print(line, soft_wrap=True)


def _tree_row(row: TreeRow, widest: int, width: int) -> Text:
    mark = _HERE if row.current else _ON_THE_WAY if row.on_path else " "
    style = "bold" if row.on_path else ""
    line = Text.assemble((_guides(row, width), "dim"), (f"{mark}{row.turn:>{widest}} ", style))
    if row.kept:
        line.append(f"{_KEPT} ", "kept")
    if row.named:
        line.append_text(foreign(f"[{row.branch}] ", "bold"))
    line.append(shorten_line(row.glimpse, max(width - line.cell_len, 8)))
    return line


def _spoken_row(row: TreeRow) -> Text:
    """A turn in words, as a screen reader reads it."""
    after = f" after {row.parent}" if row.parent else ""
    branch = f" in {row.branch}" if row.named else ""
    marks = f"{', kept' if row.kept else ''}{', the session is here' if row.current else ''}"
    return foreign(f"turn {row.turn}{after}{branch}{marks}: {row.glimpse}")


def _guides(row: TreeRow, width: int) -> str:
    """The lines left of a turn: of forks that go on below, and to the turn where it begins one."""
    most = max(1, width // _CELLS_A_FORK)  # no further to the right
    forks = (*row.forks[:-1][: most - 1], *row.forks[-1:])
    above = forks[:-1] if row.begins else forks
    connector = ("├─" if forks[-1] else "└─") if row.begins else ""
    return "".join("│ " if more else "  " for more in above) + connector


def show_session_done(value: SessionDone, console: CharplayConsole) -> None:
    """What was done with a session."""
    detail = f" ({value.detail})" if value.detail else ""
    name = foreign(value.session, "bold")
    text = ("session ", name, f" {value.done}", foreign(detail))
    console.print(Text.assemble(*text))


def show_marked_answers(value: MarkedAnswers, console: CharplayConsole) -> None:
    """Answers that are favourites now, or no longer."""
    done = "kept" if value.kept else "no longer kept"
    for one in value.answers:
        text = foreign(shorten_line(one.text, _LONGEST_ANSWER))
        console.print(Text.assemble(f"{done}: ", text, f" · {one.label}"))
