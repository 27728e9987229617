"""A run of Keras that is stopped and resumed through real processes."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.jobs.job import Job
from charplay.models.checkpoint import read_checkpoint
from charplay.plan import Plan, Stage, TextChoice, TrainingRun
from tests.jobs.faults import PATIENCE, STEPS, Nursery, eventually, held_at, is_held

PLAN = Plan(batch_size=64, checkpoint_seconds=0, stages=(Stage(updates=60),))
RUN = TrainingRun("whole", TextChoice("dinosaurs"), "keras", {"hidden": 12, "dropout": 0.2}, PLAN)


@pytest.fixture
def variables(tmp_path):
    """Those under which a step of a run can be slow."""
    nursery = Nursery(tmp_path)
    yield nursery.variables
    nursery.close()


def finish(job, variables):
    """Do a run to its end."""
    process = job.start(variables)
    assert process.wait(PATIENCE) == 0
    process.stdin.close()
    assert job.state() == "done"
    return read_checkpoint(job.checkpoint("last"))


def test_it_ends_as_one_that_never_stopped(installed, home, variables):
    whole, cut = Job.create(home, RUN), Job.create(home, replace(RUN, name="cut"))
    process = cut.start({**variables, **held_at(STEPS["checkpointing"], cut, 0.3)})
    eventually(lambda: is_held(cut, 3))
    cut.requests.ask("stop")
    assert process.wait(PATIENCE) == 0
    process.stdin.close()
    assert cut.state() == "stopped"
    ours, theirs = finish(cut, variables), finish(whole, variables)
    assert ours.header.history[-1] == pytest.approx(theirs.header.history[-1], abs=1e-5)
    for name, array in ours.weights.items():
        np.testing.assert_allclose(array, theirs.weights[name], rtol=0, atol=1e-5)
