"""Why an answer has its characters: the answer coloured by surprise, and one place in full."""

from collections.abc import Iterator

from rich.text import Text

from charplay.commands.results import Column, Table
from charplay.insight.choices import Choice
from charplay.insight.whys import Why
from charplay.terminal.render.cells import CharacterCells, character_figure, text_end
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices
from charplay.terminal.render.probabilities import next_table, percent
from charplay.terminal.render.scales import SURPRISE
from charplay.terminal.render.tables import show_table

_USUAL_COLUMNS = 80
_MOST_LISTED = 5
_COLUMNS = (
    Column("place"),
    Column("character"),
    Column("bits", align="right"),
    Column("rank"),
    Column("instead"),
    Column("instead_share", unit="%"),
)


def show_why(value: Why, console: CharplayConsole) -> None:
    """The characters asked for, the least expected of them, and one with all that was expected."""
    show_notices(console, value.notices)
    console.print(foreign(f"turn {value.turn} · {value.model} · {value.label}"), soft_wrap=True)
    if len(value.choices) > 1:
        _show_characters(value, console)
    choice = next(choice for choice in value.choices if choice.place == value.place)
    for line in _lines_of(value, choice, console):
        console.print(Text(line))
    expected = value.expected
    show_table(
        next_table(expected.characters, bool(expected.options), expected.parts, console), console
    )


def _show_characters(value: Why, console: CharplayConsole) -> None:
    cells = CharacterCells(console)
    for choice in value.choices:
        cells.add(choice.character, SURPRISE.style(choice.bits), SURPRISE.mark(choice.bits))
        if choice.character == "\n":
            cells.end_line()
    cells.end_line()
    console.print(SURPRISE.legend(console, "bits"))
    chosen = [choice for choice in value.choices if choice.came != "given"]
    least = sorted(chosen, key=lambda choice: -choice.bits)[:_MOST_LISTED]
    rows = tuple(
        {
            "place": choice.place,
            "character": character_figure(choice.character),
            "bits": f"{choice.bits:.2f}",
            "rank": choice.rank,
            "instead": character_figure(choice.instead),
            "instead_share": percent(choice.instead_probability).strip(),
        }
        for choice in least
    )
    console.print()
    console.print("the least expected:" if rows else "all of it was given")
    if rows:
        show_table(Table(rows, _COLUMNS), console)
    console.print()


def _lines_of(value: Why, choice: Choice, console: CharplayConsole) -> Iterator[str]:
    """What chose a character, in sentences."""
    columns = console.room or _USUAL_COLUMNS
    sign = character_figure(choice.character)
    before = text_end(value.expected.text, columns - len("after ") - 1)
    yield f"character {choice.place} of {len(value.text)}: {sign}"
    yield f"after {before}" if value.expected.text else "at the beginning"
    yield (
        f"rank {choice.rank}, {choice.bits:.2f} bits: the model gave it "
        f"{percent(choice.probability).strip()} %"
    )
    if choice.came == "given":
        yield "you gave it: the model only read it"
    elif choice.came == "by hand":
        yield "it was picked by hand, or drawn on the way"
    elif choice.came == "likeliest":
        yield "the likeliest is always taken here: no number chose it"
    else:
        yield from _draw_lines(value, choice, sign)


def _draw_lines(value: Why, choice: Choice, sign: str) -> Iterator[str]:
    if value.expected.options:
        share = percent(choice.drawn).strip()
        yield f"at {value.expected.options} it was drawn with {share} %"
    if choice.refused:
        refused = " ".join(map(character_figure, choice.refused))
        yield f"the form asked for refused {refused} before it"
    yield (
        f"the number {choice.uniform:.6f} fell into its share, from {choice.low:.6f} "
        f"to {choice.high:.6f}"
    )
    if choice.nearly is not None and choice.nearly_by is not None:
        way = "lower" if choice.nearly_by < 0 else "higher"
        nearly = character_figure(choice.nearly)
        yield f"{abs(choice.nearly_by):.6f} {way}, and it would have been {nearly}"
