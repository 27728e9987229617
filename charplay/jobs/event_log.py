"""Where a run's process tells what happens: lasting events in a file, live figures in another."""

import os
import threading
import time
from pathlib import Path

from charplay.files import open_private, replace_live, storage_errors
from charplay.jobs.status import RunStatus
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Progress,
    Sampled,
    TrainingEvent,
    event_to_json,
)

# Events that come again and again: the file gets one of a kind when the run has grown by one part
# in so many, so that its size grows with the logarithm of the run's length. Texts are long, and no
# curve is made of them or of checkpoints.
_RECURRING = (Progress, Evaluated, Sampled, Checkpointed)
_SHARES = {Progress: 200, Evaluated: 200, Sampled: 40, Checkpointed: 40}
_LIVE_SECONDS = 0.1


class EventLog:
    """The events of one run: `events` only grows, `live` is replaced ten times a second at most.

    Any thread may write. Raises StorageError where a file cannot be written.
    """

    def __init__(self, events: Path, live: Path) -> None:
        self._events, self._live = events, live
        self._lock = threading.Lock()
        self._next: dict[type, int] = {}
        self._told = 0.0
        self.status = RunStatus.of_file(live) or RunStatus()

    def write(self, event: TrainingEvent) -> None:
        """Tell an event."""
        with self._lock:
            recurring = isinstance(event, _RECURRING) and self.status.progress is not None
            self.status.take(event)
            try:
                if not isinstance(event, _RECURRING) or self._is_due(event):
                    self._append(event)
            finally:  # where one file finds no room, the other may
                self._show_status(at_once=not recurring)

    def _show_status(self, at_once: bool) -> None:
        now = time.monotonic()
        if at_once or now - self._told >= _LIVE_SECONDS:
            self._told = now
            replace_live(self._live, self.status.to_json().encode())

    def _is_due(self, event: Progress | Evaluated | Sampled | Checkpointed) -> bool:
        """Whether the run has grown enough since the last event of that kind in the file."""
        if event.update < self._next.get(type(event), 0):
            return False
        self._next[type(event)] = event.update + max(1, event.update // _SHARES[type(event)])
        return True

    def _append(self, event: TrainingEvent) -> None:
        with storage_errors(f"cannot write {self._events}"), open_private(self._events) as file:
            # A process that was killed, or a full disk, may have left a line unfinished.
            start = "" if _ends_line(self._events) else "\n"
            file.write(f"{start}{event_to_json(event)}\n")


def _ends_line(path: Path) -> bool:
    """Whether a file ends with a whole line; an empty one does."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return file.read(1) in (b"", b"\n")
