"""The program's standard streams are charplay's: what others print is logged, and none may read."""

import io
import logging
import os
import sys
from typing import TextIO, cast

from charplay.streams import NoInput

_log = logging.getLogger(__name__)


def take_streams() -> None:
    """Move standard input and output aside, so that only who asks for them here has them.

    Programs that a plugin starts find nothing to read, and print where nobody reads. A terminal
    stays where it is: the pager and the editor need it.
    """
    sys.stdin = _moved_aside(sys.stdin, os.O_RDONLY, "r")
    sys.stdout = _moved_aside(sys.stdout, os.O_WRONLY, "w")


def _moved_aside(stream: TextIO, flags: int, mode: str) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper) or stream.isatty():
        return stream
    number = stream.fileno()
    moved = os.dup(number)
    nowhere = os.open(os.devnull, flags)
    os.dup2(nowhere, number)
    os.close(nowhere)
    return cast(TextIO, open(moved, mode, encoding=stream.encoding, errors=stream.errors))


def replace_streams() -> None:
    """Give all code that looks for the standard streams others in their place.

    charplay itself uses those of its environment, which must have been made before.
    """
    for name in ("stdin", "__stdin__"):
        setattr(sys, name, NoInput())
    for name in ("stdout", "__stdout__", "stderr"):
        setattr(sys, name, _LoggedLines())


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
