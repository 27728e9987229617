"""A person who stops a run waits for its model, and not for what is measured of it."""

import signal

import pytest

from charplay.interrupts import GIVE_UP
from charplay.jobs import worker
from charplay.jobs.job import Job
from charplay.models.library import Library
from charplay.plan import Plan, Stage, TextChoice, TrainingRun
from charplay.training import validation
from charplay.training.events import Evaluated, Finished, Kept, Measured, Sampled

PLAN = Plan(stages=(Stage(updates=20),), validate_every=10, held_out=0.1)


@pytest.fixture(autouse=True)
def _stoppable():
    """A process that handles it, as a worker's is."""
    before = signal.signal(GIVE_UP, lambda number, frame: None)
    yield
    signal.signal(GIVE_UP, before)


@pytest.fixture
def trained(home, world, registry):
    """The events of a run in this process."""

    def train():
        events = []
        run = TrainingRun("birds", TextChoice("dinosaurs"), "numpy", {"hidden": 8}, PLAN)
        job = Job.create(home, run)
        worker.Worker(job, registry, events.append, world()).work(lambda: False)
        return events

    return train


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


def stop(*args):
    """What somebody does who does not wait for the end of some work."""
    signal.raise_signal(GIVE_UP)
    raise AssertionError("the work went on")


def test_without_a_stop_everything_is_measured(trained):
    events = trained()
    assert all(of_kind(events, kind) for kind in (Evaluated, Finished, Sampled, Measured, Kept))


@pytest.mark.parametrize(
    ("work", "missing"),
    [("measure_model", Measured), ("draw_samples", Sampled), ("name_losses", None)],
)
def test_what_is_given_up_is_missing_and_the_model_is_kept(
    trained, home, registry, monkeypatch, work, missing
):
    monkeypatch.setattr(worker, work, stop)
    events = trained()
    [finished], [kept] = of_kind(events, Finished), of_kind(events, Kept)
    events = events[events.index(finished) :]
    others = {Measured, Sampled} - {missing}
    assert all(of_kind(events, kind) for kind in others)
    if missing:
        assert of_kind(events, missing) == []
    header = Library(home / "models", registry.backends.find, {}).open(kept.digest).header
    assert bool(header.held_out_quantiles) == (work != "name_losses")


def test_a_validation_that_is_given_up_says_nothing_and_training_goes_on(trained, monkeypatch):
    monkeypatch.setattr(validation, "loss_of", stop)
    events = trained()
    assert of_kind(events, Evaluated) == []
    [finished] = of_kind(events, Finished)
    assert (finished.update, finished.held_out_loss) == (20, None)
    assert of_kind(events, Kept)
