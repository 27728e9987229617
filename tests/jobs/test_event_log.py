"""What a run's process tells: how large its file grows, and that a fault does not spoil it."""

import errno
import os
from itertools import pairwise

import pytest

from charplay.errors import StorageError
from charplay.jobs import event_log
from charplay.jobs.event_log import EventLog
from charplay.jobs.following import RunNews
from charplay.jobs.job import Job
from charplay.jobs.status import RunStatus
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Failed,
    Finished,
    Progress,
    Sampled,
    Started,
    event_to_json,
)
from tests.conftest import seen_by

STARTED = Started("long", "names.txt", "prose", 10**9, 10**8, 100, 10**6, 10**7)
MEGABYTES_2 = 2_000_000


@pytest.fixture
def job(home):
    """An empty folder of a job."""
    folder = home / "jobs" / "1"
    folder.mkdir(parents=True)
    return Job(folder)


@pytest.fixture
def log(job):
    """Where its process tells what happens."""
    return EventLog(job.events, job.live)


def progress(update, updates=10**7):
    """A line of progress with figures as long as they come."""
    return Progress(
        update, updates, 123, 1.2345678901234567, 1.2345678901234567, 123456.78901234567,
        123456.78901234567, 123456.78901234567, 1, 2, 10**9,
    )  # fmt: skip


def long_run(updates):
    """The events of a run that tells something at every update that a file may take."""
    text = "Ж" * 120
    update = 1
    while update < updates:
        yield Evaluated(update, 1.2345678901234567, True)
        yield Sampled(update, (text,))
        yield Checkpointed(update, "last")
        yield Checkpointed(update, "best")
        yield progress(update, updates)
        update += max(1, update // 400)


def test_the_events_of_ten_million_updates_stay_under_two_megabytes(job, log, monkeypatch):
    monkeypatch.setattr(event_log, "replace_live", lambda path, data: None)
    log.write(STARTED)
    for event in long_run(10**7):
        log.write(event)
    size = job.events.stat().st_size
    assert size < MEGABYTES_2
    few = [event for event in job.read_events() if isinstance(event, Progress)]
    assert len(few) > 1000
    assert [event.update for event in few[:5]] == [1, 2, 3, 4, 5]


def test_what_is_live_is_replaced_ten_times_a_second_at_most(job, log, monkeypatch):
    now, written = [100.0], []
    seen_by(event_log, "time", monkeypatch, monotonic=lambda: now[0])
    monkeypatch.setattr(event_log, "replace_live", lambda path, data: written.append(now[0]))
    for number in range(1000):
        now[0] += 0.003
        log.write(progress(number))
    assert len(written) <= 31
    assert all(after - before >= 0.1 for before, after in pairwise(written))


def test_the_end_is_live_at_once(job, log):
    log.write(progress(1))
    finished = Finished(2, "done", 1.0, None, "last", 1.0)
    log.write(finished)
    assert job.status().finished == finished


def test_a_line_that_a_killed_process_left_unfinished_does_not_spoil_the_next(job, log):
    log.write(STARTED)
    with job.events.open("a") as file:
        file.write(event_to_json(progress(1))[:40])
    later = EventLog(job.events, job.live)
    later.write(progress(2))
    assert list(job.read_events()) == [STARTED, progress(2)]


def test_a_line_that_a_full_disk_cut_does_not_spoil_the_next(job, log, monkeypatch):
    log.write(STARTED)
    with monkeypatch.context() as patch:
        patch.setattr(event_log, "open_private", cutting_files)
        with pytest.raises(StorageError, match="No space left") as caught:
            log.write(progress(1))
    assert "free some space" in caught.value.hint
    assert job.status().started == STARTED
    log.write(progress(2))
    assert list(job.read_events()) == [STARTED, progress(2)]


def test_a_failure_is_known_though_the_file_of_events_has_no_room(job, log, monkeypatch):
    monkeypatch.setattr(event_log, "open_private", cutting_files)
    failed = Failed("cannot write last.safetensors: No space left", "free some space")
    with pytest.raises(StorageError):
        log.write(failed)
    assert job.state() == "failed"
    assert job.status().failed == failed


class cutting_files:  # noqa: N801 - stands for a function
    """Files on a disk that is full after ten characters."""

    def __init__(self, path):
        self._file = path.open("a")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def write(self, text):
        """Write what fits."""
        self._file.write(text[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_best_loss_so_far_is_known_when_a_run_goes_on(job, log):
    best = Evaluated(5, 1.5, True)
    for event in (STARTED, best, progress(5), Evaluated(6, 1.6, False)):
        log.write(event)
    log.write(Finished(6, "stopped", 1.0, None, "last", 1.0))
    later = EventLog(job.events, job.live)
    later.write(STARTED)
    status = job.status()
    assert (status.best, status.finished, status.progress) == (best, None, None)
    assert RunStatus.of_events(job.read_events()) == status


def read_bytes(news, monkeypatch):
    """How much of the file of events a look reads."""
    read = []
    opened = type(news._job.events).open

    def counting(path, *args, **more):
        file = opened(path, *args, **more)
        if path.name != "events.jsonl":
            return file
        plain = file.read
        return Counting(file, lambda *size: read.append(len(data := plain(*size))) or data)

    monkeypatch.setattr(type(news._job.events), "open", counting)
    news.attach()
    news.read_new()
    monkeypatch.undo()
    return sum(read)


class Counting:
    """A file whose reads are counted."""

    def __init__(self, file, read):
        self._file, self.read, self.seek = file, read, file.seek

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def __iter__(self):
        while line := self.read():
            yield from line.splitlines(keepends=True)


def test_following_a_run_of_a_million_events_reads_no_more_than_a_new_one(job, log, monkeypatch):
    log.write(STARTED)
    log.write(progress(1))
    new = read_bytes(RunNews(job), monkeypatch)
    with job.events.open("a") as file:
        file.write('{"event": "told"}\n' * 1_000_000)
    log = EventLog(job.events, job.live)
    log.write(progress(2_000_000))
    assert read_bytes(RunNews(job), monkeypatch) == new == 0
    news = RunNews(job)
    assert progress(2_000_000) in news.attach()
    log.write(Finished(2_000_001, "done", 1.0, None, "last", 1.0))
    assert isinstance(news.read_new()[0], Finished)


def test_nothing_comes_after_the_failure_of_a_run_that_was_taken_up_again(job, log):
    log.write(STARTED)
    log.write(progress(1))
    log.write(Sampled(1, ("old",)))
    news = RunNews(job)
    news.skip_old()
    EventLog(job.events, job.live).write(Failed("its text is gone", ""))
    assert news.read_new() == [Failed("its text is gone", "")]
