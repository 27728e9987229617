"""The trainer that a run begins with, and the one that goes on from its checkpoint."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from charplay.errors import ModelFileError
from charplay.generation.options import AnswerOptions
from charplay.models.checkpoint import Checkpoint
from charplay.plan import Part, Plan, Stage
from charplay.testing.texts import make_names
from charplay.training.beginning import begin_training, resume_training
from charplay.training.events import Checkpointed, Evaluated, Progress, Sampled
from charplay.training.learners import LearnerMaker
from charplay.training.parts import PartsTrainer
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer
from tests.conftest import installed_plugins

FIND = installed_plugins().backends.find
PLAN = Plan(batch_size=4, seed=3, stages=(Stage(epochs=2, learning_rate=0.05),))
OPTIONS = {"hidden": 5, "cell": "gru"}
PARTS = Plan(
    inner=0.2,
    parts=(
        Part("ngram", {"order": 2}, Plan(stages=(Stage(epochs=1),)), counted=True),
        Part("numpy", OPTIONS, replace(PLAN, inner=0.2)),
    ),
)


class Box:
    """The newest checkpoint of each kind."""

    def __init__(self, backend):
        self.backend, self.kept = FIND(backend), {}

    def __call__(self, which, model, arrays, counters):
        self.kept[which] = Checkpoint.of(
            model, self.backend, arrays, history=counters.history, progress=counters.to_dict()
        )


def begun(plan, backend="numpy", options=OPTIONS, clock=lambda: 0.0, **more):
    maker = LearnerMaker(FIND, RunTexts.split(make_names(), plan.held_out, {}, plan.inner))
    box = Box(backend)
    return begin_training(maker, backend, options, plan, save=box, clock=clock, **more), box, maker


def kinds(events):
    return {type(event) for event in events}


def test_a_run_of_one_model_begins_with_the_weights_of_its_seed():
    trainer, box, maker = begun(PLAN)
    assert type(trainer) is Trainer
    assert trainer.plan == PLAN
    first = maker("numpy", OPTIONS, PLAN).model().arrays()
    assert all(
        np.array_equal(array, first[name]) for name, array in trainer.model().arrays().items()
    )
    list(trainer.train())
    again, other_box, _ = begun(PLAN)
    list(again.train())
    assert box.kept["last"].header == other_box.kept["last"].header


def test_what_a_trainer_is_given_reaches_it():
    asked = []
    trainer, _, _ = begun(
        PLAN, clock=map(float, count()).__next__, sampling=AnswerOptions(max_chars=5),
        checkpoint_asked=lambda: asked.append(1) or False,
    )  # fmt: skip
    events = list(trainer.train())
    assert {Sampled, Evaluated, Checkpointed, Progress} <= kinds(events)
    assert len(asked) > 1


@pytest.mark.parametrize(("seconds", "updates"), [(30, 12), (4.47, 9), (0.5, 1)])
def test_minutes_are_updates_before_a_run_of_one_model_begins(seconds, updates):
    """Five updates between looks at the clock of 0.75 s, and twelve validations of 0.25 s each."""
    ticks = count()
    plan = replace(PLAN, minutes=seconds / 60)
    trainer, _, _ = begun(plan, clock=lambda: next(ticks) * 0.25)
    assert trainer.plan.minutes is None
    assert (trainer.plan.stages[0].updates, trainer.plan.validate_every) == (updates, 1)
    assert trainer.updates == updates


def test_a_run_of_parts_begins_with_a_trainer_of_parts():
    trainer, box, _ = begun(PARTS, "mix", {})
    assert isinstance(trainer, PartsTrainer)
    list(trainer.train())
    assert box.kept["best"].header.backend == "mix"


@pytest.mark.parametrize(
    ("plan", "backend", "options"), [(PLAN, "numpy", OPTIONS), (PARTS, "mix", {})]
)
def test_a_run_goes_on_from_its_checkpoint_as_if_it_had_never_stopped(plan, backend, options):
    whole, expected, _ = begun(plan, backend, options)
    list(whole.train())
    first, box, maker = begun(plan, backend, options, clock=map(float, count()).__next__)
    list(first.train(lambda: first.counters.update >= 9))
    again = Box(backend)
    second = resume_training(maker, box.kept["last"], plan, save=again, clock=lambda: 0.0)
    assert type(second) is type(whole)
    assert second.counters.update == 9
    list(second.train())
    ours, theirs = again.kept["best"], expected.kept["best"]
    assert ours.header.history == theirs.header.history
    assert all(np.array_equal(array, theirs.weights[name]) for name, array in ours.weights.items())


def test_a_run_that_has_ended_cannot_go_on():
    trainer, box, maker = begun(PLAN)
    list(trainer.train())
    ended = replace(box.kept["last"], learner={})
    with pytest.raises(ModelFileError, match="nothing to resume") as told:
        resume_training(maker, ended, PLAN, save=box, clock=lambda: 0.0)
    assert told.value.hint == "train again"


def test_a_run_whose_learner_lost_its_numbers_cannot_go_on():
    trainer, box, maker = begun(PLAN)
    list(trainer.train())
    last = box.kept["last"]
    lost = {name: np.full_like(a, np.nan, dtype=float) for name, a in last.learner.items()}
    with pytest.raises(ModelFileError, match="NaN or infinity"):
        resume_training(maker, replace(last, learner=lost), PLAN, save=box, clock=lambda: 0.0)
