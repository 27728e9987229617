"""What a run does by the clock: how often it looks up, saves, and says how far it is."""

from charplay.training.counters import RunCounters
from charplay.training.events import Progress

# A block of updates takes about this long; then the trainer looks up.
_LOOK_SECONDS = 0.05
_LONGEST_BLOCK = 2000
# A model can be talked to from its first checkpoint on.
_FIRST_SECONDS, _LATER, _COSTLY = 0.03, 4, 10


class BlockLength:
    """How many updates are made at once, fitted to the time that they take."""

    def __init__(self) -> None:
        self.updates = 1

    def adapt(self, made: int, seconds: float) -> None:
        """Take twice or half of the updates just made."""
        wanted = made * 2 if seconds < _LOOK_SECONDS else made // 2
        self.updates = min(max(1, wanted), _LONGEST_BLOCK)


def updates_along(updates: int, count: int) -> frozenset[int]:
    """The updates of a run after which a model is kept: a half of them, a quarter and so on."""
    return frozenset(updates >> halvings for halvings in range(1, count + 1)) - {0}


class CheckpointTimer:
    """Says when the next checkpoint is due: soon at first, then so many seconds after the last.

    Until then each takes four times as long to come as the one before, or ten times what that took,
    as the checkpoint of a model that is counted takes long.
    """

    def __init__(self, seconds: float, now: float) -> None:
        self._seconds, self._last = seconds, now
        self._wait = min(seconds, _FIRST_SECONDS)

    def is_due(self, now: float) -> bool:
        """Whether it is time to save."""
        return now - self._last >= self._wait

    def restart(self, begun: float, now: float) -> None:
        """Count from now on, after a checkpoint that was begun then."""
        wait = max(_LATER * self._wait, _COSTLY * (now - begun))
        self._last, self._wait = now, min(self._seconds, wait)


class ProgressMeter:
    """Measures a run's speed and the time that it still needs, in seconds."""

    def __init__(self, now: float, counters: RunCounters, updates: int) -> None:
        self._started, self._told = now - counters.seconds, now
        self._begun, self._first, self._updates = now, counters.update, updates
        self._characters = 0
        self._last = (0.0, counters.update)

    def count_characters(self, characters: int) -> None:
        """Count characters that the model was trained on."""
        self._characters += characters

    def is_due(self, now: float) -> bool:
        """Whether the last progress was told long enough ago."""
        return now - self._told >= _LOOK_SECONDS

    def elapsed(self, now: float) -> float:
        """Seconds of the whole run, without those in which it was stopped."""
        return now - self._started

    def measure(self, now: float, counters: RunCounters, epoch: int) -> Progress:
        """How far the run is."""
        self._told, lately = now, max(now - self._begun, 1e-9)
        # Half what an update took over the whole run, half what the last ones took.
        (before, update), self._last = self._last, (lately, counters.update)
        mean = lately / max(1, counters.update - self._first)
        recent = (lately - before) / max(1, counters.update - update)
        return Progress(
            update=counters.update,
            updates=self._updates,
            epoch=epoch,
            loss=counters.loss or 0.0,
            smoothed=counters.smoothed_loss,
            rate=self._characters / lately,
            elapsed=self.elapsed(now),
            remaining=(mean + recent) / 2 * (self._updates - counters.update),
            characters=counters.characters,
        )
