"""A run whose process ended is taken up by another from its folder, as if nothing had been."""

import json
import signal
from dataclasses import replace

import numpy as np
import pytest

from charplay.environment import Environment
from charplay.errors import CharplayError, TrainingError
from charplay.interrupts import GIVE_UP
from charplay.jobs.choice import Pair
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job
from charplay.jobs.resuming import More, ResumeChoice, plan_resume
from charplay.jobs.worker import Worker
from charplay.models.checkpoint import read_checkpoint
from charplay.plan import Part, Plan, Stage, TextChoice, TrainingRun
from charplay.training import validation
from charplay.training.events import Checkpointed, Finished, Kept, Progress, Started
from tests.conftest import installed_plugins, make_environment

NETWORK = Plan(
    batch_size=64, inner=0.1, inner_until=0.6, checkpoint_seconds=0, stages=(Stage(updates=24),)
)
COUNTED = Plan(batch_size=64, checkpoint_seconds=0, stages=(Stage(epochs=1),))
SMALL = {"hidden": 12, "averaging": 0.9, "dropout": 0.2}
RUNS = {
    "network": TrainingRun("n", TextChoice("dinosaurs"), "numpy", SMALL, NETWORK),
    "counts": TrainingRun("c", TextChoice("dinosaurs"), "ngram", {"order": 3}, COUNTED),
    "mix": TrainingRun(
        "m",
        TextChoice("dinosaurs"),
        "mix",
        {},
        Plan(
            inner=0.1,
            parts=(
                Part("ngram", {"order": 3}, COUNTED, counted=True),
                Part("numpy", SMALL, NETWORK),
            ),
        ),
    ),
}


class Ended(Exception):  # noqa: N818 - no error
    """The process is gone."""


@pytest.fixture
def environment(home) -> Environment:
    ticks = iter(range(10**9))
    # A clock that runs fast, so that every update is followed by a look and a checkpoint.
    return replace(make_environment(home), clock=lambda: float(next(ticks)))


def do(job, environment, die_after=None, stop_asked=lambda: False):
    """What a worker tells, which is gone after so many checkpoints of the newest state."""
    told = []

    def emit(event):
        told.append(event)
        saved = [each for each in told if isinstance(each, Checkpointed) and each.which == "last"]
        if die_after is not None and len(saved) == die_after:
            raise Ended

    Worker(job, installed_plugins(), emit, environment).work(stop_asked)
    return told


@pytest.mark.parametrize("die_after", [1, 9, 20])
@pytest.mark.parametrize("name", RUNS)
def test_it_ends_bit_for_bit_as_one_that_never_stopped(environment, home, name, die_after):
    whole, cut = Job.create(home, RUNS[name]), Job.create(home, RUNS[name])
    do(whole, environment)
    try:
        do(cut, environment, die_after)
    except Ended:
        resumed = do(Job(cut.folder), environment)
        assert next(event for event in resumed if isinstance(event, Started)).update > 0
    ours, theirs = (read_checkpoint(job.checkpoint("last")) for job in (whole, cut))
    assert ours.header.config == theirs.header.config
    assert ours.header.history == theirs.header.history
    assert all(np.array_equal(a, theirs.weights[n]) for n, a in ours.weights.items())
    assert ours.weights.keys() == theirs.weights.keys()


@pytest.mark.parametrize("stop_after", [2, 6])
@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_was_stopped_ends_bit_for_bit_as_one_that_was_not(
    environment, home, name, stop_after
):
    """What is looked at for the person who stops it is not counted afterwards."""
    whole, cut = Job.create(home, RUNS[name]), Job.create(home, RUNS[name])
    do(whole, environment)
    looks = iter(range(10**6))
    do(cut, environment, stop_asked=lambda: next(looks) >= stop_after)
    do(Job(cut.folder), environment)
    for which in ("last", "best"):
        ours, theirs = (read_checkpoint(job.checkpoint(which)) for job in (whole, cut))
        assert ours.header.history == theirs.header.history
        assert ours.header.config == theirs.header.config
        assert ours.weights.keys() == theirs.weights.keys()
        assert all(np.array_equal(a, theirs.weights[n]) for n, a in ours.weights.items())


def test_a_validation_that_was_given_up_at_a_stop_is_made_up_for(environment, home, monkeypatch):
    plan = replace(NETWORK, validate_every=4)
    run = replace(RUNS["network"], plan=plan)
    whole, cut = Job.create(home, run), Job.create(home, run)
    do(whole, environment)
    given_up = []

    def give_up(model, corpus):
        given_up.append(True)
        signal.raise_signal(GIVE_UP)

    before = signal.signal(GIVE_UP, lambda number, frame: None)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(validation, "loss_of", give_up)
            do(cut, environment, stop_asked=lambda: bool(given_up))
    finally:
        signal.signal(GIVE_UP, before)
    assert given_up
    do(Job(cut.folder), environment)
    ours, theirs = (read_checkpoint(job.checkpoint("last")) for job in (whole, cut))
    assert ours.header.history == theirs.header.history


