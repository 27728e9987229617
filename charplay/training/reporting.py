"""What a run shows of its model while it learns: as a rule, samples."""

import sys
from collections.abc import Sequence
from typing import Protocol

from charplay.generation.options import AnswerOptions
from charplay.models.contract import Model
from charplay.plan import Plan
from charplay.training.counters import RunCounters
from charplay.training.evaluation import draw_samples
from charplay.training.events import Reported, Sampled
from charplay.training.validation import Validation


class Reporter(Protocol):
    """Shows the model at certain updates."""

    def next_due(self, update: int) -> int:
        """The first update after this one that a report follows."""
        ...

    def count_losses(self, losses: Sequence[float], counters: RunCounters) -> None:
        """Take note of the losses of the last updates, as the plan reduces them."""
        ...

    def report(self, model: Model, counters: RunCounters, epoch: int) -> Sampled | Reported:
        """What is shown after the last update."""
        ...


class NoReporter:
    """Shows nothing."""

    def next_due(self, update: int) -> int:
        """Never."""
        return sys.maxsize

    def count_losses(self, losses: Sequence[float], counters: RunCounters) -> None:
        """Nothing: no loss is shown."""

    def report(self, model: Model, counters: RunCounters, epoch: int) -> Sampled:
        """Nothing to see."""
        return Sampled(counters.update, ())


class SampleReporter:
    """Shows texts that the model draws, every so many updates or at each validation."""

    def __init__(self, plan: Plan, sampling: AnswerOptions, validation: Validation) -> None:
        self._every, self._seed = plan.sample_every, plan.seed
        self._sampling, self._validation = sampling, validation

    def next_due(self, update: int) -> int:
        """The first update after this one that samples follow."""
        if self._every is None:
            return self._validation.next_due(update)
        return (update // self._every + 1) * self._every

    def count_losses(self, losses: Sequence[float], counters: RunCounters) -> None:
        """Nothing: samples show no loss."""

    def report(self, model: Model, counters: RunCounters, epoch: int) -> Sampled:
        """Texts that the model draws now."""
        return Sampled(counters.update, draw_samples(model, self._sampling, self._seed))
