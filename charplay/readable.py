"""What is read of the disk: files, and pipes where a person names one that a text may come from.

A device, a socket and what the kernel shows as files have no end, or hold whoever reads them.
"""

import os
import stat
from functools import cache
from pathlib import Path
from typing import BinaryIO

# A text that is read whole, as a prompt is: 64 MB are dozens of books.
MOST_TEXT = 64_000_000
# A record that charplay keeps, as what is known of a run: the largest have a few hundred kilobytes.
MOST_RECORD = 16_000_000


class UnreadableError(OSError):
    """A path leads to what is not read; the reason stands in `strerror`."""


def open_readable(path: Path, pipes: bool = False) -> BinaryIO:
    """The bytes of a regular file, or with `pipes` of a pipe; OSError for anything else, at once.

    A pipe that nobody writes to is at its end.
    """
    # Without O_NONBLOCK the system waits until somebody writes to a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    check_readable(path, pipes)
    descriptor = os.open(path, flags)
    if os.name == "posix":
        os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "rb")


def check_readable(path: Path, pipes: bool = False) -> None:
    """OSError for what `open_readable` does not open, before another library would open it."""
    reason = why_unreadable(path, pipes)
    if reason:
        raise UnreadableError(None, reason)


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


def read_bounded(stream: BinaryIO, most: int = 0) -> bytes:
    """All bytes of a text; UnreadableError where there are more than `most`, or else MOST_TEXT."""
    most = most or MOST_TEXT
    data = stream.read(most + 1)
    if len(data) > most:
        raise UnreadableError(None, f"it is larger than {most / 1e6:.0f} MB")
    return data


def read_record(path: Path, most: int = MOST_RECORD) -> bytes:
    """All bytes of a file that charplay keeps; OSError for no regular file, or a larger one."""
    with open_readable(path) as stream:
        return read_bounded(stream, most)


@cache
def _kernel_device() -> int | None:
    """The device of the files that the kernel makes up, where there are such."""
    try:
        return os.stat("/proc/self").st_dev if os.path.ismount("/proc") else None
    except OSError:
        return None
