"""The lock that a run's process holds as long as it lives, however it ends; and of other files.

The system lets go of the lock when the process is gone, so a lock file that a dead process left
says nothing.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from charplay.files import private_opener

_LOOK_SECONDS = 0.02


class RunLock:
    """The lock of a run's folder, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, seconds: float = 0) -> bool:
        """Hold the lock until this process ends; False where another holds it so long."""
        self._descriptor = private_opener(str(self._path), os.O_RDWR | os.O_CREAT)
        end = time.monotonic() + seconds
        while not _take_lock(self._descriptor):
            if time.monotonic() >= end:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def release(self) -> None:
        """Let go of the lock before this process ends."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None

    def is_held(self) -> bool:
        """Whether a living process, this one included, holds the lock."""
        try:
            descriptor = os.open(self._path, os.O_RDWR)
        except OSError:  # there is none, or it is on a disk where no run can be under way
            return False
        try:
            return not _share_lock(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def hold_lock(path: Path, seconds: float) -> Iterator[bool]:
    """Within, hold the lock of a file, where it can be had in so many seconds; whether it is."""
    lock = RunLock(path)
    try:
        yield lock.acquire(seconds)
    finally:
        lock.release()


if sys.platform == "win32":
    import msvcrt

    def _take_lock(descriptor: int) -> bool:
        with suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            return True
        return False

    _share_lock = _take_lock

else:
    import fcntl

    def _take_lock(descriptor: int) -> bool:
        return _flock(descriptor, fcntl.LOCK_EX)

    def _share_lock(descriptor: int) -> bool:
        # So that one who looks does not take another who looks for the run.
        return _flock(descriptor, fcntl.LOCK_SH)

    def _flock(descriptor: int, operation: int) -> bool:
        with suppress(OSError):
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
            return True
        return False
