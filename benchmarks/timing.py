"""Timing that holds on a noisy machine: two things in turn, medians, and the ratio pair by pair."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One line of the results: a measure of ours, of what it is compared to, and the bar."""

    question: str
    ours: str
    against: str
    ratio: str
    bar: str


def skipped(question: str, why: str, bar: str) -> Row:
    """The line of a question that cannot be asked here."""
    return Row(question, "skipped", why, "–", bar)


@dataclass(frozen=True)
class Paired:
    """Seconds of A and of B, measured in turn."""

    a: list[float] = field(default_factory=list)
    b: list[float] = field(default_factory=list)

    @property
    def medians(self) -> tuple[float, float]:
        """Of the seconds of A, and of those of B."""
        return statistics.median(self.a), statistics.median(self.b)

    @property
    def ratio(self) -> float:
        """Median of A / B, pair by pair."""
        return statistics.median(self._ratios)

    @property
    def spread(self) -> str:
        """The ratio, and between what it lay."""
        return told(self._ratios)

    @property
    def _ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.a, self.b, strict=True)]

    @property
    def more(self) -> str:
        """How much longer A takes, in the median of the pairs."""
        more = statistics.median(a - b for a, b in zip(self.a, self.b, strict=True))
        return f"{more * 1000:.0f} ms more"

    def rates(self, of_a: float, of_b: float) -> str:
        """The spread of A's rate of work over B's, where they do so much each."""
        return told([of_a / a / (of_b / b) for a, b in zip(self.a, self.b, strict=True)])


def told(ratios: Sequence[float]) -> str:
    """The median, and between what it lies."""
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


@dataclass(frozen=True)
class Timed(Paired):
    """Seconds of A and B by the clock, and those for which they kept a processor busy."""

    of_processors: Paired = field(default_factory=Paired)

    @property
    def spreads(self) -> str:
        """Both spreads of A / B."""
        return f"{self.spread}; of processors' seconds {self.of_processors.spread}"


def alternate(a: Callable[[], object], b: Callable[[], object], runs: int) -> Timed:
    """Time A and B in turn, after one run of each that is not counted."""
    a(), b()
    both = Timed()
    busy = both.of_processors
    for _ in range(runs):
        for work, seconds, of_processors in ((a, both.a, busy.a), (b, both.b, busy.b)):
            begun = time.process_time()
            seconds.append(timed(work))
            of_processors.append(time.process_time() - begun)
    return both


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
