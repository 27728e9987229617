"""The published exercises in plain Keras, as published: layers, `fit`, `predict`.

The networks and their training use nothing of charplay, so that its recipes can be compared with
them. Needs the extra `keras`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay_keras.tensorflow import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402 - after `prepare`, which sets log level and threads as the backend does

layers = keras.layers


@dataclass(frozen=True)
class Exercise:
    """A network for a vocabulary, how its text is cut, and its stages: (epochs, learning rate).

    windows: predict the character after each window of `length`. Otherwise: predict every character
    of streams that are cut into pieces of `length`, with the state carried over.
    """

    network: Callable[[int], Any]
    length: int
    batch: int
    stages: tuple[tuple[int, float], ...]
    windows: bool = True
    stride: int = 1
    one_hot: bool = False


def unrolled(vocabulary: int, length: int) -> Any:
    """An unrolled network: at each character, dense layers for the input and the hidden units."""
    characters = keras.Input((length,))
    embedding, into = layers.Embedding(vocabulary, 42), layers.Dense(256, "relu")
    onwards = layers.Dense(256, "tanh")
    hidden = None
    for place in range(length):
        seen = into(embedding(characters[:, place]))
        hidden = onwards(seen if hidden is None else layers.add([hidden, seen]))
    return keras.Model(characters, layers.Dense(vocabulary, "softmax")(hidden))


def rnn(vocabulary: int) -> Any:
    """Predicts the ninth character from eight, with a recurrent layer."""
    return keras.Sequential(
        [
            keras.Input((8,)),
            layers.Embedding(vocabulary, 42),
            layers.SimpleRNN(256),
            layers.Dense(vocabulary, "softmax"),
        ]
    )


def stateful(layer: Any, vocabulary: int, rows: int = 64, length: int | None = 8) -> Any:
    """Predicts each next character of parallel streams, with the state carried over."""
    return keras.Sequential(
        [
            keras.Input(batch_shape=(rows, length)),
            layers.Embedding(vocabulary, 42),
            layer,
            layers.Dense(vocabulary, "softmax"),
        ]
    )


def stateful_rnn(vocabulary: int) -> Any:
    """A simple recurrent layer with the state carried over."""
    layer = layers.SimpleRNN(256, return_sequences=True, stateful=True)
    return stateful(layer, vocabulary)


def lstm(vocabulary: int, rows: int = 64, length: int | None = 8) -> Any:
    """An LSTM with the state carried over."""
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
    """The training loss of each epoch in nats per character, as `fit` reports it."""
    vocabulary = int(tokens.max()) + 1
    network = exercise.network(vocabulary)
    network.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy")
    inputs, targets = cut(exercise, tokens, vocabulary)
    losses: list[float] = []
    for epochs, rate in stages or exercise.stages:
        network.optimizer.learning_rate = rate
        for _ in range(epochs):
            if not exercise.windows:
                reset_states(network)
            fitted = network.fit(
                inputs, targets, exercise.batch, verbose=0, shuffle=exercise.windows
            )
            losses += fitted.history["loss"]
    return losses


def reset_states(network: Any) -> None:
    """Set the states of a network to zero."""
    for layer in network.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()


def cut(exercise: Exercise, tokens: Any, vocabulary: int) -> tuple[Any, Any]:
    """(inputs, targets) for `fit`."""
    if not exercise.windows:
        return streams(tokens, exercise.batch, exercise.length)
    at = np.arange(0, len(tokens) - exercise.length, exercise.stride)
    inputs = tokens[at[:, None] + np.arange(exercise.length)]
    if exercise.one_hot:
        inputs = np.eye(vocabulary, dtype=np.float32)[inputs]
    return inputs, tokens[at + exercise.length]


def streams(tokens: Any, rows: int, length: int) -> tuple[Any, Any]:
    """(inputs, targets) of streams: row r of each batch continues row r of the batch before."""
    columns = (len(tokens) - 1) // rows
    count = columns // length

    def batches(part: Any) -> Any:
        side_by_side = part[: rows * columns].reshape(rows, columns)[:, : count * length]
        return side_by_side.reshape(rows, count, length).swapaxes(0, 1).reshape(-1, length)

    return batches(tokens), batches(tokens[1:])


def prepare_fit(tokens: Any, rows: int, length: int) -> Callable[[], object]:
    """A function that runs one epoch of the LSTM by `fit`; the network is compiled already."""
    network = lstm(int(tokens.max()) + 1, rows, length)
    network.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    inputs, targets = streams(tokens, rows, length)
    network.fit(inputs[:rows], targets[:rows], rows, verbose=0)
    return lambda: network.fit(inputs, targets, rows, verbose=0, shuffle=False)


def characters_per_second(tokens: Any, rows: int, length: int) -> float:
    """Characters per second of one epoch of the LSTM by `fit`."""
    epoch = prepare_fit(tokens, rows, length)
    begun = time.perf_counter()
    epoch()
    return streams(tokens, rows, length)[0].size / (time.perf_counter() - begun)


def prepare_predict(vocabulary: int) -> Callable[[int], Any]:
    """A function that gives the probabilities after a token by `predict`, as the exercise does."""
    network = lstm(vocabulary, rows=1, length=1)
    return lambda token: network.predict(np.array([[token]]), verbose=0)[0, 0]
