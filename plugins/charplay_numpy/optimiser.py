"""Clipping and optimisers, on one flat block of weights and one of gradients.

A step is made a piece of the block at a time, each small enough that all passes over it find it in
the processor's cache; pieces may be stepped on side by side.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from charplay import Array, Arrays, Plan

_PIECE = 16_384


def pieces(part: slice) -> Iterator[slice]:
    """A part of the block, cut."""
    for start in range(part.start, part.stop, _PIECE):
        yield slice(start, min(start + _PIECE, part.stop))


class Optimiser(Protocol):
    """Moves weights along gradients, which it may use up."""

    def begin(self) -> None:
        """A new update, of which each part is then stepped on once."""
        ...

    def step(self, weights: Array, gradients: Array, rate: float, part: slice) -> None:
        """Update a part, in place."""
        ...

    def arrays(self) -> Arrays:
        """What it remembers."""
        ...

    def restore(self, arrays: Arrays) -> None:
        """Remember what `arrays` gave."""
        ...


def optimiser(plan: Plan, weights: Array) -> Optimiser:
    """The plan's optimiser for a block of weights."""
    return Adam(weights) if plan.optimiser == "adam" else GradientDescent()


def clip(gradients: Array, plan: Plan) -> None:
    """Limit gradients in place: each one's size, then the norm of all (Pascanu et al. 2013)."""
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

    def __init__(self, weights: Array) -> None:
        self._mean = np.zeros_like(weights)
        self._square = np.zeros_like(weights)
        self._count = 0

    def begin(self) -> None:
        self._count += 1

    def step(self, weights: Array, gradients: Array, rate: float, part: slice) -> None:
        # m̂ / (√v̂ + ε), with both corrections of the bias drawn out of the arrays.
        correction = (1 - self.beta2**self._count) ** 0.5
        epsilon = self.epsilon * correction
        scale = rate * correction / (1 - self.beta1**self._count)
        for piece in pieces(part):
            gradient, mean, square = gradients[piece], self._mean[piece], self._square[piece]
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
            "adam.mean": self._mean.copy(),
            "adam.square": self._square.copy(),
            "adam.count": np.array([self._count], np.int64),
        }

    def restore(self, arrays: Arrays) -> None:
        self._mean[...] = arrays["adam.mean"]
        self._square[...] = arrays["adam.square"]
        self._count = int(arrays["adam.count"][0])


class Average:
    """A running average of the weights (Polyak & Juditsky 1992), without the bias of its start."""

    def __init__(self, weights: Array, keep: float) -> None:
        self._sum = np.zeros_like(weights)
        self._keep, self._weight = keep, 0.0

    def begin(self) -> None:
        """A new update, of which each part is then taken in once."""
        self._weight = self._keep * self._weight + 1 - self._keep

    def take(self, weights: Array, part: slice) -> None:
        """Take in a part of the weights as they are now."""
        for piece in pieces(part):
            average = self._sum[piece]
            average *= self._keep
            average += (1 - self._keep) * weights[piece]

    def of(self, weights: Array) -> Array:
        """The average so far; the weights themselves before there is one."""
        return self._sum / self._weight if self._weight else weights

    def arrays(self) -> Arrays:
        """What it remembers."""
        return {"average.sum": self._sum.copy(), "average.weight": np.array([self._weight])}

    def restore(self, arrays: Arrays) -> None:
        """Remember what `arrays` gave."""
        self._sum[...] = arrays["average.sum"]
        self._weight = float(arrays["average.weight"][0])
