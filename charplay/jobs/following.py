"""Following a run: its events as they come, in the process that started it or in any other."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from charplay.environment import Environment
from charplay.jobs.job import Job, RunProcess
from charplay.jobs.status import RunStatus
from charplay.readable import MOST_RECORD, open_readable
from charplay.training.events import (
    Evaluated,
    Failed,
    Finished,
    Progress,
    Sampled,
    Started,
    StopAsked,
    TrainingEvent,
    event_from_json,
)

_LOOK_SECONDS = 0.03
_PATIENCE_SECONDS = 30
_Live = (Progress, Evaluated, Sampled)


def follow_start(
    job: Job, environment: Environment, interrupted: Callable[[], None] = lambda: None
) -> Iterator[TrainingEvent]:
    """Start a job and give its events as they come, until its process has ended.

    The first Ctrl-C asks the process to stop with a checkpoint, the second ends it at once;
    `interrupted` is called for each. Whoever does not wait for the end stops the run.
    """
    news = RunNews(job)
    news.skip_old()
    with environment.interrupts() as interrupts:
        process = job.start(environment.variables)
        handled, running = 0, True
        try:
            while running:
                running = process.poll() is None
                yield from news.read_new()
                while handled < interrupts.count:
                    handled += 1
                    interrupted()
                    _interrupt_run(job, process, at_once=handled > 1)
                    if handled == 1:
                        yield StopAsked(job.status().pause)
                if running:
                    time.sleep(_LOOK_SECONDS)
        finally:
            _end_process(job, process)


def watch_run(job: Job) -> Iterator[TrainingEvent]:
    """The newest events of a run that any process may have started, then those that come."""
    news = RunNews(job)
    yield from news.attach()
    running = True
    while running:
        running = job.is_under_way
        yield from news.read_new()
        if running:
            time.sleep(_LOOK_SECONDS)


def _interrupt_run(job: Job, process: RunProcess, at_once: bool) -> None:
    """Ask the run to stop, or end it."""
    if at_once:
        process.kill()
    else:
        job.requests.ask("stop")


def _end_process(job: Job, process: RunProcess) -> None:
    """Ask a process that is not over to stop, and wait; kill it if it takes too long."""
    try:
        if process.poll() is None:
            job.requests.ask("stop")
        process.wait(_PATIENCE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()


class RunNews:
    """The events of a run, each given once: from its file, and the live figures between these."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._read = 0
        self._seen: dict[type, int] = {}
        self._over = False
        self._live_time = 0

    def skip_old(self) -> None:
        """Begin with what is not in the file yet."""
        with suppress(OSError):
            self._read = self._job.events.stat().st_size
        with suppress(OSError):
            self._live_time = self._job.live.stat().st_mtime_ns

    def attach(self) -> list[TrainingEvent]:
        """The newest event of each kind, without what came before them."""
        self.skip_old()
        status = self._job.status()
        known = (
            status.started, status.progress, status.best, status.evaluated, status.sampled,
            status.finished, status.measured, status.kept, status.failed,
        )  # fmt: skip
        return [self._note(event) for event in known if event]

    def read_new(self) -> list[TrainingEvent]:
        """The events that came since the last call."""
        told = [self._note(event) for event in self._new_events() if self._is_new(event)]
        return told + [self._note(event) for event in self._live_events() if self._is_new(event)]

    def _is_new(self, event: TrainingEvent) -> bool:
        return not isinstance(event, _Live) or event.update > self._seen.get(type(event), -1)

    def _note(self, event: TrainingEvent) -> TrainingEvent:
        """Remember what was given, so that no live figure is given twice or too late."""
        if isinstance(event, _Live):
            self._seen[type(event)] = event.update
        elif isinstance(event, Started):
            self._seen, self._over = {}, False
        elif isinstance(event, Finished | Failed):
            self._over = True
        return event

    def _live_events(self) -> list[TrainingEvent]:
        """Live figures that are newer than what the file has."""
        try:
            changed = self._job.live.stat().st_mtime_ns
            if changed == self._live_time or self._over:
                return []
        except OSError:
            return []
        status = RunStatus.of_file(self._job.live)
        if status is None:
            return []
        self._live_time = changed
        return [event for event in (status.progress, status.evaluated, status.sampled) if event]

    def _new_events(self) -> Iterator[TrainingEvent]:
        """The events in the new lines; a line that a killed process left unfinished holds none."""
        for line in self._new_lines():
            with suppress(ValueError):
                yield event_from_json(line)

    def _new_lines(self) -> list[str]:
        """The whole lines of the file that were completed since the last call."""
        try:
            with open_readable(self._job.events) as file:
                if file.seek(0, os.SEEK_END) <= self._read:
                    return []
                file.seek(self._read)
                data = file.read(MOST_RECORD)
        except OSError:  # nothing was told yet
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        # Not splitlines, which would cut an event at every line end that Unicode knows.
        return whole.decode("utf-8", "replace").split("\n")[:-1]
