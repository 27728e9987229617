"""How fast does the backend `keras` train and speak, beside plain Keras as the exercise writes it?

Both train the exercise's LSTM (512 units, embedding 42) on the same streams of Moby-Dick, batch by
batch the same: plain Keras by `fit`, the backend by its learner. Then both speak, a character
at a time: plain Keras by `predict`, the backend's model in NumPy, as it always does.

What was tried for training and measured no better, on two cores: Keras' own loop over time in the
same compiled step (1.2 times as long); without XLA (1.3 times); BlockLSTM, forward and back (2.5
times); several updates in one compiled call, inside XLA or around it (1.1 times and more); a loop
back of our own that computes each step again (1.1 times); weights turned beforehand for the
products of the way back (to turn them takes longer than it saves); XLA's wider vectors, oneDNN and
XNNPACK (no difference) and YNNPACK (1.5 times); TensorFlow's fused Adam, which XLA makes of Keras'
own; the input's product as a table of the vocabulary. Of the 13 ms of an update 9 are its matrix
products, and of those of 64 rows XLA makes half of what it makes of large ones.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.published_networks import text_for
from benchmarks.runs import REGISTRY, recipe
from benchmarks.timing import Row, alternate, skipped
from charplay.blas import one_blas_thread
from charplay.models.contract import Model
from charplay.options import build
from charplay.text.batching import cut_batches
from charplay.text.corpus import Prose

NAME = "nietzsche-lstm"
ROWS, LENGTH = 64, 8


def measure(quick: bool) -> list[Row]:
    """Training on the exercise's streams, and speaking with the state carried on."""
    if REGISTRY.backends.find("keras").missing():
        return [skipped("the backend keras beside plain Keras", "Keras is not installed", "–")]
    updates = 2 if quick else 40
    text = text_for(NAME, ROWS * LENGTH * updates + 1)
    return [*training(text, updates, 1 if quick else 11), sampling(text, 1 if quick else 9)]


def training(text: Prose, updates: int, runs: int) -> list[Row]:
    """An epoch of a short text at a time: by the clock, and by what it asks of the processors."""
    from benchmarks import plain_keras

    theirs = plain_keras.fitting(text.vocabulary.encode(text.text), ROWS, LENGTH)
    seconds = alternate(learning(text, updates), theirs, runs)
    characters = ROWS * LENGTH * updates
    question = f"keras: LSTM 512, embedding 42, {ROWS} streams of {LENGTH}, training"
    return [
        Row(
            f"{question}, characters a second{of_what}",
            f"{characters / each.medians[0]:,.0f}",
            f"plain Keras by fit: {characters / each.medians[1]:,.0f}",
            each.rates(characters, characters),
            bar,
        )
        for of_what, each, bar in (
            ("", seconds, "at least 1.7, aim 2.3"),
            (" of processor time", seconds.of_processors, "none set"),
        )
    ]


def learning(text: Prose, updates: int) -> Callable[[], object]:
    """The same epoch by the backend's learner."""
    plan = recipe(NAME).plan
    learner = REGISTRY.backends.find("keras").learner(model_for(text), plan)
    cutting, rates = cut_batches(text, text.vocabulary, plan), [0.001] * updates
    return lambda: learner.update_many([cutting.batch(k) for k in range(updates)], rates)


def model_for(text: Prose) -> Model:
    """The exercise's network as it begins."""
    backend = REGISTRY.backends.find("keras")
    config = build(backend.Config, recipe(NAME).config)
    return backend.create(text.vocabulary, "prose", config, np.random.default_rng(0))


def sampling(text: Prose, runs: int) -> Row:
    """Microseconds a character, each fed when it is drawn, the most probable one drawn."""
    from benchmarks import plain_keras

    model, predict = model_for(text), plain_keras.predicting(len(text.vocabulary))
    stream = model.stream(model.initial_state(1))
    asked, spoken = 10, 1000

    def speak(step: Callable[[int], np.ndarray], count: int) -> None:
        token = 0
        for _ in range(count):
            token = int(step(token).argmax())

    with one_blas_thread():
        seconds = alternate(lambda: speak(stream.step, spoken), lambda: speak(predict, asked), runs)
    ours, plain = seconds.medians
    return Row(
        "keras: LSTM 512, one stream, the state carried on, sampling",
        f"{ours / spoken * 1e6:.0f} µs a character",
        f"plain Keras by predict: {plain / asked * 1e6:,.0f} µs",
        seconds.rates(spoken, asked),
        "at least 300",
    )
