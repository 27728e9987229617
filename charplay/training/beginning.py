"""The trainer that a run begins or goes on with: of one model, or of the parts of a mix."""

from collections.abc import Mapping
from typing import Any

from charplay.errors import ModelFileError
from charplay.generation.options import AnswerOptions
from charplay.models.checkpoint import Checkpoint
from charplay.plan import Plan
from charplay.training.counters import RunCounters
from charplay.training.learners import LearnerMaker
from charplay.training.minutes import fit_plan, measure_pace
from charplay.training.part_run import Clock, PartsCounters, PartsSoFar
from charplay.training.parts import PartsTrainer
from charplay.training.trainer import Asked, Save, Trainer, never


def begin_training(
    new_learner: LearnerMaker,
    backend: str,
    options: Mapping[str, Any],
    plan: Plan,
    *,
    save: Save,
    clock: Clock,
    checkpoint_asked: Asked = never,
    sampling: AnswerOptions | None = None,
) -> Trainer | PartsTrainer:
    """The trainer of a new model by a plan; errors as those of its classes.

    The plan of a trainer has updates in the place of minutes: at once where there is one model, and
    after counting where there are parts.
    """
    if plan.parts:
        mixer = new_learner.find_backend(backend).mixer(new_learner.texts.deciding)
        return PartsTrainer(
            mixer,
            new_learner,
            plan,
            save=save,
            clock=clock,
            checkpoint_asked=checkpoint_asked,
            sampling=sampling,
        )
    if plan.minutes:
        pace = measure_pace(new_learner(backend, options, plan), plan, new_learner.texts, clock)
        plan = fit_plan(plan, pace, plan.minutes * 60)
    learner = new_learner(backend, options, plan)
    return Trainer(
        learner,
        new_learner.texts,
        plan,
        save=save,
        clock=clock,
        checkpoint_asked=checkpoint_asked,
        sampling=sampling,
    )


def resume_training(
    new_learner: LearnerMaker,
    checkpoint: Checkpoint,
    plan: Plan,
    *,
    save: Save,
    clock: Clock,
    checkpoint_asked: Asked = never,
    sampling: AnswerOptions | None = None,
) -> Trainer | PartsTrainer:
    """The trainer of a run that goes on from its last checkpoint as if it had never stopped.

    Raises ModelFileError where the checkpoint is of a model alone.
    """
    if not checkpoint.learner:
        raise ModelFileError("that run has ended; there is nothing to resume", "train again")
    header, texts = checkpoint.header, new_learner.texts
    backend = new_learner.find_backend(header.backend)
    model = checkpoint.model(backend)
    if plan.parts:
        mixer = backend.mixer(texts.deciding)
        counters = PartsCounters.from_header(header)
        parts = [part for _, part in backend.parts(model)]
        so_far = PartsSoFar(parts, checkpoint.learner, counters)
        return PartsTrainer(
            mixer,
            new_learner,
            plan,
            save=save,
            clock=clock,
            checkpoint_asked=checkpoint_asked,
            sampling=sampling,
            so_far=so_far,
        )
    learner = backend.learner(model, plan)
    learner.restore(checkpoint.learner)
    return Trainer(
        learner,
        texts,
        plan,
        save=save,
        clock=clock,
        checkpoint_asked=checkpoint_asked,
        sampling=sampling,
        counters=RunCounters.from_header(header),
    )
