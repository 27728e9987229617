"""Following a run to its end: in place of its process stands one that does what the test says."""

import os
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from charplay.errors import ModelFileError, TrainingError
from charplay.jobs import following, process, running
from charplay.jobs.following import RunNews, follow_start, watch_run
from charplay.jobs.job import Job
from charplay.jobs.lock import RunLock
from charplay.jobs.running import died_error, keep_checkpoint, run_to_library, under_way_error
from charplay.jobs.status import RunStatus
from charplay.streams import NoInput
from charplay.training.events import (
    NOTHING_LEARNED,
    Evaluated,
    Failed,
    Measured,
    Sampled,
    StopAsked,
    event_to_json,
)
from tests.conftest import seen_by
from tests.jobs.events import DONE, FAILED, KEPT, PROGRESS, STARTED

LATER = replace(PROGRESS, update=30)
EVALUATED, SAMPLED = Evaluated(20, 2.5, True), Sampled(20, ("wren",))


def tell(job, *events):
    """Add events to the file alone."""
    with job.events.open("ab") as file:
        for event in events:
            file.write(event_to_json(event).encode() + b"\n")


class Live:
    """The live figures of a job, each time newer."""

    def __init__(self, job):
        self._job, self._time = job, 10**18

    def show(self, *events):
        self._job.live.write_text(RunStatus.of_events(events).to_json())
        self._time += 10**9
        os.utime(self._job.live, ns=(self._time, self._time))


# The news of a run.


def test_all_events_are_news_once(made):
    job = made()
    news = RunNews(job)
    assert news.read_new() == []
    tell(job, STARTED, PROGRESS)
    assert news.read_new() == [STARTED, PROGRESS]
    assert news.read_new() == []
    tell(job, KEPT)
    assert news.read_new() == [KEPT]


def test_what_was_told_before_is_no_news(made):
    job = made(STARTED, PROGRESS)
    news = RunNews(job)
    news.skip_old()
    assert news.read_new() == []
    tell(job, LATER)
    assert news.read_new() == [LATER]


def test_who_comes_later_is_told_the_newest_of_each_kind_in_order(made):
    best, measured = Evaluated(10, 2.0, True), Measured(2.0)
    newest = replace(EVALUATED, best=False)
    job = made(KEPT, FAILED, STARTED, best, PROGRESS, newest, SAMPLED, DONE, measured, KEPT)
    news = RunNews(job)
    assert news.attach() == [STARTED, PROGRESS, best, newest, SAMPLED, DONE, measured, KEPT]
    assert news.read_new() == []
    failed = made(FAILED)
    assert RunNews(failed).attach() == [FAILED]


def test_live_figures_are_told_where_they_are_newer_than_the_file(made):
    job = made()
    news, live = RunNews(job), Live(job)
    tell(job, STARTED, PROGRESS)
    live.show(STARTED, PROGRESS, EVALUATED, SAMPLED)
    assert news.read_new() == [STARTED, PROGRESS, EVALUATED, SAMPLED]
    live.show(STARTED, PROGRESS, EVALUATED, SAMPLED)
    assert news.read_new() == []
    live.show(STARTED, LATER, EVALUATED, SAMPLED)
    assert news.read_new() == [LATER]
    tell(job, PROGRESS, replace(LATER, update=31))
    assert news.read_new() == [replace(LATER, update=31)]


def test_what_is_live_is_read_only_when_it_changed(made, monkeypatch):
    job = made()
    news, live = RunNews(job), Live(job)
    live.show(STARTED, PROGRESS)
    assert news.read_new() == [PROGRESS]
    monkeypatch.setattr(RunStatus, "of_file", None)
    assert news.read_new() == []


def test_live_figures_that_are_half_written_are_read_when_they_are_whole(made):
    job = made()
    news, live = RunNews(job), Live(job)
    live.show(STARTED, PROGRESS)
    whole, changed = job.live.read_text(), job.live.stat().st_mtime_ns
    job.live.write_text(whole[:20])
    os.utime(job.live, ns=(changed, changed))
    assert news.read_new() == []
    job.live.write_text(whole)
    os.utime(job.live, ns=(changed, changed))
    assert news.read_new() == [PROGRESS]


@pytest.mark.parametrize("end", [DONE, FAILED])
def test_after_the_end_live_figures_are_no_news_until_it_begins_again(made, end):
    job = made()
    news, live = RunNews(job), Live(job)
    tell(job, STARTED, PROGRESS, end)
    assert news.read_new() == [STARTED, PROGRESS, end]
    live.show(STARTED, LATER)
    assert news.read_new() == []
    tell(job, STARTED)
    live.show(STARTED, PROGRESS)
    assert news.read_new() == [STARTED, PROGRESS]


def test_an_update_of_nought_is_told_once(made):
    job = made()
    begun = replace(PROGRESS, update=0)
    tell(job, begun, begun)
    assert RunNews(job).read_new() == [begun]


