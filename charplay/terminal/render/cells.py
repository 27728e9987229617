"""A text whose characters are each coloured and marked by a value, in rows as wide as the screen.

Every character has columns of its own, so that a mark stands below it: one that joins another in
writing is shown on a dotted circle, and one that nobody sees by its code point.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from charplay.terminal.render.console import CharplayConsole
from charplay.text.typed.signs import character_sign

# What a row takes where nothing limits it, as in a pipe: a mark has to be near its character.
USUAL_COLUMNS = 80
_LEAST_COLUMNS = 8
_GAP = 2


class Cell(NamedTuple):
    """A character as it is shown, its style, and the mark below it, of one column."""

    sign: str
    style: str
    mark: str


class CharacterCells:
    """Writes characters in rows, each followed by a row of marks where colours cannot be seen.

    margin: columns to the right of the rows, for a note where a line ends.
    """

    def __init__(self, console: CharplayConsole, margin: int = 0) -> None:
        self._console, self._margin = console, margin
        self._row: list[Cell] = []
        self._columns = 0

    def add(self, character: str, style: str, mark: str) -> None:
        """Add a character; a row that is full is written up to its last blank."""
        sign = cell_sign(character)
        columns = cell_len(sign)
        room = self._room
        if self._row and self._columns + columns > room:
            self._break_row(room)
        self._row.append(Cell(sign, style, mark))
        self._columns += columns

    def end_line(self, note: str = "") -> None:
        """Write what there is of a row; the note stands to its right."""
        if self._row or note:
            self._write(self._row, note)
        self._row, self._columns = [], 0

    @property
    def _room(self) -> int:
        columns = self._console.room or USUAL_COLUMNS
        return max(_LEAST_COLUMNS, columns - self._margin)

    def _break_row(self, room: int) -> None:
        """Write the row up to its last blank, or all of it where that is far from its end."""
        blanks = [place for place, cell in enumerate(self._row) if cell.sign == " "]
        end = blanks[-1] + 1 if blanks and 2 * blanks[-1] > len(self._row) else len(self._row)
        self._write(self._row[:end])
        self._row = self._row[end:]
        self._columns = _columns_of(self._row)

    def _write(self, row: Sequence[Cell], note: str = "") -> None:
        coloured = shows_colours(self._console)
        runs = groupby(row, key=lambda cell: cell.style if coloured else "")
        line = Text.assemble(*(("".join(cell.sign for cell in run), style) for style, run in runs))
        if note:
            gap = max(_GAP, self._room - _columns_of(row) + self._margin - cell_len(note))
            line.append(" " * gap).append(note, "dim")
        self._console.print(line, soft_wrap=True)
        if not coloured:
            marks = "".join(cell.mark + " " * (cell_len(cell.sign) - 1) for cell in row)
            self._console.print(Text(marks.rstrip()), soft_wrap=True)


def shows_colours(console: CharplayConsole) -> bool:
    """Whether a person sees colours, so that no marks are needed."""
    return console.is_terminal and not console.no_color and console.color_system is not None


@lru_cache(maxsize=4096)
def cell_sign(character: str) -> str:
    """A character as it is seen alone, in at least one column; a blank is itself."""
    if character == " ":
        return character
    sign = character_sign(character)
    hidden = cell_len(sign) == 0 or "VARIATION SELECTOR" in unicodedata.name(character, "")
    return f"U+{ord(character):04X}" if hidden else sign


def character_figure(character: str) -> str:
    """A character as it is seen in a table, a blank too."""
    return "␣" if character == " " else cell_sign(character)


def text_end(text: str, columns: int) -> str:
    """The end of a text in one line of so many columns, every character as `cell_sign` shows it.

    A blank at the very end is seen.
    """
    signs = [cell_sign(character) for character in text[-columns - 1 :]]
    if text.endswith(" "):
        signs[-1] = character_figure(" ")
    if cell_len("".join(signs)) <= columns:
        return "".join(signs)
    shown = ""
    for sign in reversed(signs):
        if cell_len(sign + shown) >= columns:
            break
        shown = sign + shown
    return f"…{shown}"


def _columns_of(row: Sequence[Cell]) -> int:
    return sum(cell_len(cell.sign) for cell in row)
