"""Whole runs of the trainer, in this process, without a clock."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from charplay.models.arrays import Arrays
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend, Model
from charplay.plan import Plan
from charplay.text.corpus import Corpus
from charplay.training.beginning import begin_training, resume_training
from charplay.training.counters import RunCounters
from charplay.training.learners import LearnerMaker
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer, Which


def train_with_stop(
    backend: Backend,
    corpus: Corpus,
    plan: Plan,
    file: Path,
    stop_after: int,
    options: Mapping[str, Any],
) -> tuple[Model, Model]:
    """The model of a whole run, and that of one which was stopped and resumed from a file."""
    texts = RunTexts.split(corpus, plan.held_out, inner=plan.inner)
    new_learner = LearnerMaker(lambda name: backend, texts)

    def save(which: Which, model: Model, arrays: Arrays | None, counters: RunCounters) -> None:
        if which == "last":
            more = {"history": counters.history, "progress": counters.to_dict()}
            Checkpoint.of(model, backend, arrays, **more).save(file)

    def begin() -> Trainer:
        trainer = begin_training(
            new_learner, backend.name, options, plan, save=save, clock=lambda: 0.0
        )
        assert isinstance(trainer, Trainer), "a model of several is trained one after another"
        return trainer

    whole = begin()
    list(whole.train())
    stopped = begin()
    list(stopped.train(lambda: stopped.counters.update >= stop_after))
    resumed = resume_training(
        new_learner, read_checkpoint(file), plan, save=save, clock=lambda: 0.0
    )
    list(resumed.train())
    assert isinstance(resumed, Trainer)
    return whole.model(), resumed.model()
