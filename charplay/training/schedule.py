"""The stages of a plan laid end to end: which batch an update learns from, and at what rate.

Updates are counted from 0 over the whole run.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charplay.plan import Stage
from charplay.text.batching import Batch, Batches


@dataclass(frozen=True)
class _Laid:
    """A stage in its place: the updates `begin` to `end`, the first of which reads batch `first`.

    turns: its text is not that of the stage before.
    """

    stage: Stage
    cutting: Batches
    begin: int
    end: int
    first: int
    turns: bool

    def number(self, update: int) -> int:
        """The batch of its text that an update reads, or would read."""
        return self.first + update - self.begin


class Schedule:
    """Stages, each on the cutting of its text.

    `cuttings` has the run's own text under "", and those that stages name. Stages on one text
    go on in it where the last one stopped; from one text to another the carried state starts anew.
    """

    def __init__(self, stages: Sequence[Stage], cuttings: Mapping[str, Batches]) -> None:
        self._laid: list[_Laid] = []
        begin, read = 0, dict.fromkeys(cuttings, 0)
        for stage in stages:
            name, cutting = stage.corpus, cuttings[stage.corpus]
            end = begin + stage.length(cutting.per_epoch)
            turns = bool(self._laid) and self._laid[-1].stage.corpus != name
            self._laid.append(_Laid(stage, cutting, begin, end, read[name], turns))
            read[name] += end - begin
            begin = end
        self._ends = [laid.end for laid in self._laid]
        self.updates = begin
        self.last_begin = self._laid[-1].begin

    def _at(self, update: int) -> _Laid:
        return self._laid[bisect_right(self._ends, update)]

    def batch(self, update: int) -> Batch:
        """What an update learns from."""
        laid = self._at(update)
        batch = laid.cutting.batch(laid.number(update))
        return batch._replace(fresh=True) if laid.turns and update == laid.begin else batch

    def rate(self, update: int) -> float:
        """The learning rate of an update."""
        laid = self._at(update)
        return laid.stage.rate(update - laid.begin, laid.end - laid.begin)

    def epoch(self, update: int) -> int:
        """Which pass over its text an update belongs to, from 1."""
        laid = self._at(update)
        return laid.number(update) // laid.cutting.per_epoch + 1

    def next_look(self, update: int, every: int | None) -> int:
        """The end of the first update, from this one on, after which a look is due.

        That is after every so many batches of a text, or else after each epoch.
        """
        laid = self._at(update)
        every = every or laid.cutting.per_epoch
        return update + every - laid.number(update) % every

    def stage_end(self, update: int) -> int:
        """The end of an update's stage."""
        return self._at(update).end
