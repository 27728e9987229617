"""What a model expects next, as bars and figures."""

from collections.abc import Sequence

from rich.text import Text

from charplay.commands.results import Column, Table
from charplay.insight.probabilities import NextCharacter, NextCharacters
from charplay.terminal.render.bars import share_bar
from charplay.terminal.render.cells import character_figure, text_end
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices
from charplay.terminal.render.tables import show_table

_USUAL_COLUMNS = 80
_LONGEST_BAR, _LEAST_BAR = 16, 4
# The columns of rank, character and bits with the blanks around them, and those of a share.
_BEFORE_SHARES, _FIGURES, _PERCENT, _GAP = 3, 4 + 2 + 9 + 2 + 6, 7, 2


def show_next_characters(value: NextCharacters, console: CharplayConsole) -> None:
    """Each character with its probability before and after the cuts, and in each part of a mix."""
    show_notices(console, value.notices)
    columns = console.room or _USUAL_COLUMNS
    before = text_end(value.text, columns - len("after ") - 1)
    console.print(Text(f"after {before}" if value.text else "at the beginning"))
    if value.options:
        console.print(foreign(f"drawn at {value.options}"))
    cuts = bool(value.options)
    show_table(next_table(value.characters, cuts, value.parts, console), console)
    for line in _lines_below(value):
        console.print(foreign(line))


def next_table(
    rows: Sequence[NextCharacter], cuts: bool, parts: Sequence[str], console: CharplayConsole
) -> Table:
    """The table of characters; with a column for what is drawn from, where cuts change that."""
    shares = ("model", "drawn") if cuts else ("model",)
    columns = [
        Column("rank"),
        Column("character"),
        Column("bits", align="right"),
        *(Column(name, unit="%") for name in shares),
        *(Column(name, unit="%", shrink="drop") for name in parts),
    ]
    bar = _bar_columns(len(columns), len(shares), console.room or _USUAL_COLUMNS)
    largest = max(max(row.probability, row.drawn) for row in rows)

    def figure(share: float) -> str:
        drawn = share_bar(share / largest, bar, console.draws_ascii)
        return f"{percent(share)} {drawn}".rstrip()

    return Table(
        tuple(
            {
                "rank": row.rank,
                "character": character_figure(row.character),
                "bits": f"{row.bits:.2f}",
                "model": figure(row.probability),
                "drawn": figure(row.drawn),
                **{name: percent(part) for name, part in zip(parts, row.parts, strict=True)},
            }
            for row in rows
        ),
        tuple(columns),
    )


def _bar_columns(columns: int, bars: int, room: int) -> int:
    """How long each bar may be, so that the other columns have room; none where it says nothing."""
    left = room - _FIGURES - (_PERCENT + _GAP) * (columns - _BEFORE_SHARES)
    share = min(_LONGEST_BAR, left // bars - 1)
    return share if share >= _LEAST_BAR else 0


def _lines_below(value: NextCharacters) -> list[str]:
    lines = []
    if value.others:
        drawn = f", {percent(value.others_drawn).strip()} % as drawn" if value.options else ""
        share = percent(value.others_probability).strip()
        lines.append(f"the other {value.others:,} have {share} % together{drawn}")
    line = f"uncertainty: {_as_choices(value.uncertainty)}"
    if value.options:
        line += f"; as drawn {_as_choices(value.drawn_uncertainty)}"
    return [*lines, line]


def _as_choices(bits: float) -> str:
    return f"{bits:.2f} bits, like {2**bits:.1f} equal choices"


def percent(share: float) -> str:
    """A share in percent, in six columns; the smallest are told from nothing."""
    if share <= 0:
        return "     –"
    if share < 0.0001:
        return " <0.01"
    return f"{100 * share:6.2f}"
