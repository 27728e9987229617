"""The world that charplay runs in: a value that every part is given, and no part looks up."""

import os
import shutil
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

# A fresh seed is below this, so that it is short to type.
FRESH_SEEDS = 1_000_000


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
    import platformdirs  # slow to load, and not needed if CHARPLAY_HOME is set

    return Path(platformdirs.user_data_dir("charplay", appauthor=False))


def _null_stream(mode: str) -> TextIO:
    """The stream to use where this process was started with one closed."""
    return cast(TextIO, open(os.devnull, mode, encoding="utf-8"))


def _draw_seed() -> int:
    """A seed that nobody can foresee."""
    return int.from_bytes(os.urandom(8)) % FRESH_SEEDS


@dataclass(frozen=True)
class Environment:
    """Streams, variables, data home, clock and entropy of one run.

    clock: seconds, for measuring how long something takes; now: the time of day, in UTC.
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

    @property
    def width(self) -> int:
        """Columns that output may take."""
        if self.stdout.isatty():
            return shutil.get_terminal_size((80, 24)).columns
        columns = self.variables.get("COLUMNS", "")
        return int(columns) if columns.isdecimal() and int(columns) > 0 else 80

    @property
    def log(self) -> Path:
        """The file that tracebacks are written to."""
        return self.home / "charplay.log"
