"""Where a run stands: beside the learner's arrays, all that an exact resume needs."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from charplay.models.checkpoint import Header

_SMOOTHING = 0.98


@dataclass(frozen=True)
class RunCounters:
    """Counters and running means of a run, after `update` updates.

    loss: of the last update, nats a character; smoothed, weight: the running mean and the share of
    it that is not its start; summed, scored: nats and characters since the history's last note,
    whose next will have their mean; reported: the report's own running mean; waited: validations in
    the last stage since the best one.
    """

    update: int = 0
    loss: float | None = None
    smoothed: float = 0.0
    weight: float = 0.0
    summed: float = 0.0
    scored: int = 0
    reported: float | None = None
    best: float | None = None
    waited: int = 0
    history: tuple[tuple[int, float, float | None], ...] = ()

    @property
    def smoothed_loss(self) -> float:
        """Running mean of the loss, without the bias of its start (Kingma & Ba 2015, §3)."""
        return self.smoothed / self.weight if self.weight else 0.0

    @property
    def noted_loss(self) -> float:
        """The last training loss in the history."""
        return self.history[-1][1]

    @property
    def best_update(self) -> int | None:
        """The update after which the held-out loss was least."""
        looks = [(held, update) for update, _, held in self.history if held is not None]
        return min(looks)[1] if looks else None

    def noting(self, held_out: float | None) -> "RunCounters":
        """With a note in the history: the mean training loss since the last one, and a held-out."""
        note = (self.update, self.summed / self.scored, held_out)
        return replace(self, summed=0.0, scored=0, history=(*self.history, note))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint's header, which has the history in a field of its own."""
        values = asdict(self)
        del values["history"]
        return values

    @classmethod
    def from_header(cls, header: Header) -> "RunCounters":
        """The standing that a checkpoint was saved with."""
        return cls(**header.progress, history=header.history)


def smooth(smoothed: float, value: float) -> float:
    """The running mean after one more value."""
    return _SMOOTHING * smoothed + (1 - _SMOOTHING) * value
