"""The trainer: one loop for every backend."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Literal

from charplay.errors import TrainingError
from charplay.generation.options import AnswerOptions
from charplay.models.arrays import Arrays
from charplay.models.contract import Learner, Model
from charplay.plan import Plan
from charplay.training.counters import RunCounters
from charplay.training.divergence import DivergenceGuard
from charplay.training.events import Checkpointed, Finished, Progress, Reason, TrainingEvent
from charplay.training.exercise import ExerciseReporter
from charplay.training.reporting import NoReporter, Reporter, SampleReporter
from charplay.training.texts import RunTexts
from charplay.training.timing import BlockLength, CheckpointTimer, ProgressMeter, updates_along
from charplay.training.validation import Measure, Validation

KeptOf = Literal["last", "best"]
Which = Literal[KeptOf, "along"]
# Keeps a model, with the arrays of its learner where a resume needs them.
Save = Callable[[Which, Model, Arrays | None, RunCounters], None]
# Whether somebody wants something of a run now.
Asked = Callable[[], bool]


def never() -> bool:
    """Nobody wants anything."""
    return False


class Trainer:
    """Trains a learner by a plan, and gives the events of the run.

    `save` keeps a checkpoint, at times and when `checkpoint_asked`; `clock` gives seconds; without
    `sampling` no samples are drawn; `counters` are those of a run that goes on; `measure` is as for
    a Validation.
    Raises CorpusError where a text does not fit the plan.
    """

    def __init__(
        self,
        learner: Learner,
        texts: RunTexts,
        plan: Plan,
        *,
        save: Save,
        clock: Callable[[], float],
        checkpoint_asked: Asked = never,
        sampling: AnswerOptions | None = None,
        counters: RunCounters | None = None,
        measure: Measure | None = None,
    ) -> None:
        self._learner, self.plan = learner, plan
        self._save, self._clock, self._checkpoint_asked = save, clock, checkpoint_asked
        self._schedule = texts.schedule(plan)
        self._validation = Validation(plan, texts.deciding, self._schedule, measure)
        self._reporter = _reporter_for(plan, texts, sampling, self._validation)
        self._guard = DivergenceGuard(plan, texts.vocabulary, self._schedule)
        self.counters = replace(counters or RunCounters())
        now = clock()
        self._along = updates_along(self.updates, plan.keep_checkpoints)
        self._block = BlockLength()
        self._checkpoint_timer = CheckpointTimer(plan.checkpoint_seconds, now)
        self._meter = ProgressMeter(now, self.counters, self.updates)

    @property
    def updates(self) -> int:
        """How many updates the whole run has."""
        return self._schedule.updates

    def train(self, stop_asked: Asked = never) -> Iterator[TrainingEvent]:
        """Train to the plan's end, or until asked to stop; TrainingError where it cannot go on."""
        reason: Reason = "done"
        if self._owes_validation:
            yield from self._validate()
            reason = self._patience
        while reason == "done" and self.counters.update < self.updates:
            if stop_asked():
                reason = "stopped"
            else:
                self._make_updates()
                yield from self._look_up()
                reason = self._patience
        yield from self._end(reason)

    @property
    def parameter_count(self) -> int:
        """How many weights the model has."""
        return self.model().parameter_count

    @property
    def model_size(self) -> str:
        """How large the model is, in its own words."""
        return self.model().size

    @property
    def inner_is_learned(self) -> bool:
        """Whether the last update learned from the text that decides."""
        return self._validation.is_over(self.counters)

    @property
    def _patience(self) -> Reason:
        """Why the run ends now, if it does."""
        return "patience" if self._validation.patience_is_over(self.counters) else "done"

    def model(self) -> Model:
        """The model as it is now."""
        return self._learner.model()

    def _make_updates(self) -> None:
        """Make as many updates at once as fit before something is due."""
        first = self.counters.update
        numbers = range(first, self._next_due(first))
        batches = [self._schedule.batch(number) for number in numbers]
        rates = [self._schedule.rate(number) for number in numbers]
        begun = self._clock()
        losses = self._learner.update_many(batches, rates)
        self._block.adapt(len(numbers), self._clock() - begun)
        for number, batch, reduced in zip(numbers, batches, losses, strict=True):
            loss = self._guard.per_character(reduced, batch, number)
            self.counters.count_update(loss, batch.characters)
            self._meter.count_characters(batch.characters)
        self._reporter.count_losses(losses, self.counters)

    def _next_due(self, update: int) -> int:
        """The first update after this one at which the trainer must look up."""
        return min(
            self._schedule.stage_end(update),
            self._validation.next_due(update),
            self._reporter.next_due(update),
            *(due for due in self._along if due > update),
            update + self._block.updates,
        )

    def _is_due(self, part: Validation | Reporter) -> bool:
        """Whether a validation or a report follows the last update."""
        return part.next_due(self.counters.update - 1) == self.counters.update

    @property
    def _is_noted(self) -> bool:
        """Whether the history has the losses up to the last update."""
        history = self.counters.history
        return bool(history) and history[-1][0] == self.counters.update

    @property
    def _owes_validation(self) -> bool:
        """Whether a run goes on from an update whose validation was given up when it stopped."""
        return self.counters.update > 0 and self._is_due(self._validation) and not self._is_noted

    def _look_up(self) -> Iterator[TrainingEvent]:
        """Do what is due now: validate, report, save, say how far the run is."""
        if self._is_due(self._validation):
            yield from self._validate()
        if self._is_due(self._reporter):
            yield self._reporter.report(self.model(), self.counters, self._epoch)
        if self.counters.update in self._along:
            yield self._save_checkpoint("along")
        now = self._clock()
        if self._checkpoint_timer.is_due(now) or self._checkpoint_asked():
            yield self._save_checkpoint("last")
            self._checkpoint_timer.restart(now, self._clock())
        if self._meter.is_due(now):
            yield self._progress(now)

    def _validate(self) -> Iterator[TrainingEvent]:
        """Look at the loss that decides; keep the model if it is the best so far."""
        evaluated = self._validation.validate(self.model(), self.counters)
        if evaluated:
            yield evaluated
            if evaluated.best:
                yield self._save_checkpoint("best")

    def _save_checkpoint(self, which: Which, counters: RunCounters | None = None) -> Checkpointed:
        """Save the model as it is; TrainingError where its weights are not finite."""
        model, counters = self.model(), counters or self.counters
        self._guard.check_weights(model, counters.update - 1)
        arrays = self._learner.arrays() if which == "last" else None
        counters.seconds = self._meter.elapsed(self._clock())
        self._save(which, model, arrays, replace(counters))
        return Checkpointed(counters.update, which)

    def _progress(self, now: float) -> Progress:
        return self._meter.measure(now, self.counters, self._epoch)

    @property
    def _epoch(self) -> int:
        """Which pass over its text the last update belonged to, from 1."""
        return self._schedule.epoch(self.counters.update - 1)

    @property
    def _kept(self) -> KeptOf:
        """The checkpoint that the model is taken from: the best, where its loss still decides."""
        decides = self.counters.best is not None and not self._validation.is_over(self.counters)
        return "best" if decides else "last"

    def _end(self, reason: Reason) -> Iterator[TrainingEvent]:
        """Save what a resume needs, validate once more, and say how the run ended."""
        counters = self.counters
        if counters.update == 0:
            raise TrainingError("training was stopped before its first update", "train again")
        yield self._save_checkpoint("last")
        kept = self._kept
        if not self._is_noted:
            kept = yield from self._validate_end(reason)
        now = self._clock()
        yield self._progress(now)
        yield Finished(
            update=counters.update,
            reason=reason,
            loss=counters.noted_loss,
            held_out_loss=counters.best,
            best_update=counters.best_update,
            kept=kept,
            elapsed=self._meter.elapsed(now),
        )

    def _validate_end(self, reason: Reason) -> Generator[TrainingEvent, None, KeptOf]:
        """Validate where the plan did not ask for it; the checkpoint that the model is taken from.

        A resume must not count that. So the last checkpoint has it in its history alone, and the
        best one of a run that is stopped stays what a run that is not would have.
        """
        counters, before = self.counters, replace(self.counters)
        evaluated = self._validation.validate(self.model(), counters)
        if evaluated:
            yield evaluated
        if not self._is_noted:
            counters.note_losses(None)
        kept = self._kept
        if evaluated and evaluated.best:
            if reason == "stopped":
                kept = "last"
            else:
                yield self._save_checkpoint("best")
        if kept == "last":
            yield self._save_checkpoint("last", replace(before, history=counters.history))
        return kept


def _reporter_for(
    plan: Plan, texts: RunTexts, sampling: AnswerOptions | None, validation: Validation
) -> Reporter:
    """Samples, unless the plan asks for an exercise's report."""
    if plan.report:
        options = sampling or AnswerOptions()
        return ExerciseReporter(plan.report, texts.own, texts.vocabulary, options)
    if sampling is None:
        return NoReporter()
    return SampleReporter(plan, sampling, validation)
