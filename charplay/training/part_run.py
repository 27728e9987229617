"""A part of a mix while it learns, and what a checkpoint keeps of a run of parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from charplay.models.arrays import Arrays
from charplay.models.contract import Backend, Learner, Model
from charplay.plan import Part
from charplay.training.counters import RunCounters
from charplay.training.texts import RunTexts
from charplay.training.trainer import Asked, Trainer, Which
from charplay.training.validation import Measure

Clock: TypeAlias = Callable[[], float]


@dataclass
class PartsCounters(RunCounters):
    """Counters of a run of parts; those of the part that learns are `of_part`.

    weights: those of the parts when they were last weighed; offset and characters_offset: updates
    and characters of the parts before it.
    """

    weights: tuple[float, ...] = ()
    offset: int = 0
    characters_offset: int = 0
    of_part: dict[str, Any] | None = None


@dataclass(frozen=True)
class PartsSoFar:
    """What a checkpoint holds of a run that goes on: its parts as they were, and the rest.

    The last of the parts is the one that learns. arrays: those of its learner, and of parts as they
    were before they learned the inner text.
    """

    parts: Sequence[Model]
    arrays: Arrays
    counters: PartsCounters


class PartRun:
    """A part while it learns: its trainer, and what its newest checkpoints keep.

    honest: the newest model that has not learned the inner text.
    """

    def __init__(
        self,
        part: Part,
        backend: Backend,
        learner: Learner,
        texts: RunTexts,
        clock: Clock,
        checkpoint_asked: Asked,
        counters: RunCounters | None = None,
        measure: Measure | None = None,
    ) -> None:
        self.backend = backend
        self.models: dict[str, Model] = {}
        self.arrays: Arrays = {}
        self.counters = RunCounters()
        self.honest: Model | None = None
        self.trainer = Trainer(
            learner,
            texts,
            part.plan,
            save=self._take,
            clock=clock,
            checkpoint_asked=checkpoint_asked,
            counters=counters,
            measure=measure,
        )

    def _take(
        self, which: Which, model: Model, arrays: Arrays | None, counters: RunCounters
    ) -> None:
        self.models[which] = model
        if arrays is not None:
            self.arrays, self.counters = arrays, counters
