"""A frame around text that comes a character at a time.

It is written downwards only, so that it neither flickers nor cares how long the text grows: a row's
right side comes when the row ends. The one thing taken back is a word that does not fit any more,
which goes on to the next row.

Each row is as wide as the terminal when the row begins. If the terminal gets narrower meanwhile,
the row ends as soon as it can, and nothing of it is taken back: it may stand on two lines by then.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import TypeAlias

from rich.box import ROUNDED
from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from rich.text import Text

from charplay.terminal.render.console import VisiblePieces

# Verse is narrow; a wider frame would be half empty.
_WIDEST = 80
_SIDES = 4
_TAB = "    "
# How a line that is too long for a row goes on in the next, where there is room.
_TURNED = "    "

# A character and its style.
_Styled: TypeAlias = tuple[str, str]


class Frame:
    """Text in a frame as wide as the terminal is at each row, 80 columns at most."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._box = ROUNDED.substitute(console.options)
        self._room = self._ask_room()
        self._pieces = VisiblePieces()
        self._row: list[_Styled] = []
        self._shown: int | None = None
        box = self._box
        self._put(box.top_left + box.top * (self._room + 2) + box.top_right + "\n")

    def write(self, text: str, style: str = "") -> None:
        """Add to the text; control characters are made visible."""
        self._write_visible(self._pieces.add(text), style)

    def _write_visible(self, text: str, style: str) -> None:
        for character in text.replace("\t", _TAB):
            if character == "\n":
                self._end_row(len(self._row))
                self._row = []
            else:
                self._add((character, style))
        if self._row:
            self._show(self._inked(len(self._row)))

    def end(self, signature: Text) -> None:
        """Close the frame, with a signature in its lower side where that has room."""
        self._write_visible(self._pieces.end(), "")
        if self._row:
            self._end_row(len(self._row))
        self._follow_terminal()
        box, left = self._box, self._room - 1 - cell_len(signature.plain)
        if left < 0 or not signature:
            self._put(box.bottom_left + box.bottom * (self._room + 2) + box.bottom_right + "\n")
            if signature:
                self._console.print(signature)
            return
        self._put(f"{box.bottom_left}{box.bottom} ")
        self._console.print(signature, end="")
        self._put(f" {box.bottom * left}{box.bottom_right}\n")

    def _ask_room(self) -> int:
        """The columns between the sides in the terminal as it is now."""
        return max(1, min(self._console.width, _WIDEST) - _SIDES)

    def _follow_terminal(self) -> None:
        """Have the room that there is now, or where the row has begun, what is left of it."""
        now = self._ask_room()
        if self._shown is None:
            self._room = now
        else:
            self._room = min(self._room, max(now, _cells(self._row[: self._shown])))

    def _add(self, character: _Styled) -> None:
        """Add to the row, or to the next where this is full; blanks at a row's end take no room."""
        self._follow_terminal()
        inked = character[0] != " "
        if inked and self._row and _cells([*self._row, character]) > self._room:
            self._turn_over(character)
        else:
            self._row.append(character)

    def _turn_over(self, character: _Styled) -> None:
        """Go on in the next row with the word that does not fit; one as long as a row is cut."""
        word = len(_plain(self._row).rpartition(" ")[2])
        end = len(self._row) - word
        if not self._inked(end) or _cells(self._row[end:]) > self._room // 2:
            end = len(self._row)
        if self._shown and self._room > self._ask_room():
            end = max(end, self._shown)
        rest = [*self._row[end:], character]
        self._end_row(end)
        turned = _TURNED if self._room > 4 * len(_TURNED) else ""
        self._row = [(blank, "") for blank in turned]
        for each in rest:
            self._add(each)

    def _end_row(self, end: int) -> None:
        """End the row after `end` characters, however much of it is on the screen."""
        self._follow_terminal()
        kept = self._inked(end)
        beyond = _cells(self._row[kept : self._shown or 0])
        if beyond:
            self._console.control(Control.move(-beyond))
        self._show(kept)
        blanks = " " * (self._room - _cells(self._row[:kept]) + 1)
        self._put(f"{blanks}{self._box.mid_right}\n")
        self._shown = None

    def _inked(self, end: int) -> int:
        """Characters up to there, without the blanks at their end."""
        return len(_plain(self._row[:end]).rstrip(" "))

    def _show(self, end: int) -> None:
        """Show the row up to its first `end` characters."""
        if self._shown is None:
            self._put(f"{self._box.mid_left} ")
        styles = groupby(self._row[self._shown : end], key=lambda each: each[1])
        text = Text.assemble(*((_plain(run), style) for style, run in styles))
        self._console.print(text, end="", soft_wrap=True)
        self._shown = end

    def _put(self, side: str) -> None:
        self._console.print(Text(side, "dim"), end="", soft_wrap=True)


def _plain(row: Iterable[_Styled]) -> str:
    return "".join(character for character, _ in row)


def _cells(row: Iterable[_Styled]) -> int:
    """Columns that it takes."""
    return cell_len(_plain(row))
