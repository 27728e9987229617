"""Timing that holds on a noisy machine: two things in turn, medians, and the ratio pair by pair."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the results: a measure of ours, of what it is compared to, and the bar."""

    question: str
    ours: str
    against: str
    ratio: str
    bar: str


@dataclass(frozen=True)
class Paired:
    """Seconds of A and B, measured in turn."""

    a: list[float]
    b: list[float]

    @property
    def ratio(self) -> float:
        """Median of A / B, pair by pair."""
        return statistics.median(a / b for a, b in zip(self.a, self.b, strict=True))

    @property
    def spread(self) -> str:
        """The ratio, and between what it lay."""
        ratios = [a / b for a, b in zip(self.a, self.b, strict=True)]
        return f"{self.ratio:.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


def alternate(a: Callable[[], object], b: Callable[[], object], runs: int) -> Paired:
    """Time A and B in turn, after one run of each that is not counted."""
    a(), b()
    seconds = Paired([], [])
    for _ in range(runs):
        seconds.a.append(timed(a))
        seconds.b.append(timed(b))
    return seconds


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
