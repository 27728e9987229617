"""A person at the REPL, who types lines and reads what the screen shows."""

from dataclasses import replace
from pathlib import Path

from charplay.terminal.cli import run
from charplay.testing.world import MemoryStream, make_environment


class Terminal:
    """A terminal without colours, 80 columns wide, in a data home.

    Its sessions are kept there: what is typed later goes on in the last one.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def type(self, *lines: str) -> str:
        """Start the REPL, type lines into it and leave; the transcript, as the screen shows it."""
        environment = make_environment(self._home, tty=True, TERM="dumb", COLUMNS="80")
        screen = MemoryStream(tty=True)
        typed = "".join(f"{line}\n" for line in (*lines, ":quit"))
        environment = replace(
            environment,
            stdin=MemoryStream(typed, tty=True, echo=screen),
            stdout=screen,
            stderr=screen,
        )
        run([], environment)
        return screen.getvalue()
