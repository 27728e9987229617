"""Validation: the loss on the part that decides, the best one so far, and patience."""

from collections.abc import Callable
from typing import TypeAlias

from charplay.interrupts import giving_up
from charplay.models.contract import Model
from charplay.plan import Plan
from charplay.text.corpus import Corpus
from charplay.training.counters import RunCounters
from charplay.training.evaluation import loss_of
from charplay.training.events import Evaluated
from charplay.training.schedule import Schedule

# What a model's loss is on the part that decides.
Measure: TypeAlias = Callable[[Model], float]


class Validation:
    """Watches the loss on the part that decides, which may be empty, until that is learned too.

    measure: what that loss is, where it is not simply the model's own.
    """

    def __init__(
        self, plan: Plan, deciding: Corpus, schedule: Schedule, measure: Measure | None = None
    ) -> None:
        self._every, self._patience = plan.validate_every, plan.patience
        self._deciding, self._schedule = deciding, schedule
        self._measure = measure or (lambda model: loss_of(model, deciding))

    def next_due(self, update: int) -> int:
        """The first update after this one that a validation follows."""
        due = self._schedule.next_validation(update, self._every)
        end = self._schedule.inner_end
        return due if end is None or update >= end else min(due, end)

    def is_over(self, counters: RunCounters) -> bool:
        """Whether the part that decides is learned by now, so that its loss says nothing."""
        return self._schedule.inner_is_learned(counters.update - 1)

    def validate(self, model: Model, counters: RunCounters) -> Evaluated | None:
        """Note the losses in the counters; the event, unless nothing decides.

        Where it was given up there is none, and nothing is noted.
        """
        loss = None
        if self._deciding.characters and not self.is_over(counters):
            with giving_up():
                loss = self._measure(model)
            if loss is None:
                return None
        counters.note_losses(loss)
        if loss is None:
            return None
        best = counters.best is None or loss < counters.best
        if best:
            counters.best = loss
        # A stage that does not lower the loss may still serve the stages after it.
        waits = not best and counters.update > self._schedule.last_begin
        counters.waited = counters.waited + 1 if waits else 0
        return Evaluated(counters.update, loss, best)

    def patience_is_over(self, counters: RunCounters) -> bool:
        """Whether as many validations as the plan allows brought no better loss."""
        return self._patience is not None and counters.waited >= self._patience
