"""Timing for a noisy machine: run two things in turn, and compare them pair by pair."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One line of the results: our measure, the measure we compare with, and the bar."""

    question: str
    ours: str
    against: str
    ratio: str
    bar: str


def skipped_row(question: str, why: str, bar: str) -> Row:
    """The line of a benchmark that cannot run here."""
    return Row(question, "skipped", why, "–", bar)


@dataclass(frozen=True)
class Paired:
    """Seconds of A and of B, measured in turn."""

    a: list[float] = field(default_factory=list)
    b: list[float] = field(default_factory=list)

    @property
    def medians(self) -> tuple[float, float]:
        """(median seconds of A, median seconds of B)."""
        return statistics.median(self.a), statistics.median(self.b)

    @property
    def ratio(self) -> float:
        """The median of A / B over the pairs."""
        return statistics.median(self._ratios)

    @property
    def spread(self) -> str:
        """The ratio with its smallest and largest value, as text."""
        return format_spread(self._ratios)

    @property
    def _ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.a, self.b, strict=True)]

    @property
    def more(self) -> str:
        """How much longer A takes: the median over the pairs, as text."""
        more = statistics.median(a - b for a, b in zip(self.a, self.b, strict=True))
        return f"{more * 1000:.0f} ms more"

    def rates(self, of_a: float, of_b: float) -> str:
        """The spread of (rate of A) / (rate of B), if A does `of_a` units of work and B `of_b`."""
        return format_spread([of_a / a / (of_b / b) for a, b in zip(self.a, self.b, strict=True)])


def format_spread(ratios: Sequence[float]) -> str:
    """The median with the smallest and the largest ratio, as text."""
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


@dataclass(frozen=True)
class Timed(Paired):
    """Seconds of A and B by the clock, and their seconds of processor time."""

    processor_time: Paired = field(default_factory=Paired)

    @property
    def spreads(self) -> str:
        """The spreads of A / B by the clock and by processor time, as text."""
        return f"{self.spread}; processor time {self.processor_time.spread}"


def time_alternately(a: Callable[[], object], b: Callable[[], object], runs: int) -> Timed:
    """Time A and B in turn, after one warm-up run of each."""
    a(), b()
    both = Timed()
    busy = both.processor_time
    for _ in range(runs):
        for work, seconds, busy_seconds in ((a, both.a, busy.a), (b, both.b, busy.b)):
            begun = time.process_time()
            seconds.append(measure_seconds(work))
            busy_seconds.append(time.process_time() - begun)
    return both


def measure_seconds(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
