"""Calls that are watched: what no file, kill or word may bring about, whatever it says.

A finding is a traceback, "charplay broke", more than 5 seconds of work, more than 300 MB plus ten
times the file, or a control that reaches a terminal. Cases are drawn from a seed, so a finding is
repeated by the name of its test.
"""

import re
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from charplay.terminal.cli import run
from charplay.testing.world import MemoryStream, Said, make_environment

WORK_SECONDS = 5.0
# Of the wall: a neighbour on the machine may take most of it.
WAIT_SECONDS = 60.0
_MEGABYTE = 1_000_000
_MEMORY, _TIMES_FILE = 300 * _MEGABYTE, 10
# What the renderer itself sends: styles (SGR), a line erased, the cursor moved or hidden, no wrap.
_OURS = re.compile(r"\x1b\[[0-9;]*[mKACDGJ]|\x1b\[\?(25|7)[hl]|[\n\t\r]")
_RAW = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\U000e0001-\U000e007f]"
)


class HangError(BaseException):
    """A call took too long; no `except Exception` may take it for something else."""


def chunks(short: int, long: int, each: int) -> list[object]:
    """The seeds of a test's chunks of `each` cases: the short campaign's, and those of the long."""
    return [
        pytest.param(seed, marks=pytest.mark.campaign if at < short else pytest.mark.long_campaign)
        for seed, at in enumerate(range(0, max(short, long), each))
    ]


def watched_call(
    home: Path, words: Sequence[object], stdin: str = "", tty: bool = False, file_bytes: int = 0
) -> Said:
    """What a call came to; AssertionError that says what was found. `tty`: on a terminal."""
    environment = make_environment(home, stdin, tty=tty, TERM="xterm", COLUMNS="80")
    with watched_work(words, file_bytes):
        status = run([str(word) for word in words], environment)
    said = Said.of(status, environment)
    check_said(said, words)
    if tty:
        streams = (environment.stdout, environment.stderr)
        for stream in streams:
            assert isinstance(stream, MemoryStream)
            shown = stream.getvalue()
            assert not raw_controls(shown), (words, raw_controls(shown), shown[-1000:])
    return said


def check_said(said: Said, case: object) -> None:
    """AssertionError where a result shows that charplay lost its way."""
    for sign in ("Traceback", "charplay broke", "Logging error", "Exception ignored"):
        assert sign not in said.told, f"{case}: {said.told[-2000:]}"
    assert 0 <= said.status < 128, (case, said.status)


def raw_controls(shown: str) -> list[str]:
    """The signs in what a terminal was sent that act on it, or hide, and are not our own."""
    return sorted(set(_RAW.findall(_OURS.sub("", shown))))


@contextmanager
def watched_work(case: object, file_bytes: int = 0) -> Iterator[None]:
    """Within, work of more than 5 seconds or too much memory is a finding."""
    before = _start_memory()
    handlers = [signal.signal(number, _raise_hang) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, WORK_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WAIT_SECONDS)
    try:
        yield
    except HangError as error:
        raise AssertionError(f"{case}: it did not end") from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), handlers, strict=True):
            signal.signal(number, handler)
    grown = _peak_memory() - before
    assert grown < _MEMORY + _TIMES_FILE * file_bytes, f"{case}: {grown / _MEGABYTE:.0f} MB"


def _raise_hang(number: int, frame: object) -> None:
    raise HangError


def _start_memory() -> int:
    """Begin to measure the greatest memory anew, where the system can; what is used now."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak_memory()
    return _peak_memory()


def _peak_memory() -> int:
    """The most memory that was used, in bytes."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0
