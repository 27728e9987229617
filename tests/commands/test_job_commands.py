"""`jobs`: how runs stand and what is done with them, performed on runs that others made."""

from dataclasses import replace

import pytest

from charplay.commands import jobs as module
from charplay.commands.jobs import JobChange, JobPage, JobRow, PrunedJobs
from charplay.commands.training import Training
from charplay.errors import TrainingError
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import all_jobs
from charplay.jobs.lock import RunLock
from charplay.training.events import Evaluated, Measured, Sampled
from tests.jobs.events import DONE, FAILED, KEPT, PROGRESS, RUN, STARTED, STOPPED

CHECKPOINT = b"no checkpoint"


@pytest.fixture
def jobs(hand, monkeypatch):
    """Performs lines; nobody waits long for a run that does not listen."""
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0)
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0)
    return hand()


def size_of(job):
    return sum(path.stat().st_size for path in job.folder.rglob("*") if path.is_file())


def row_of(job, **more):
    told = {
        "run": job.number,
        "model": "birds",
        "text": "birds.txt",
        "state": "stopped",
        "done": 0.6,
        "left": None,
        "update": 30,
        "updates": 50,
        "loss": 2.0,
        "validation_loss": None,
        "held_out_loss": None,
        "size": size_of(job),
    }
    return JobRow(**told | more)


def test_the_list_has_each_run_the_newest_first(jobs, made_run):
    stopped = made_run(STARTED, PROGRESS, STOPPED, KEPT)
    done = made_run(STARTED, PROGRESS, DONE, KEPT)
    running = made_run(STARTED, PROGRESS, held=True)
    begun = made_run(held=True)
    table = jobs(":jobs")
    assert table.rows == (
        row_of(begun, text="", state="starting", done=0, update=0, updates=None, loss=None),
        row_of(running, state="running", done=0.4, left=6.0, update=20),
        row_of(done, state="done", done=1.0, update=50),
        row_of(stopped),
    )
    assert table.empty == "there is no run yet; `train dinosaurs` makes one"
    assert [(c.header, c.format, c.align, c.shrink, c.rank, c.least) for c in table.columns] == [
        ("run", "", None, "never", 0, 8),
        ("model", "", None, "fold", 0, 12),
        ("text", "", None, "drop", 2, 8),
        ("state", "", None, "never", 0, 8),
        ("done", ".0%", None, "never", 0, 8),
        ("left\ns", ",.0f", "right", "drop", 0, 8),
        ("loss\nnats/char", ".3f", "right", "drop", 0, 8),
        ("held out loss\nnats/char", ".3f", "right", "never", 0, 8),
        ("size\nbytes", ",", None, "drop", 3, 8),
    ]


def test_without_a_run_there_is_none_to_show_stop_or_take_up(jobs):
    assert jobs(":jobs").rows == ()
    none = ("there is no run yet", "`train dinosaurs` makes one")
    assert jobs.refused(":jobs show") == none
    assert jobs.refused(":jobs stop") == ("no run is under way", "`jobs` lists the runs")
    assert jobs.refused(":jobs checkpoint") == ("no run is under way", "`jobs` lists the runs")
    assert jobs.refused(":jobs resume") == ("no run was stopped or killed", "`jobs` lists the runs")
    assert jobs(":jobs prune") == PrunedJobs((), 0)


def test_the_page_of_a_run_tells_how_it_stands_and_how_it_goes_on(jobs, made_run):
    job = made_run(STARTED, PROGRESS, STOPPED, KEPT, run=replace(RUN, again="train birds.txt"))
    assert jobs(":jobs show") == JobPage(
        row=row_of(job),
        corpus="birds.txt",
        backend="numpy",
        elapsed=PROGRESS.elapsed,
        rate=PROGRESS.rate,
        checkpoint=None,
        samples=(),
        message="",
        goes_on="",
        again="train birds.txt",
        folder=str(job.folder),
    )


@pytest.mark.parametrize(
    ("events", "held", "state", "message", "goes_on"),
    [
        ((STARTED, PROGRESS, STOPPED, KEPT), False, "stopped", "", "jobs resume 1"),
        ((STARTED, PROGRESS, DONE, KEPT), False, "done", "", "jobs resume 1 --epochs +5"),
        ((STARTED, PROGRESS), True, "running", "", ""),
        ((STARTED, PROGRESS, FAILED), False, "failed", "its text is gone", "jobs resume 1"),
        (
            (STARTED, PROGRESS), False, "died",
            "its process ended without a word: killed, or out of memory", "jobs resume 1",
        ),
    ],
)  # fmt: skip
def test_a_page_says_why_a_run_ended_and_what_takes_it_up(
    jobs, made_run, monkeypatch, events, held, state, message, goes_on
):
    made_run(*events, held=held)
    monkeypatch.setattr(module, "saved_update", lambda job: 20)
    page = jobs(":jobs show 1")
    assert (page.row.state, page.message, page.goes_on, page.checkpoint) == (
        state,
        message,
        goes_on,
        20,
    )


