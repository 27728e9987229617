"""Tables: which columns a kind of row has, with units in the header and numbers to the right."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich import box
from rich.cells import chop_cells
from rich.console import Console
from rich.table import Table

from charplay.commands.corpora import CorpusRow
from charplay.commands.general import CommandRow, OptionRow
from charplay.commands.listing import BackendRow, RecipeRow
from charplay.commands.models import ModelRow, PrunedRow
from charplay.commands.sessions import SessionRow
from charplay.sessions.tree import Favourite
from charplay.terminal.render.console import foreign, visible

# One that is longer goes on in the next line, so that it leaves the other columns room.
_LONG_NAME = 24
_AT_HAND = ("shipped", "own", "fetched")

# Wide enough that the names of shipped recipes stand whole.
_NAME = 16
# Below so many columns a table shows only what it cannot do without.
_NARROW = 60
# Of a session's last line so much is shown.
_LAST = 60


@dataclass(frozen=True)
class Column:
    """A column: its header, what it shows of a row, and how it is set.

    number: aligned right; fold: may be broken over lines, but not below `least` characters;
    `most`: broken where it is longer.
    """

    header: str
    show: Callable[[Any], str]
    number: bool = False
    fold: bool = False
    least: int = 0
    wide: bool = False
    most: int = 0


def loss(value: float | None) -> str:
    """A loss, or a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def _digest(row: ModelRow) -> str:
    if row.fault:
        return "broken"
    return "shipped" if row.shipped else row.digest[:8]


def count(value: int | None) -> str:
    """A number of things, or a dash where nobody has counted."""
    return "–" if value is None else f"{value:,}"


def _size(row: CorpusRow) -> str:
    """How long a text is, or why that cannot be told; over two lines, since every column counts."""
    return count(row.size) if row.state in _AT_HAND else row.state.replace(" ", "\n")


def _day(time: str) -> str:
    """A time without its seconds."""
    return time[:16].replace("T", " ")


def _used(row: SessionRow) -> str:
    """When a session was last used, by the clock on the person's wall."""
    return datetime.fromisoformat(row.used).astimezone().strftime("%Y-%m-%d %H:%M")


def _end(text: str) -> str:
    """The end of a line, which is where a talk goes on."""
    return text if len(text) <= _LAST else "…" + text[1 - _LAST :]


def _options(row: BackendRow) -> str:
    return ", ".join(each.words for each in row.options)


COLUMNS: dict[type, tuple[Column, ...]] = {
    ModelRow: (
        Column("", lambda row: "*" if row.chosen else ""),
        Column("model", lambda row: row.name, fold=True, least=_NAME),
        Column("kind", lambda row: row.kind, wide=True),
        Column("recipe", lambda row: row.recipe or "–", fold=True, least=_NAME, wide=True),
        Column("held out\nnats/char", lambda row: loss(row.held_out_loss), number=True),
        Column("size\nkB", lambda row: f"{row.size / 1000:,.0f}", number=True, wide=True),
        Column("digest", _digest),
    ),
    CorpusRow: (
        Column("corpus", lambda row: "\n".join(chop_cells(visible(row.name), _LONG_NAME))),
        Column("kind", lambda row: row.kind),
        Column("names or\nchars", _size, number=True),
        Column("distinct\nchars", lambda row: count(row.distinct), number=True),
        Column("licence", lambda row: row.licence, fold=True, most=9),
        Column("source", lambda row: row.source, fold=True),
    ),
    BackendRow: (
        Column("backend", lambda row: row.name),
        Column("what it is", lambda row: row.summary, fold=True),
        Column("trains here", lambda row: "yes" if row.ready else f"to train: {row.install}"),
        Column("network options (--set)", _options, fold=True),
    ),
    RecipeRow: (
        Column("recipe", lambda row: row.name),
        Column("corpus", lambda row: row.corpus),
        Column("what it reproduces", lambda row: row.summary, fold=True),
    ),
    OptionRow: (
        Column("option", lambda row: row.name),
        Column("value", lambda row: row.value, fold=True),
        Column("what it does", lambda row: row.help, fold=True),
    ),
    SessionRow: (
        Column("", lambda row: "*" if row.current else ""),
        Column("session", lambda row: row.name, fold=True, least=_NAME // 2),
        Column("model", lambda row: row.model or "–", fold=True),
        Column("turns", lambda row: count(row.turns), number=True),
        Column("last used", _used, wide=True),
        Column("last line", lambda row: _end(row.last), fold=True),
    ),
    Favourite: (
        Column("answer", lambda row: row.text, fold=True),
        Column("seed", lambda row: row.seed),
        Column("model", lambda row: row.model, fold=True, wide=True),
        Column("session", lambda row: row.session, fold=True),
        Column("turn", lambda row: str(row.turn), number=True, wide=True),
    ),
    PrunedRow: (
        Column("digest", lambda row: row.digest[:12]),
        Column("recipe", lambda row: row.recipe or "–", fold=True),
        Column("made", lambda row: _day(row.made)),
        Column("size\nbytes", lambda row: f"{row.size:,}", number=True),
    ),
    CommandRow: (
        Column("command", lambda row: row.name),
        Column("what it does", lambda row: row.summary, fold=True),
    ),
}


def print_table(console: Console, rows: tuple[Any, ...]) -> None:
    """Print rows of one kind."""
    columns = [
        column for column in COLUMNS[type(rows[0])] if console.width >= _NARROW or not column.wide
    ]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column.header,
            justify="right" if column.number else "left",
            overflow="fold",
            no_wrap=not column.fold,
            min_width=column.least or None,
            max_width=column.most or None,
        )
    for row in rows:
        table.add_row(*(foreign(column.show(row)) for column in columns))
    console.print(table)
    for row in rows:
        if getattr(row, "fault", ""):
            console.print(foreign(row.fault), soft_wrap=True)
