"""How runs stand: states, status, the board, requests and locks, from folders made by hand."""

import json
import os
from dataclasses import replace

import pytest

from charplay.errors import TrainingError
from charplay.jobs import job as jobs
from charplay.jobs.board import RunBoard, RunSeen
from charplay.jobs.job import UNDER_WAY, Job, all_jobs, find_job, numbered_job, trains_model
from charplay.jobs.status import RunStatus
from charplay.jobs.told import has_untold
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Measured,
    Reported,
    Sampled,
    event_to_json,
    event_values,
)
from tests.conftest import seen_by
from tests.jobs.events import DONE, FAILED, KEPT, PATIENT, PROGRESS, RUN, STARTED, STOPPED


@pytest.mark.parametrize(
    ("events", "held", "state"),
    [
        ((), True, "starting"),
        ((STARTED,), True, "starting"),
        ((STARTED, PROGRESS), True, "running"),
        ((STARTED, PROGRESS, FAILED), True, "running"),
        ((), False, "died"),
        ((STARTED, PROGRESS), False, "died"),
        ((STARTED, DONE), False, "died"),
        ((STARTED, KEPT), False, "died"),
        ((STARTED, DONE, KEPT), False, "done"),
        ((STARTED, PATIENT, KEPT), False, "done"),
        ((STARTED, STOPPED, KEPT), False, "stopped"),
        ((STARTED, FAILED), False, "failed"),
        ((STARTED, DONE, KEPT, FAILED), False, "failed"),
    ],
)
def test_the_state_of_a_run(made, events, held, state):
    job = made(*events, held=held)
    assert (job.state(), job.is_under_way) == (state, held)
    assert job.state(RunStatus.of_events(events)) == state
    assert (state in UNDER_WAY) is held


def test_a_run_that_is_asked_to_stop_is_stopping_while_it_is_under_way(made):
    job = made(STARTED, PROGRESS, held=True)
    job.requests.ask("checkpoint")
    assert job.state() == "running"
    job.requests.ask("stop")
    assert job.state() == "stopping"
    gone = made(STARTED)
    gone.requests.ask("stop")
    assert gone.state() == "died"


def test_a_run_goes_on_with_another_plan_and_how_it_ended_is_forgotten(made):
    job = made(STARTED, PROGRESS, STOPPED, KEPT)
    job.mark_told()
    job.reopen(replace(RUN, name="jays"))
    assert (job.training_run().name, job.is_told, job.state()) == ("jays", False, "died")
    status = RunStatus.of_file(job.live)
    assert (status.finished, status.kept, status.progress) == (None, None, PROGRESS)


def test_whether_an_end_was_told_is_noted_in_the_folder(made, home):
    job = made(STARTED)
    assert not job.is_told
    job.mark_told()
    assert (job.is_told, (job.folder / "told").read_bytes()) == (True, b"")
    job.mark_told(False)
    job.mark_told(False)
    assert not job.is_told
    job.live.unlink()
    assert job.is_told, "a run of an older version"


def test_whether_any_run_is_not_told(made, home):
    assert not has_untold(home)
    job = made(STARTED)
    assert has_untold(home)
    job.mark_told()
    (home / "jobs" / "notes").mkdir()
    assert not has_untold(home)
    made(STARTED)
    assert has_untold(home)


def test_jobs_are_listed_from_the_newest_and_found_by_their_number(made, home):
    for _ in range(11):
        made()
    (home / "jobs" / "notes").mkdir()
    assert [job.number for job in all_jobs(home)] == list(range(11, 0, -1))
    assert numbered_job(home, 10).folder == home / "jobs" / "10"
    with pytest.raises(TrainingError) as caught:
        numbered_job(home, 12)
    assert caught.value.message == "there is no run 12"
    assert caught.value.hint == "`jobs` lists the runs"


def test_the_number_of_a_job_is_free(home):
    (home / "jobs" / "3").mkdir(parents=True)
    assert Job.create(home, RUN).number == 4
    assert os.stat(home / "jobs" / "4").st_mode & 0o777 == 0o700


def test_a_number_that_another_process_took_meanwhile_is_passed_over(home, monkeypatch):
    (home / "jobs" / "1").mkdir(parents=True)
    monkeypatch.setattr(jobs, "all_jobs", lambda home: [])
    assert [Job.create(home, RUN).number for _ in range(2)] == [2, 3]


