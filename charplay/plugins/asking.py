"""Having plugins registered in processes of their own, which they may end, block or spoil."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from charplay.leftovers import temporary_folder
from charplay.plugins.installed import Installed
from charplay.plugins.offers import PluginOffers

_log = logging.getLogger(__name__)
RegisteringProcess: TypeAlias = "subprocess.Popen[bytes]"

# How long one plugin may take to be imported and asked; its process may take longer to start.
PLUGIN_SECONDS = 5.0
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_MOST_PRINTED = 100_000


def register_apart(found: Sequence[Installed]) -> list[tuple[PluginOffers, ...]]:
    """What each distribution offers, each registered in a process of its own, a few at a time."""
    if not found:
        return []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(_register_distribution, found))


def _register_distribution(found: Installed) -> tuple[PluginOffers, ...]:
    """Go on in another process after a plugin that ended its own."""
    offers: list[PluginOffers] = []
    while len(offers) < len(found.points):
        offers += ask_process(found.points[len(offers) :]).offers
    return tuple(offers)


class Asked(NamedTuple):
    """What a process told of the first plugins that it was asked for, and all that was printed."""

    offers: list[PluginOffers]
    printed: str


def ask_process(
    points: Sequence[EntryPoint],
    flags: Sequence[str] = (),
    thoroughly: bool = False,
    seconds: float = PLUGIN_SECONDS,
) -> Asked:
    """Have plugins registered in a process that may take so long for each of them.

    flags: for Python itself; thoroughly: whether each backend is put to use. Of a plugin that ends
    the process, or takes longer, that is told as its fault, and none is told after it.
    """
    with temporary_folder() as folder:
        answers, printed = Path(folder, "answers"), Path(folder, "printed")
        with printed.open("wb") as stream:
            process = _start_process(points, answers, stream, flags, thoroughly)
            problem = _follow_process(process, answers, seconds)
        _end_group(process)
        told = list(_offers_in(answers))
        text = printed.read_bytes()[:_MOST_PRINTED].decode(errors="replace")
    if text and not flags:
        _log.warning("printed while %s was registered:\n%s", points[0].name, text)
    if len(told) < len(points):
        told.append(PluginOffers(points[len(told)].name, faults=(problem,)))
    return Asked(told, text)


def _start_process(
    points: Sequence[EntryPoint],
    answers: Path,
    printed: BinaryIO,
    flags: Sequence[str],
    thoroughly: bool,
) -> RegisteringProcess:
    process = subprocess.Popen(
        [sys.executable, *flags, "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=printed,
        stderr=printed,
        start_new_session=True,
    )
    asked = {
        "path": [os.path.abspath(entry) for entry in sys.path],
        "points": [(point.name, point.value) for point in points],
        "file": str(answers),
        "thoroughly": thoroughly,
    }
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as stream:  # one that ended at once is told
        stream.write(json.dumps(asked).encode())
    return process


def _follow_process(process: RegisteringProcess, answers: Path, seconds: float) -> str:
    """Wait until a process has told all or takes too long; what is wrong, if it has not."""
    size, deadline = 0, time.monotonic() + _START_SECONDS
    while process.poll() is None:
        if time.monotonic() > deadline:
            return f"took longer than {seconds:g} s at import"
        now = answers.stat().st_size if answers.exists() else 0
        if now != size:
            size, deadline = now, time.monotonic() + seconds
        time.sleep(_LOOK_SECONDS)
    status = process.returncode
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    return f"ended the process at import, with {how}"


# The path comes first: charplay itself may be on it alone.
_CHILD = """
import json, sys
asked = json.loads(sys.stdin.buffer.read())
sys.path[:] = asked["path"]
from charplay.plugins.registering import register_all
register_all(asked["points"], asked["file"], asked["thoroughly"])
"""


def _end_group(process: RegisteringProcess) -> None:
    """End a process, and those that a plugin started in it."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _offers_in(answers: Path) -> Iterator[PluginOffers]:
    """The offers that a process wrote; the last line may be cut."""
    if not answers.exists():
        return
    for line in answers.read_bytes().splitlines():
        try:
            told = json.loads(line)
            if "offers" in told:
                yield PluginOffers.from_data(told["offers"])
        except (ValueError, KeyError, TypeError):
            return
