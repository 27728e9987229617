"""The data home's rights: what charplay keeps is its owner's alone."""

import os
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

# What charplay keeps at the top of the home; a home may be a folder with other things in it.
_KEPT = (
    "charplay.log*",
    "config.toml",
    ".config.toml.*",
    "corpora",
    "history",
    "jobs",
    "models",
    "piped",
    "sessions.*",
    "tokens",
)
_OTHERS, _OWNERS = 0o077, 0o700


def mend_rights(home: Path) -> bool:
    """Take others' rights from what charplay keeps; whether it was open to them until now.

    Older versions made files as the umask says. A folder with other things in it keeps its own
    rights. Nothing is done where the platform or the disk knows no such rights.
    """
    if os.name != "posix":
        return False
    try:
        entries = list(home.iterdir())
    except OSError:
        return False
    kept = [path for path in entries if any(fnmatch(path.name, known) for known in _KEPT)]
    tops = [home, *kept] if len(kept) == len(entries) else kept
    # What is inside these was made by the same hands: one that is closed is not looked into.
    mended = [path for top in tops if _is_open(top) for path in _inside(top) if _close(path)]
    return bool(entries and mended)


def _inside(top: Path) -> Iterator[Path]:
    """A file, or a folder and all in it; links are not followed."""
    yield top
    for folder, folders, files in os.walk(top):
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_open(path: Path) -> bool:
    """Whether others have any right to a file or folder; a link has none of its own."""
    with suppress(OSError):
        return not path.is_symlink() and bool(path.stat().st_mode & _OTHERS)
    return False


def _close(path: Path) -> bool:
    """Take others' rights; whether they had some that are gone now."""
    if not _is_open(path):
        return False
    with suppress(OSError):
        path.chmod(path.stat().st_mode & _OWNERS)
    return not _is_open(path)
