"""A run that a Python program goes on beside: its events, its newest model, its end."""

import threading

import pytest

import charplay
from charplay.errors import TrainingError
from charplay.training.events import Finished, Kept, Progress, Started

LONG = {"backend": "numpy", "hidden": 8, "updates": 10_000_000}


def test_a_program_goes_on_beside_a_run_and_has_its_events_and_its_model(home):
    run = charplay.train("dinosaurs", backend="numpy", hidden=8, updates=60, wait=False, home=home)
    assert isinstance(run, charplay.TrainingJob)
    events = list(run.events())
    kinds = [type(event) for event in events]
    assert kinds.count(Started) == kinds.count(Finished) == kinds.count(Kept) == 1
    assert run.state == "done"
    assert (
        run.model().digest
        == charplay.train("dinosaurs", home=home, **LONG | {"updates": 60}).digest
    )


def test_a_run_that_is_stopped_keeps_what_it_has_learned(home):
    run = charplay.train("dinosaurs", home=home, wait=False, **LONG)
    next(event for event in run.events() if isinstance(event, Progress))
    while not run._job.checkpoint("last").exists():
        assert not run.wait(0.01)
    newest = run.model()
    assert newest.header.progress["update"] >= 1
    run.stop()
    assert run.state == "stopped"
    assert run.model().header.history[-1][0] >= newest.header.progress["update"]
    assert run.number == 1
    assert repr(run) == "<TrainingJob 1 dinosaurs: stopped>"


def test_a_run_that_has_learned_nothing_has_no_model(home):
    run = charplay.train("dinosaurs", home=home, wait=False, **LONG)
    with pytest.raises(TrainingError, match="learned nothing yet"):
        run.model()
    run.stop()
    assert run.state in ("failed", "stopped")


def test_a_run_begun_in_a_thread_lives_longer_than_the_thread(home):
    runs = []

    def begin():
        runs.append(charplay.train("dinosaurs", home=home, wait=False, **LONG))

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    [run] = runs
    next(event for event in run.events() if isinstance(event, Progress) and event.update > 20)
    assert run.state == "running"
    run.stop()
    assert run.state == "stopped"
