"""Clipping and optimisers, on one flat block of weights and one of gradients.

A step goes over the block in pieces, each small enough to stay in the processor's cache for all
passes over it. Different parts of the block may be updated at the same time.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from charplay import Array, Arrays, Plan
from charplay_numpy.weights import Block

_PIECE_SIZE = 16_384


def cut_pieces(part: slice) -> Iterator[slice]:
    """A part of the block in pieces."""
    for start in range(part.start, part.stop, _PIECE_SIZE):
        yield slice(start, min(start + _PIECE_SIZE, part.stop))


class Optimiser(Protocol):
    """Moves weights along gradients, which it may overwrite."""

    def begin(self) -> None:
        """Begin an update; `step` is then called once for each part of the block."""
        ...

    def step(self, weights: Array, gradients: Array, rate: float, part: slice) -> None:
        """Update a part of the weights, in place."""
        ...

    def arrays(self) -> Arrays:
        """Copies of its state."""
        ...

    def restore(self, arrays: Arrays) -> None:
        """Continue from the state that `arrays` returned."""
        ...


def make_optimiser(plan: Plan, weights: Block) -> Optimiser:
    """The plan's optimiser for a block of weights."""
    return Adam(weights) if plan.optimiser == "adam" else GradientDescent()


def clip_gradients(gradients: Array, plan: Plan) -> None:
    """Limit gradients in place: the size of each, then the norm of all (Pascanu et al. 2013)."""
    if plan.clip_value is not None:
        gradients.clip(-plan.clip_value, plan.clip_value, out=gradients)
    if plan.clip_norm is not None:
        norm = float(np.sqrt(gradients.dot(gradients)))
        if norm > plan.clip_norm:
            gradients *= plan.clip_norm / norm


class GradientDescent:
    """Plain stochastic gradient descent."""

    def begin(self) -> None:
        pass

    def step(self, weights: Array, gradients: Array, rate: float, part: slice) -> None:
        gradients[part] *= rate
        weights[part] -= gradients[part]

    def arrays(self) -> Arrays:
        return {}

    def restore(self, arrays: Arrays) -> None:
        pass


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1)."""

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, weights: Block) -> None:
        self._mean, self._square = weights.zeros_like(), weights.zeros_like()
        self._count = 0

    def begin(self) -> None:
        self._count += 1

    def step(self, weights: Array, gradients: Array, rate: float, part: slice) -> None:
        # m̂ / (√v̂ + ε), with both bias corrections moved out of the arrays.
        correction = (1 - self.beta2**self._count) ** 0.5
        epsilon = self.epsilon * correction
        scale = rate * correction / (1 - self.beta1**self._count)
        means, squares = self._mean.flat, self._square.flat
        for piece in cut_pieces(part):
            gradient, mean, square = gradients[piece], means[piece], squares[piece]
            mean *= self.beta1
            scratch = gradient * (1 - self.beta1)
            mean += scratch
            square *= self.beta2
            np.multiply(gradient, gradient, scratch)
            scratch *= 1 - self.beta2
            square += scratch
            np.sqrt(square, scratch)
            scratch += epsilon
            np.divide(mean, scratch, scratch)
            scratch *= scale
            weights[piece] -= scratch

    def arrays(self) -> Arrays:
        return {
            **self._mean.copies("adam.mean."),
            **self._square.copies("adam.square."),
            "adam.count": np.array([self._count], np.int64),
        }

    def restore(self, arrays: Arrays) -> None:
        self._mean.fill(arrays, "adam.mean.")
        self._square.fill(arrays, "adam.square.")
        self._count = int(arrays["adam.count"][0])


class Average:
    """A running average of the weights (Polyak & Juditsky 1992), its start at zero corrected."""

    def __init__(self, weights: Block, keep: float) -> None:
        self._sum = weights.zeros_like()
        self._keep, self._weight = keep, 0.0

    def begin(self) -> None:
        """Begin an update; `take` is then called once for each part of the block."""
        self._weight = self._keep * self._weight + 1 - self._keep

    def take(self, weights: Array, part: slice) -> None:
        """Add a part of the weights as they are now."""
        for piece in cut_pieces(part):
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