def test_a_run_under_way_again_does_not_tell_how_it_failed_before(jobs, made_run):
    made_run(STARTED, FAILED, STARTED, held=True)
    assert jobs(":jobs show").message == ""


def test_the_newest_run_is_meant_unless_one_is_named(jobs, made_run):
    first, second = made_run(STARTED, STOPPED, KEPT), made_run(STARTED, DONE)
    assert jobs(":jobs show").row.run == second.number == 2
    assert jobs(":jobs show 1").row.run == first.number == 1
    message, _ = jobs.refused(":jobs show 7")
    assert message == "there is no run 7"


def test_following_a_run_gives_its_events(jobs, made_run):
    job = made_run(STARTED, PROGRESS, DONE, KEPT)
    followed = jobs(":jobs show --follow")
    assert isinstance(followed, Training)
    assert (followed.number, followed.run, followed.model_waits) == (1, job.training_run(), False)
    assert type(next(followed.events)).__name__ == "Started"


def test_a_run_that_does_not_listen_is_asked_and_not_waited_for(jobs, made_run):
    job = made_run(STARTED, PROGRESS, held=True)
    assert jobs(":jobs stop") == JobChange(1, "birds", "is asked to stop", 20)
    assert "stop" in job.requests.asked()
    assert not job.is_told
    assert jobs(":jobs checkpoint 1") == JobChange(1, "birds", "is asked to save", 20)
    assert "checkpoint" in job.requests.asked()


@pytest.fixture
def ending(monkeypatch):
    """Has a run end with these events as soon as somebody waits for it; the seconds waited."""

    def end_with(job, *events):
        waited = []

        def wait(job, seconds):
            log = EventLog(job.events, job.live)
            for event in events:
                log.write(event)
            monkeypatch.setattr(RunLock, "is_held", lambda lock: False)
            waited.append(seconds)

        monkeypatch.setattr(type(job), "wait", wait)
        return waited

    return end_with


@pytest.mark.parametrize("private", [False, True])
def test_a_run_that_stops_is_told_and_in_private_not_noted(jobs, made_run, ending, private):
    job = made_run(STARTED, PROGRESS, held=True)
    waited = ending(job, STOPPED, KEPT)
    jobs.context.set_private(private)
    assert jobs(":jobs stop") == JobChange(1, "birds", "stopped", 30)
    assert waited == [0]
    assert job.is_told is not private


def test_a_run_that_fails_while_it_is_stopped_says_why(jobs, made_run, ending):
    job = made_run(STARTED, PROGRESS, held=True)
    ending(job, FAILED)
    assert jobs.refused(":jobs stop") == ("its text is gone", "bring it back")
    assert job.is_told


def test_the_first_run_under_way_is_stopped_unless_one_is_named(jobs, made_run):
    made_run(STARTED, PROGRESS, held=True)
    made_run(STARTED, STOPPED, KEPT)
    assert jobs(":jobs stop").run == 1
    assert jobs.refused(":jobs stop 2") == ("run 2 is not under way", "`jobs` lists the runs")
    assert jobs.refused(":jobs checkpoint 2") == ("run 2 is not under way", "`jobs` lists the runs")


def test_a_run_that_saves_tells_at_which_update(jobs, made_run, monkeypatch):
    made_run(STARTED, PROGRESS, held=True)
    asked = []
    monkeypatch.setattr(module, "ask_run", lambda job, wish: asked.append((job.number, wish)) or 1)
    monkeypatch.setattr(module, "saved_update", lambda job: 25)
    assert jobs(":jobs checkpoint") == JobChange(1, "birds", "saved", 25)
    monkeypatch.setattr(module, "saved_update", lambda job: None)
    assert jobs(":jobs checkpoint") == JobChange(1, "birds", "saved", 20)
    assert asked == [(1, "checkpoint")] * 2


def test_a_run_is_asked_until_it_has_heard_or_ended(jobs, made_run, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 60)
    ended = made_run(STARTED, STOPPED, KEPT)
    assert module.ask_run(ended, "checkpoint") is True
    listening = made_run(STARTED, PROGRESS, held=True)
    looks = iter([{"checkpoint"}, {"checkpoint"}, set()])
    monkeypatch.setattr(type(listening.requests), "asked", lambda self: next(looks))
    assert module.ask_run(listening, "checkpoint") is True
    assert next(looks, None) is None


