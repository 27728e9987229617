"""A job's folder: its number, its run, and its events while the file grows."""

import json

import pytest

from charplay.errors import CharplayError
from charplay.jobs import following
from charplay.jobs.following import follow_start
from charplay.jobs.job import Job
from charplay.plan import Plan, Stage, TextChoice, TrainingRun
from charplay.report import Report
from charplay.training.events import (
    Checkpointed,
    Finished,
    Kept,
    Started,
    event_from_json,
    event_to_json,
)
from tests.conftest import seen_by

RUN = TrainingRun("dinosaurs", TextChoice("dinosaurs"), "numpy")


def test_jobs_are_numbered_from_1_on(home):
    assert [Job.create(home, RUN).number for _ in range(3)] == [1, 2, 3]
    assert sorted(path.name for path in (home / "jobs").iterdir()) == ["1", "2", "3"]


def test_a_number_is_not_given_twice_though_an_earlier_job_is_gone(home):
    (home / "jobs" / "7").mkdir(parents=True)
    (home / "jobs" / "notes").mkdir()
    (home / "jobs" / ".hidden").write_text("")
    assert Job.create(home, RUN).number == 8


def test_what_a_job_is_to_do_can_be_read_again(home):
    run = TrainingRun(
        name="恐竜",
        text=TextChoice("/some/where/naïve.csv", column="name", kind="names", lower=True),
        backend="numpy",
        config={"hidden": 50, "precision": "float64"},
        plan=Plan(
            clip_value=5,
            held_out=0,
            seed=2**40,
            stages=(Stage(updates=3, learning_rate=0.1), Stage(epochs=2, schedule="linear")),
            report=Report(line="{loss:f}", every=7, names=2),
        ),
        sampling={"max_chars": 50, "capital": True},
        recipe="course-dinosaurs",
    )
    job = Job.create(home, run)
    assert job.training_run() == run
    assert Job(job.folder).training_run() == run


@pytest.mark.parametrize("plan", [b"", b"{", b"[]", b"{}", b'"text"', b"\xff\xfe", b"null"])
def test_a_damaged_plan_is_one_clear_error(home, plan):
    job = Job.create(home, RUN)
    job.plan.write_bytes(plan)
    with pytest.raises(CharplayError):
        job.training_run()


EVENTS = [
    Started("恐竜", "names.txt", "names", 100, 10, 27, 7_643, 5),
    Checkpointed(1, "last"),
    Finished(5, "done", 1.5, None, "last", 0.25),
    Kept("恐竜", "0" * 64),
]


class Process:
    """In place of the run's own: each poll finds one more piece written, and then its end."""

    stdin = None

    def __init__(self, job, pieces):
        self._job, self._pieces = job, list(pieces)

    def poll(self):
        if not self._pieces:
            return 0
        with self._job.events.open("ab") as file:
            file.write(self._pieces.pop(0))
        return None

    def wait(self, timeout=None):
        return 0


def followed(job, world, monkeypatch, pieces):
    """The events of a worker that writes those pieces."""
    monkeypatch.setattr(job, "start", lambda variables: Process(job, pieces))
    seen_by(following, "time", monkeypatch, sleep=lambda seconds: None)
    return list(follow_start(job, world()))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_lines_are_read_whole_however_they_are_written(home, world, monkeypatch, size):
    """A look may find half a line, or half a character."""
    data = "".join(event_to_json(event) + "\n" for event in EVENTS).encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert followed(Job.create(home, RUN), world, monkeypatch, pieces) == EVENTS


def test_a_line_that_a_killed_process_left_unfinished_is_not_read(home, world, monkeypatch):
    pieces = [event_to_json(EVENTS[0]).encode() + b"\n" + event_to_json(EVENTS[1]).encode()[:-3]]
    assert followed(Job.create(home, RUN), world, monkeypatch, pieces) == EVENTS[:1]


def test_text_with_odd_line_ends_in_it_stays_one_event(home, world, monkeypatch):
    event = Kept("a\u2028b\x85c\x0bd\re\x1cf", "0" * 64)
    pieces = [(event_to_json(event) + "\n").encode()]
    assert followed(Job.create(home, RUN), world, monkeypatch, pieces) == [event]


def test_an_event_is_one_line_and_comes_back_as_it_was():
    for event in EVENTS:
        line = event_to_json(event)
        assert "\n" not in line
        assert event_from_json(line) == event
        assert json.loads(line)["event"] == type(event).__name__.lower()


@pytest.mark.parametrize("line", ["", "{", "[]", "7", "{}", '{"event": "nonsense"}'])
def test_what_is_no_event_is_a_value_error(line):
    with pytest.raises(ValueError, match=r".*"):
        event_from_json(line)
