"""Stopped and resumed through real processes, a run ends as one that never stopped."""

import os
from dataclasses import replace

import numpy as np
import pytest

from charplay.jobs.job import Job
from charplay.models.checkpoint import read_checkpoint
from charplay.plan import Part, Plan, Stage, TextChoice, TrainingRun
from tests.jobs.faults import PATIENCE, STEPS, eventually, held_at, is_held

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

NETWORK = Plan(
    batch_size=64, inner=0.1, inner_until=0.6, checkpoint_seconds=0, stages=(Stage(updates=24),)
)
COUNTED = Plan(batch_size=64, checkpoint_seconds=0, stages=(Stage(epochs=1),))
SMALL = {"hidden": 12, "averaging": 0.9, "dropout": 0.2}
PARTS = (Part("ngram", {"order": 3}, COUNTED, counted=True), Part("numpy", SMALL, NETWORK))
RUNS = {
    "network": TrainingRun("n", TextChoice("dinosaurs"), "numpy", SMALL, NETWORK),
    "counts": TrainingRun("c", TextChoice("dinosaurs"), "ngram", {"order": 3}, COUNTED),
    "mix": TrainingRun("m", TextChoice("dinosaurs"), "mix", {}, Plan(inner=0.1, parts=PARTS)),
}


@pytest.mark.parametrize(
    "name", ["mix", *(pytest.param(name, marks=pytest.mark.slow) for name in ("network", "counts"))]
)
def test_a_run_that_was_asked_to_stop_and_taken_up_ends_bit_for_bit_as_one_that_was_not(
    nursery, home, charplay, name
):
    cut, whole = (Job.create(home, replace(RUNS[name], name=each)) for each in ("cut", "whole"))
    slow = held_at(STEPS["checkpointing"], cut, 0.5)
    process = cut.start({**nursery.variables, **slow})
    eventually(lambda: is_held(cut, 2))
    cut.requests.ask("stop")
    assert process.wait(PATIENCE) == 0
    process.stdin.close()
    assert cut.state() == "stopped"
    assert charplay("jobs", "resume", "1").status == 0
    process = whole.start(nursery.variables)
    assert process.wait(PATIENCE) == 0
    process.stdin.close()
    assert (cut.state(), whole.state()) == ("done", "done")
    ours, theirs = (read_checkpoint(job.checkpoint("last")) for job in (cut, whole))
    assert ours.header.history == theirs.header.history
    assert ours.weights.keys() == theirs.weights.keys()
    assert all(np.array_equal(array, theirs.weights[key]) for key, array in ours.weights.items())