def test_a_folder_without_a_plan_is_told(home):
    (home / "jobs" / "3").mkdir(parents=True)
    job = numbered_job(home, 3)
    with pytest.raises(TrainingError) as caught:
        job.training_run()
    assert caught.value.message == "run 3 has no plan, and cannot begin"
    assert caught.value.hint == "`jobs remove 3` removes it"
    assert not trains_model(job, "birds")


def test_a_job_is_found_by_the_model_that_it_trains_or_by_its_checkpoint(made, home):
    first, _, third = made(), made(held=True), made()
    assert trains_model(first, "birds")
    assert not trains_model(first, "jays")
    assert find_job(home, "birds").number == 2
    first.checkpoint("last").write_bytes(b"")
    assert find_job(home, str(first.checkpoint("last"))).number == 1
    third.checkpoint("last").write_bytes(b"")
    assert find_job(home, "birds").number == 3
    assert find_job(home, "jays") is None


def test_a_job_without_a_checkpoint_that_is_not_under_way_is_not_found(made, home):
    made()
    assert find_job(home, "birds") is None


def test_the_events_of_a_run_tell_whether_it_made_a_model(made):
    job = made(STARTED, KEPT)
    assert job.has_kept("0" * 64)
    assert not job.has_kept("1" * 64)
    with job.events.open("ab") as file:
        file.write(b"\xff\nnonsense\n" + event_to_json(FAILED).encode())
    assert list(job.read_events()) == [STARTED, KEPT, FAILED]
    assert list(Job(job.folder.with_name("9")).read_events()) == []


def test_half_written_checkpoints_are_removed_and_nothing_else(made):
    job = made()
    for name in (".last.safetensors.123", "last.safetensors", ".other"):
        (job.folder / name).write_bytes(b"")
    job.remove_unfinished()
    left = {path.name for path in job.folder.iterdir()}
    assert left == {"plan.json", "last.safetensors", ".other"}


def test_waiting_for_a_run_ends_with_it_or_with_the_time(made, monkeypatch):
    now, looks = [100.0], []

    def sleep(seconds):
        looks.append(seconds)
        now[0] += 1

    seen_by(jobs, "time", monkeypatch, monotonic=lambda: now[0])
    seen_by(jobs, "time", monkeypatch, sleep=sleep)
    job = made(STARTED, held=True)
    assert job.wait(3) is False
    assert len(looks) == 4
    assert made(STARTED).wait(3) is True
    monkeypatch.setattr(Job, "is_under_way", property(lambda self: len(looks) < 9))
    assert job.wait() is True
    assert len(looks) == 9


# The status of a run.

EVENTS = {
    "started": STARTED,
    "progress": PROGRESS,
    "evaluated": Evaluated(20, 2.5, False),
    "sampled": Sampled(20, ("wren", "jay")),
    "reported": Reported(20, "Iteration: 20", ("Wren",)),
    "checkpointed": Checkpointed(20, "last"),
    "finished": DONE,
    "measured": Measured(2.0, 2.5, 4),
    "kept": KEPT,
    "failed": FAILED,
}


def test_a_status_is_the_newest_event_of_each_kind(tmp_path):
    status = RunStatus.of_events(EVENTS.values())
    assert {name: getattr(status, name) for name in EVENTS} == EVENTS
    assert (status.best, status.pause) == (None, 0)
    status.pause = 0.5
    written = json.loads(status.to_json())
    assert written == {
        "pause": 0.5, **{name: event_values(e) for name, e in EVENTS.items()}
    } | {"sampled": {"event": "sampled", "update": 20, "texts": ["wren", "jay"]},
         "reported": {"event": "reported", "update": 20, "line": "Iteration: 20",
                      "names": ["Wren"]},
         "started": {**event_values(STARTED), "texts": []}}  # fmt: skip
    assert RunStatus.from_json(status.to_json()) == status
    (tmp_path / "status.json").write_text(status.to_json())
    assert RunStatus.of_file(tmp_path / "status.json") == status
    assert RunStatus.of_file(tmp_path / "none.json") is None


def test_a_run_that_begins_again_forgets_all_but_the_best():
    best = Evaluated(10, 2.0, True)
    status = RunStatus.of_events([*EVENTS.values(), best, Evaluated(20, 2.5, False), STARTED])
    assert status == RunStatus(started=STARTED, best=best, reported=EVENTS["reported"])


