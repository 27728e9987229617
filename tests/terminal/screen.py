"""A terminal in memory, as narrow and as low as wanted, which breaks lines anew when it is resized.

It knows what charplay and its prompts write to one: letters, line ends, carriage returns, moves,
erasing, whether long lines are broken, and whether the cursor is seen.
"""

import os
import re
from dataclasses import dataclass, field

from prompt_toolkit.data_structures import Size
from prompt_toolkit.output.vt100 import Vt100_Output
from rich.cells import cell_len

from tests.conftest import MemoryStream

_PARTS = re.compile(r"\x1b\[([?\d; ]*)([A-Za-z])|([\n\r\b])|([^\x1b\n\r\b]+)")


@dataclass
class Line:
    """A row of the screen; broken: it goes on in the next, for it was too long."""

    cells: list[str] = field(default_factory=list)
    broken: bool = False

    @property
    def text(self):
        return "".join(self.cells).rstrip()


class Screen(MemoryStream):
    """The stream of such a terminal; `lines` has all that was scrolled off too."""

    def __init__(self, columns, rows=24, reflows=True):
        super().__init__(tty=True)
        self.columns, self.rows, self._reflows = columns, rows, reflows
        self._lines, self._row, self._column, self._breaks = [Line()], 0, 0, True
        self.has_cursor = True

    @property
    def lines(self):
        return [line.text for line in self._lines]

    def size(self, stream):
        """For `Environment.terminal_size`."""
        return os.terminal_size((self.columns, self.rows))

    def write(self, text):
        for parameters, command, move, letters in _PARTS.findall(text):
            if command:
                self._obey(parameters, command)
            elif move == "\r":
                self._column = 0
            elif move == "\n":
                self._next_line()
            elif move == "\b":
                self._column = max(0, self._column - 1)
            for letter in letters:
                self._put(letter)
        return super().write(text)

    def _obey(self, parameters, command):
        number = int(parameters) if parameters.isdecimal() else 1
        line = self._lines[self._row]
        if command == "A":
            top = max(0, len(self._lines) - self.rows)
            self._row = max(top, self._row - number)
        elif command == "D":
            self._column = max(0, self._column - number)
        elif command == "C":
            self._column = min(self.columns - 1, self._column + number)
        elif command in "KJ":
            del line.cells[self._column :]
            line.broken = False
            if command == "J":
                del self._lines[self._row + 1 :]
        elif command in "hl" and parameters == "?7":
            self._breaks = command == "h"
        elif command in "hl" and parameters == "?25":
            self.has_cursor = command == "h"

    def _next_line(self, broken=False):
        self._lines[self._row].broken = broken
        self._row, self._column = self._row + 1, 0
        if self._row == len(self._lines):
            self._lines.append(Line())

    def _put(self, letter):
        width = cell_len(letter)
        if width and self._column + width > self.columns:
            if self._breaks:
                self._next_line(broken=True)
            else:
                self._column = self.columns - width
        cells = self._lines[self._row].cells
        cells += [" "] * (self._column - len(cells))
        if width:
            cells[self._column : self._column + width] = [letter, *[""] * (width - 1)]
            self._column += width
        elif cells:
            cells[-1] += letter

    def resize(self, columns, rows=None):
        """Give the window another size; its lines are broken anew, or cut."""
        self.rows = rows or self.rows
        if self._reflows:
            self._break_anew(columns)
        else:
            for line in self._lines:
                del line.cells[columns:]
        self.columns = columns

    def _break_anew(self, columns):
        lines, place = [], None
        whole, before = [], 0
        for number, line in enumerate(self._lines):
            if number == self._row:
                place = (len(lines), before + self._column)
            whole, before = whole + line.cells, before + len(line.cells)
            if not line.broken:
                pieces = [whole[at : at + columns] for at in range(0, len(whole), columns)] or [[]]
                lines.append([Line(piece, True) for piece in pieces])
                lines[-1][-1].broken = False
                whole, before = [], 0
        group, column = place
        self._lines = [line for pieces in lines for line in pieces]
        above = sum(map(len, lines[:group]))
        down = min(column // columns, len(lines[group]) - 1)
        self._row, self._column = above + down, column - down * columns


def drawn_on(screen):
    """What a prompt draws with, so that it is seen on this screen."""
    return Vt100_Output(
        screen, lambda: Size(screen.rows, screen.columns), term="xterm", enable_cpr=False
    )
