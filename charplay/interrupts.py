"""Counting Ctrl-C, for work that ends itself in good order; and giving work up.

Python acts on Ctrl-C between two operations of its own, so no single call may take long: work on
large texts and tables is done in pieces.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TypeAlias

# What a process sends itself to end work that it can do without.
GIVE_UP = signal.Signals["SIGBREAK" if sys.platform == "win32" else "SIGUSR1"]

# Tells whether work is to end where it is.
Interrupted: TypeAlias = Callable[[], bool]


@dataclass
class Interrupts:
    """How often Ctrl-C was pressed so far."""

    count: int = 0


@contextmanager
def count_interrupts() -> Iterator[Interrupts]:
    """Within, Ctrl-C is counted and raises nothing; on a thread other than the main one, neither.

    Only the main thread may handle signals.
    """
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return

    def count_one(number: int, frame: FrameType | None) -> None:
        interrupts.count += 1

    previous = signal.signal(signal.SIGINT, count_one)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, previous)


class _GivenUp(BaseException):
    """What ends work that is given up; no error, so that nothing takes it for one."""


@contextmanager
def giving_up() -> Iterator[None]:
    """Within, GIVE_UP ends the work, and what follows it is done; the signal's own handler is too.

    For work that is of no use to a person who is done waiting, in a process that handles GIVE_UP;
    in any other, and on a thread other than the main one, nothing is given up.
    """
    previous = signal.getsignal(GIVE_UP)
    if not callable(previous) or threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(number: int, frame: FrameType | None) -> None:
        previous(number, frame)
        raise _GivenUp

    signal.signal(GIVE_UP, give_up)
    try:
        yield
    except _GivenUp:
        pass
    finally:
        signal.signal(GIVE_UP, previous)
