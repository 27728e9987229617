"""charplay in this process: streams in memory, a data home of its own, what came of a run."""

import io
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from charplay.environment import Environment
from charplay.terminal.cli import run as run_words

# What the person running the tests has set must not change what they see.
PERSONAL = ("NO_COLOR", "TERM", "COLUMNS", "LINES", "CHARPLAY_HOME")
_ERROR = re.compile("(error|warning): |  → ")
_SEED = 7


class MemoryStream(io.StringIO):
    """A text stream in memory that may pass for a terminal.

    echo: where lines that are read from it are written to, as a terminal shows what is typed.
    """

    encoding = "utf-8"

    def __init__(
        self, text: str = "", tty: bool = False, echo: "MemoryStream | None" = None
    ) -> None:
        super().__init__(text)
        self._tty, self._echo = tty, echo

    def isatty(self) -> bool:
        """Whether it passes for a terminal."""
        return self._tty

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """The next line, which is echoed."""
        line = super().readline(-1 if size is None else size)
        if self._echo is not None:
            self._echo.write(line)
        return line


@dataclass(frozen=True)
class Said:
    """What a run of charplay came to: its exit status, and what it wrote.

    notes: the notes and captions on standard error, where they are told from the errors in `err`.
    """

    status: int
    out: str
    err: str
    notes: str = ""

    @classmethod
    def of(cls, status: int, environment: Environment) -> "Said":
        """What was written to an environment's streams in memory."""
        streams = (environment.stdout, environment.stderr)
        out, err = (cast(MemoryStream, stream).getvalue() for stream in streams)
        if "Traceback" in err:
            return cls(status, out, err)
        lines = err.splitlines(keepends=True)
        errors = [line for line in lines if _ERROR.match(line)]
        return cls(status, out, "".join(errors), "".join(x for x in lines if x not in errors))

    @property
    def told(self) -> str:
        """All that a person reads."""
        return self.out + self.notes + self.err

    @property
    def lines(self) -> list[str]:
        """The lines of the result."""
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        """The result, where it was asked for as JSON."""
        return json.loads(self.out)


def variables_for(home: Path, **more: str) -> dict[str, str]:
    """The variables of a process whose data home is `home`."""
    kept = {name: value for name, value in os.environ.items() if name not in PERSONAL}
    return kept | {"CHARPLAY_HOME": str(home), "PYTHONIOENCODING": "utf-8"} | more


def make_environment(
    home: Path, stdin: str = "", tty: bool = False, seed: int = _SEED, **variables: str
) -> Environment:
    """A world of streams in memory; every fresh seed is `seed`."""
    return Environment(
        stdin=MemoryStream(stdin, tty),
        stdout=MemoryStream(tty=tty),
        stderr=MemoryStream(tty=tty),
        variables=variables_for(home, **variables),
        home=home,
        fresh_seed=lambda: seed,
    )


def run_shell(home: Path, words: list[str], stdin: str = "") -> Said:
    """What the words of a shell come to."""
    environment = make_environment(home, stdin)
    return Said.of(run_words(words, environment), environment)
