"""Keras' recurrent layers, with a loop over time of their own that trains faster.

Weights, states and results are those of Keras, except for dropout's random draws. The input's
product is computed for all steps at once before the loop, and the recurrent weights' gradient as
one product over all steps after the backward loop. So the loop does only what must wait for the
step before. Short sequences are unrolled, which XLA optimises better; long ones loop, which
compiles sooner and, at that length, runs faster.

Arrays are (T, B, ...) in the loop, time first.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Tensor = Any
# From x W + b, h U (+ c for the GRU), both `(B, G·H)`, and the state to the next state.
Step = Callable[[Tensor, Tensor, tuple[Tensor, ...]], tuple[Tensor, ...]]

# The longest sequence that is unrolled.
_LONGEST_UNROLLED = 8


def _run_over_time(
    step: Step, inputs: Tensor, recurrent: Tensor, bias: Tensor, first: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    """The hidden units `(T, B, H)` after each of inputs x W + b `(T, B, G·H)`, then the last state.

    The recurrent product's bias `(G·H,)` is copied for all steps and rows: each copy's gradient is
    that of its product, and gives the recurrent weights' gradient. The state is carried as a value:
    no gradient passes into the first or out of the last.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(inputs: Tensor, recurrent: Tensor, biases: Tensor, *first: Tensor) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch((inputs, biases))
            hidden, last = _run_steps(step, inputs, recurrent, biases, first)

        def gradient(hidden_gradient: Tensor, *_: Tensor) -> tuple[Tensor, ...]:
            inputs_gradient, product_gradient = tape.gradient(
                hidden, (inputs, biases), hidden_gradient
            )
            before = _transpose_steps(tf.concat((first[0][None], hidden[:-1]), 0))
            recurrent_gradient = tf.matmul(before, _flatten_steps(product_gradient))
            return inputs_gradient, recurrent_gradient, product_gradient, *(None for _ in first)

        return (hidden, *last), gradient

    biases = tf.broadcast_to(bias, tf.shape(inputs))
    result: tuple[Tensor, ...] = run(inputs, recurrent, biases, *first)
    return result


