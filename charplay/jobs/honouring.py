"""Options of a plan that a backend's learners do not obey: to change one is refused."""

from collections.abc import Callable

from charplay.errors import UsageError
from charplay.models.contract import LEARNER_OPTIONS, Backend
from charplay.plan import Plan

# What shapes the learning rate is obeyed with it.
_RATE_OPTIONS = ("learning_rate", "schedule", "step_every", "step_factor", "warmup")


def check_honoured(
    find: Callable[[str], Backend],
    backend: Backend,
    plan: Plan,
    usual: Plan | None = None,
    hint: str = "",
) -> None:
    """UsageError where a plan, or that of a part, changes what its learners do not obey.

    usual: the plan before it was changed, None for the defaults of every plan; hint: what to do
    where that is not to leave them out.
    """
    if not plan.parts:
        _check_learner(backend, plan, usual or Plan(), hint)
    for number, part in enumerate(plan.parts):
        own = usual.parts[number].plan if usual else Plan()
        _check_learner(find(part.backend), part.plan, own, hint)


def _check_learner(backend: Backend, plan: Plan, usual: Plan, hint: str) -> None:
    ignored = sorted(LEARNER_OPTIONS - backend.honours)
    changed = [each for name in ignored for each in _changed_options(name, plan, usual)]
    if changed:
        names = " and ".join(changed).replace("_", "-")
        raise UsageError(f"{backend.name} does not use {names}", hint or f"leave out {names}")


def _changed_options(name: str, plan: Plan, usual: Plan) -> list[str]:
    """The options that a name stands for, of those that differ."""
    if name != "learning_rate":
        return [name] if getattr(plan, name) != getattr(usual, name) else []
    return [
        option
        for option in _RATE_OPTIONS
        if _stage_values(plan, option) != _stage_values(usual, option)
    ]


def _stage_values(plan: Plan, name: str) -> set[object]:
    return {getattr(stage, name) for stage in plan.stages}
