"""How much private memory do a program and its child processes take? (Linux only.)

This counts the pages that a process has written and does not share. It does not count the pages of
a file that is only read, because the system can take those back.
"""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_LOOK_SECONDS = 0.02


def peak_memory(words: Sequence[str], variables: Mapping[str, str]) -> int:
    """The largest number of private bytes that the processes of a command held at one time."""
    most = 0
    with subprocess.Popen(words, env=dict(variables), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(map(_private_bytes, _process_tree(process.pid))))
            time.sleep(_LOOK_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(words))
    return most


def _process_tree(process: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield process
    for children in (PROC / str(process) / "task").glob("*/children"):
        with suppress(OSError):  # the process may have ended
            for child in children.read_text().split():
                yield from _process_tree(int(child))


def _private_bytes(process: int) -> int:
    with suppress(OSError):
        for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) * 1024
    return 0
