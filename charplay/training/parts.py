"""Training a mix: its parts one after the other, weighed and joined as they learn."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from charplay.errors import UsageError
from charplay.generation.options import AnswerOptions
from charplay.interrupts import giving_up
from charplay.kind import Kind
from charplay.models.arrays import Arrays
from charplay.models.contract import Backend, Mixer, Model
from charplay.plan import Part, Plan
from charplay.training.counters import LEARNER, RunCounters
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
from charplay.training.minutes import Pace, fit_parts, measure_pace, share_minutes
from charplay.training.part_run import Clock, PartRun, PartsCounters, PartsSoFar
from charplay.training.priors import CountedPrior
from charplay.training.texts import RunTexts
from charplay.training.trainer import Asked, Save, Which, never

_BEST, _HONEST = "best", "honest-{}"

MadeModel: TypeAlias = tuple[Backend, Model]


class PartsTrainer:
    """Trains the parts of a plan, which names some, and gives the events of one run.

    Counted parts come first, so that the mix is usable at once. While another part learns, the mix
    is weighed anew at each validation that brings it a better loss. At the end the counted parts
    learn the inner text too. Keyword arguments are those of a Trainer. `plan` is the one that is
    followed: with updates in the place of minutes, as soon as the pace is known.
    """

    # Of the parts that are done, as they were before they learned the inner text.
    _honest_loss: float

    def __init__(
        self,
        mixer: Mixer,
        new_learner: LearnerMaker,
        plan: Plan,
        *,
        save: Save,
        clock: Clock,
        checkpoint_asked: Asked = never,
        sampling: AnswerOptions | None = None,
        so_far: PartsSoFar | None = None,
    ) -> None:
        self._mixer, self._new_learner, self.plan = mixer, new_learner, plan
        self._texts = new_learner.texts
        check_parts(plan, self._texts.own.kind, new_learner.find_backend)
        self._save, self._clock, self._sampling = save, clock, sampling
        self._checkpoint_asked = checkpoint_asked
        self._begun = clock()
        self._done: list[MadeModel] = []
        # The same parts before they learned the inner text, which weighs them.
        self._honest: list[Model] = []
        self._weights: tuple[float, ...] = ()
        self._lengths = self._count_updates()
        self._told: Progress | None = None
        self._priors: dict[int, CountedPrior] = {}
        self.counters = replace(so_far.counters) if so_far else PartsCounters()
        self._begun -= self.counters.seconds
        self._resumed: PartRun | None = self._take_up(so_far) if so_far else None

    @property
    def updates(self) -> int:
        """How many updates the whole run has, of all parts together."""
        return sum(self._lengths)

    @property
    def parameter_count(self) -> int:
        """How many weights the parts that are done have."""
        return sum(model.parameter_count for _, model in self._done)

    @property
    def model_size(self) -> str:
        """How large the parts that are done are, in their own words."""
        return " and ".join(filter(None, (model.size for _, model in self._done)))

    def train(self, stop_asked: Asked = never) -> Iterator[TrainingEvent]:
        """Train to the plan's end, or until asked to stop; TrainingError where it cannot go on."""
        number = len(self._done)
        reason: Reason = "done"
        while number < len(self.plan.parts) and reason != "stopped":
            self._judge_before(number, stop_asked)
            if self._done and stop_asked():
                reason = "stopped"
            elif self.plan.minutes and not self.plan.parts[number].counted:
                yield from self._fit_minutes(self.plan.minutes)
            else:
                reason = yield from self._learn_part(number, stop_asked)
                number += 1
        yield from self._end(reason, stop_asked)

    def _count_updates(self) -> list[int]:
        return [self._texts.schedule(part.plan).updates for part in self.plan.parts]

    def _fit_minutes(self, minutes: float) -> Iterator[Progress]:
        """Put updates in the place of minutes, by the pace of each part that is still to come."""
        paces = {
            number: self._measure_pace(number)
            for number, part in enumerate(self.plan.parts)
            if not part.counted
        }
        left = minutes * 60 - (self._clock() - self._begun)
        # A part that is trained on stays in the mix.
        fit = share_minutes if self._new_learner.bases else fit_parts
        self.plan = replace(self.plan, parts=fit(self.plan.parts, paces, left), minutes=None)
        self._lengths = self._count_updates()
        if self._told:
            yield replace(self._told, updates=self.updates, remaining=left)

    def _measure_pace(self, number: int) -> Pace:
        part = self.plan.parts[number]
        learner = self._new_learner(part.backend, part.config, part.plan, number)
        return measure_pace(learner, part.plan, self._texts_of(number), self._clock)

    def _judge_before(self, number: int, stop_asked: Asked) -> None:
        """Judge the texts by what a part corrects, so that its updates need not wait for that."""
        if self.plan.parts[number].corrects:
            with giving_up():
                self._prior_of(number).judge_all(stop_asked)

    def _texts_of(self, number: int) -> RunTexts:
        """The texts that a part learns, with what it corrects."""
        if not self.plan.parts[number].corrects:
            return self._texts
        return replace(self._texts, prior=self._prior_of(number))

    def _prior_of(self, number: int) -> CountedPrior:
        """What the last counted part before a part says of the texts."""
        if number not in self._priors:
            counted = max(n for n, part in enumerate(self.plan.parts[:number]) if part.counted)
            self._priors[number] = CountedPrior(
                self._texts,
                partial(self._new_learner.count, self._part(counted), number=counted),
                self._honest[counted],
                self.plan.parts[number].corrects,
            )
        return self._priors[number]

    def _learn_part(self, number: int, stop_asked: Asked) -> Generator[TrainingEvent, None, Reason]:
        """The events of one part, told as the run's; why it ended."""
        run = self._resumed or self._begin(number, self._texts_of(number))
        self._resumed = None
        offset, before = self.counters.offset, self.counters.characters_offset
        reason: Reason = "done"
        saved = 0
        for event in run.trainer.train(_once_begun(run, stop_asked)):
            self.counters.update = offset + run.trainer.counters.update
            self.counters.characters = before + run.trainer.counters.characters
            if isinstance(event, Progress):
                self._told = self._retell(event, number, offset)
                yield self._told
            elif isinstance(event, Evaluated):
                yield from self._look_at(run, event)
            elif isinstance(event, Checkpointed) and event.which == "last":
                # The second of an update is that of a part's end, which a resume must not count.
                if event.update != saved:
                    yield self._save_so_far(run)
                saved = event.update
            elif isinstance(event, Checkpointed) and event.which == "along":
                self._weigh_with(run.models["along"])
                yield self._save_mix("along", [*self._done, (run.backend, run.models["along"])])
            elif isinstance(event, Finished):
                reason = event.reason
                self._finish_part(run, event)
        if reason == "done" or self._is_best(self._honest_loss):
            yield self._save_mix("best", self._done)
        return reason

    def _finish_part(self, run: PartRun, finished: Finished) -> None:
        """Add a part that has learned all it will; weigh it, where that is still honest."""
        model, counters = run.models[finished.kept], self.counters
        honest = run.honest if run.honest and run.trainer.inner_is_learned else model
        self._done.append((run.backend, model))
        self._honest.append(honest)
        self._weights, self._honest_loss = self._mixer.weigh(self._honest)
        if not counters.history or counters.history[-1][0] < counters.update:
            counters.history += ((counters.update, finished.loss, None),)
        counters.offset = counters.update
        counters.characters_offset = counters.characters

    def _begin(self, number: int, texts: RunTexts) -> PartRun:
        """A part about to learn."""
        part = self._part(number)
        learner = self._new_learner(part.backend, part.config, part.plan, number)
        backend = self._new_learner.find_backend(part.backend)
        return PartRun(
            part,
            backend,
            learner,
            texts,
            self._clock,
            self._checkpoint_asked,
            measure=self._weigh_with,
        )

    def _weigh_with(self, model: Model) -> float:
        """Weigh the mix anew with a part as it is now; its loss on the text that decides."""
        self._weights, loss = self._mixer.weigh([*self._honest, model])
        return loss

    def _part(self, number: int) -> Part:
        """A part of the plan; its seed is that of the run plus its number.

        Models along the way are those of the mix while a part learns that is not counted.
        """
        part = self.plan.parts[number]
        along = 0 if part.counted else self.plan.keep_checkpoints
        seed = (self.plan.seed + number) % 2**63
        return replace(part, plan=replace(part.plan, seed=seed, keep_checkpoints=along))

    def _take_up(self, so_far: PartsSoFar) -> PartRun:
        """The part that learned when a checkpoint was saved; the parts before it are done."""
        parts = [self._part(number) for number in range(len(so_far.parts))]
        backends = [self._new_learner.find_backend(part.backend) for part in parts]
        *done, learning = zip(backends, so_far.parts, strict=True)
        arrays = _split_prefixes(so_far.arrays)
        self._done = list(done)
        self._honest = [
            _with_arrays(backend, model, arrays[_HONEST.format(number)])
            for number, (backend, model) in enumerate(done)
        ]
        self._weights = tuple(so_far.counters.weights)
        if self._honest and not self._weights:  # an older version kept none
            self._weights = self._mixer.weigh(self._honest).weights
        backend, model = learning
        learner = backend.learner(model, parts[-1].plan)
        learner.restore(arrays[LEARNER])
        counters = RunCounters.from_dict(so_far.counters.of_part or {"history": ()})
        run = PartRun(
            parts[-1],
            backend,
            learner,
            self._texts_of(len(done)),
            self._clock,
            self._checkpoint_asked,
            counters,
            self._weigh_with,
        )
        if before := arrays.get(_HONEST.format(len(done))):
            run.honest = _with_arrays(backend, model, before)
        if best := arrays.get(_BEST):
            run.models["best"] = _with_arrays(backend, model, best)
        return run

    def _retell(self, event: Progress, number: int, offset: int) -> Progress:
        """The progress of a part as the run's."""
        elapsed = self._clock() - self._begun
        after = sum(self._lengths[number + 1 :]) * event.elapsed / max(1, event.update)
        # The updates of the parts to come are not known before the minutes are updates.
        minutes = self.plan.minutes
        return replace(
            event,
            update=offset + event.update,
            updates=self.updates,
            elapsed=elapsed,
            remaining=60 * minutes - elapsed if minutes else event.remaining + after,
            part=number + 1,
            parts=len(self._lengths),
            characters=self.counters.characters,
        )

    def _look_at(self, run: PartRun, evaluated: Evaluated) -> Iterator[TrainingEvent]:
        """Tell the loss of the mix with a part as it is now; keep it if it is the best so far."""
        run.honest, counters, loss = run.trainer.model(), self.counters, evaluated.loss
        parts = [*self._done, (run.backend, run.honest)]
        counters.history += ((counters.update, run.trainer.counters.noted_loss, loss),)
        best = self._is_best(loss)
        yield Evaluated(counters.update, loss, best)
        if best:
            counters.best = loss
            yield self._save_mix("best", parts)
            if self._sampling:
                samples = draw_samples(self._mix(parts), self._sampling, self.plan.seed)
                yield Sampled(counters.update, samples)

    def _is_best(self, loss: float) -> bool:
        return self.counters.best is None or loss < self.counters.best

    def _save_so_far(self, run: PartRun) -> Checkpointed:
        """Save the mix with a part as it is now, and all that a resume needs."""
        parts = [*self._done, (run.backend, run.models["last"])]
        arrays = {f"{LEARNER}/{name}": array for name, array in run.arrays.items()}
        others = {_HONEST.format(number): model for number, model in enumerate(self._honest)}
        if run.honest is not None:
            others[_HONEST.format(len(self._done))] = run.honest
        if "best" in run.models:
            others[_BEST] = run.models["best"]
        for prefix, model in others.items():
            arrays |= {f"{prefix}/{name}": array for name, array in model.arrays().items()}
        self.counters.seconds = self._clock() - self._begun
        of_part = {**run.counters.to_dict(), "history": run.counters.history}
        # A part that was not weighed yet is alone, or is nothing beside those that were.
        not_weighed = 0.0 if self._weights else 1.0
        weights = (*self._weights, *[not_weighed] * len(parts))[: len(parts)]
        counters = replace(self.counters, of_part=of_part, weights=weights)
        self._save("last", self._mixer.mix(parts, weights), arrays, counters)
        return Checkpointed(counters.update, "last")

    def _mix(self, parts: Sequence[MadeModel]) -> Model:
        return self._mixer.mix(parts, self._weights)

    def _save_mix(self, which: Which, parts: Sequence[MadeModel]) -> Checkpointed:
        self._save(which, self._mix(parts), None, replace(self.counters))
        return Checkpointed(self.counters.update, which)

    def _end(self, reason: Reason, stop_asked: Asked) -> Iterator[TrainingEvent]:
        """Let counted parts learn the inner text, save the mix, and say how the run ended."""
        # The last checkpoint is the one that a resume needs, though the run be done.
        if reason != "stopped":
            self._recount(stop_asked)
            yield self._save_mix("best", self._done)
        yield Finished(
            update=self.counters.update,
            reason=reason,
            loss=self.counters.noted_loss,
            held_out_loss=self.counters.best,
            kept="best",
            elapsed=self._clock() - self._begun,
        )

    def _recount(self, stop_asked: Asked) -> None:
        """Let counted parts learn the inner text too, unless the person is done waiting."""
        texts = self._texts.with_inner_learned()
        for number, part in enumerate(self.plan.parts):
            if part.counted and self._texts.inner.characters:
                run = self._begin(number, texts)
                *_, last = run.trainer.train(_once_begun(run, stop_asked))
                if isinstance(last, Finished) and last.reason == "done":
                    self._done[number] = (run.backend, run.models["last"])