def test_a_line_that_is_not_whole_waits_for_its_end(made):
    job = made()
    news = RunNews(job)
    line = event_to_json(STARTED).encode() + b"\n"
    job.events.write_bytes(b"nonsense\n\xff\n" + line + line[:10])
    assert news.read_new() == [STARTED]
    with job.events.open("ab") as file:
        file.write(line[10:])
    assert news.read_new() == [STARTED]


# Whoever follows.


class Process:
    """A run's process: each look lets it do one more thing, and then it is over."""

    stdin = None

    def __init__(self, *steps, stubborn=False):
        self._steps, self._stubborn = list(steps), stubborn
        self.killed, self.waited = 0, []

    def poll(self):
        if not self._steps:
            return 0
        self._steps.pop(0)()
        return None

    def wait(self, timeout=None):
        self.waited.append(timeout)
        if self._stubborn and not self.killed:
            raise subprocess.TimeoutExpired("run", timeout)
        return 0

    def kill(self):
        self.killed += 1
        self._steps.clear()


class World:
    """An environment in which Ctrl-C is pressed when the test says so."""

    def __init__(self, variables=()):
        self.variables, self.presses = dict(variables), SimpleNamespace(count=0)

    @contextmanager
    def interrupts(self):
        yield self.presses


@pytest.fixture
def follow(monkeypatch):
    """Follows a job whose process is this one; the pauses, and what was told of Ctrl-C."""
    pauses, pressed = [], []
    seen_by(following, "time", monkeypatch, sleep=pauses.append)

    def follow(job, done_by, world=None, take=None):
        monkeypatch.setattr(job, "start", lambda variables: done_by)
        events = follow_start(job, world or World(), lambda: pressed.append(1))
        return list(events) if take is None else [next(events) for _ in range(take)]

    follow.pauses, follow.pressed = pauses, pressed
    return follow


def test_a_run_is_followed_until_its_process_is_over(made, follow):
    job = made(FAILED)
    steps = (lambda: None, lambda: tell(job, STARTED), lambda: tell(job, PROGRESS, KEPT))
    ended = Process(*steps)
    assert follow(job, ended) == [STARTED, PROGRESS, KEPT]
    assert follow.pauses == [0.03] * 3
    assert (ended.waited, ended.killed, job.requests.asked()) == ([30], 0, set())


def test_what_is_told_at_the_very_end_is_not_missed(made, follow, monkeypatch):
    job = made()
    ended = Process()
    monkeypatch.setattr(ended, "poll", lambda: tell(job, KEPT) or 0)
    assert follow(job, ended)[0] == KEPT


def test_the_first_ctrl_c_asks_to_stop_and_says_how_long_that_takes(made, follow):
    job, world = made(), World()
    job.live.write_text('{"pause": 1.5}')

    def press():
        world.presses.count += 1

    ended = Process(press, lambda: None, lambda: tell(job, KEPT))
    assert follow(job, ended, world) == [StopAsked(1.5), KEPT]
    assert (follow.pressed, ended.killed, job.requests.asked()) == ([1], 0, {"stop"})


def test_the_second_ctrl_c_ends_the_process(made, follow):
    job, world = made(), World()

    def press():
        world.presses.count += 1

    ended = Process(press, press, lambda: None)
    assert follow(job, ended, world) == [StopAsked(0)]
    assert (follow.pressed, ended.killed) == ([1, 1], 1)
    world = World()
    world.presses.count = 2
    both = Process(lambda: None)
    assert follow(made(), both, world) == [StopAsked(0)]
    assert both.killed == 1


def test_who_does_not_wait_for_the_end_stops_the_run(made, follow):
    job = made()
    left = Process(lambda: tell(job, STARTED), lambda: None, lambda: None, lambda: None)
    assert follow(job, left, take=1) == [STARTED]
    assert (job.requests.asked(), left.waited, left.killed) == ({"stop"}, [30], 0)


def test_a_process_that_does_not_end_is_killed(made, follow):
    job = made()
    left = Process(lambda: tell(job, STARTED), *[lambda: None] * 3, stubborn=True)
    assert follow(job, left, take=1) == [STARTED]
    assert (left.waited, left.killed) == ([30, None], 1)


def test_a_run_is_watched_until_it_is_not_under_way(made, monkeypatch):
    job = made(STARTED)
    looks = iter([True, True, False])
    monkeypatch.setattr(Job, "is_under_way", property(lambda self: next(looks)))
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        tell(job, PROGRESS if len(pauses) == 1 else KEPT)

    seen_by(following, "time", monkeypatch, sleep=pause)
    assert list(watch_run(job)) == [STARTED, PROGRESS, KEPT]
    assert pauses == [0.03, 0.03]


# From its start to the library.


@pytest.fixture
def ran(monkeypatch):
    """What comes of a job that tells these events, and of so many presses of Ctrl-C."""

    def ran(job, *events, presses=0, library=None):
        pressed = []

        def followed(job, environment, press):
            for _ in range(presses):
                press()
            yield from events

        monkeypatch.setattr(running, "follow_start", followed)
        told, error = [], None
        try:
            for event in run_to_library(job, library, None, lambda: pressed.append(1)):
                told += [event]
        except TrainingError as caught:
            error = (caught.message, caught.hint)
        assert len(pressed) == presses
        return told, error

    return ran


