"""The stages of a plan end to end: the batch and the learning rate of each update.

Updates are counted from 0 over the whole run.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charplay.plan import Stage
from charplay.text.batching import Batch, Batches
from charplay.training.rates import stage_rate


@dataclass(frozen=True)
class _PlacedStage:
    """A stage at its place in the run: updates `begin` to `end`; the first reads batch `first`.

    new_text: the stage before reads another text.
    """

    stage: Stage
    cutting: Batches
    begin: int
    end: int
    first: int
    new_text: bool

    def batch_number(self, update: int) -> int:
        """The batch of its text that an update reads, or would read."""
        return self.first + update - self.begin


class Schedule:
    """The stages of a plan in order, each with the batches of its text.

    `cuttings` has the run's own text under "", and the other texts under the names that stages
    give. A stage continues in its text where the last stage on that text stopped; at a change of
    text the carried state starts anew. After the share `inner_until` of the run, the own text's
    batches come from `known`, where that is given: the same text with its inner part.

    updates: of the whole run; last_begin: the first of the last stage; last_per_epoch: of one pass
    over the last stage's text.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        cuttings: Mapping[str, Batches],
        known: Batches | None = None,
        inner_until: float = 1,
    ) -> None:
        self._placed: list[_PlacedStage] = []
        begin, read = 0, dict.fromkeys(cuttings, 0)
        for stage in stages:
            name, cutting = stage.corpus, cuttings[stage.corpus]
            end = begin + stage.length(cutting.per_epoch)
            new_text = bool(self._placed) and self._placed[-1].stage.corpus != name
            self._placed.append(_PlacedStage(stage, cutting, begin, end, read[name], new_text))
            read[name] += end - begin
            begin = end
        self._ends = [placed.end for placed in self._placed]
        self.updates = begin
        self.last_begin = self._placed[-1].begin
        self.last_per_epoch = self._placed[-1].cutting.per_epoch
        self._known = known
        self.inner_end = None if known is None else max(1, round(begin * inner_until))

    def _stage_at(self, update: int) -> _PlacedStage:
        return self._placed[bisect_right(self._ends, update)]

    def batch(self, update: int) -> Batch:
        """The batch that an update learns from."""
        placed = self._stage_at(update)
        if self._known and self.inner_is_learned(update) and not placed.stage.corpus:
            batch = self._known.batch(self._read_of_known(update))
        else:
            batch = placed.cutting.batch(placed.batch_number(update))
        return batch._replace(fresh=True) if placed.new_text and update == placed.begin else batch

    def _read_of_known(self, update: int) -> int:
        """How many batches of `known` were learned before an update."""
        begin = self.inner_end or 0
        own = (placed for placed in self._placed if not placed.stage.corpus)
        return sum(max(0, min(placed.end, update) - max(placed.begin, begin)) for placed in own)

    def inner_is_learned(self, update: int) -> bool:
        """Whether an update learns from the inner part too."""
        return self.inner_end is not None and update >= self.inner_end

    def rate(self, update: int) -> float:
        """The learning rate of an update."""
        placed = self._stage_at(update)
        return stage_rate(placed.stage, update - placed.begin, placed.end - placed.begin)

    def epoch(self, update: int) -> int:
        """Which pass over its text an update belongs to, from 1."""
        placed = self._stage_at(update)
        return placed.batch_number(update) // placed.cutting.per_epoch + 1

    def next_validation(self, update: int, every: int | None) -> int:
        """How many updates are made when the next validation is due, after this update or later.

        A validation is due after every so many batches of a text, or else after each epoch.
        """
        placed = self._stage_at(update)
        every = every or placed.cutting.per_epoch
        return update + every - placed.batch_number(update) % every

    def stage_end(self, update: int) -> int:
        """The end of an update's stage."""
        return self._stage_at(update).end
