"""From a value to the colour and the mark of a character: the same scale for every view."""

from dataclasses import dataclass
from math import copysign

from rich.text import Text

from charplay.terminal.render.cells import shows_colours
from charplay.terminal.render.console import CharplayConsole, visible

# How many styles `heat.1`, `heat.2`, … of a theme there are, and as many of `cold`.
LEVELS = 6
_DIGITS = 9
# The marks of whole numbers from -9 to 10; what is no number has the last one.
_MARKS = "ihgfedcba 123456789+"


@dataclass(frozen=True)
class Scale:
    """Values up to `high` in so many levels of colour; those below zero are as many cold levels.

    The mark of a value is a digit: the value itself, rounded, where `high` is at most 9 and
    `counts`, else its tenths of `high`. What is greater than 9 is marked `+`; below zero the digits
    are the letters a to i.
    """

    high: float
    counts: bool = False

    def style(self, value: float) -> str:
        """The style of a value; nothing near zero."""
        share = abs(value) / self.high
        level = int(share * (LEVELS + 1)) if share < 1 else LEVELS
        return _level_style(int(copysign(level, value)))

    def mark(self, value: float) -> str:
        """One column for a value; a blank near zero."""
        size = value if self.counts else value / self.high * _DIGITS
        return _MARKS[_DIGITS + round(max(-_DIGITS, min(_DIGITS + 1, size)))]

    def legend(self, console: CharplayConsole, unit: str, signed: bool = False) -> Text:
        """What the colours, or the marks, stand for, in one line."""
        unit = visible(unit)
        if not shows_colours(console):
            marks = "1 to 9, + for more" if self.counts else f"1 to 9 up to {self.high:g}"
            below = "; a to i below zero" if signed else ""
            return Text(f"below each character: {unit}, {marks}{below}", "dim")
        line = Text().append(f"{unit}: ", "dim")
        for level in range(-LEVELS if signed else 0, LEVELS + 1):
            least = level * self.high / (LEVELS + 1)
            line.append(f" {least:.2g} ", _level_style(level))
        return line


def _level_style(level: int) -> str:
    """The style of a level, below zero a cold one."""
    return f"{'cold' if level < 0 else 'heat'}.{abs(level)}" if level else ""


# The surprise of a character, in bits: a choice among 64 and more is as hot as it gets.
SURPRISE = Scale(7.0, counts=True)
