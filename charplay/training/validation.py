"""Validation: the loss on the part held out, the best one so far, and patience."""

from charplay.models.contract import Model
from charplay.plan import Plan
from charplay.text.corpus import Corpus
from charplay.training.counters import RunCounters
from charplay.training.evaluation import loss_of
from charplay.training.events import Evaluated
from charplay.training.schedule import Schedule


class Validation:
    """Watches the loss on the part held out, which may be empty."""

    def __init__(self, plan: Plan, held_out: Corpus, schedule: Schedule) -> None:
        self._every, self._patience = plan.validate_every, plan.patience
        self._held_out, self._schedule = held_out, schedule

    def next_due(self, update: int) -> int:
        """The first update after this one that a validation follows."""
        return self._schedule.next_validation(update, self._every)

    def validate(self, model: Model, counters: RunCounters) -> Evaluated | None:
        """Note the losses in the counters; the event, unless nothing is held out."""
        loss = loss_of(model, self._held_out) if self._held_out.characters else None
        counters.note_losses(loss)
        if loss is None:
            return None
        best = counters.best is None or loss < counters.best
        if best:
            counters.best = loss
        # A stage that does not lower the held-out loss may still serve the stages after it.
        waits = not best and counters.update > self._schedule.last_begin
        counters.waited = counters.waited + 1 if waits else 0
        return Evaluated(counters.update, loss, best)

    def patience_is_over(self, counters: RunCounters) -> bool:
        """Whether as many validations as the plan allows brought no better loss."""
        return self._patience is not None and counters.waited >= self._patience
