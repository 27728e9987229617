"""A canvas of characters that lines are drawn on: with dots of Braille, or in ASCII."""

from collections.abc import Sequence
from itertools import pairwise

from rich.text import Text

# The dot of Braille in each column and row of a character (Unicode, 2800-28FF).
_BRAILLE = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_ASCII = ((0x01, 0x02),)
_ASCII_SIGNS = " '.:"


class PlotCanvas:
    """Characters, each a few dots; x and y go from 0 to 1, y upwards.

    What is drawn later is on top: a character has the style of its last dot.
    """

    def __init__(self, columns: int, rows: int, ascii_only: bool) -> None:
        self._columns, self._rows, self._ascii = columns, rows, ascii_only
        self._dots = _ASCII if ascii_only else _BRAILLE
        self._cells: dict[tuple[int, int], int] = {}
        self._styles: dict[tuple[int, int], str] = {}
        self._marks: dict[tuple[int, int], str] = {}

    def draw_line(self, places: Sequence[tuple[float, float]], style: str, sign: str = "") -> None:
        """Draw a line from place to place: of dots, or of a sign."""
        dots = [(self._dot_column(x), self._dot_row(y)) for x, y in places]
        if dots:
            self._set_dot(*dots[0], style, sign)
        for (x, y), (end_x, end_y) in pairwise(dots):
            steps = max(abs(end_x - x), abs(end_y - y))
            for step in range(1, steps + 1):
                along_x, along_y = (end_x - x) * step / steps, (end_y - y) * step / steps
                self._set_dot(round(x + along_x), round(y + along_y), style, sign)

    def put_mark(self, x: float, y: float, mark: str, style: str) -> None:
        """Put a sign of one column at a place."""
        cell = self.column_of(x), self.row_of(y)
        self._marks[cell], self._styles[cell] = mark, style

    def row_of(self, y: float) -> int:
        """The row of characters, from the top, in which a height is."""
        return self._dot_row(y) // len(self._dots[0])

    def column_of(self, x: float) -> int:
        """The column of characters in which a place is."""
        return self._dot_column(x) // len(self._dots)

    def lines(self) -> list[Text]:
        """The rows of characters, from the top."""
        return [
            Text.assemble(*(self._sign(column, row) for column in range(self._columns)))
            for row in range(self._rows)
        ]

    def _dot_column(self, x: float) -> int:
        return round(x * (self._columns * len(self._dots) - 1))

    def _dot_row(self, y: float) -> int:
        return round((1 - y) * (self._rows * len(self._dots[0]) - 1))

    def _set_dot(self, x: int, y: int, style: str, sign: str) -> None:
        cell = x // len(self._dots), y // len(self._dots[0])
        dot = self._dots[x % len(self._dots)][y % len(self._dots[0])]
        self._cells[cell] = self._cells.get(cell, 0) | dot
        self._styles[cell] = style
        if sign:
            self._marks[cell] = sign

    def _sign(self, column: int, row: int) -> tuple[str, str]:
        cell = column, row
        dots = self._cells.get(cell, 0)
        drawn = _ASCII_SIGNS[dots] if self._ascii else chr(0x2800 + dots) if dots else " "
        return self._marks.get(cell, drawn), self._styles.get(cell, "")