def test_a_text_that_changed_meanwhile_is_noticed(environment, home, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{a}{b}{c}\n" for a in "bdfg" for b in "aeio" for c in "klmn"))
    job = Job.create(home, replace(RUNS["network"], text=TextChoice(str(path))))
    with pytest.raises(Ended):
        do(job, environment, 2)
    path.write_text(path.read_text() + "more\n")
    with pytest.raises(CharplayError, match="not as it was when the run was stopped"):
        do(job, environment)


def test_stage_texts_that_changed_meanwhile_are_noticed(environment, home, tmp_path):
    path = tmp_path / "more names.txt"
    path.write_text("rexa\nrexo\n" * 200)
    plan = replace(NETWORK, stages=(Stage(updates=9), Stage(updates=9, corpus=str(path))))
    job = Job.create(home, replace(RUNS["network"], plan=plan))
    with pytest.raises(Ended):
        do(job, environment, 2)
    path.write_text("rexi\nrexa\nrexo\n" * 200)
    with pytest.raises(TrainingError, match=r"more names.txt is not as it was") as caught:
        do(job, environment)
    assert caught.value.hint == ("bring it back as it was, or `train dinosaurs --from 1` trains on")


def test_a_text_that_was_deleted_meanwhile_is_one_clear_error(environment, home, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{a}{b}{c}\n" for a in "bdfg" for b in "aeio" for c in "klmn"))
    job = Job.create(home, replace(RUNS["network"], text=TextChoice(str(path))))
    with pytest.raises(Ended):
        do(job, environment, 2)
    path.unlink()
    with pytest.raises(CharplayError, match="there is no file") as caught:
        do(job, environment)
    assert caught.value.hint


def test_a_text_that_changed_is_told_in_a_shell_and_how_far_the_run_was_stays(charplay, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{a}{b}{c}\n" for a in "bdfg" for b in "aeio" for c in "klmn"))
    words = "--updates 9 --backend numpy --set hidden=4 --set validate-every=3 --name m"
    assert charplay("train", path, *words.split()).status == 0
    path.write_text(path.read_text() + "more\n")
    told = charplay("jobs", "resume", "1", "--updates", "+9")
    assert told.status == 1
    assert "list.txt is not as it was when the run was stopped" in told.err
    assert "without a word" not in told.err
    row = json.loads(charplay("jobs", "--format", "json").out)[0]
    assert (row["state"], row["update"], row["done"]) == ("failed", 9, 1.0)


def test_a_run_that_no_longer_improved_goes_on_with_more_to_do_or_more_patience(home, registry):
    job = Job.create(home, RUNS["network"])
    job.checkpoint("last").write_bytes(b"")
    log = EventLog(job.events, job.live)
    log.write(Finished(9, "patience", 11.0, None, "last", 2.0))
    log.write(Kept("n", "0" * 64))

    def resume(**choice):
        return plan_resume(
            job, ResumeChoice(**choice), registry.corpora, registry.backends.find
        ).plan

    with pytest.raises(TrainingError, match="run 1 ended early, as it no longer improved"):
        resume()
    assert resume(set=(Pair("patience", "7"),)).patience == 7
    assert resume(updates=More(5)).stages[-1].updates == 24 + 5


def test_how_many_minutes_more_are_is_reckoned_from_the_part_that_goes_on(home, registry):
    job = Job.create(home, RUNS["mix"])
    job.checkpoint("last").write_bytes(b"")
    log = EventLog(job.events, job.live)
    counted, begun, newest = ((500, 0.5, 1), (511, 6.0, 2), (521, 11.0, 2))
    for update, elapsed, part in (counted, begun, newest):
        log.write(Progress(update, 524, 1, 2.0, 2.0, 9.0, elapsed, 1.0, part, 2))
    log.write(Finished(521, "stopped", 11.0, None, "last", 2.0))
    choice = ResumeChoice(minutes=More(0.5))
    plan = plan_resume(job, choice, registry.corpora, registry.backends.find).plan
    before = RUNS["mix"].plan.parts[-1].plan.stages[-1].updates
    assert plan.parts[-1].plan.stages[-1].updates == before + 60


def test_a_run_that_has_ended_is_not_resumed(environment, home):
    job = Job.create(home, RUNS["counts"])
    do(job, environment)
    model = read_checkpoint(job.checkpoint("last")).without_learner()
    model.save(job.checkpoint("last"))
    with pytest.raises(CharplayError, match="nothing to resume"):
        do(job, environment)
