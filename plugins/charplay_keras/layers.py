"""Keras' recurrent layers, with a loop over time of their own that trains faster.

Weights, states and results are Keras', but for what dropout draws. The input's product is made for
all steps at once before the loop, and the recurrent weights' gradient after the loop back, as one
product over all steps. In the loop there is left what must wait for the step before. Few steps are
written out one after the other, of which XLA makes more than of a loop; many are a loop, which it
compiles sooner and runs faster than as much written out.

Arrays run (T, B, ...) in the loop, time first.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Tensor = Any
# driven x W + b and recalled h U (+ c for the GRU), both `(B, G·H)`, and the state, to the next.
Step = Callable[[Tensor, Tensor, tuple[Tensor, ...]], tuple[Tensor, ...]]

# The most steps that are written out.
_WRITTEN_OUT = 8


def _rnn(driven: Tensor, recalled: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """h' = tanh(x W + h U + b) (Elman 1990)."""
    return (tf.tanh(driven + recalled),)


def _lstm(driven: Tensor, recalled: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c') (Hochreiter & Schmidhuber 1997; Gers 2000)."""
    _, cell = states
    i, f, g, o = tf.split(driven + recalled, 4, axis=1)
    cell = tf.sigmoid(f) * cell + tf.sigmoid(i) * tf.tanh(g)
    return tf.sigmoid(o) * tf.tanh(cell), cell


def _gru(driven: Tensor, recalled: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """n = tanh(x_n + σ(r) (h U_n + c_n)), h' = σ(z) h + (1 - σ(z)) n (Cho et al. 2014)."""
    (hidden,) = states
    driven_z, driven_r, driven_n = tf.split(driven, 3, axis=1)
    recalled_z, recalled_r, recalled_n = tf.split(recalled, 3, axis=1)
    z, r = tf.sigmoid(driven_z + recalled_z), tf.sigmoid(driven_r + recalled_r)
    n = tf.tanh(driven_n + r * recalled_n)
    return (z * hidden + (1 - z) * n,)


def _over_time(
    step: Step, driven: Tensor, recurrent: Tensor, bias: Tensor, first: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    """The hidden units `(T, B, H)` after each of driven `(T, B, G·H)`, then the last state.

    The recurrent product's bias `(G·H,)` is spread over all steps and rows: the gradient of each
    copy is that of its product, from which the recurrent weights' is made. The state is carried as
    a value: no gradient passes into the first or out of the last.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(driven: Tensor, recurrent: Tensor, biases: Tensor, *first: Tensor) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch((driven, biases))
            hidden, last = _steps(step, driven, recurrent, biases, first)

        def gradient(errors: Tensor, *_: Tensor) -> tuple[Tensor, ...]:
            driven_errors, recalled_errors = tape.gradient(hidden, (driven, biases), errors)
            before = _turned(tf.concat((first[0][None], hidden[:-1]), 0))
            recurrent_errors = tf.matmul(before, _rows(recalled_errors))
            return driven_errors, recurrent_errors, recalled_errors, *(None for _ in first)

        return (hidden, *last), gradient

    spread: tuple[Tensor, ...] = run(
        driven, recurrent, tf.broadcast_to(bias, tf.shape(driven)), *first
    )
    return spread


def _steps(
    step: Step, driven: Tensor, recurrent: Tensor, biases: Tensor, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The hidden units after each step, and the last state."""
    if driven.shape[0] is None or driven.shape[0] > _WRITTEN_OUT:
        return _loop(step, driven, recurrent, biases, state)
    kept = []
    for drive, bias in zip(tf.unstack(driven), tf.unstack(biases), strict=True):
        state = step(drive, tf.matmul(state[0], recurrent) + bias, state)
        kept.append(state[0])
    return tf.stack(kept), state


def _loop(
    step: Step, driven: Tensor, recurrent: Tensor, biases: Tensor, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The same, as a loop."""
    length = tf.shape(driven)[0] if driven.shape[0] is None else driven.shape[0]
    steps, offsets = (tf.TensorArray(tf.float32, length).unstack(each) for each in (driven, biases))
    kept = tf.TensorArray(tf.float32, length, element_shape=state[0].shape)

    def forward(t: Tensor, kept: Any, *state: Tensor) -> Any:
        recalled = tf.matmul(state[0], recurrent) + offsets.read(t)
        state = step(steps.read(t), recalled, state)
        return t + 1, kept.write(t, state[0]), *state

    _, kept, *last = tf.while_loop(
        lambda t, *_: t < length, forward, (0, kept, *state), maximum_iterations=length
    )
    return kept.stack(), tuple(last)


def _rows(array: Tensor) -> Tensor:
    return tf.reshape(array, (-1, array.shape[-1]))


def _turned(steps: Tensor) -> Tensor:
    """Hidden units of all steps `(T, B, H)` as columns `(H, T·B)`.

    In memory, too: a product of rows that are only read as columns takes XLA a quarter longer.
    """
    return tf.reshape(tf.transpose(steps, (2, 0, 1)), (steps.shape[-1], -1))


class _OverTime:
    """What takes the place of a Keras layer's own loop over time."""

    cell: Any
    step: Step

    def inner_loop(
        self, sequences: Tensor, initial_state: Any, mask: None, training: bool = False
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """The last hidden units, those of all steps `(B, T, H)`, and the last state."""
        kernel, recurrent, bias, recurrent_bias = self.weights_over_time()
        driven = tf.tensordot(tf.transpose(sequences, (1, 0, 2)), kernel, 1) + bias
        hidden, *last = _over_time(
            type(self).step, driven, recurrent, recurrent_bias, tuple(initial_state)
        )
        return hidden[-1], tf.transpose(hidden, (1, 0, 2)), last

    def weights_over_time(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Input weights, recurrent weights, and the bias of each one's product."""
        cell = self.cell
        recurrent = tf.convert_to_tensor(cell.recurrent_kernel)
        return cell.kernel, recurrent, cell.bias, tf.zeros(recurrent.shape[1])


class Rnn(_OverTime, keras.layers.SimpleRNN):
    """Keras' SimpleRNN."""

    step = staticmethod(_rnn)


class Lstm(_OverTime, keras.layers.LSTM):
    """Keras' LSTM."""

    step = staticmethod(_lstm)


class Gru(_OverTime, keras.layers.GRU):
    """Keras' GRU, its reset after the product."""

    step = staticmethod(_gru)

    def weights_over_time(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        cell = self.cell
        bias, recurrent_bias = tf.unstack(tf.convert_to_tensor(cell.bias))
        return cell.kernel, tf.convert_to_tensor(cell.recurrent_kernel), bias, recurrent_bias


class UnrolledCell(keras.layers.Layer):
    """h' = tanh((h + x) W + b): one dense layer, the same at every position."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = self.state_size = self.output_size = units

    def build(self, input_shape: Any) -> None:
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), name="bias", initializer="zeros")


class Unrolled(_OverTime, keras.layers.RNN):
    """The network from which the recurrent ones grew, as a recurrent layer."""

    step = staticmethod(_rnn)

    def __init__(self, units: int, **more: Any) -> None:
        super().__init__(UnrolledCell(units), **more)

    def weights_over_time(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        shared = tf.convert_to_tensor(self.cell.recurrent_kernel)
        return shared, shared, self.cell.bias, tf.zeros(shared.shape[1])


class Characters(keras.layers.Layer):
    """Tokens `(B, T)` to what the first recurrent layer reads; no token is zeros.

    One-hot rows, or an embedding's, or what a dense layer makes of either.
    """

    def __init__(self, vocabulary: int, embedding: int, dense: int) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._embedding = keras.layers.Embedding(vocabulary, embedding) if embedding else None
        self._dense = keras.layers.Dense(dense, "relu") if dense else None

    def call(self, tokens: Tensor) -> Tensor:
        # No token is no index: it is looked up as the first one, and what is found wiped out.
        found = keras.ops.maximum(tokens, 0)
        read = (
            self._embedding(found)
            if self._embedding
            else keras.ops.one_hot(found, self._vocabulary)
        )
        if self._dense:
            read = self._dense(read)
        return read * keras.ops.cast(tokens >= 0, read.dtype)[..., None]


class Dropout(keras.layers.Dropout):
    """Keras' dropout, its draws named: those that XLA chooses take it many times as long."""

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training:
            return inputs
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        return tf.nn.experimental.stateless_dropout(inputs, self.rate, seed, rng_alg="philox")


LAYERS: dict[str, type[Any]] = {"rnn": Rnn, "lstm": Lstm, "gru": Gru, "unrolled": Unrolled}
