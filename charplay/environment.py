"""The world that charplay runs in: a value that every part is given, and no part looks up."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

from charplay.errors import StorageError
from charplay.interrupts import Interrupts, count_interrupts
from charplay.streams import accept_any_text

# A fresh seed is below this, so that it is short to type.
FRESH_SEEDS = 1_000_000
# A variable with more digits is no size of a screen.
_LONGEST_NUMBER = 6
_USUAL_SIZE = os.terminal_size((80, 24))


def default_home(variables: Mapping[str, str]) -> Path:
    """The data home: `CHARPLAY_HOME`, or the folder where this platform keeps a program's data.

    Raises StorageError if `CHARPLAY_HOME` names the home folder of a user who does not exist.
    """
    named = variables.get("CHARPLAY_HOME")
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError as error:
            raise StorageError(
                f"CHARPLAY_HOME is {named}, and there is no such home folder", "set it to a folder"
            ) from error
    return _platform_folder("data")


def _platform_folder(kind: str) -> Path:
    """Where this platform keeps a program's "data", "config" or "cache"."""
    import platformdirs  # slow to load, and not needed if CHARPLAY_HOME is set

    folder: str = getattr(platformdirs, f"user_{kind}_dir")("charplay", appauthor=False)
    return Path(folder)


def _null_stream(mode: str) -> TextIO:
    """The stream to use where this process was started with one closed."""
    return cast(TextIO, open(os.devnull, mode, encoding="utf-8"))


def ask_terminal_size(stream: TextIO) -> os.terminal_size:
    """The columns and rows that the terminal of a stream has now; zeros where it does not say."""
    try:
        return os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return os.terminal_size((0, 0))


def _draw_seed() -> int:
    """A seed that nobody can foresee."""
    return int.from_bytes(os.urandom(8)) % FRESH_SEEDS


@dataclass(frozen=True)
class Environment:
    """Streams, variables, data home, clock and entropy of one run.

    clock: seconds, for measuring how long something takes; now: the time of day, in UTC.
    terminal_size: the columns and rows of a stream's terminal, asked whenever something is drawn.
    interrupts: within `with environment.interrupts() as interrupts`, Ctrl-C raises nothing and
    `interrupts.count` goes up.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str]
    home: Path
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    fresh_seed: Callable[[], int] = field(default=_draw_seed)
    interrupts: Callable[[], AbstractContextManager[Interrupts]] = field(default=count_interrupts)
    terminal_size: Callable[[TextIO], os.terminal_size] = field(default=ask_terminal_size)

    @classmethod
    def of_process(cls) -> "Environment":
        """The environment of this process."""
        return cls(
            stdin=sys.stdin or _null_stream("r"),
            stdout=sys.stdout or _null_stream("w"),
            stderr=sys.stderr or _null_stream("w"),
            variables=os.environ,
            home=default_home(os.environ),
        )

    @property
    def interactive(self) -> bool:
        """Whether a person types the input and reads the output."""
        return self.stdin.isatty() and self.stdout.isatty()

    @property
    def dumb(self) -> bool:
        """Whether the terminal can only append text."""
        return not self.stdout.isatty() or self.variables.get("TERM") in ("dumb", "unknown")

    @property
    def color(self) -> bool:
        """Whether output may be coloured (https://no-color.org)."""
        return not self.dumb and not self.variables.get("NO_COLOR")

    def size_of(self, stream: TextIO) -> os.terminal_size | None:
        """Columns and rows that a stream has now; None for one that is no terminal.

        A pipe has no width, so that a program reads there what a person reads on a screen of any
        width: `COLUMNS` and `LINES` count only where a terminal does not know its size.
        """
        if not stream.isatty():
            return None
        columns, rows = self.terminal_size(stream)
        return os.terminal_size(
            (
                columns or self._number("COLUMNS") or _USUAL_SIZE.columns,
                rows or self._number("LINES") or _USUAL_SIZE.lines,
            )
        )

    def _number(self, variable: str) -> int:
        """The whole number that a variable holds; 0 where it holds none."""
        text = self.variables.get(variable, "")
        return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else 0

    def accept_any_text(self) -> None:
        """Have the streams take any text, whatever the locale."""
        for stream in (self.stdin, self.stdout, self.stderr):
            accept_any_text(stream)

    @property
    def config(self) -> Path:
        """The file of the options that stay: in the home where `CHARPLAY_HOME` names one, or else
        where this platform keeps a program's configuration."""
        named = self.variables.get("CHARPLAY_HOME")
        return (self.home if named else _platform_folder("config")) / "config.toml"

    @property
    def cache(self) -> Path:
        """Where what can be found out again is kept: this platform's place, for any data home."""
        return _platform_folder("cache")

    @property
    def log(self) -> Path:
        """The file that tracebacks are written to."""
        return self.home / "charplay.log"
