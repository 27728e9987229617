"""Clipping and optimisers, on one flat block of weights and one of gradients."""

from typing import Protocol

import numpy as np

from charplay import Array, Arrays, Plan


class Optimiser(Protocol):
    """Moves weights along gradients, which it may use up."""

    def step(self, weights: Array, gradients: Array, rate: float) -> None:
        """One update, in place."""
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
        np.minimum(gradients, plan.clip_value, out=gradients)
        np.maximum(gradients, -plan.clip_value, out=gradients)
    if plan.clip_norm is not None:
        norm = float(np.sqrt(gradients.dot(gradients)))
        if norm > plan.clip_norm:
            gradients *= plan.clip_norm / norm


class GradientDescent:
    """Plain stochastic gradient descent."""

    def step(self, weights: Array, gradients: Array, rate: float) -> None:
        gradients *= rate
        weights -= gradients

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
        self._scratch = np.empty_like(weights)
        self._count = 0

    def step(self, weights: Array, gradients: Array, rate: float) -> None:
        self._count += 1
        scratch = self._scratch
        self._mean *= self.beta1
        self._mean += np.multiply(gradients, 1 - self.beta1, scratch)
        self._square *= self.beta2
        np.multiply(gradients, gradients, scratch)
        scratch *= 1 - self.beta2
        self._square += scratch
        # m̂ / (√v̂ + ε), with both corrections of the bias drawn out of the arrays.
        correction = (1 - self.beta2**self._count) ** 0.5
        np.sqrt(self._square, scratch)
        scratch += self.epsilon * correction
        np.divide(self._mean, scratch, scratch)
        scratch *= rate * correction / (1 - self.beta1**self._count)
        weights -= scratch

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
