"""How the process of a run ends: asked to, told by the system, or because its parent is gone.

Until the first update there is nothing to keep, and it ends at once. Afterwards it saves a
checkpoint; when the system or a parent's end hurries it, what cannot be saved within two seconds is
given up, and the checkpoint before stands.

On Linux the system tells the process of its parent's end by a signal (prctl(2),
PR_SET_PDEATHSIG). That follows the thread which started the process, so this one must live as long
as the parent does. Elsewhere the end of standard input tells it.
"""

import ctypes
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from charplay.errors import ExitStatus
from charplay.interrupts import GIVE_UP
from charplay.jobs.requests import Requests

_LOOK_SECONDS = 0.05
# How long after a request to stop a model is still measured, and then how long anything else that
# it can do without may take.
_PATIENCE_SECONDS, _AFTER_SECONDS = 0.15, 0.02
_HURRY_SECONDS = 1.7
_PR_SET_PDEATHSIG = 1
_STANDARD_INPUT, _READ_BYTES = 0, 4096
_HURRIES = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Ending:
    """Watches for all that ends a run; made in the main thread.

    parent: the number of the process that started this one. nothing_learned: what is told where
    the run is stopped before its first update. pause: about the longest time lately, in seconds,
    in which the run did not look whether it is to stop.
    """

    def __init__(
        self, requests: Requests, parent: int, nothing_learned: Callable[[], None]
    ) -> None:
        self._requests, self._parent = requests, parent
        self._nothing_learned = nothing_learned
        self._main = threading.main_thread().ident
        self._stop = threading.Event()
        self._asked_at, self._heard_at, self.pause = 0.0, time.monotonic(), 0.0
        self._deadline: float | None = None
        self._learning = self._stays = False
        self._bell, self._rung = socket.socketpair()
        for end in (self._bell, self._rung):
            end.setblocking(False)

    def watch(self) -> None:
        """Begin to watch, in threads of its own."""
        threading.Thread(target=self._wait_for_parent, daemon=True).start()
        threading.Thread(target=self._guard, daemon=True).start()

    def begin_learning(self) -> None:
        """From now on there is something to keep."""
        if self._learning:
            return
        signal.set_wakeup_fd(self._rung.fileno(), warn_on_full_buffer=False)
        for number in _HURRIES:
            signal.signal(number, _ignore_signal)
        signal.signal(GIVE_UP, _ignore_signal)
        self._learning = True

    def stop_asked(self) -> bool:
        """Whether the run is to end with a checkpoint; the run asks this whenever it can stop."""
        now = time.monotonic()
        self.pause = max(now - self._heard_at, 0.9 * self.pause)
        self._heard_at = now
        return self._stop.is_set()

    def checkpoint_asked(self) -> bool:
        """Whether a checkpoint is to be saved now."""
        return "checkpoint" in self._requests.asked()

    def checkpoint_saved(self) -> None:
        """Let whoever asked for a checkpoint know."""
        self._requests.done("checkpoint")

    def _wait_for_parent(self) -> None:
        """Wait for the end of standard input, which is the parent's."""
        # Not through sys.stdin, whose lock a thread must not hold when the process ends.
        with suppress(OSError):
            while os.read(_STANDARD_INPUT, _READ_BYTES):
                pass
        self._lose_parent()

    def _lose_parent(self) -> None:
        """End, as the parent has ended, unless the run was told to stay."""
        if not self._stays:
            self._ask_stop(hurried=True)

    def _guard(self) -> None:
        """Look for requests and signals, and see that the process ends in time."""
        _signal_at_parents_end(signal.SIGTERM)
        if os.name == "posix" and os.getppid() != self._parent:
            self._lose_parent()
        while True:
            self._hear(self._wait())
            if self._stop.is_set() and time.monotonic() - self._asked_at > _PATIENCE_SECONDS:
                _send_to_thread(self._main, GIVE_UP)
            if self._deadline and time.monotonic() > self._deadline:
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    def _wait(self) -> bytes:
        """The numbers of the signals that come while there is nothing else to do."""
        if self._stop.is_set():  # GIVE_UP rings the bell too, again and again
            time.sleep(_AFTER_SECONDS)
        else:
            select.select([self._bell], [], [], _LOOK_SECONDS)
        with suppress(BlockingIOError):
            return self._bell.recv(_READ_BYTES)
        return b""

    def _hear(self, signals: bytes) -> None:
        """Do what signals and requests ask for."""
        if set(signals) & set(_HURRIES):
            self._ask_stop(hurried=True)
        wishes = self._requests.asked()
        if "stay" in wishes:
            _signal_at_parents_end(0)
            self._stays = True
            self._requests.done("stay")
        if "stop" in wishes:
            self._ask_stop(hurried=False)

    def _ask_stop(self, hurried: bool) -> None:
        """Have the run end with a checkpoint; at once where nothing was learned yet."""
        if not self._learning:
            try:
                self._nothing_learned()
            finally:
                os._exit(ExitStatus.FAILED)
        now = time.monotonic()
        if not self._stop.is_set():
            self._asked_at = now
            self._stop.set()
        if hurried and self._deadline is None:
            self._deadline = now + _HURRY_SECONDS


def _ignore_signal(number: int, frame: FrameType | None) -> None:
    """Leave it to the thread that watches, which hears of it too."""


def _signal_at_parents_end(number: int) -> None:
    """Have Linux send this thread's process a signal when its parent ends; 0: none."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _send_to_thread(thread: int | None, number: signal.Signals) -> None:
    """Have a thread handle a signal, also while it waits; Windows has no such call."""
    if thread is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, number)
    else:
        signal.raise_signal(number)