def test_a_run_that_is_reopened_forgets_its_end():
    status = RunStatus.of_events(EVENTS.values())
    status.reopen()
    ends = ("finished", "measured", "kept", "failed")
    assert [getattr(status, name) for name in ends] == [None] * 4
    assert (status.started, status.progress, status.sampled) == (
        STARTED, PROGRESS, EVENTS["sampled"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("events", "update", "updates", "share"),
    [
        ((), 0, 0, 0.0),
        ((STARTED,), 0, 50, 0.0),
        ((replace(STARTED, update=10),), 10, 50, 0.2),
        ((STARTED, PROGRESS), 20, 50, 0.4),
        ((replace(STARTED, update=30), PROGRESS), 30, 50, 0.6),
        ((STARTED, replace(PROGRESS, updates=80)), 20, 80, 0.25),
        ((STARTED, PROGRESS, STOPPED), 30, 50, 0.6),
        ((STARTED, replace(PROGRESS, update=60)), 60, 50, 1.0),
    ],
)
def test_how_much_of_a_run_is_done(events, update, updates, share):
    status = RunStatus.of_events(events)
    assert (status.update, status.updates, status.share) == (update, updates, share)


@pytest.mark.parametrize(
    "text", ["[]", "{", "[" * 100_000, '{"pause": "x"}', '{"kept": 3}',
             json.dumps({"kept": event_values(FAILED)}), json.dumps({"best": event_values(KEPT)})],
)  # fmt: skip
def test_what_is_no_status_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        RunStatus.from_json(text)


def test_of_a_status_what_is_not_known_is_left_out():
    assert RunStatus.from_json('{"more": 1}') == RunStatus()
    best = Evaluated(10, 2.0, True)
    assert RunStatus.from_json(json.dumps({"best": event_values(best), "pause": 1})) == RunStatus(
        best=best, pause=1.0
    )


def test_without_a_whole_status_it_is_made_of_the_events(made):
    job = made(STARTED, DONE, KEPT)
    job.live.write_text("{")
    assert job.status() == RunStatus(started=STARTED, finished=DONE, kept=KEPT)


# The board of a REPL.


def test_a_board_finds_what_was_left_the_oldest_first_and_watches_what_goes_on(made, home):
    told, ended = made(STARTED), made(STARTED, FAILED)
    running = made(STARTED, PROGRESS, held=True)
    told.mark_told()
    board = RunBoard(home)
    assert not board.has_runs
    left = board.find_left()
    assert [(seen.job.number, seen.name, seen.state) for seen in left] == [
        (ended.number, "birds", "failed"), (running.number, "birds", "running"),
    ]  # fmt: skip
    assert [seen.is_under_way for seen in left] == [False, True]
    assert left[1].status == running.status()
    assert board.has_runs
    assert [seen.job.number for seen in board.under_way()] == [running.number]
    assert (board.own_under_way(), board.take_ended()) == ([], [])


def test_a_run_that_has_ended_is_taken_once_and_not_where_it_was_told(made, home):
    board, ended, told = RunBoard(home), made(STARTED, FAILED), made(STARTED, FAILED)
    told.mark_told()
    for job in (ended, told):
        board.add(job)
    assert [seen.job.number for seen in board.take_ended()] == [ended.number]
    assert (board.take_ended(), board.has_runs) == ([], False)


def test_a_board_knows_which_runs_end_with_this_process(made, home):
    board, own, other = RunBoard(home), made(held=True), made(held=True)
    board.add(own, own=True)
    board.add(other)
    assert [seen.job.number for seen in board.under_way()] == [own.number, other.number]
    assert [seen.job.number for seen in board.own_under_way()] == [own.number]


def test_a_run_that_somebody_removed_is_out_of_sight(made, home):
    board, gone, left = RunBoard(home), made(), made(STARTED)
    board.add(gone)
    board.add(left)
    gone.plan.unlink()
    assert [seen.job.number for seen in board.take_ended()] == [left.number]
    assert not board.has_runs


def test_the_name_of_a_run_is_told_by_its_events_its_plan_or_nothing(made):
    assert RunSeen.of_job(made(replace(STARTED, name="jays"))).name == "jays"
    job = made()
    assert RunSeen.of_job(job).name == "birds"
    job.plan.write_text("[]")
    assert RunSeen.of_job(job).name == "?"
