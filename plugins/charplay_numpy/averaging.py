"""A running average of the weights."""

import numpy as np

from charplay import Array, ArrayBlock, Arrays


class Average:
    """A running average of the weights (Polyak & Juditsky 1992), its start at zero corrected."""

    def __init__(self, weights: ArrayBlock, keep: float) -> None:
        self._sum = weights.zeros_like()
        self._keep, self._weight = keep, 0.0

    def begin(self) -> None:
        """Begin an update; `take` is then called once for each part of the block."""
        self._weight = self._keep * self._weight + 1 - self._keep

    def take(self, weights: Array, part: slice) -> None:
        """Add a part of the weights as they are now."""
        for piece in ArrayBlock.pieces(part):
            average = self._sum.flat[piece]
            average *= self._keep
            average += (1 - self._keep) * weights[piece]

    def value(self, weights: Array) -> Array:
        """The average so far, flat; the weights themselves before the first update."""
        return self._sum.flat / self._weight if self._weight else weights

    def arrays(self) -> Arrays:
        """Copies of its state."""
        return {**self._sum.copies("average.sum."), "average.weight": np.array([self._weight])}

    def restore(self, arrays: Arrays) -> None:
        """Continue from the state that `arrays` returned."""
        self._sum.fill(arrays, "average.sum.")
        self._weight = float(arrays["average.weight"][0])
