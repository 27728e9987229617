"""How much memory of its own does a program take, with the processes that it starts? (Linux only.)

Counted are pages that a process has written and shares with nobody: what it would take from others.
Pages of a file that is only read are the system's, which takes them back when it needs them.
"""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_LOOK_SECONDS = 0.02


def peak(words: Sequence[str], variables: Mapping[str, str]) -> int:
    """The greatest number of bytes that a command's processes held together while it ran."""
    most = 0
    with subprocess.Popen(words, env=dict(variables), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(map(_private, _family(process.pid))))
            time.sleep(_LOOK_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(words))
    return most


def _family(process: int) -> Iterator[int]:
    """A process and all that it started."""
    yield process
    for children in (PROC / str(process) / "task").glob("*/children"):
        with suppress(OSError):  # it may have ended since
            for child in children.read_text().split():
                yield from _family(int(child))


def _private(process: int) -> int:
    with suppress(OSError):
        for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) * 1024
    return 0
