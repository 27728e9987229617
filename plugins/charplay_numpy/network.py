"""Forward and backward through time, for whole batches.

    z_t = x_t W + b, the cell's own step, ...        y_t = softmax(h_t O + c)

Here x is a one-hot or embedded token for the first layer and the output of the layer below for
every other; W, b, O, c are the arrays input, bias, output, output_bias. Arrays are (T, B, ...),
time first, so that one step is one contiguous piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charplay import Array, ArrayBlock, Tokens
from charplay_numpy.layers import Layer, LayerPass, LayerState, Masks


@dataclass(slots=True)
class ForwardPass:
    """A network's forward pass: what its backward pass takes, once; valid until the next one.

    logits `(T * B, V)`; one_hot `(T * B, V + 1)`: the tokens read; layers: from below.
    """

    logits: Array
    one_hot: Array
    layers: list[LayerPass]

    def final_state(self) -> list[LayerState]:
        """Copies of every layer's state after the last step."""
        return [layer.final_state() for layer in self.layers]


class Network:
    """The equations over given weights, and the gradients of the last loss in `gradients`."""

    def __init__(self, weights: ArrayBlock, vocabulary: int, cell: str, layers: int) -> None:
        self.weights, self.gradients = weights, weights.zeros_like()
        self.layers = [Layer(number, cell, weights, self.gradients) for number in range(layers)]
        precision = weights.flat.dtype
        # Row 0 is no token, row i + 1 is token i; the first column is the bias's.
        self._one_hot: Array = np.eye(vocabulary + 1, dtype=precision)
        self._one_hot[:, 0] = 1
        self._ones = np.ones(vocabulary, precision)

    def zero_state(self, rows: int) -> list[LayerState]:
        """Every layer's state before the first character."""
        return [layer.zero_state(rows) for layer in self.layers]

    def forward(
        self, inputs: Tokens, state: Sequence[LayerState], masks: Sequence[Masks]
    ) -> ForwardPass:
        """Read inputs `(T, B)` from a state, with masks for each layer."""
        weights, table_rows = self.weights, inputs + 1
        one_hot = self._one_hot.take(table_rows.reshape(-1), 0)
        embedding = weights.get("embedding")
        forward = self.layers[0].read_tokens(table_rows, embedding, state[0], masks[0])
        passes = [forward]
        for number in range(1, len(self.layers)):
            forward = self.layers[number].read_units(forward.output, state[number], masks[number])
            passes.append(forward)
        top = forward.output.reshape(len(one_hot), -1)
        output = weights.get("output")
        if output is None:
            return ForwardPass(top.copy(), one_hot, passes)
        logits: Array = top.dot(output)
        logits += weights["output_bias"]
        return ForwardPass(logits, one_hot, passes)

    def backward(
        self, forward: ForwardPass, targets: Tokens, scale: float, prior: Array | None = None
    ) -> float:
        """The loss of a forward pass, as `_loss` says; its gradients are left in `gradients`.

        prior: logits `(T * B, V)` that are added to the network's.
        """
        if prior is not None:
            forward.logits += prior
        loss = self._loss(forward.logits, targets, scale)
        self._fill_gradients(forward)
        return loss

    def _loss(self, logits: Array, targets: Tokens, scale: float) -> float:
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
        # -log softmax as log-sum-exp less the target's logit, which no small probability overflows.
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

    def _fill_gradients(self, forward: ForwardPass) -> None:
        """Fill `gradients`, where the loss's gradient stands in place of the logits."""
        weights, gradients = self.weights, self.gradients
        output, logits_gradient, passes = weights.get("output"), forward.logits, forward.layers
        top, rows = passes[-1], len(logits_gradient)
        if output is None:
            top.output_gradient.reshape(rows, -1)[...] = logits_gradient
        else:
            top.output.reshape(rows, -1).T.dot(logits_gradient, gradients["output"])
            np.add.reduce(logits_gradient, 0, out=gradients["output_bias"])
            logits_gradient.dot(output.T, top.output_gradient.reshape(rows, -1))
        for number in range(len(self.layers) - 1, 0, -1):
            self.layers[number].learn_units(passes[number], passes[number - 1])
        self.layers[0].learn_tokens(
            passes[0], forward.one_hot, weights.get("embedding"), gradients.get("embedding")
        )
