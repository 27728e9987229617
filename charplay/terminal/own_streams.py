"""The program's standard streams are charplay's: what others print is logged, and none may read."""

import io
import logging
import sys
from typing import NoReturn, TextIO, cast

_log = logging.getLogger(__name__)


def keep_streams() -> None:
    """Give all code that looks for the standard streams others in their place.

    charplay itself writes to those of its environment, which must have been made before.
    """
    sys.stdin = cast(TextIO, _NoInput())
    sys.stdout = cast(TextIO, _LoggedLines())
    sys.stderr = cast(TextIO, _LoggedLines())


class _LoggedLines(io.TextIOBase):
    """A stream whose lines are written to the log."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            _log.warning("printed: %s", line)
        return len(text)


class _NoInput(io.TextIOBase):
    """A stream that tells how a plugin asks a person."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> NoReturn:
        raise EOFError("standard input is charplay's; a command asks by context.ask")

    def readline(self, size: int | None = -1, /) -> NoReturn:
        self.read()
