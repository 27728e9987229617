"""Forward and backward through time, for whole batches.

    z_t = x_t W + h_{t-1} U + b       h_t = tanh(z_t)       y_t = softmax(h_t O + c)

with h the hidden state, x one-hot or embedded input, and W, U, b, O, c the arrays input,
recurrent, bias, output, output_bias. Of all this only h_{t-1} U must wait for the step before.
Everything else, forward and backward, is done for all T steps of all B rows in one call, outside
the loop over time.

Arrays run (T, B, ...) here, time first, so that one step is one contiguous piece.
"""

from collections.abc import Sequence

import numpy as np

from charplay import Array, Tokens
from charplay_numpy.weights import Block


class Network:
    """The equations over given weights, and the gradients of the last loss in `gradients`."""

    def __init__(self, weights: Block, gradients: Block, vocabulary: int) -> None:
        self.weights, self.gradients = weights, gradients
        precision = weights.flat.dtype
        # Row 0 is no token, row i + 1 is token i.
        self._one_hot: Array = np.eye(vocabulary + 1, vocabulary, -1, precision)
        self._ones = np.ones(vocabulary, precision)
        self._buffers: dict[int, Buffers] = {}

    def zero_state(self, rows: int) -> Array:
        """Hidden units `(B, H)` before the first character."""
        recurrent = self.weights["recurrent"]
        return np.zeros((rows, len(recurrent)), recurrent.dtype)

    def forward(self, inputs: Tokens, state: Array) -> Array:
        """Logits `(T * B, V)` after each of inputs `(T, B)`; what `backward` needs is kept."""
        length, rows = inputs.shape
        weights, buffers = self.weights, self._buffers_for(length, rows)
        self._tokens = self._one_hot.take(inputs.ravel() + 1, 0)
        embedding = weights.get("embedding")
        self._features = self._tokens if embedding is None else self._tokens.dot(embedding)
        driven = buffers.driven[:length].reshape(length * rows, -1)
        self._features.dot(weights["input"], driven)
        driven += weights["bias"]
        buffers.hidden[0] = state
        _run(buffers.driven_steps[:length], buffers.hidden_steps, weights["recurrent"])
        self._buffers_used, self._length = buffers, length
        hidden = buffers.hidden[1 : length + 1].reshape(length * rows, -1)
        output = weights.get("output")
        if output is None:
            return hidden.copy()
        logits: Array = hidden.dot(output)
        logits += weights["output_bias"]
        return logits

    @property
    def last_state(self) -> Array:
        """Hidden units `(B, H)` after the last step of the last `forward`; a copy."""
        return self._buffers_used.hidden[self._length].copy()

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
        weights, gradients, buffers = self.weights, self.gradients, self._buffers_used
        embedding = weights.get("embedding")
        length = self._length
        hidden = buffers.hidden[1 : length + 1]
        rows = hidden.reshape(len(errors), -1)
        output = weights.get("output")
        driven = buffers.driven[:length].reshape(len(errors), -1)
        if output is None:
            driven[...] = errors
        else:
            rows.T.dot(errors, gradients["output"])
            np.add.reduce(errors, 0, out=gradients["output_bias"])
            errors.dot(output.T, driven)
        slopes = buffers.slopes[:length]
        np.multiply(hidden, hidden, slopes)
        np.subtract(1, slopes, slopes)
        _run_back(buffers.driven_steps, buffers.slope_steps, length, weights["recurrent"])
        before = buffers.hidden[:length].reshape(len(errors), -1)
        before.T.dot(driven, gradients["recurrent"])
        np.add.reduce(driven, 0, out=gradients["bias"])
        self._features.T.dot(driven, gradients["input"])
        if embedding is not None:
            self._tokens.T.dot(driven.dot(weights["input"].T), gradients["embedding"])

    def _buffers_for(self, length: int, rows: int) -> "Buffers":
        buffers = self._buffers.get(rows)
        if buffers is None or len(buffers.driven) < length:
            recurrent = self.weights["recurrent"]
            buffers = Buffers(length, rows, len(recurrent), recurrent.dtype)
            self._buffers[rows] = buffers
        return buffers


class Buffers:
    """Room for stretches of B rows up to a length, made once, with each step's view at hand.

    hidden `(T + 1, B, H)`: the state before the first step, then after each. driven `(T, B, H)`:
    forward z, backward the loss's gradient with respect to z. slopes `(T, B, H)`: of the tanh.
    """

    def __init__(
        self, length: int, rows: int, hidden: int, precision: "np.dtype[np.floating]"
    ) -> None:
        self.hidden = np.zeros((length + 1, rows, hidden), precision)
        self.driven = np.zeros((length, rows, hidden), precision)
        self.slopes = np.zeros((length, rows, hidden), precision)
        self.hidden_steps = list(self.hidden)
        self.driven_steps = list(self.driven)
        self.slope_steps = list(self.slopes)


def _run(driven: Sequence[Array], hidden: Sequence[Array], recurrent: Array) -> None:
    """The loop over time: h = tanh(z + h_before U), with z driven by the input."""
    add, tanh = np.add, np.tanh
    recalled = np.empty_like(hidden[0])
    before = hidden[0]
    for z, h in zip(driven, hidden[1:]):
        before.dot(recurrent, recalled)
        add(z, recalled, z)
        tanh(z, h)
        before = h


def _run_back(
    driven: Sequence[Array], slopes: Sequence[Array], length: int, recurrent: Array
) -> None:
    """The loop back: dz_t = (dh_t + dz_{t+1} Uᵀ) · (1 - h_t²), dh_t from the outputs given."""
    add, multiply = np.add, np.multiply
    back = recurrent.T
    error = driven[length - 1]
    recalled = np.zeros_like(error)
    multiply(error, slopes[length - 1], error)
    for t in range(length - 2, -1, -1):
        error.dot(back, recalled)
        error = driven[t]
        add(error, recalled, error)
        multiply(error, slopes[t], error)
