"""The trainer: one loop for every backend."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from charplay.errors import TrainingError
from charplay.generation.options import Sampling
from charplay.models.contract import Learner, Model
from charplay.plan import Plan, Stage
from charplay.text.batching import Batch, cut_batches
from charplay.text.corpus import Corpus, split_corpus
from charplay.text.vocabulary import Vocabulary
from charplay.training.counters import RunCounters, smooth
from charplay.training.evaluation import draw_samples, loss_of
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Event,
    Finished,
    Progress,
    Reason,
    Sampled,
)
from charplay.training.reporting import Reporter
from charplay.training.schedule import Schedule

Which = Literal["last", "best"]
Save = Callable[[Which, Learner, Model, RunCounters], None]

# A loss so many times that of a uniform guess has left all sense.
_EXPLODED = 50
# Updates are made in runs of about this long, between which the trainer looks up.
_RUN_SECONDS = 0.05
_LONGEST_RUN = 2000


class Trainer:
    """Drives a learner through a plan's batches and tells what happens.

    `others` are the texts of stages that have another than `corpus`, by the names that they give;
    `save` keeps a checkpoint; `clock` gives seconds; `standing` takes a run up where it stood.
    Raises CorpusError where a text does not fit the plan.
    """

    def __init__(
        self,
        learner: Learner,
        corpus: Corpus,
        vocabulary: Vocabulary,
        plan: Plan,
        *,
        save: Save,
        clock: Callable[[], float],
        others: Mapping[str, Corpus] | None = None,
        sampling: Sampling | None = None,
        standing: RunCounters | None = None,
    ) -> None:
        training, self._held_out = split_corpus(corpus, plan.held_out)
        self._learner, self._plan = learner, plan
        texts = {"": training, **(others or {})}
        read = dict.fromkeys(stage.corpus for stage in plan.stages)
        cuttings = {name: cut_batches(texts[name], vocabulary, plan) for name in read}
        self._schedule = Schedule(plan.stages, cuttings)
        self._save, self._clock = save, clock
        self._sampling = sampling or Sampling()
        self._reporter = (
            Reporter(plan.report, corpus, vocabulary, self._sampling) if plan.report else None
        )
        self.standing = standing or RunCounters(
            reported=self._reporter.start if self._reporter else None
        )
        self.updates = self._schedule.updates
        self._explosion = _EXPLODED * math.log(max(2, len(vocabulary)))
        self._first = self.standing.update
        self._run_length = 1
        self._characters = 0
        self._looked = (0.0, self._first)

    def run(self, stop_asked: Callable[[], bool] = lambda: False) -> Iterator[Event]:
        """Train to the plan's end, or until asked to stop; TrainingError where it cannot go on."""
        self._started = self._told = self._saved = self._clock()
        reason: Reason = "done"
        while self.standing.update < self.updates:
            if stop_asked():
                reason = "stopped"
                break
            self._train_a_run()
            yield from self._tell()
            if self._plan.patience and self.standing.waited >= self._plan.patience:
                reason = "patience"
                break
        yield from self._end(reason)

    def model(self) -> Model:
        """The model as it is now."""
        return self._learner.model()

    def _train_a_run(self) -> None:
        """As many updates at once as fit before something is due."""
        first = self.standing.update
        numbers = range(first, self._due(first))
        batches = [self._schedule.batch(k) for k in numbers]
        begun = self._clock()
        losses = self._learner.update_many(batches, [self._schedule.rate(k) for k in numbers])
        made = len(numbers)
        more = made * 2 if self._clock() - begun < _RUN_SECONDS else made // 2
        self._run_length = min(max(1, more), _LONGEST_RUN)
        self._take(batches, losses)

    def _due(self, first: int) -> int:
        """The update after which the trainer must look up again."""
        dues = [
            self._schedule.stage_end(first),
            self._schedule.next_look(first, self._plan.validate_every),
            first + self._run_length,
        ]
        if self._plan.sample_every:
            dues.append((first // self._plan.sample_every + 1) * self._plan.sample_every)
        if self._reporter:
            every = self._reporter.every
            dues.append(-(-first // every) * every + 1)
        return min(dues)

    def _take(self, batches: list[Batch], losses: list[float]) -> None:
        """Note the losses of updates just made; TrainingError at one that makes no sense."""
        standing, summed = self.standing, self._plan.reduction == "sum"
        update, loss = standing.update, standing.loss
        smoothed, weight, reported = standing.smoothed, standing.weight, standing.reported
        nats, scored = standing.summed, standing.scored
        for batch, reduced in zip(batches, losses, strict=True):
            loss = reduced * len(batch.targets) / batch.characters if summed else reduced
            if not loss < self._explosion:
                raise self._exploded(update, loss)
            smoothed, weight = smooth(smoothed, loss), smooth(weight, 1.0)
            nats, scored = nats + loss * batch.characters, scored + batch.characters
            if self._reporter and reported is not None:
                reported = self._reporter.smooth(reported, reduced)
            update += 1
            self._characters += batch.characters
        self._reduced = losses[-1]
        self.standing = replace(
            standing,
            update=update,
            loss=loss,
            smoothed=smoothed,
            weight=weight,
            summed=nats,
            scored=scored,
            reported=reported,
        )

    def _exploded(self, update: int, loss: float) -> TrainingError:
        what = f"has grown to {loss:.3g}" if math.isfinite(loss) else "is no longer a number"
        rate = self._schedule.rate(update)
        smaller = rate / 10 if rate <= 1 else Stage().learning_rate
        return TrainingError(
            f"training stopped at update {update + 1:,}: the loss {what}",
            f"try a smaller step: --set learning-rate={smaller:.2g}",
        )

    def _tell(self) -> Iterator[Event]:
        """Whatever is due now."""
        update, every = self.standing.update, self._plan.sample_every
        noting = update == self._schedule.next_look(update - 1, self._plan.validate_every)
        if noting:
            yield from self._validate()
        if self._reporter is None:
            if update % every == 0 if every else noting:
                yield Sampled(
                    update, draw_samples(self._learner.model(), self._sampling, self._plan.seed)
                )
        elif (update - 1) % self._reporter.every == 0:
            yield self._reporter.tell(
                self._learner.model(),
                update,
                self._epoch,
                self._reduced,
                self.standing.reported or 0.0,
            )
        now = self._clock()
        if now - self._saved >= self._plan.checkpoint_seconds:
            yield self._checkpoint("last")
            self._saved = self._clock()
        if now - self._told >= _RUN_SECONDS:
            self._told = now
            yield self._progress(now)

    @property
    def _epoch(self) -> int:
        """Which pass over its text the last update belonged to, from 1."""
        return self._schedule.epoch(self.standing.update - 1)

    def _progress(self, now: float) -> Progress:
        standing, elapsed = self.standing, max(now - self._started, 1e-9)
        # Half what an update took over the whole run, half what the last ones took.
        (before, update), self._looked = self._looked, (elapsed, standing.update)
        mean = elapsed / max(1, standing.update - self._first)
        recent = (elapsed - before) / max(1, standing.update - update)
        return Progress(
            update=standing.update,
            updates=self.updates,
            epoch=self._epoch,
            loss=standing.loss or 0.0,
            smoothed=standing.smoothed_loss,
            rate=self._characters / elapsed,
            elapsed=elapsed,
            remaining=(mean + recent) / 2 * (self.updates - standing.update),
        )

    def _validate(self) -> Iterator[Event]:
        """Note the losses in the history; keep the model if it is the best so far."""
        standing, loss, better = self.standing, None, False
        model = self._learner.model()
        if self._held_out.characters:
            loss = loss_of(model, self._held_out)
            better = standing.best is None or loss < standing.best
        # A stage that gets no better on the text held out may still serve the ones after it.
        tiring = loss is not None and standing.update > self._schedule.last_begin
        self.standing = replace(
            standing,
            best=loss if better else standing.best,
            waited=standing.waited + 1 if tiring and not better else 0,
        ).noting(loss)
        if loss is not None:
            yield Evaluated(standing.update, loss, better)
        if better:
            yield self._checkpoint("best")

    def _checkpoint(self, which: Which) -> Checkpointed:
        """Save the model as it is; TrainingError where it has numbers that are none."""
        model = self._learner.model()
        if not all(np.isfinite(array).all() for array in model.arrays().values()):
            raise self._exploded(self.standing.update - 1, math.nan)
        self._save(which, self._learner, model, self.standing)
        return Checkpointed(self.standing.update, which)

    def _end(self, reason: Reason) -> Iterator[Event]:
        """Save what a resume takes up, look at the held-out loss once more, and say how it went."""
        if self.standing.update == 0:
            raise TrainingError("training was stopped before its first update", "train again")
        yield self._checkpoint("last")
        if not self.standing.history or self.standing.history[-1][0] < self.standing.update:
            # A run taken up again knows nothing of this look, for which its plan did not ask.
            yield from self._validate()
            if self.standing.best is None:
                yield self._checkpoint("last")
        now = self._clock()
        yield self._progress(now)
        yield Finished(
            update=self.standing.update,
            reason=reason,
            loss=self.standing.noted_loss,
            held_out_loss=self.standing.best,
            best_update=self.standing.best_update,
            kept="last" if self.standing.best is None else "best",
            elapsed=now - self._started,
        )