def check_parts(plan: Plan, kind: Kind, find_backend: Callable[[str], Backend]) -> None:
    """UsageError where a part cannot correct what it should."""
    for number, part in enumerate(plan.parts):
        if not part.corrects:
            continue
        if kind != "prose":
            raise UsageError("only prose can be learned by correcting", "leave out corrects")
        if not any(before.counted for before in plan.parts[:number]):
            raise UsageError(
                f"part {number + 1} of the plan has nothing to correct", "put a counted part first"
            )
        if not find_backend(part.backend).takes_prior:
            raise UsageError(
                f"{part.backend} cannot learn by correcting",
                "leave out corrects, or take another backend",
            )


def _once_begun(run: PartRun, stop_asked: Asked) -> Asked:
    """Whether to stop: a part that has begun makes one update, so that there is a model of it."""
    return lambda: run.trainer.counters.update > 0 and stop_asked()


def _split_prefixes(arrays: Arrays) -> dict[str, dict[str, Any]]:
    """Arrays by the first part of their names, each under the rest of its name."""
    split: dict[str, dict[str, Any]] = {}
    for joined, array in arrays.items():
        prefix, _, name = joined.partition("/")
        split.setdefault(prefix, {})[name] = array
    return split


def _with_arrays(backend: Backend, model: Model, arrays: Arrays) -> Model:
    """The same model with other weights."""
    return backend.load(model.vocabulary, model.kind, model.config, arrays)
