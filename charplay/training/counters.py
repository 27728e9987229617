"""The counters of a run: with the learner's arrays, all that an exact resume needs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from charplay.errors import ModelFileError
from charplay.models.header import Header

_SMOOTHING = 0.98
# Before the names of what a checkpoint of a mix keeps of the learner of the part under way.
LEARNER = "learner"


@dataclass
class RunCounters:
    """Counters and running means of a run after `update` updates; the trainer changes them.

    Losses are nats a character.

    loss: of the last update; smoothed: the running mean of the losses, which starts at 0;
    weight: the same mean of the number 1 for every loss;
    summed, scored: nats and characters since the last note in the history;
    reported: the running mean of an exercise's report;
    best: the least held-out loss; waited: validations in the last stage since then;
    characters: learned from so far; seconds: how long the run took so far;
    history: as in the header of a model file.
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
    characters: int = 0
    seconds: float = 0.0
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
        validations = [(held, update) for update, _, held in self.history if held is not None]
        return min(validations)[1] if validations else None

    def count_update(self, loss: float, characters: int) -> None:
        """Count one update, and its loss over that many characters."""
        self.update += 1
        self.loss = loss
        self.smoothed = running_mean(self.smoothed, loss, _SMOOTHING)
        self.weight = running_mean(self.weight, 1.0, _SMOOTHING)
        self.characters += characters
        self.summed += loss * characters
        self.scored += characters

    def note_losses(self, held_out: float | None) -> None:
        """Add to the history: the mean training loss since the last note, and a held-out loss."""
        self.history += ((self.update, self.summed / self.scored, held_out),)
        self.summed, self.scored = 0.0, 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint's header, which has the history in a field of its own."""
        values = asdict(self)
        del values["history"]
        return values

    @classmethod
    def from_header(cls, header: Header) -> Self:
        """The counters that were saved with a checkpoint; ModelFileError for those of no run."""
        try:
            return cls.from_dict({**header.progress, "history": header.history})
        except TypeError as error:
            raise ModelFileError(
                "the checkpoint has counters that this charplay does not know",
                "install a newer charplay, or train again",
            ) from error

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The counters of plain values, the history among them.

        The last note of a run that ended, at an update at which its plan asks for none, is left
        out: the losses that it is of are still counted.
        """
        counters = cls(**{**values, "history": tuple(map(tuple, values["history"]))})
        if counters.scored and counters.history and counters.history[-1][0] == counters.update:
            counters.history = counters.history[:-1]
        return counters


def running_mean(mean: float, value: float, share: float) -> float:
    """The mean after one more value; it keeps that share of the old mean."""
    return share * mean + (1 - share) * value
