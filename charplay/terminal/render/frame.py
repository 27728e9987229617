"""A frame around text that comes a character at a time.

It is written downwards only, so that it neither flickers nor cares how long the text grows: a row's
right side comes when the row ends. The one thing taken back is a word that does not fit any more,
which goes on to the next row.
"""

from rich.box import ROUNDED
from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from rich.text import Text

from charplay.terminal.render.console import visible

# Verse is narrow; a wider frame would stand empty.
_WIDEST = 80
_SIDES = 4
_TAB = "    "
# How a line that is too long for a row goes on in the next, where there is room.
_TURNED = "    "


class Frame:
    """Text in a frame as wide as the terminal, 80 columns at most."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._box = ROUNDED.substitute(console.options)
        self._room = max(1, min(console.width, _WIDEST) - _SIDES)
        self._turned = _TURNED if self._room > 4 * len(_TURNED) else ""
        self._row = Text()
        self._shown: int | None = None
        box = self._box
        self._put(box.top_left + box.top * (self._room + 2) + box.top_right + "\n")

    def write(self, text: str, style: str = "") -> None:
        """Add to the text; control characters are made visible."""
        for character in visible(text).replace("\t", _TAB):
            if character == "\n":
                self._end_row(len(self._row))
                self._row = Text()
            else:
                self._add(character, style)
        if self._row:
            self._show(len(self._row))

    def end(self, signature: Text) -> None:
        """Close the frame, with a signature in its lower side where that has room."""
        if self._row:
            self._end_row(len(self._row))
        box, left = self._box, self._room - 1 - cell_len(signature.plain)
        if left < 0:
            self._put(box.bottom_left + box.bottom * (self._room + 2) + box.bottom_right + "\n")
            self._console.print(signature)
            return
        self._put(f"{box.bottom_left}{box.bottom} ")
        self._console.print(signature, end="")
        self._put(f" {box.bottom * left}{box.bottom_right}\n")

    def _add(self, character: str, style: str) -> None:
        """Add to the row, or to the next where this is full; a blank there would only indent."""
        if self._row and cell_len(self._row.plain + character) > self._room:
            self._turn_over()
            if character == " ":
                return
        self._row.append(character, style)

    def _turn_over(self) -> None:
        """Go on in the next row with the word that does not fit; one as long as a row is cut."""
        before = self._row.plain.rstrip(" ").rpartition(" ")[0]
        carried = self._row[len(before) + 1 :]
        if not before.strip() or len(carried) > self._room // 2:
            before, carried = self._row.plain, Text()
        self._end_row(len(before))
        self._row = Text(self._turned).append_text(carried)

    def _end_row(self, length: int) -> None:
        """End the row after so many of its characters, whatever of it stands on the screen."""
        beyond = cell_len(self._row.plain[length : self._shown or 0])
        if beyond:
            self._console.control(Control.move(-beyond))
        self._show(length)
        blanks = " " * (self._room - cell_len(self._row.plain[:length]) + 1)
        self._put(f"{blanks}{self._box.mid_right}\n")
        self._shown = None

    def _show(self, length: int) -> None:
        """Have that much of the row on the screen."""
        if self._shown is None:
            self._put(f"{self._box.mid_left} ")
            self._shown = 0
        if length > self._shown:
            self._console.print(self._row[self._shown : length], end="", soft_wrap=True)
        self._shown = length

    def _put(self, side: str) -> None:
        self._console.print(Text(side, "dim"), end="", soft_wrap=True)
