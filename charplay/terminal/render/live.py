"""A view at the end of the screen that is drawn again and again in one place.

The cursor waits where the view begins, and each drawing ends by erasing all below it. When a
window gets narrower, most terminals break the lines of the view, and the cursor stays where the
first one begins; so nothing of an earlier drawing is left, and nothing above it is touched, whether
a terminal breaks lines or cuts them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, RLock, Thread
from types import TracebackType

from rich.console import RenderableType

from charplay.terminal.render.console import CharplayConsole

_SECONDS = 0.1
_ERASE_REST, _ERASE_BELOW = "\x1b[K", "\x1b[J"
# A line that the window has just become too narrow for is cut, not broken.
_CUT_LINES, _BREAK_LINES = "\x1b[?7l", "\x1b[?7h"


class LiveView:
    """Within, a renderable is drawn ten times a second, as large as the terminal is each time."""

    def __init__(self, console: CharplayConsole, view: RenderableType) -> None:
        self._console, self._view = console, view
        self._lock, self._over = RLock(), Event()
        self._thread = Thread(target=self._draw_often, daemon=True)

    def __enter__(self) -> "LiveView":
        self._console.show_cursor(False)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        try:
            self.draw()
        finally:
            self._write(_ERASE_BELOW)
            self._console.show_cursor(True)

    def _draw_often(self) -> None:
        while not self._over.wait(_SECONDS):
            try:
                self.draw()
            except OSError:  # the terminal is gone, which whoever prints next is told
                return

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within, the view is taken away, so that lines can be printed that stay."""
        with self._lock:
            self._write(_ERASE_BELOW)
            yield
            self.draw()

    def draw(self) -> None:
        """Draw the view in the place of the last drawing."""
        with self._lock:
            lines = self._lines()
            drawn = f"{_ERASE_REST}\n".join(lines) + _ERASE_BELOW
            up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
            self._write(f"{_CUT_LINES}{drawn}\r{up}{_BREAK_LINES}")

    def _lines(self) -> list[str]:
        """The lines of the view that the terminal has room for.

        The last column stays free: a line that ends in it could be taken for one that goes on.
        """
        columns, rows = self._console.size
        with self._console.capture() as captured:
            self._console.print(self._view, width=max(1, columns - 1))
        return captured.get().splitlines()[:rows]

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()