def _run_steps(
    step: Step, inputs: Tensor, recurrent: Tensor, biases: Tensor, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The hidden units after each step, and the last state."""
    if inputs.shape[0] is None or inputs.shape[0] > _LONGEST_UNROLLED:
        return _loop_steps(step, inputs, recurrent, biases, state)
    hidden = []
    for step_inputs, bias in zip(tf.unstack(inputs), tf.unstack(biases), strict=True):
        state = step(step_inputs, tf.matmul(state[0], recurrent) + bias, state)
        hidden.append(state[0])
    return tf.stack(hidden), state


def _loop_steps(
    step: Step, inputs: Tensor, recurrent: Tensor, biases: Tensor, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The same as `_run_steps`, by a loop."""
    length = tf.shape(inputs)[0] if inputs.shape[0] is None else inputs.shape[0]
    steps, offsets = (
        tf.TensorArray(tf.float32, length).unstack(arrays) for arrays in (inputs, biases)
    )
    hidden = tf.TensorArray(tf.float32, length, element_shape=state[0].shape)

    def forward(t: Tensor, hidden: Any, *state: Tensor) -> Any:
        product = tf.matmul(state[0], recurrent) + offsets.read(t)
        state = step(steps.read(t), product, state)
        return t + 1, hidden.write(t, state[0]), *state

    _, hidden, *last = tf.while_loop(
        lambda t, *_: t < length, forward, (0, hidden, *state), maximum_iterations=length
    )
    return hidden.stack(), tuple(last)


def _flatten_steps(steps: Tensor) -> Tensor:
    """`(T, B, N)` as `(T·B, N)`."""
    return tf.reshape(steps, (-1, steps.shape[-1]))


def _transpose_steps(steps: Tensor) -> Tensor:
    """Hidden units of all steps `(T, B, H)` as columns `(H, T·B)`.

    In memory, too: with a mere view of the columns XLA's product takes a quarter longer.
    """
    return tf.reshape(tf.transpose(steps, (2, 0, 1)), (steps.shape[-1], -1))


class _RecurrentLayer:
    """The part that takes the place of a Keras layer's own loop over time.

    A subclass defines `step` and inherits from a recurrent layer of Keras.
    """

    cell: Any
    step: Step

    def inner_loop(
        self, sequences: Tensor, initial_state: Any, mask: None, training: bool = False
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """The last hidden units, those of all steps `(B, T, H)`, and the last state."""
        kernel, recurrent, bias, recurrent_bias = self.weights_over_time()
        inputs = tf.tensordot(tf.transpose(sequences, (1, 0, 2)), kernel, 1) + bias
        hidden, *last = _run_over_time(
            type(self).step, inputs, recurrent, recurrent_bias, tuple(initial_state)
        )
        return hidden[-1], tf.transpose(hidden, (1, 0, 2)), last

    def weights_over_time(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Input weights, recurrent weights, and the bias of each one's product."""
        cell = self.cell
        recurrent = tf.convert_to_tensor(cell.recurrent_kernel)
        return cell.kernel, recurrent, cell.bias, tf.zeros(recurrent.shape[1])


class RnnLayer(_RecurrentLayer, keras.layers.SimpleRNN):
    """Keras' SimpleRNN."""

    @staticmethod
    def step(inputs: Tensor, product: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """h' = tanh(x W + h U + b) (Elman 1990)."""
        return (tf.tanh(inputs + product),)


class LstmLayer(_RecurrentLayer, keras.layers.LSTM):
    """Keras' LSTM."""

    @staticmethod
    def step(inputs: Tensor, product: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c') (Hochreiter 1997; Gers 2000)."""
        _, cell = states
        i, f, g, o = tf.split(inputs + product, 4, axis=1)
        cell = tf.sigmoid(f) * cell + tf.sigmoid(i) * tf.tanh(g)
        return tf.sigmoid(o) * tf.tanh(cell), cell


class GruLayer(_RecurrentLayer, keras.layers.GRU):
    """Keras' GRU, its reset after the product."""

    @staticmethod
    def step(inputs: Tensor, product: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """n = tanh(x_n + σ(r) (h U_n + c_n)), h' = σ(z) h + (1 - σ(z)) n (Cho et al. 2014)."""
        (hidden,) = states
        inputs_z, inputs_r, inputs_n = tf.split(inputs, 3, axis=1)
        product_z, product_r, product_n = tf.split(product, 3, axis=1)
        z, r = tf.sigmoid(inputs_z + product_z), tf.sigmoid(inputs_r + product_r)
        n = tf.tanh(inputs_n + r * product_n)
        return (z * hidden + (1 - z) * n,)

    def weights_over_time(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        cell = self.cell
        bias, recurrent_bias = tf.unstack(tf.convert_to_tensor(cell.bias))
        return cell.kernel, tf.convert_to_tensor(cell.recurrent_kernel), bias, recurrent_bias


class _SharedWeights(keras.layers.Layer):
    """The weights of h' = tanh((h + x) W + b): one dense layer, the same at every position."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = self.state_size = self.output_size = units

    def build(self, input_shape: Any) -> None:
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), name="bias", initializer="zeros")


class UnrolledLayer(_RecurrentLayer, keras.layers.RNN):
    """The network from which the recurrent ones grew, as a recurrent layer."""

    step = staticmethod(RnnLayer.step)

    def __init__(self, units: int, **more: Any) -> None:
        super().__init__(_SharedWeights(units), **more)

    def weights_over_time(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        shared = tf.convert_to_tensor(self.cell.recurrent_kernel)
        return shared, shared, self.cell.bias, tf.zeros(shared.shape[1])


class Characters(keras.layers.Layer):
    """Turns tokens `(B, T)` into the input of the first recurrent layer; no token is zeros.

    One-hot rows or an embedding's, both with a dense layer behind them if `dense` is not 0.
    """

    def __init__(self, vocabulary: int, embedding: int, dense: int) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._embedding = keras.layers.Embedding(vocabulary, embedding) if embedding else None
        self._dense = keras.layers.Dense(dense, "relu") if dense else None

    def call(self, tokens: Tensor) -> Tensor:
        # No token is no index: the first token is looked up in its place, and the result zeroed.
        indices = keras.ops.maximum(tokens, 0)
        read = (
            self._embedding(indices)
            if self._embedding
            else keras.ops.one_hot(indices, self._vocabulary)
        )
        if self._dense:
            read = self._dense(read)
        return read * keras.ops.cast(tokens >= 0, read.dtype)[..., None]


class Dropout(keras.layers.Dropout):
    """Keras' dropout with a random generator named, many times faster than the one XLA chooses."""

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training:
            return inputs
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        return tf.nn.experimental.stateless_dropout(inputs, self.rate, seed, rng_alg="philox")
