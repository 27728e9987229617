"""The losses of a run as curves: read from its events as they come, and thinned to a few thousand.

Losses are nats a character.
"""

import math
from bisect import bisect_left
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import chain, zip_longest
from operator import attrgetter
from typing import Literal, NamedTuple, Self, TypeAlias

from charplay.plan import TrainingRun
from charplay.training.events import (
    Evaluated,
    Failed,
    Finished,
    Measured,
    Progress,
    Started,
    TrainingEvent,
)

CurveKind = Literal["training", "validation", "held_out"]

# A curve has at most twice as many points.
_MOST_BUCKETS = 1000


@dataclass(frozen=True)
class LossPoint:
    """A loss of a run or of a model, and how far training was.

    run: the run's number, None for a model's history; part: which part of a mix learned, else 0;
    curve: training is a running mean, validation the loss on the text that decides where this is
    not the part held out. characters, seconds: learned from and spent until then; None where
    nothing tells.
    """

    run: int | None
    model: str
    curve: CurveKind
    part: int
    update: int
    characters: int | None
    seconds: float | None
    loss: float


class _Sample(NamedTuple):
    """A loss after some update; characters and seconds since the run began."""

    update: int
    loss: float
    characters: float = 0.0
    seconds: float = 0.0


_ORIGIN = _Sample(0, math.nan)
_update_of = attrgetter("update")

# The samples of the least and of the greatest loss among some.
_Bucket: TypeAlias = tuple[_Sample, _Sample]


class ThinnedSamples:
    """Samples in order of their updates; the first, the last, minima and maxima stay.

    Each bucket stands for equally many samples. Where there are too many, each two become one.
    """

    def __init__(self, most_buckets: int = _MOST_BUCKETS) -> None:
        self._most = most_buckets
        self._buckets: list[_Bucket] = []
        self._each, self._filled = 1, 1
        self._first: _Sample | None = None
        self._last: _Sample | None = None

    def add(self, sample: _Sample) -> None:
        """Add a sample, unless there is one of its update or of a later one."""
        if self._last is None:
            self._first = sample
        elif sample.update <= self._last.update:
            return
        self._last = sample
        if self._filled == self._each:
            self._begin_bucket(sample)
            return
        self._filled += 1
        low, high = self._buckets[-1]
        if sample.loss < low.loss:
            self._buckets[-1] = sample, high
        elif sample.loss > high.loss:
            self._buckets[-1] = low, sample

    def _begin_bucket(self, sample: _Sample) -> None:
        if len(self._buckets) >= self._most:
            pairs = zip_longest(self._buckets[::2], self._buckets[1::2])
            self._buckets = [_join_buckets(one, other or one) for one, other in pairs]
            self._each *= 2
        self._buckets.append((sample, sample))
        self._filled = 1

    def cut_after(self, update: int) -> None:
        """Forget what came after an update."""
        kept = [sample for sample in self.samples() if sample.update <= update]
        self._buckets = [(sample, sample) for sample in kept]
        self._filled = self._each
        self._first, self._last = (kept[0], kept[-1]) if kept else (None, None)

    def samples(self) -> list[_Sample]:
        """Those that stay, in order."""
        ends = [end for end in (self._first, self._last) if end]
        return sorted({*ends, *chain.from_iterable(self._buckets)})


def _join_buckets(one: _Bucket, other: _Bucket) -> _Bucket:
    low = one[0] if one[0].loss <= other[0].loss else other[0]
    high = one[1] if one[1].loss >= other[1].loss else other[1]
    return low, high


