"""The trainer that a run begins with: of one model, or of the parts of a mix."""

from collections.abc import Callable, Mapping
from typing import Any

from charplay.generation.options import AnswerOptions
from charplay.plan import Plan
from charplay.training.learners import LearnerMaker
from charplay.training.minutes import fit_plan, measure_pace
from charplay.training.parts import PartsTrainer
from charplay.training.trainer import Save, Trainer


def begin_training(
    new_learner: LearnerMaker,
    backend: str,
    options: Mapping[str, Any],
    plan: Plan,
    *,
    save: Save,
    clock: Callable[[], float],
    sampling: AnswerOptions | None = None,
) -> Trainer | PartsTrainer:
    """The trainer of a new model by a plan; errors as those of its classes.

    The plan of a trainer has updates in the place of minutes: at once where there is one model, and
    after counting where there are parts.
    """
    if plan.parts:
        mixer = new_learner.find_backend(backend).mixer(new_learner.texts.deciding)
        return PartsTrainer(mixer, new_learner, plan, save=save, clock=clock, sampling=sampling)
    if plan.minutes:
        pace = measure_pace(new_learner(backend, options, plan), plan, new_learner.texts, clock)
        plan = fit_plan(plan, pace, plan.minutes * 60)
    learner = new_learner(backend, options, plan)
    return Trainer(learner, new_learner.texts, plan, save=save, clock=clock, sampling=sampling)
