"""A line below what streams: how many there are so far, and how to end it."""

from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from charplay.terminal.render.console import CharplayConsole
from charplay.terminal.render.layout import cells_of

_HOW_TO_END = " · Ctrl-C ends with these"


class StreamCounter:
    """A line that each count replaces, on a terminal that can; elsewhere nothing is shown."""

    def __init__(
        self, console: CharplayConsole, wanted: int, how_to_end: str = _HOW_TO_END
    ) -> None:
        self._console, self._wanted, self._how_to_end = console, wanted, how_to_end
        self._shown = False

    def show(self, count: int) -> None:
        """Show how many there are, unless these are all."""
        self.clear()
        if not self._console.is_terminal or count >= self._wanted:
            return
        counted = f"{count:,} of {self._wanted:,}"
        line = counted + self._how_to_end
        # A line as wide as the screen would be two, and only one of them be replaced.
        text = line if cells_of(line) < self._console.width else counted
        self._console.print(Text(text, "dim"), end="", soft_wrap=True)
        self._shown = True

    def clear(self) -> None:
        """Leave no line."""
        if self._shown:
            start, erase = ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)
            self._console.control(Control(start, erase))
        self._shown = False
