"""What is known of a run: the newest event of each kind, as `status.json` holds it."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from charplay.readable import read_record
from charplay.training.events import (
    EVENT_KINDS,
    Checkpointed,
    Evaluated,
    Failed,
    Finished,
    Kept,
    Measured,
    Progress,
    Reported,
    Sampled,
    Started,
    TrainingEvent,
    event_from_json,
    event_values,
)
from charplay.typed_values import check_value


@dataclass
class RunStatus:
    """The newest event of each kind since a run was started or taken up again.

    best: the newest validation that was the best so far, also before that; pause: about the longest
    time in seconds in which the run hears nothing, which it takes to stop.
    """

    started: Started | None = None
    progress: Progress | None = None
    evaluated: Evaluated | None = None
    best: Evaluated | None = None
    sampled: Sampled | None = None
    reported: Reported | None = None
    checkpointed: Checkpointed | None = None
    finished: Finished | None = None
    measured: Measured | None = None
    kept: Kept | None = None
    failed: Failed | None = None
    pause: float = 0.0

    @classmethod
    def of_events(cls, events: Iterable[TrainingEvent]) -> Self:
        """The status after these events."""
        status = cls()
        for event in events:
            status.take(event)
        return status

    def take(self, event: TrainingEvent) -> None:
        """Note an event."""
        if isinstance(event, Started):
            self.reopen()
            self.progress = self.evaluated = self.sampled = self.checkpointed = None
        if isinstance(event, Evaluated) and event.best:
            self.best = event
        setattr(self, type(event).__name__.lower(), event)

    def reopen(self) -> None:
        """Forget how the run ended, as it goes on."""
        self.finished = self.measured = self.kept = self.failed = None

    @property
    def update(self) -> int:
        """How many updates were made."""
        known = (self.started, self.progress, self.finished, _NOTHING)
        return max(event.update for event in known if event)

    @property
    def share(self) -> float:
        """How much of the run is done, from 0 to 1."""
        return min(1.0, self.update / self.updates) if self.updates else 0.0

    @property
    def updates(self) -> int:
        """How many updates the whole run has, as far as that is known."""
        newest = self.progress or self.started
        return newest.updates if newest else 0

    def to_json(self) -> str:
        """The text of `status.json`."""
        values: dict[str, Any] = {"pause": self.pause}
        for name in _EVENT_FIELDS:
            event = getattr(self, name)
            if event is not None:
                values[name] = event_values(event)
        return json.dumps(values)

    @classmethod
    def of_file(cls, path: Path) -> Self | None:
        """The status in a file; None where there is no whole one."""
        with suppress(OSError, ValueError, TypeError):
            return cls.from_json(read_record(path))
        return None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The status in a text from `to_json`; ValueError where it holds none."""
        try:
            values = json.loads(text)
        except RecursionError as error:
            raise ValueError("a status is nested too deeply") from error
        if not isinstance(values, dict):
            raise ValueError("a status is an object")
        pause = values.get("pause", 0)
        check_value(pause, float, "pause")
        status = cls(pause=float(pause))
        for name in values.keys() & set(_EVENT_FIELDS):
            event = event_from_json(json.dumps(values[name]))
            if not isinstance(event, EVENT_KINDS["evaluated" if name == "best" else name]):
                raise ValueError(f"{name} is another event")
            setattr(status, name, event)
        return status


_NOTHING = Failed("", "")
_EVENT_FIELDS = tuple(field.name for field in fields(RunStatus) if field.name != "pause")
