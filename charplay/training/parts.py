"""Training a mix: its parts one after the other, weighed and joined as they learn."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from charplay.generation.options import AnswerOptions
from charplay.models.arrays import Arrays
from charplay.models.contract import Backend, Mixer, Model
from charplay.plan import Part, Plan
from charplay.training.counters import RunCounters
from charplay.training.evaluation import draw_samples
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Finished,
    Progress,
    Reason,
    Sampled,
    TrainingEvent,
)
from charplay.training.learners import LearnerMaker
from charplay.training.minutes import Pace, fit_parts, measure_pace
from charplay.training.texts import RunTexts
from charplay.training.trainer import Save, Trainer, Which

Clock: TypeAlias = Callable[[], float]
MadeModel: TypeAlias = tuple[Backend, Model]


class _PartRun:
    """A part while it learns: its trainer, and the models of its newest checkpoints.

    honest: the newest model that has not learned the inner text.
    """

    def __init__(
        self, part: Part, new_learner: LearnerMaker, texts: RunTexts, clock: Clock
    ) -> None:
        self.backend = new_learner.find_backend(part.backend)
        self.models: dict[str, Model] = {}
        self.honest: Model | None = None
        learner = new_learner(part.backend, part.config, part.plan)
        self.trainer = Trainer(learner, texts, part.plan, save=self._take, clock=clock)

    def _take(self, which: Which, model: Model, arrays: Arrays | None, counters: object) -> None:
        self.models[which] = model


class PartsTrainer:
    """Trains the parts of a plan, which names some, and gives the events of one run.

    Counted parts come first, so that the mix is usable at once. While another part learns, the mix
    is weighed anew at each validation that brings it a better loss. At the end the counted parts
    learn the inner text too. Keyword arguments are those of a Trainer. `plan` is the one that is
    followed: with updates in the place of minutes, as soon as the pace is known.
    """

    def __init__(
        self,
        mixer: Mixer,
        new_learner: LearnerMaker,
        plan: Plan,
        *,
        save: Save,
        clock: Clock,
        sampling: AnswerOptions | None = None,
    ) -> None:
        self._mixer, self._new_learner, self.plan = mixer, new_learner, plan
        self._texts = new_learner.texts
        self._save, self._clock, self._sampling = save, clock, sampling
        self._begun = clock()
        self._done: list[MadeModel] = []
        # The same parts before they learned the inner text, which weighs them.
        self._honest: list[Model] = []
        self._weights: tuple[float, ...] = ()
        self._lengths = self._count_updates()
        self.counters = RunCounters()

    @property
    def updates(self) -> int:
        """How many updates the whole run has, of all parts together."""
        return sum(self._lengths)

    @property
    def parameter_count(self) -> int:
        """How many weights the parts that are done have."""
        return sum(model.parameter_count for _, model in self._done)

    def train(self, stop_asked: Callable[[], bool] = lambda: False) -> Iterator[TrainingEvent]:
        """Train to the plan's end, or until asked to stop; TrainingError where it cannot go on."""
        number = 0
        reason: Reason = "done"
        while number < len(self.plan.parts) and reason != "stopped":
            if self.plan.minutes and not self.plan.parts[number].counted:
                self._fit_minutes(self.plan.minutes)
            elif self._done and stop_asked():
                reason = "stopped"
            else:
                reason = yield from self._learn_part(number, stop_asked)
                number += 1
        yield from self._end(reason)

    def _count_updates(self) -> list[int]:
        return [self._texts.schedule(part.plan).updates for part in self.plan.parts]

    def _fit_minutes(self, minutes: float) -> None:
        """Put updates in the place of minutes, by the pace of each part that is still to come."""
        left = minutes * 60 - (self._clock() - self._begun)
        self.plan = replace(
            self.plan, parts=fit_parts(self.plan.parts, self._measure_pace, left), minutes=None
        )
        self._lengths = self._count_updates()

    def _measure_pace(self, part: Part) -> Pace:
        learner = self._new_learner(part.backend, part.config, part.plan)
        return measure_pace(learner, part.plan, self._texts, self._clock)

    def _learn_part(
        self, number: int, stop_asked: Callable[[], bool]
    ) -> Generator[TrainingEvent, None, Reason]:
        """The events of one part, told as the run's; why it ended."""
        run, offset = self._begin(number, self._texts), self.counters.update
        reason: Reason = "done"
        # Once begun it makes at least one update, so that there is a model of it.
        for event in run.trainer.train(lambda: run.trainer.counters.update > 0 and stop_asked()):
            self.counters.update = offset + run.trainer.counters.update
            if isinstance(event, Progress):
                yield self._retell(event, number, offset)
            elif isinstance(event, Evaluated):
                yield from self._look_at(run)
            elif isinstance(event, Checkpointed) and event.which == "last":
                yield from self._save_so_far(run)
            elif isinstance(event, Finished):
                reason = event.reason
                self._finish_part(run, run.models[event.kept])
        yield self._save_mix("best", self._done)
        return reason

    def _finish_part(self, run: _PartRun, model: Model) -> None:
        """Add a part that has learned all it will; weigh it, where that is still honest."""
        honest = run.honest if run.honest and run.trainer.inner_is_learned else model
        self._done.append((run.backend, model))
        self._honest.append(honest)
        self._weights = self._mixer.weigh(self._honest).weights

    def _begin(self, number: int, texts: RunTexts) -> _PartRun:
        """A part about to learn; its seed is that of the run plus its number."""
        part = self.plan.parts[number]
        plan = replace(part.plan, seed=self.plan.seed + number)
        return _PartRun(replace(part, plan=plan), self._new_learner, texts, self._clock)

    def _retell(self, event: Progress, number: int, offset: int) -> Progress:
        """The progress of a part as the run's."""
        after = sum(self._lengths[number + 1 :]) * event.elapsed / max(1, event.update)
        return replace(
            event,
            update=offset + event.update,
            updates=self.updates,
            elapsed=self._clock() - self._begun,
            remaining=event.remaining + after,
            part=number + 1,
            parts=len(self._lengths),
        )

    def _look_at(self, run: _PartRun) -> Iterator[TrainingEvent]:
        """Weigh the mix with a part as it is now; keep it if it is the best so far."""
        run.honest, counters = run.trainer.model(), self.counters
        parts = [*self._done, (run.backend, run.honest)]
        weighing = self._mixer.weigh([*self._honest, run.honest])
        self._weights = weighing.weights
        counters.history += ((counters.update, run.trainer.counters.noted_loss, weighing.loss),)
        best = counters.best is None or weighing.loss < counters.best
        yield Evaluated(counters.update, weighing.loss, best)
        if best:
            counters.best = weighing.loss
            yield self._save_mix("best", parts)
            if self._sampling:
                samples = draw_samples(self._mix(parts), self._sampling, self.plan.seed)
                yield Sampled(counters.update, samples)

    def _save_so_far(self, run: _PartRun) -> Iterator[TrainingEvent]:
        """Save the mix with a part as it is now."""
        parts = [*self._done, (run.backend, run.models["last"])]
        if len(parts) == len(self._weights):
            yield self._save_mix("last", parts)

    def _mix(self, parts: Sequence[MadeModel]) -> Model:
        return self._mixer.mix(parts, self._weights)

    def _save_mix(self, which: Which, parts: Sequence[MadeModel]) -> Checkpointed:
        self._save(which, self._mix(parts), None, replace(self.counters))
        return Checkpointed(self.counters.update, which)

    def _end(self, reason: Reason) -> Iterator[TrainingEvent]:
        """Let counted parts learn the inner text, save the mix, and say how the run ended."""
        if reason != "stopped":
            self._recount()
        yield self._save_mix("last", self._done)
        yield Finished(
            update=self.counters.update,
            reason=reason,
            loss=self.counters.noted_loss,
            held_out_loss=self.counters.best,
            kept="last",
            elapsed=self._clock() - self._begun,
        )

    def _recount(self) -> None:
        texts = self._texts.with_inner_learned()
        for number, part in enumerate(self.plan.parts):
            if part.counted and self._texts.inner.characters:
                run = self._begin(number, texts)
                for _ in run.trainer.train():
                    pass
                self._done[number] = (run.backend, run.models["last"])