class CurveReader:
    """Takes the events of a run, and gives its losses.

    A run that was taken up again goes on where its checkpoint was, and what had come after that is
    forgotten. model: the name of the run's model; where it is empty, the events tell it. decides:
    the curve of the loss that decides. counted: the parts of a mix that learn in one pass, whose
    losses make no curve.
    """

    def __init__(
        self,
        model: str,
        run: int | None = None,
        decides: CurveKind = "held_out",
        counted: Container[int] = (),
    ) -> None:
        self._run, self.model = run, model
        self._decides, self._counted = decides, counted
        self._training: dict[int, ThinnedSamples] = {}
        self._deciding = ThinnedSamples()
        self._measured: float | None = None
        self._end = 0
        self.failed: Failed | None = None

    @classmethod
    def of_run(cls, run: TrainingRun, number: int | None = None) -> Self:
        """A reader for the events of a run."""
        decides: CurveKind = "validation" if run.plan.inner else "held_out"
        parts = enumerate(run.plan.parts, start=1)
        return cls(run.name, number, decides, {place for place, part in parts if part.counted})

    def take(self, event: TrainingEvent) -> None:
        """Note what an event tells of the losses."""
        if isinstance(event, Progress):
            self._take_progress(event)
        elif isinstance(event, Evaluated) and math.isfinite(event.loss):
            self._deciding.add(_Sample(event.update, event.loss))
        elif isinstance(event, Started):
            self.model = self.model or event.name
            self._go_on_from(event.update)
        elif isinstance(event, Finished):
            self._end = event.update
        elif isinstance(event, Measured):
            self._measured = event.held_out_loss
        elif isinstance(event, Failed):
            self.failed = event

    def _take_progress(self, event: Progress) -> None:
        between_parts = event.parts and not event.part
        if between_parts or not math.isfinite(event.smoothed):
            return
        # Older versions wrote no characters, but their rate.
        characters = event.characters or event.rate * event.elapsed
        sample = _Sample(event.update, event.smoothed, characters, event.elapsed)
        self._training.setdefault(event.part, ThinnedSamples()).add(sample)

    def _go_on_from(self, update: int) -> None:
        self._measured = self.failed = None
        for samples in (self._deciding, *self._training.values()):
            samples.cut_after(update)

    def _places(self) -> list[_Sample]:
        """How far the run was, and after what time."""
        return sorted(sample for part in self._training.values() for sample in part.samples())

    def points(self) -> tuple[LossPoint, ...]:
        """The losses so far: training, part by part, then the loss that decides, then the last."""
        places = self._places()
        points = [
            self._point("training", number, sample)
            for number, part in sorted(self._training.items())
            if number not in self._counted
            for sample in part.samples()
        ]
        for sample in self._deciding.samples():
            place = _place_of(sample.update, places)
            points.append(self._point(self._decides, 0, place._replace(loss=sample.loss)))
        if self._measured is not None and self._decides == "validation" and places:
            end = _place_of(self._end, places)
            points.append(self._point("held_out", 0, end._replace(loss=self._measured)))
        return tuple(points)

    def _point(self, curve: CurveKind, part: int, sample: _Sample) -> LossPoint:
        return LossPoint(
            run=self._run,
            model=self.model,
            curve=curve,
            part=part,
            update=sample.update,
            characters=round(sample.characters),
            seconds=round(sample.seconds, 3),
            loss=sample.loss,
        )


def _place_of(update: int, places: list[_Sample]) -> _Sample:
    """How far a run was at an update: between the places known, or as fast as until the last."""
    after = bisect_left(places, update, key=_update_of)
    if after < len(places):
        before, end = places[after - 1] if after else _ORIGIN, places[after]
        share = (update - before.update) / max(1, end.update - before.update)
    else:
        before, end = _ORIGIN, places[-1] if places else _ORIGIN
        share = update / max(1, end.update)
    return _Sample(
        update,
        math.nan,
        before.characters + share * (end.characters - before.characters),
        before.seconds + share * (end.seconds - before.seconds),
    )


def history_points(
    model: str,
    history: Iterable[tuple[int, float, float | None]],
    decides: CurveKind,
    measured: float | None = None,
) -> tuple[LossPoint, ...]:
    """The losses in the history of a model's file, which knows no times and no characters.

    measured: the model's held-out loss, where another loss decided.
    """
    entries = [entry for entry in history if math.isfinite(entry[1])]

    def point(curve: CurveKind, update: int, loss: float) -> LossPoint:
        return LossPoint(None, model, curve, 0, update, None, None, loss)

    deciding = ((update, held) for update, _, held in entries if held is not None)
    return (
        *(point("training", update, loss) for update, loss, _ in entries),
        *(point(decides, update, loss) for update, loss in deciding if math.isfinite(loss)),
        *(point("held_out", update, measured) for update, _, _ in entries[-1:] if measured),
    )