def test_a_run_is_removed_once_the_person_agrees(jobs, made_run, home):
    job, other = made_run(STARTED, PROGRESS, STOPPED, KEPT), made_run(STARTED, held=True)
    question = "Remove run 1 (birds), with what it needs to go on?"
    assert jobs.refused(":jobs remove 1") == (
        f"cannot ask for confirmation here: {question}",
        "add --yes to do it",
    )
    asked = jobs.answering(False)
    assert jobs(":jobs remove 1") == JobChange(1, "birds", "stays", 30)
    assert job.folder.exists()
    jobs.answering(True)
    assert jobs(":jobs remove 1") == JobChange(1, "birds", "removed", 30)
    assert not job.folder.exists()
    assert jobs.refused(":jobs remove 2 --yes") == ("run 2 is under way", "`jobs stop 2` first")
    assert other.folder.exists()
    assert asked == [question]


def test_a_run_is_removed_without_a_question_where_that_is_said(jobs, made_run):
    job = made_run(STARTED, STOPPED, KEPT)
    assert jobs(":jobs remove 1 --yes").done == "removed"
    assert not job.folder.exists()


def test_prune_keeps_the_newest_runs_and_those_under_way(jobs, made_run, home):
    runs = [made_run(STARTED, STOPPED, KEPT, held=number == 1) for number in range(4)]
    size = size_of(runs[0])
    assert jobs(":jobs prune 4") == jobs(":jobs prune") == PrunedJobs((), 0)
    assert jobs.refused(":jobs prune 2") == (
        f"cannot ask for confirmation here: Remove 1 runs, {size:,} bytes? Their models stay",
        "add --yes to do it",
    )
    asked = jobs.answering(False)
    assert jobs(":jobs prune 2") == PrunedJobs((), 0)
    assert asked == [f"Remove 1 runs, {size:,} bytes? Their models stay"]
    assert jobs(":jobs prune 2 --yes") == PrunedJobs((1,), size)
    assert [job.number for job in all_jobs(home)] == [4, 3, 2]
    assert jobs(":jobs prune 0 --yes").runs == (4, 3)
    assert [job.number for job in all_jobs(home)] == [2]


@pytest.fixture
def taken_up(monkeypatch):
    """What is planned and begun in the place of runs that are taken up."""
    told = []
    monkeypatch.setattr(module, "plan_resume", lambda job, *rest: told.append(job.number) or RUN)
    monkeypatch.setattr(module, "begin_run", lambda context, job, run: ("begun", job.number, run))
    monkeypatch.setattr(module, "follow_run", lambda context, job, run: ("followed", job.number))
    monkeypatch.setattr("charplay.commands.dispatch.check_returned", lambda name, value: value)
    monkeypatch.setattr(module, "check_resumable", lambda job: job.checkpoint("last").read_bytes())
    return told


def test_the_newest_run_that_can_go_on_is_taken_up(jobs, made_run, taken_up, monkeypatch):
    def check(job):
        if not job.checkpoint("last").exists():
            raise TrainingError("it has no checkpoint")

    monkeypatch.setattr(module, "check_resumable", check)
    made_run(STARTED, STOPPED, KEPT, checkpoint=CHECKPOINT)
    wanted = made_run(STARTED, FAILED, checkpoint=CHECKPOINT)
    wanted.mark_told()
    made_run(STARTED, PROGRESS)
    made_run(STARTED, DONE, KEPT, checkpoint=CHECKPOINT)
    made_run(STARTED, PROGRESS, held=True)
    assert jobs(":jobs resume") == ("followed", 2)
    assert taken_up == [2]
    assert not wanted.is_told, "how it ends will be told again"
    assert jobs(":jobs resume 4") == ("followed", 4)


def test_at_the_prompt_a_run_goes_on_beside_the_conversation_unless_it_is_waited_for(
    jobs, made_run, taken_up
):
    made_run(STARTED, STOPPED, KEPT, checkpoint=CHECKPOINT)
    jobs.context.prompted = True
    assert jobs(":jobs resume 1") == ("begun", 1, RUN)
    assert jobs(":jobs resume 1 --wait") == ("followed", 1)


def test_losses_and_samples_of_a_run_stand_in_its_row_and_on_its_page(jobs, made_run):
    best, worse, sampled = Evaluated(10, 1.75, True), Evaluated(20, 1.9, False), ("wren", "tit")
    made_run(STARTED, PROGRESS, best, worse, Sampled(20, sampled), DONE, Measured(1.5), KEPT)
    page = jobs(":jobs show")
    assert (page.row.validation_loss, page.row.held_out_loss) == (1.75, 1.5)
    assert page.samples == ("wren", "tit")