def test_a_run_that_is_kept_ends_with_that(made, ran):
    assert ran(made(), STARTED, DONE, KEPT) == ([STARTED, DONE, KEPT], None)


def test_a_run_that_failed_is_an_error_of_its_words(made, ran):
    assert ran(made(), STARTED, FAILED) == ([STARTED], ("its text is gone", "bring it back"))


def test_a_failure_that_was_not_the_end_is_no_error(made, ran):
    assert ran(made(), FAILED, STARTED, KEPT) == ([STARTED, KEPT], None)


@pytest.mark.parametrize("presses", [0, 1])
def test_a_run_that_ends_without_a_word_has_died(made, ran, presses):
    job = made()
    message = "the process of run 1 ended without a word: killed, or out of memory"
    told, error = ran(job, STARTED, presses=presses)
    assert told == [STARTED]
    assert error == (f"{message}; it had saved nothing", f"the details are in {job.log}")


def test_a_run_that_is_ended_at_once_keeps_its_checkpoint(made, ran, monkeypatch):
    monkeypatch.setattr(running, "keep_checkpoint", lambda library, job: (library, job.number))
    assert ran(made(), STARTED, presses=2, library="library") == ([STARTED, ("library", 1)], None)


def test_a_dead_run_is_told_with_what_it_saved(made, monkeypatch):
    monkeypatch.setattr(running, "saved_update", lambda job: 12_345)
    error = died_error(made())
    assert error.message == "the process of run 1 ended without a word: killed, or out of memory"
    assert error.hint == "`jobs resume 1` goes on from update 12,345"


def test_a_run_under_way_is_told_as_one(made):
    job = made(held=True)
    for error in (died_error(job), under_way_error(job)):
        assert error.message == "run 1 is under way"
        assert error.hint == "`jobs show 1` shows how it stands"


def test_the_best_checkpoint_is_kept_before_the_newest(made, monkeypatch):
    read = []
    monkeypatch.setattr(running, "read_checkpoint", lambda path: read.append(path.name))
    monkeypatch.setattr(running, "keep_model", lambda library, checkpoint, run: run.name)
    job = made()
    with pytest.raises(TrainingError) as caught:
        keep_checkpoint(None, job)
    assert caught.value.message == NOTHING_LEARNED.message
    assert caught.value.hint == "train again"
    job.checkpoint("last").touch()
    assert keep_checkpoint(None, job) == "birds"
    job.checkpoint("best").touch()
    keep_checkpoint(None, job)
    assert read == ["last.safetensors", "best.safetensors"]


# What the process does before it loads what learns.


def test_a_process_of_a_run_that_is_under_way_leaves_it_alone(made, caplog, monkeypatch):
    monkeypatch.setattr(process, "_LOCK_SECONDS", 0)
    job = made(STARTED, held=True)
    left = job.folder / ".last.safetensors.0"
    left.touch()
    assert process.run_process(job.folder, 1) == 1
    assert [record.getMessage() for record in caplog.records] == ["run 1 is under way already"]
    assert left.exists()


def test_a_process_takes_the_lock_and_watches_before_it_does_the_run(made, monkeypatch):
    monkeypatch.setattr(process.sys, "stdin", None)
    seen = {}

    class Ending:
        def __init__(self, requests, parent, nothing_learned):
            seen.update(requests=requests, parent=parent, nothing_learned=nothing_learned)

        def watch(self):
            seen["held"] = RunLock(job.folder / "lock").is_held()

    def do_job(done, log, ending):
        seen["nothing_learned"]()
        done.lock.release()
        return (done.number, type(ending), type(process.sys.stdin))

    monkeypatch.setattr(process, "Ending", Ending)
    monkeypatch.setattr("charplay.jobs.worker.do_job", do_job)
    monkeypatch.setattr(process.sys, "stdin", None)
    job = made()
    (job.folder / ".last.safetensors.0").touch()
    assert process.run_process(job.folder, 77) == (1, Ending, NoInput)
    assert (seen["parent"], seen["held"]) == (77, True)
    assert not (job.folder / ".last.safetensors.0").exists()
    assert list(job.read_events()) == [NOTHING_LEARNED]
    job.checkpoint("last").touch()
    seen["nothing_learned"]()
    assert list(job.read_events())[1] == Failed(
        "stopped before anything more was learned; the last checkpoint stays",
        "`jobs resume 1` goes on",
    )


def test_a_damaged_checkpoint_was_not_saved(made):
    job = made()
    assert running.saved_update(job) is None
    job.checkpoint("last").write_bytes(b"x")
    assert running.saved_update(job) is None
    with pytest.raises(ModelFileError):
        running.read_checkpoint(job.checkpoint("last"))
