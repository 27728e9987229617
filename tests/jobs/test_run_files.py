"""What is written in the folder of a run: events, live figures, requests and the lock."""

import os
from dataclasses import replace

import pytest

from charplay.errors import CharplayError
from charplay.jobs import event_log, lock
from charplay.jobs.event_log import EventLog
from charplay.jobs.lock import RunLock, hold_lock
from charplay.jobs.requests import Requests
from charplay.jobs.status import RunStatus
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Progress,
    Reported,
    Sampled,
    event_to_json,
)
from tests.conftest import seen_by
from tests.jobs.events import FAILED, KEPT, PROGRESS, STARTED


def logged(job, kind):
    return [event.update for event in job.read_events() if isinstance(event, kind)]


def stepped(share, updates):
    """From one update to the next: one, or a part in so many of the update."""
    update, told = 0, []
    while update < updates:
        told.append(update)
        update += max(1, update // share)
    return told


def test_of_what_comes_again_the_file_has_one_each_time_the_run_has_grown(made, monkeypatch):
    monkeypatch.setattr(event_log, "replace_live", lambda path, data: None)
    job = made()
    log = EventLog(job.events, job.live)
    for update in range(700):
        for event in (
            replace(PROGRESS, update=update),
            Evaluated(update, 2.0, False),
            Sampled(update, ()),
            Checkpointed(update, "last"),
            Reported(update, "line"),
        ):
            log.write(event)
    assert logged(job, Progress) == logged(job, Evaluated) == stepped(200, 700)
    assert logged(job, Sampled) == logged(job, Checkpointed) == stepped(40, 700)
    assert logged(job, Reported) == list(range(700))
    assert len(stepped(200, 700)) == 400 + 100 + 34


def test_what_is_live_is_told_at_once_but_for_what_comes_again(made, monkeypatch):
    now, live = [100.0], []
    seen_by(event_log, "time", monkeypatch, monotonic=lambda: now[0])
    monkeypatch.setattr(event_log, "replace_live", lambda path, data: live.append((path, data)))
    job = made()
    log = EventLog(job.events, job.live)
    steps = (
        (STARTED, 0, True), (PROGRESS, 0, True), (PROGRESS, 0.09, False), (PROGRESS, 0.01, True),
        (Evaluated(3, 1.0, True), 0, False), (Sampled(3, ()), 0, False),
        (Checkpointed(3, "last"), 0, False), (Reported(3, ""), 0, True), (KEPT, 0, True),
    )  # fmt: skip
    for event, later, told in steps:
        now[0] += later
        before = len(live)
        log.write(event)
        assert (len(live) > before) is told, event
    assert live[-1] == (job.live, log.status.to_json().encode())


def test_a_log_goes_on_with_the_status_that_there_is(made):
    job = made(STARTED, PROGRESS)
    assert EventLog(job.events, job.live).status == RunStatus(started=STARTED, progress=PROGRESS)
    with job.events.open("ab") as file:
        file.write(b"cut")
    EventLog(job.events, job.live).write(FAILED)
    lines = job.events.read_text().split("\n")
    assert lines == [*map(event_to_json, (STARTED, PROGRESS)), "cut", event_to_json(FAILED), ""]


def test_what_is_asked_is_a_file_until_it_is_done(tmp_path):
    requests = Requests(tmp_path / "requests")
    assert requests.asked() == set()
    requests.done("stop")
    requests.ask("stop")
    requests.ask("stay")
    (tmp_path / "requests" / "other").touch()
    assert requests.asked() == {"stop", "stay"}
    assert os.stat(tmp_path / "requests").st_mode & 0o777 == 0o700
    assert (tmp_path / "requests" / "stop").read_bytes() == b""
    requests.done("stop")
    assert requests.asked() == {"stay"}
    requests.ask("checkpoint")
    requests.forget()
    assert requests.asked() == set()
    assert [path.name for path in (tmp_path / "requests").iterdir()] == ["other"]


def test_requests_that_cannot_be_written_are_told(tmp_path):
    (tmp_path / "requests").write_text("")
    with pytest.raises(CharplayError, match=r"cannot write .*stop"):
        Requests(tmp_path / "requests").ask("stop")


def test_a_lock_is_held_by_one_at_a_time_until_it_is_let_go(tmp_path):
    one, other = RunLock(tmp_path / "lock"), RunLock(tmp_path / "lock")
    assert not one.is_held()
    assert not (tmp_path / "lock").exists()
    assert one.acquire()
    assert (one.is_held(), other.is_held(), other.acquire()) == (True, True, False)
    other.release()
    assert one.is_held()
    one.release()
    one.release()
    assert not other.is_held()
    assert other.acquire()
    other.release()
    assert os.stat(tmp_path / "lock").st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("seconds", "looks"), [(0, 0), (0.02, 1), (0.05, 3)])
def test_a_lock_is_waited_for_so_long(tmp_path, monkeypatch, seconds, looks):
    now, slept = [100.0], []

    def sleep(pause):
        slept.append(pause)
        now[0] += pause

    seen_by(lock, "time", monkeypatch, monotonic=lambda: round(now[0], 6))
    seen_by(lock, "time", monkeypatch, sleep=sleep)
    with hold_lock(tmp_path / "lock", 0) as first, hold_lock(tmp_path / "lock", seconds) as second:
        assert (first, second) == (True, False)
    assert slept == [0.02] * looks
    with hold_lock(tmp_path / "lock", 0) as again:
        assert again


def test_a_lock_that_comes_free_meanwhile_is_taken(tmp_path, monkeypatch):
    first, second = RunLock(tmp_path / "lock"), RunLock(tmp_path / "lock")
    assert first.acquire()
    seen_by(lock, "time", monkeypatch, sleep=lambda seconds: first.release())
    assert second.acquire(60)
    second.release()
