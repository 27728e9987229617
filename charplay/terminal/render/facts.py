"""Facts by name: in two columns, or where the screen is narrow, each below its name."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from charplay.terminal.render.console import CharplayConsole, foreign

_GAP = 2
# In fewer columns a sentence stands on too many lines.
_LEAST_COLUMNS = 24


def show_facts(
    console: CharplayConsole, facts: Iterable[tuple[str, str]], indent: int = 0, style: str = ""
) -> None:
    """Print facts, each after its name, which has that style."""
    shown = [(Text(" " * indent + name, style), foreign(fact)) for name, fact in facts]
    widest = max(cell_len(name.plain) for name, _ in shown)
    room = console.room
    if room is None or room - widest - _GAP >= _LEAST_COLUMNS:
        table = Table.grid(padding=(0, _GAP))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for row in shown:
            table.add_row(*row)
        console.print(table)
        return
    for name, fact in shown:
        console.print(name)
        console.print(Padding(fact, (0, 0, 0, indent + _GAP), expand=False))
