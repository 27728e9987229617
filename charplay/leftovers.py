"""What killed processes left half written: found by its name, and by the lock that nobody holds.

A writer makes `.NAME.` with 16 digits of hexadecimal beside the file NAME, or a folder of
temporary files, and holds a lock on it as long as it lives.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "charplay-temporary-"
_FOLDER = re.compile(_PREFIX + "[a-z0-9_]{8}")
# SQLite keeps two files beside one that it writes.
_BESIDE = re.compile("-(wal|shm)$")
_FILE = re.compile(rf"\..+\.[0-9a-f]{{16}}({_BESIDE.pattern})?|\.live\.json\.new")
# A home may be a folder with other things in it: at its top, only these names are charplay's.
_OURS = re.compile(r"\.(config\.toml|sessions\.db)\..*")
_ROOMS = ("corpora", "models", "models/names", "piped", "tokens")
_TOKENS, _ENDING = "tokens", ".tokens"
# A file is there a moment before its lock is held; where there are no locks, age alone tells.
_GRACE_SECONDS = 10 if sys.platform != "win32" else 3600


def remove_leftovers(home: Path, cache: Path) -> None:
    """Remove what killed processes left in a data home, in a cache and among temporary files."""
    rooms = [home / room for room in _ROOMS]
    jobs = _folders_in(home / "jobs")
    within_jobs = (folder for job in jobs for folder in _folders_in(job))
    for folder in (*rooms, *jobs, *within_jobs, cache):
        _remove_left(folder, _FILE)
    _remove_left(home, _FILE, _OURS)
    _remove_unrecorded(home / _TOKENS, _ENDING)
    for entry in _entries_of(Path(tempfile.gettempdir())):
        if _FOLDER.fullmatch(entry.name) and _is_left(entry, folder=True):
            shutil.rmtree(entry.path, ignore_errors=True)


def remove_left_beside(path: Path) -> None:
    """Remove what killed writers of this very file left beside it, in whatever folder it is."""
    _remove_left(path.parent, _FILE, re.compile(rf"\.{re.escape(path.name)}\.[^.]+"))


def _remove_unrecorded(folder: Path, ending: str) -> None:
    """Remove the files whose record, which is written last, was never written."""
    entries = {entry.name: entry for entry in _entries_of(folder)}
    for name, entry in entries.items():
        recorded = f"{name.removesuffix(ending)}.json" in entries
        if name.endswith(ending) and not recorded and _is_left(entry):
            with suppress(OSError):
                os.unlink(entry.path)


def _remove_left(folder: Path, *patterns: re.Pattern[str]) -> None:
    named = [
        entry
        for entry in _entries_of(folder)
        if all(pattern.fullmatch(entry.name) for pattern in patterns)
    ]
    for entry in sorted(named, key=lambda entry: entry.name):  # what stands beside a file after it
        beside = _BESIDE.search(entry.name)
        if _is_left(entry) and not (beside and os.path.exists(_BESIDE.sub("", entry.path))):
            with suppress(OSError):
                os.unlink(entry.path)


def _folders_in(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in _entries_of(folder) if _is_kind(entry, folder=True)]


def _entries_of(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_kind(entry: os.DirEntry[str], folder: bool) -> bool:
    """Whether it is a folder, or a file; a link is neither."""
    with suppress(OSError):
        return (
            entry.is_dir(follow_symlinks=False) if folder else entry.is_file(follow_symlinks=False)
        )
    return False


def _is_left(entry: os.DirEntry[str], folder: bool = False) -> bool:
    """Whether it is this user's, has been there for a moment, and nobody holds its lock."""
    if not _is_kind(entry, folder):
        return False
    try:
        found = entry.stat(follow_symlinks=False)
        if time.time() - found.st_mtime < _GRACE_SECONDS or _is_others(found):
            return False
        descriptor = os.open(entry.path, os.O_RDONLY)
    except OSError:
        return sys.platform == "win32"
    try:
        return hold_open(descriptor)
    finally:
        os.close(descriptor)


def _is_others(found: os.stat_result) -> bool:
    return sys.platform != "win32" and found.st_uid != os.getuid()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for temporary files, which is removed at the end, or after a kill at a start."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
        if sys.platform == "win32":  # no folder can be opened there
            yield Path(folder)
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            hold_open(descriptor)
            yield Path(folder)
        finally:
            os.close(descriptor)


if sys.platform == "win32":

    def hold_open(descriptor: int) -> bool:
        """Hold no lock: there, a file that is open cannot be removed."""
        return True

else:
    import fcntl

    def hold_open(descriptor: int) -> bool:
        """Lock an open file or folder until it is closed; whether nobody else has."""
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
