"""The optimiser of learners in NumPy: clipping, weight decay, and the step that a plan names."""

from __future__ import annotations

import numpy as np

from charplay.models.arrays import Array, Arrays
from charplay.plan import Plan
from charplay.text.batching import Batch
from charplay.training.array_block import ArrayBlock

# Adam's, as its authors have them (Kingma & Ba 2015, algorithm 1).
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


def clip_gradients(gradients: Array, plan: Plan) -> None:
    """Limit flat gradients in place: each size, then the norm of all (Pascanu et al. 2013)."""
    if plan.clip_value is not None:
        gradients.clip(-plan.clip_value, plan.clip_value, out=gradients)
    if plan.clip_norm is not None:
        norm = float(np.sqrt(gradients.dot(gradients)))
        if norm > plan.clip_norm:
            gradients *= plan.clip_norm / norm


class Optimiser:
    """Moves the weights of a block along gradients, as a plan says.

    It obeys the plan's optimiser, clip_value, clip_norm, weight_decay and reduction. `arrays` and
    `restore` are what an exact resume needs of it.
    """

    def __init__(self, weights: ArrayBlock, plan: Plan) -> None:
        self._weights, self._plan = weights, plan
        self._adam = _Adam(weights) if plan.optimiser == "adam" else None

    def update(
        self, batch: Batch, summed_loss: float, gradients: Arrays, learning_rate: float
    ) -> float:
        """Take one step; the batch's loss, reduced as the plan says.

        summed_loss: nats, summed over the scored characters of the batch; gradients: those of that
        sum, one for each weight.
        """
        scale = batch.loss_scale(self._plan)
        block = self._weights.zeros_like()
        block.fill(gradients)
        block.flat /= scale
        self.begin(block.flat)
        self.move(block.flat, learning_rate, slice(0, len(block.flat)))
        return summed_loss / scale

    def begin(self, gradients: Array) -> None:
        """Begin an update: clip its reduced gradients, flat; then `move` each part of the block."""
        clip_gradients(gradients, self._plan)
        if self._adam:
            self._adam.count += 1

    def move(self, gradients: Array, learning_rate: float, part: slice) -> None:
        """Move a part of the weights, whose gradients are overwritten.

        Different parts may be moved at the same time.
        """
        weights = self._weights.flat
        if self._plan.weight_decay:
            # Not through the gradient, which Adam would scale (Loshchilov & Hutter 2019).
            weights[part] *= 1 - learning_rate * self._plan.weight_decay
        if self._adam:
            self._adam.move(weights, gradients, learning_rate, part)
        else:
            gradients[part] *= learning_rate
            weights[part] -= gradients[part]

    def arrays(self) -> Arrays:
        """Copies of its state, named after the weights; empty for plain descent."""
        return self._adam.arrays() if self._adam else {}

    def restore(self, arrays: Arrays) -> None:
        """Continue from the state that `arrays` returned; other arrays are left alone."""
        if self._adam:
            self._adam.restore(arrays)


class _Adam:
    """Adam (Kingma & Ba 2015, algorithm 1); count: the updates so far."""

    def __init__(self, weights: ArrayBlock) -> None:
        self._mean, self._square = weights.zeros_like(), weights.zeros_like()
        self.count = 0

    def move(self, weights: Array, gradients: Array, rate: float, part: slice) -> None:
        # m̂ / (√v̂ + ε), with both bias corrections moved out of the arrays.
        correction = (1 - _BETA2**self.count) ** 0.5
        epsilon = _EPSILON * correction
        scale = rate * correction / (1 - _BETA1**self.count)
        means, squares = self._mean.flat, self._square.flat
        for piece in ArrayBlock.pieces(part):
            gradient, mean, square = gradients[piece], means[piece], squares[piece]
            mean *= _BETA1
            scratch = gradient * (1 - _BETA1)
            mean += scratch
            square *= _BETA2
            np.multiply(gradient, gradient, scratch)
            scratch *= 1 - _BETA2
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
            "adam.count": np.array([self.count], np.int64),
        }

    def restore(self, arrays: Arrays) -> None:
        self._mean.fill(arrays, "adam.mean.")
        self._square.fill(arrays, "adam.square.")
        self.count = int(arrays["adam.count"][0])
