"""A text coloured by how surprising each character is, and what stands out in it."""

from typing import Any

from rich.text import Text

from charplay.commands.results import Column, Table
from charplay.commands.surprising import SurpriseStream
from charplay.insight.surprise import ReadCharacters, ScoredLine, Surprise, SurprisingPlace
from charplay.plural import count_in_words
from charplay.terminal.render.bars import sparkline
from charplay.terminal.render.cells import CharacterCells, character_figure, text_end
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices
from charplay.terminal.render.scales import SURPRISE
from charplay.terminal.render.tables import show_table

# The columns to the right of a line, for its bits.
_MARGIN = 10
_SHOWN_BEFORE = 24
# A curve along fewer characters says nothing that the text does not.
_LEAST_FOR_CURVE = 240
_PLACES = (
    Column("place"),
    Column("line"),
    Column("after", shrink="fold", least=12),
    Column("character"),
    Column("bits", align="right"),
    Column("expected"),
)
_WORDS = (Column("word", shrink="fold"), Column("line"), Column("bits", format=".1f"))
_LINES = (
    Column("line"),
    Column("begins", shrink="fold"),
    Column("bits_a_character", format=".2f"),
)


def show_surprise(value: SurpriseStream, console: CharplayConsole) -> None:
    """Each row of the text as soon as it is read, then what stands out."""
    console.print(SURPRISE.legend(console, f"bits, under {value.model}"))
    cells = CharacterCells(console, _MARGIN)
    for event in value.events:
        if isinstance(event, ReadCharacters):
            for character, bits in zip(event.text, event.bits, strict=True):
                cells.add(character, SURPRISE.style(bits), SURPRISE.mark(bits))
        elif isinstance(event, ScoredLine):
            if event.ends:
                cells.end_line(f"{event.line_bits:,.0f}")
        else:
            _show_summary(event, console)


def _show_summary(found: Surprise, console: CharplayConsole) -> None:
    show_notices(console, found.notices)
    stopped = "stopped after " if found.interrupted else ""
    console.print()
    count = count_in_words(found.characters, "character")
    console.print(
        f"{stopped}{count}: {found.bits_per_character:.3f} bits each "
        f"({found.nats_per_character:.3f} nats), {found.bits:,.0f} bits together",
    )
    if found.characters >= _LEAST_FOR_CURVE:
        console.print(f"bits a character along the text, {found.curve_characters:,} at a time:")
        line = sparkline(found.curve, console.draws_ascii)
        low, high = min(found.curve), max(found.curve)
        console.print(Text(f"{line} {low:.1f} to {high:.1f}"))
    _show_rows(
        "the most surprising places:", [_place_row(p) for p in found.places], _PLACES, console
    )
    if len(found.words) > 1:
        rows = [vars(word) | {"word": text_end(word.word, 60)} for word in found.words]
        _show_rows("the most surprising words:", rows, _WORDS, console)
    if len(found.hardest_lines) > 1:
        lines = [
            {
                "line": line.line,
                "begins": text_end(line.text, 60),
                "bits_a_character": line.bits_per_character,
            }
            for line in found.hardest_lines
        ]
        _show_rows("the most surprising lines:", lines, _LINES, console)


def _place_row(place: SurprisingPlace) -> dict[str, Any]:
    return {
        "place": f"{place.place:,}",
        "line": place.line,
        "after": text_end(place.before, _SHOWN_BEFORE) if place.before else "",
        "character": character_figure(place.character),
        "bits": f"{place.bits:.2f}",
        "expected": character_figure(place.instead),
    }


def _show_rows(
    title: str, rows: list[dict[str, Any]], columns: tuple[Column, ...], console: CharplayConsole
) -> None:
    if rows:
        console.print()
        console.print(foreign(title))
        show_table(Table(tuple(rows), columns), console)
