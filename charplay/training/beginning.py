"""The trainer that a run begins or goes on with: of one model, or of the parts of a mix."""

from collections.abc import Mapping
from typing import Any, Required, TypedDict, Unpack

from charplay.errors import ModelFileError
from charplay.generation.options import AnswerOptions
from charplay.models.checkpoint import Checkpoint
from charplay.plan import Plan
from charplay.training.counters import RunCounters
from charplay.training.learners import LearnerMaker
from charplay.training.minutes import fit_plan, measure_pace
from charplay.training.part_run import Clock, PartsCounters, PartsSoFar
from charplay.training.parts import PartsTrainer
from charplay.training.trainer import Asked, Save, Trainer


class RunTools(TypedDict, total=False):
    """What whoever runs it gives to a trainer, under the trainer's own names."""

    save: Required[Save]
    clock: Required[Clock]
    checkpoint_asked: Asked
    sampling: AnswerOptions | None


def begin_training(
    new_learner: LearnerMaker,
    backend: str,
    options: Mapping[str, Any],
    plan: Plan,
    **tools: Unpack[RunTools],
) -> Trainer | PartsTrainer:
    """The trainer of a new model by a plan; errors as those of its classes.

    The plan of a trainer has updates in the place of minutes: at once where there is one model, and
    after counting where there are parts.
    """
    if plan.parts:
        mixer = new_learner.find_backend(backend).mixer(new_learner.texts.deciding)
        return PartsTrainer(mixer, new_learner, plan, **tools)
    if plan.minutes:
        pace = measure_pace(
            new_learner(backend, options, plan), plan, new_learner.texts, tools["clock"]
        )
        plan = fit_plan(plan, pace, plan.minutes * 60)
    learner = new_learner(backend, options, plan)
    return Trainer(learner, new_learner.texts, plan, **tools)


def resume_training(
    new_learner: LearnerMaker,
    checkpoint: Checkpoint,
    plan: Plan,
    **tools: Unpack[RunTools],
) -> Trainer | PartsTrainer:
    """The trainer of a run that goes on from its last checkpoint as if it had never stopped.

    Raises ModelFileError where the checkpoint is of a model alone.
    """
    if not checkpoint.learner:
        raise ModelFileError("that run has ended; there is nothing to resume", "train again")
    checkpoint.check_learner()
    header, texts = checkpoint.header, new_learner.texts
    backend = new_learner.find_backend(header.backend)
    model = checkpoint.model(backend)
    if plan.parts:
        mixer = backend.mixer(texts.deciding)
        counters = PartsCounters.from_header(header)
        parts = [part for _, part in backend.parts(model)]
        so_far = PartsSoFar(parts, checkpoint.learner, counters)
        return PartsTrainer(mixer, new_learner, plan, so_far=so_far, **tools)
    learner = backend.learner(model, plan)
    learner.restore(checkpoint.learner)
    return Trainer(learner, texts, plan, counters=RunCounters.from_header(header), **tools)
