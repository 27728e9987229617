"""From minutes to a number of updates, once, by the rate that this machine has now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from charplay.interrupts import giving_up
from charplay.models.contract import Learner
from charplay.plan import Part, Plan, Stage
from charplay.training.evaluation import loss_of
from charplay.training.schedule import Schedule
from charplay.training.texts import RunTexts

# How long updates are made to measure their rate, and how many at least.
_MEASURED_SECONDS = 0.4
_FEWEST_MEASURED = 4
# A run of fixed minutes looks at the loss that decides so many times.
_VALIDATIONS = 12


@dataclass(frozen=True)
class Pace:
    """How long a plan's updates and validations take here, in seconds.

    updates: the plan's length; needed: what the whole plan takes.
    """

    update: float
    validation: float
    updates: int

    @property
    def needed(self) -> float:
        """Seconds that the whole plan takes."""
        return self.updates * self.update + _VALIDATIONS * self.validation

    def updates_within(self, seconds: float) -> int:
        """How many of the plan's updates fit, at least one."""
        made = (seconds - _VALIDATIONS * self.validation) / self.update
        return max(1, min(self.updates, int(made)))


def measure_pace(learner: Learner, plan: Plan, texts: RunTexts, clock: Callable[[], float]) -> Pace:
    """The pace of a learner, which is of no use afterwards."""
    schedule = texts.schedule(plan)
    _make_update(learner, schedule, 0)  # what is made once, such as buffers
    begun, made = clock(), 0
    while made < _FEWEST_MEASURED or clock() - begun < _MEASURED_SECONDS:
        made += 1
        _make_update(learner, schedule, made)
    update = (clock() - begun) / made
    begun = clock()
    if texts.deciding.characters:
        with giving_up():
            loss_of(learner.model(), texts.deciding)
    return Pace(update, clock() - begun, schedule.updates)


def _make_update(learner: Learner, schedule: Schedule, number: int) -> None:
    number %= schedule.updates
    learner.update_many([schedule.batch(number)], [schedule.rate(number)])


def fit_plan(plan: Plan, pace: Pace, seconds: float) -> Plan:
    """A plan of one stage with as many of its updates as fit, and a fixed number of validations."""
    updates = pace.updates_within(seconds)
    every = max(1, -(-updates // _VALIDATIONS))
    stage: Stage = replace(plan.stages[0], updates=updates, epochs=None)
    return replace(plan, stages=(stage,), validate_every=every, minutes=None)


def fit_parts(
    parts: tuple[Part, ...], paces: Mapping[int, Pace], seconds: float
) -> tuple[Part, ...]:
    """The parts that fit, in order; counted ones all do. paces: those of the others, by number.

    The first of the others takes what it needs, and is shorter where there is less; each after it
    is there only where there is time for all of it.
    """
    fitted: list[Part] = []
    begun = False
    for number, part in enumerate(parts):
        if part.counted:
            fitted.append(part)
            continue
        pace = paces[number]
        if not begun or pace.needed <= seconds:
            fitted.append(replace(part, plan=fit_plan(part.plan, pace, seconds)))
            seconds -= pace.needed
            begun = True
    return tuple(fitted)


def share_minutes(
    parts: tuple[Part, ...], paces: Mapping[int, Pace], seconds: float
) -> tuple[Part, ...]:
    """All parts, of which those that are not counted share the time alike; paces: as above."""
    share = seconds / max(1, len(paces))
    return tuple(
        replace(part, plan=fit_plan(part.plan, paces[number], share)) if number in paces else part
        for number, part in enumerate(parts)
    )
