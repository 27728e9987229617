"""Validation looks at the model and leaves training as it was."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.plan import Plan, Stage
from charplay.text.corpus import Prose
from tests.training.test_trainer import CheckpointRecorder, new_learner, trainer_of

PROSE = Prose.of("the quick brown fox jumps over the lazy dog\n" * 40, "text", "")
PLAN = Plan(
    cutting="stream",
    batch_size=2,
    length=16,
    checkpoint_seconds=1e9,
    stages=(Stage(updates=30, learning_rate=0.01),),
)


@pytest.mark.parametrize("every", [1, 7])
def test_however_often_it_validates_the_run_ends_bit_for_bit_the_same(every):
    ends = []
    for validations in (every, 10**6):
        recorder, plan = CheckpointRecorder(), replace(PLAN, validate_every=validations)
        learner = new_learner(plan, PROSE, cell="lstm", dropout=0.3, averaging=0.9)
        list(trainer_of(plan, learner, PROSE, recorder).train())
        last = recorder.newest("last")
        ends.append({**last.weights, **last.learner})
    often, never = ends
    assert often.keys() == never.keys()
    assert all(np.array_equal(array, never[name]) for name, array in often.items())
