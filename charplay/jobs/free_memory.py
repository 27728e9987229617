"""How much memory a new process can take, where the system tells: on Linux.

A control group (cgroup) limits what a container, a service or a session takes. Groups are nested,
and each limit holds for all that is below it.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple


class _GroupFiles(NamedTuple):
    """The files of a group, and what its statistics call pages that the system can take back."""

    mounts: tuple[str, ...]
    limit: str
    usage: str
    reclaimable: tuple[str, ...]


# https://docs.kernel.org/admin-guide/cgroup-v2.html and …/cgroup-v1/memory.html
_VERSION_1 = _GroupFiles(
    ("sys/fs/cgroup/memory",),
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    ("total_active_file", "total_inactive_file"),
)
_VERSION_2 = _GroupFiles(
    ("sys/fs/cgroup", "sys/fs/cgroup/unified"),
    "memory.max",
    "memory.current",
    ("active_file", "inactive_file"),
)


def free_memory(root: Path = Path("/")) -> int | None:
    """Bytes that a new process can take: what the machine and every control group have left.

    None where the system does not tell. root: the folder that holds `proc` and `sys`.
    """
    left = [*_left_in_groups(root), *_left_in_machine(root)]
    return max(0, min(left)) if left else None


def _left_in_machine(root: Path) -> Iterator[int]:
    for name, value in _numbers_of(root / "proc/meminfo").items():
        if name == "MemAvailable:":
            yield value * 1024


def _left_in_groups(root: Path) -> Iterator[int]:
    """What is left in each group of this process that has a limit."""
    for line in _lines_of(root / "proc/self/cgroup"):
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            files = _VERSION_2
        elif "memory" in controllers.split(","):
            files = _VERSION_1
        else:
            continue
        for folder in _folders_of(root, files, path):
            left = _left_in_group(folder, files)
            if left is not None:
                yield left


def _folders_of(root: Path, files: _GroupFiles, path: str) -> Iterator[Path]:
    """A group and the groups around it, out to the mount, which in a container is its own group."""
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
    for mount in files.mounts:
        for depth in range(len(parts), -1, -1):
            yield (root / mount).joinpath(*parts[:depth])


def _left_in_group(folder: Path, files: _GroupFiles) -> int | None:
    """What a group has left; None where it has no limit. Files read before do not count as used."""
    limit, usage = (_number_in(folder / name) for name in (files.limit, files.usage))
    if limit is None or usage is None:
        return None
    statistics = _numbers_of(folder / "memory.stat")
    return limit - usage + sum(statistics.get(name, 0) for name in files.reclaimable)


def _number_in(path: Path) -> int | None:
    """The number that is all of a file; None for `max` and for a file that cannot be read."""
    with suppress(ValueError):
        return int("".join(_lines_of(path)))
    return None


def _numbers_of(path: Path) -> dict[str, int]:
    """The numbers of a file whose lines are a name and a number."""
    words = (line.split() for line in _lines_of(path))
    return {each[0]: int(each[1]) for each in words if len(each) > 1 and each[1].isdecimal()}


def _lines_of(path: Path) -> list[str]:
    """The lines of a file; none where it cannot be read."""
    with suppress(OSError):
        return path.read_text(errors="replace").splitlines()
    return []
