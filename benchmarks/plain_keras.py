"""The published exercises in plain Keras, as they are written there: layers, `fit`, `predict`.

Nothing of charplay is in the networks or their training, so that its recipes have something to be
measured against. Needs the extra `keras`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay_keras.tensorflow import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402 - as quietly, and on as many threads, as the backend has it

layers = keras.layers


@dataclass(frozen=True)
class Exercise:
    """A network for a vocabulary, how its text is cut, and its stages: epochs at a learning rate.

    windows: of so many characters, the next one asked for; otherwise streams of so many, all asked
    for, the state carried on.
    """

    network: Callable[[int], Any]
    length: int
    batch: int
    stages: tuple[tuple[int, float], ...]
    windows: bool = True
    stride: int = 1
    one_hot: bool = False


def unrolled(vocabulary: int, length: int) -> Any:
    """A dense layer a character, then one from hidden units and character to hidden units."""
    characters = keras.Input((length,))
    embedding, into = layers.Embedding(vocabulary, 42), layers.Dense(256, "relu")
    onwards = layers.Dense(256, "tanh")
    hidden = None
    for place in range(length):
        seen = into(embedding(characters[:, place]))
        hidden = onwards(seen if hidden is None else layers.add([hidden, seen]))
    return keras.Model(characters, layers.Dense(vocabulary, "softmax")(hidden))


def rnn(vocabulary: int) -> Any:
    """Eight characters to the ninth, through a recurrent layer."""
    return keras.Sequential(
        [
            keras.Input((8,)),
            layers.Embedding(vocabulary, 42),
            layers.SimpleRNN(256),
            layers.Dense(vocabulary, "softmax"),
        ]
    )


def stateful(layer: Any, vocabulary: int, rows: int = 64, length: int | None = 8) -> Any:
    """Streams side by side, a character after each character, the state carried on."""
    return keras.Sequential(
        [
            keras.Input(batch_shape=(rows, length)),
            layers.Embedding(vocabulary, 42),
            layer,
            layers.Dense(vocabulary, "softmax"),
        ]
    )


def stateful_rnn(vocabulary: int) -> Any:
    """The recurrent layer, its state carried on."""
    layer = layers.SimpleRNN(256, return_sequences=True, stateful=True)
    return stateful(layer, vocabulary)


def lstm(vocabulary: int, rows: int = 64, length: int | None = 8) -> Any:
    """An LSTM in its place."""
    layer = layers.LSTM(512, return_sequences=True, stateful=True)
    return stateful(layer, vocabulary, rows, length)


def sonnets(vocabulary: int) -> Any:
    """Two LSTMs, each with dropout, over one-hot characters."""
    return keras.Sequential(
        [
            keras.Input((40, vocabulary)),
            layers.LSTM(128, return_sequences=True),
            layers.Dropout(0.5),
            layers.LSTM(128),
            layers.Dropout(0.5),
            layers.Dense(vocabulary, "softmax"),
        ]
    )


EXERCISES = {
    "nietzsche-3": Exercise(lambda size: unrolled(size, 3), 3, 512, ((3, 0.01),), stride=3),
    "nietzsche-8": Exercise(lambda size: unrolled(size, 8), 8, 512, ((5, 0.001),)),
    "nietzsche-rnn": Exercise(rnn, 8, 512, ((5, 0.001), (3, 0.0001))),
    "nietzsche-stateful-rnn": Exercise(
        stateful_rnn, 8, 64, ((8, 0.001), (3, 0.0001)), windows=False
    ),
    "nietzsche-lstm": Exercise(lstm, 8, 64, ((20, 0.001), (20, 0.0001)), windows=False),
    "sonnets-lstm": Exercise(sonnets, 40, 128, ((10, 0.001),), stride=3, one_hot=True),
}


def train(
    exercise: Exercise, tokens: Any, stages: tuple[tuple[int, float], ...] | None = None
) -> list[float]:
    """Each epoch's training loss, nats a character, as `fit` tells it."""
    vocabulary = int(tokens.max()) + 1
    network = exercise.network(vocabulary)
    network.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy")
    inputs, targets = cut(exercise, tokens, vocabulary)
    losses: list[float] = []
    for epochs, rate in stages or exercise.stages:
        network.optimizer.learning_rate = rate
        for _ in range(epochs):
            if not exercise.windows:
                start_anew(network)
            fitted = network.fit(
                inputs, targets, exercise.batch, verbose=0, shuffle=exercise.windows
            )
            losses += fitted.history["loss"]
    return losses


def start_anew(network: Any) -> None:
    """Set the carried states of a network to zero."""
    for layer in network.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()


def cut(exercise: Exercise, tokens: Any, vocabulary: int) -> tuple[Any, Any]:
    """What `fit` is given: inputs and targets."""
    if not exercise.windows:
        return streams(tokens, exercise.batch, exercise.length)
    at = np.arange(0, len(tokens) - exercise.length, exercise.stride)
    inputs = tokens[at[:, None] + np.arange(exercise.length)]
    if exercise.one_hot:
        inputs = np.eye(vocabulary, dtype=np.float32)[inputs]
    return inputs, tokens[at + exercise.length]


def streams(tokens: Any, rows: int, length: int) -> tuple[Any, Any]:
    """Contiguous streams, cut so that row r of each batch goes on where row r of the last ended."""
    columns = (len(tokens) - 1) // rows
    count = columns // length

    def batches(part: Any) -> Any:
        side_by_side = part[: rows * columns].reshape(rows, columns)[:, : count * length]
        return side_by_side.reshape(rows, count, length).swapaxes(0, 1).reshape(-1, length)

    return batches(tokens), batches(tokens[1:])


def fitting(tokens: Any, rows: int, length: int) -> Callable[[], object]:
    """One epoch of the LSTM by `fit` on so many streams; what it compiles is compiled already."""
    network = lstm(int(tokens.max()) + 1, rows, length)
    network.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    inputs, targets = streams(tokens, rows, length)
    network.fit(inputs[:rows], targets[:rows], rows, verbose=0)
    return lambda: network.fit(inputs, targets, rows, verbose=0, shuffle=False)


def characters_per_second(tokens: Any, rows: int, length: int) -> float:
    """How fast the LSTM trains by `fit`, one epoch over, on so many streams of that length."""
    epoch = fitting(tokens, rows, length)
    begun = time.perf_counter()
    epoch()
    return streams(tokens, rows, length)[0].size / (time.perf_counter() - begun)


def predicting(vocabulary: int) -> Callable[[int], Any]:
    """The LSTM asked as the exercise asks, by `predict`: each character's probabilities."""
    network = lstm(vocabulary, rows=1, length=1)
    return lambda token: network.predict(np.array([[token]]), verbose=0)[0, 0]
