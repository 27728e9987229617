"""Units of a network as a person sees them: over a text, as a state, and what they follow."""

from collections.abc import Sequence
from itertools import accumulate

from rich.cells import cell_len
from rich.text import Text

from charplay.commands.results import Column, Table
from charplay.insight.ablation import Ablation
from charplay.insight.finding import Findings
from charplay.insight.states import StateDistances, StatePicture
from charplay.insight.units import UnitReading, UnitValues
from charplay.terminal.render.cells import (
    USUAL_COLUMNS,
    CharacterCells,
    cell_sign,
    shows_colours,
)
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices
from charplay.terminal.render.scales import Scale
from charplay.terminal.render.side_by_side import show_side_by_side
from charplay.terminal.render.tables import loss_text, show_table

_SMALLEST = 1e-9
_FINDING_COLUMNS = (
    Column("unit"),
    Column("follows", shrink="fold"),
    Column("strength", format="+.2f"),
    Column("shuffled", format=".2f"),
    Column("untrained", format=".2f"),
)
_DISTANCE_COLUMNS = (
    Column("array"),
    Column("size", unit="units", format=",", shrink="drop"),
    Column("distance", format=".3f"),
    Column("cosine", format=".3f"),
    Column("farthest", shrink="drop"),
    Column("difference", format=".3f", shrink="drop"),
)


def show_unit_reading(value: UnitReading, console: CharplayConsole) -> None:
    """The text once for each unit, coloured by it."""
    show_notices(console, value.notices)
    for place, unit in enumerate(value.units):
        if place:
            console.print()
        scale = _scale_of([unit])
        console.print(scale.legend(console, unit.unit, signed=_has_both([unit])))
        cells = CharacterCells(console)
        for character, number in zip(value.text, unit.values, strict=True):
            cells.add(character, scale.style(number), scale.mark(number))
            if character == "\n":
                cells.end_line()
        cells.end_line()


def _scale_of(units: Sequence[UnitValues]) -> Scale:
    """The scale of units, up to the largest value, in two digits."""
    return Scale(max(_SMALLEST, *(float(f"{unit.largest:.2g}") for unit in units), 0.0))


def _has_both(units: Sequence[UnitValues]) -> bool:
    return any(number < 0 for unit in units for number in unit.values)


def show_state_picture(value: StatePicture, console: CharplayConsole) -> None:
    """A row for each unit, a column for each character."""
    show_notices(console, value.notices)
    after = f" after turn {value.turn}" if value.turn else ""
    shown = f"{len(value.units):,} of its {value.size:,} units, those that change most"
    console.print(foreign(f"{value.array} of {value.model}{after}: {shown}"))
    scale = _scale_of(value.units)
    console.print(scale.legend(console, "value", signed=_has_both(value.units)))
    label = max(map(len, (unit.unit for unit in value.units))) + 1
    signs = [cell_sign(character) for character in value.text]
    for part in _parts_of(signs, (console.room or USUAL_COLUMNS) - label):
        console.print(Text(" " * label + "".join(signs[part])), soft_wrap=True)
        for unit in value.units:
            console.print(_unit_row(unit, scale, signs, part, label, console), soft_wrap=True)


def _parts_of(signs: Sequence[str], room: int) -> list[slice]:
    """The characters that fit side by side, part by part."""
    parts, start = [], 0
    ends = list(accumulate(map(cell_len, signs)))
    for place, end in enumerate(ends):
        before = ends[start - 1] if start else 0
        if end - before > room and place > start:
            parts.append(slice(start, place))
            start = place
    return [*parts, slice(start, len(signs))]


def _unit_row(
    unit: UnitValues,
    scale: Scale,
    signs: Sequence[str],
    part: slice,
    label: int,
    console: CharplayConsole,
) -> Text:
    line = Text(unit.unit.ljust(label))
    for sign, number in zip(signs[part], unit.values[part], strict=True):
        style = scale.style(number) if shows_colours(console) else ""
        line.append(scale.mark(number) + " " * (cell_len(sign) - 1), style)
    return line


def show_findings(value: Findings, console: CharplayConsole) -> None:
    """What units follow, each with what chance and what no training would give."""
    show_notices(console, value.notices)
    read = f"{value.characters:,} held-out characters, {value.units:,} values of units"
    console.print(foreign(f"looked in {value.model}: {read}"))
    console.print(foreign(f"for {', '.join(value.features)}"))
    empty = "no unit follows any of these more than one of an untrained network does"
    show_table(Table(value.findings, _FINDING_COLUMNS, empty), console)
    if value.findings:
        console.print(
            "strength: correlation, from -1 to 1; beside it the largest of any unit with the text "
            "shuffled, and in untrained networks of this shape",
            style="dim",
        )


def show_state_distances(value: StateDistances, console: CharplayConsole) -> None:
    """How far two states are apart, array by array."""
    show_notices(console, value.notices)
    console.print(
        foreign(f"the states of {value.model} after turn {value.turn} and turn {value.against}")
    )
    show_table(Table(value.arrays, _DISTANCE_COLUMNS), console)
    console.print(
        "cosine: 1 where both point the same way, 0 where they have nothing in common",
        style="dim",
    )


def show_ablation(value: Ablation, console: CharplayConsole) -> None:
    """Answers with and without the unit, side by side, and what it is worth on held-out text."""
    show_notices(console, value.notices)
    titles = (value.model, f"without {value.unit}")
    rows = [(pair.whole, pair.without) for pair in value.answers]
    show_side_by_side(titles, rows, console)
    if value.whole_loss is not None and value.loss_without is not None:
        worse = value.loss_without - value.whole_loss
        console.print(
            f"held-out loss {loss_text(value.whole_loss)} nats per character, without the unit "
            f"{value.loss_without:.3f} ({worse:+.4f})",
        )
    console.print(f"seed {value.seed}", style="dim")
