"""The world that charplay runs in, as a value that is passed down and never reached for."""

import os
import secrets
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TextIO, cast

from charplay.errors import StorageError

FRESH_SEEDS = 1_000_000


@dataclass
class Interrupts:
    """How often Ctrl-C was pressed while somebody was counting."""

    count: int = 0


def default_home(variables: Mapping[str, str]) -> Path:
    """`CHARPLAY_HOME`, or the place where this platform keeps a program's data."""
    named = variables.get("CHARPLAY_HOME")
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError as error:
            raise StorageError(
                f"CHARPLAY_HOME is {named}, and there is no such home", "set it to a folder"
            ) from error
    import platformdirs

    return Path(platformdirs.user_data_dir("charplay", appauthor=False))


def _nothing(mode: str) -> TextIO:
    """What stands in for a stream that whoever started the process had closed."""
    return cast(TextIO, open(os.devnull, mode, encoding="utf-8"))


@dataclass(frozen=True)
class Environment:
    """Streams, variables, data home, clock and entropy of one run."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str]
    home: Path
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    fresh_seed: Callable[[], int] = field(default=lambda: secrets.randbelow(FRESH_SEEDS))

    @classmethod
    def of_process(cls) -> "Environment":
        """The world of this process."""
        return cls(
            stdin=sys.stdin or _nothing("r"),
            stdout=sys.stdout or _nothing("w"),
            stderr=sys.stderr or _nothing("w"),
            variables=os.environ,
            home=default_home(os.environ),
        )

    @property
    def interactive(self) -> bool:
        """Whether a person sits at both ends."""
        return self.stdin.isatty() and self.stdout.isatty()

    @property
    def dumb(self) -> bool:
        """Whether the terminal can only append text."""
        return not self.stdout.isatty() or self.variables.get("TERM") in ("dumb", "unknown")

    @property
    def color(self) -> bool:
        """Whether output may be coloured (https://no-color.org)."""
        return not self.dumb and not self.variables.get("NO_COLOR")

    @property
    def width(self) -> int:
        """Columns to lay output out for."""
        if self.stdout.isatty():
            return shutil.get_terminal_size((80, 24)).columns
        columns = self.variables.get("COLUMNS", "")
        return int(columns) if columns.isdecimal() and int(columns) > 0 else 80

    @property
    def log(self) -> Path:
        """Where tracebacks are kept."""
        return self.home / "charplay.log"

    @contextmanager
    def interrupts(self) -> Iterator[Interrupts]:
        """Count Ctrl-C instead of raising it, for work that ends itself in good order."""
        interrupts = Interrupts()
        if threading.current_thread() is not threading.main_thread():
            yield interrupts
            return

        def count(number: int, frame: FrameType | None) -> None:
            interrupts.count += 1

        previous = signal.signal(signal.SIGINT, count)
        try:
            with _unechoed_keys(self.stdin):
                yield interrupts
        finally:
            signal.signal(signal.SIGINT, previous)


@contextmanager
def _unechoed_keys(stream: TextIO) -> Iterator[None]:
    """Keep the terminal from writing ^C into what is being shown."""
    try:
        import termios
    except ImportError:  # Windows, whose console writes no ^C
        yield
        return
    try:
        descriptor = stream.fileno()
        before = termios.tcgetattr(descriptor)
    except (OSError, ValueError, termios.error):  # not a terminal
        yield
        return
    quiet = before.copy()
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
