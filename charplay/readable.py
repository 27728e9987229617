"""What may be read where a person names a file: files, and pipes where a text may come from one.

A device, a socket and what the kernel shows as files have no end, or hold whoever reads them.
"""

import os
import stat
from functools import cache
from pathlib import Path
from typing import BinaryIO

# A text that is read whole, as a prompt is: 64 MB are dozens of books.
MOST_TEXT = 64_000_000


class UnreadableError(OSError):
    """A path leads to what is not read; the reason stands in `strerror`."""


def open_readable(path: Path, pipes: bool = False) -> BinaryIO:
    """The bytes of a regular file, or with `pipes` of a pipe; OSError for anything else, at once.

    A pipe that nobody writes to is at its end.
    """
    # Without O_NONBLOCK the system waits until somebody writes to a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    reason = why_unreadable(path, pipes)
    if reason:
        raise UnreadableError(None, reason)
    descriptor = os.open(path, flags)
    if os.name == "posix":
        os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "rb")


def why_unreadable(path: Path, pipes: bool = False) -> str:
    """Why what a path leads to is not read, in words; "" where it is. OSError without it."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        return "it is a folder"
    if pipes and stat.S_ISFIFO(status.st_mode):
        return ""
    if stat.S_ISREG(status.st_mode) and status.st_dev != _kernel_device():
        return ""
    return "it is not a regular file"


def read_bounded(stream: BinaryIO) -> bytes:
    """All bytes of a text; UnreadableError where there are more than MOST_TEXT."""
    data = stream.read(MOST_TEXT + 1)
    if len(data) > MOST_TEXT:
        raise UnreadableError(None, f"it is larger than {MOST_TEXT / 1e6:.0f} MB")
    return data


@cache
def _kernel_device() -> int | None:
    """The device of the files that the kernel makes up, where there are such."""
    try:
        return os.stat("/proc/self").st_dev if os.path.ismount("/proc") else None
    except OSError:
        return None
