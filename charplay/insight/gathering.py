"""What is kept of a text of any length: the largest of its findings, and a curve along it."""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

T = TypeVar("T")


class Largest(Generic[T]):
    """The things with the largest values, at most so many; of equal ones the first."""

    def __init__(self, most: int) -> None:
        self._most, self._added = most, 0
        self._heap: list[tuple[float, int, T]] = []

    def takes(self, value: float) -> bool:
        """Whether something of that value would be among them."""
        return len(self._heap) < self._most or value > self._heap[0][0]

    def add(self, value: float, thing: T) -> None:
        """Take a thing, unless it is too small."""
        if not self.takes(value):
            return
        self._added += 1
        heapq.heappush(self._heap, (value, -self._added, thing))
        if len(self._heap) > self._most:
            heapq.heappop(self._heap)

    def all(self) -> tuple[T, ...]:
        """The things, the largest first."""
        return tuple(thing for _, _, thing in sorted(self._heap, key=lambda each: each[:2]))[::-1]


class Curve:
    """The means of a sequence of any length, in at most so many stretches of equal length.

    size: how many values a stretch has; it doubles when there are too many stretches.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._sums: list[float] = []
        self._last = 0
        self.size = 1

    def add(self, value: float) -> None:
        """Add the next value."""
        if not self._sums or self._last == self.size:
            if len(self._sums) == self._most:
                self._halve()
            self._sums.append(0.0)
            self._last = 0
        self._sums[-1] += value
        self._last += 1

    def _halve(self) -> None:
        pairs = range(0, len(self._sums), 2)
        self._sums = [sum(self._sums[at : at + 2]) for at in pairs]
        self.size *= 2

    def means(self) -> tuple[float, ...]:
        """The mean of each stretch; the last one may be short."""
        lengths = [self.size] * (len(self._sums) - 1) + [self._last]
        return tuple(total / length for total, length in zip(self._sums, lengths))
