"""Forward and backward through time, for whole batches.

    z_t = x_t W + b, the cell's own step, ...        y_t = softmax(h_t O + c)

with x a one-hot or embedded token for the first layer and the units of the layer below for every
other, and W, b, O, c the arrays input, bias, output, output_bias. Arrays run (T, B, ...) here, time
first, so that one step is one contiguous piece.
"""

from collections.abc import Sequence

import numpy as np

from charplay import Array, Tokens
from charplay_numpy.layers import Layer, Masks
from charplay_numpy.weights import Block

LayerState = tuple[Array, ...]


class Network:
    """The equations over given weights, and the gradients of the last loss in `gradients`."""

    def __init__(self, weights: Block, vocabulary: int, cell: str, layers: int) -> None:
        self.weights, self.gradients = weights, weights.like()
        self.layers = [Layer(number, cell, weights, self.gradients) for number in range(layers)]
        precision = weights.flat.dtype
        # Row 0 is no token, row i + 1 is token i; the first column is the bias's.
        self._chosen: Array = np.eye(vocabulary + 1, dtype=precision)
        self._chosen[:, 0] = 1
        self._ones = np.ones(vocabulary, precision)

    def zero_state(self, rows: int) -> list[LayerState]:
        """Every layer's state before the first character."""
        return [layer.zero_state(rows) for layer in self.layers]

    def last_state(self) -> list[LayerState]:
        """Every layer's state after the last step of the last `forward`; copies."""
        return [layer.ended() for layer in self.layers]

    def forward(self, inputs: Tokens, state: Sequence[LayerState], masks: Sequence[Masks]) -> Array:
        """Logits `(T * B, V)` after each of inputs `(T, B)`; what `backward` needs is kept."""
        weights = self.weights
        rows = inputs + 1
        self._tokens = self._chosen.take(rows.reshape(-1), 0)
        self._read: list[Array] = []
        for number, layer in enumerate(self.layers):
            if self._read:
                layer.read(self._read[-1])
            else:
                layer.read_tokens(rows, weights.get("embedding"))
            self._read.append(layer.run(state[number], masks[number]))
        top = self._read[-1].reshape(len(self._tokens), -1)
        output = weights.get("output")
        if output is None:
            return top.copy()
        logits: Array = top.dot(output)
        logits += weights["output_bias"]
        return logits

    def loss(self, logits: Array, targets: Tokens, scale: float) -> float:
        """Cross-entropy summed over the scored targets `(T * B,)`, over scale, in nats.

        Turns logits in place into the loss's gradient with respect to them.
        """
        logits -= np.maximum.reduce(logits, 1, keepdims=True)
        flat = logits.reshape(-1)
        places = np.arange(0, flat.size, logits.shape[1])
        scored = None if targets.min() >= 0 else targets >= 0
        if scored is not None:
            places, targets = places[scored], targets[scored]
        places += targets
        # -log softmax as log-sum-exp less the target's logit, which no small chance can overflow.
        picked = flat.take(places)
        np.exp(logits, logits)
        sums = logits.dot(self._ones)
        logits /= sums[:, None]
        flat[places] -= 1
        if scored is not None:
            logits *= scored[:, None]
            sums = sums[scored]
        if scale != 1:
            logits /= scale
        return float((np.log(sums) - picked).sum() / scale)

    def backward(self, errors: Array) -> None:
        """Fill `gradients` from the loss's gradient `(T * B, V)` with respect to the logits."""
        weights, gradients = self.weights, self.gradients
        output = weights.get("output")
        below = self.layers[-1].errors.reshape(len(errors), -1)
        if output is None:
            below[...] = errors
        else:
            self._read[-1].reshape(len(errors), -1).T.dot(errors, gradients["output"])
            np.add.reduce(errors, 0, out=gradients["output_bias"])
            errors.dot(output.T, below)
        for number in range(len(self.layers) - 1, 0, -1):
            self.layers[number].learn(self._read[number - 1], self.layers[number - 1].errors)
        table = self.layers[0].learn_tokens(self._tokens)
        self.layers[0].learn_table(table, weights.get("embedding"), gradients.get("embedding"))
