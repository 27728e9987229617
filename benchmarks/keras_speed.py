"""How fast does the backend `keras` train and sample, compared with the exercise in plain Keras?

Both train the exercise's LSTM (512 units, embedding 42) on the same batches of Moby-Dick: plain
Keras by `fit`, the backend by its learner. Then both sample one character at a time: plain Keras by
`predict`, the backend with its model in NumPy.

We tried the following for training on two cores; none was faster (times are relative to the present
code):

- Keras' own loop over time in the same compiled step: 1.2
- without XLA: 1.3
- BlockLSTM, forward and backward: 2.5
- several updates in one compiled call, inside or outside XLA: 1.1 and more
- our own backward loop that recomputes each step: 1.1
- weights transposed in advance for the backward products: transposing takes longer than it saves
- XLA's wider vectors, oneDNN, XNNPACK: no difference; YNNPACK: 1.5
- TensorFlow's fused Adam: XLA already makes the same of Keras' Adam
- the product of the input as a table over the vocabulary: no better

Matrix products take 9 of the 13 ms of an update. With 64 rows XLA reaches half the rate that it
reaches with large matrices.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.published_networks import text_for
from benchmarks.runs import REGISTRY, find_recipe
from benchmarks.timing import Row, skipped_row, time_alternately
from charplay.blas import one_blas_thread
from charplay.models.contract import Model
from charplay.options import build
from charplay.text.batching import cut_batches
from charplay.text.corpus import Prose

NAME = "nietzsche-lstm"
ROWS, LENGTH = 64, 8


def measure(quick: bool) -> list[Row]:
    """Training on the streams of the exercise, and sampling with the state carried over."""
    if REGISTRY.backends.find("keras").missing():
        return [skipped_row("the backend keras beside plain Keras", "Keras is not installed", "–")]
    updates = 2 if quick else 40
    text = text_for(NAME, ROWS * LENGTH * updates + 1)
    return [
        *training_rows(text, updates, 1 if quick else 11),
        sampling_row(text, 1 if quick else 9),
    ]


def training_rows(text: Prose, updates: int, runs: int) -> list[Row]:
    """One epoch on a short text, by wall time and by processor time."""
    from benchmarks import plain_keras

    theirs = plain_keras.prepare_fit(text.vocabulary.encode(text.text), ROWS, LENGTH)
    seconds = time_alternately(learner_epoch(text, updates), theirs, runs)
    characters = ROWS * LENGTH * updates
    question = f"keras: LSTM 512, embedding 42, {ROWS} streams of {LENGTH}, training"
    return [
        Row(
            f"{question}, characters per second{of_what}",
            f"{characters / timed.medians[0]:,.0f}",
            f"plain Keras by fit: {characters / timed.medians[1]:,.0f}",
            timed.rates(characters, characters),
            bar,
        )
        for of_what, timed, bar in (
            ("", seconds, "at least 1.7, aim 2.3"),
            (" of processor time", seconds.processor_time, "none set"),
        )
    ]


def learner_epoch(text: Prose, updates: int) -> Callable[[], object]:
    """A function that runs the same epoch with the learner of the backend."""
    plan = find_recipe(NAME).plan
    learner = REGISTRY.backends.find("keras").learner(model_for(text), plan)
    cutting, rates = cut_batches(text, text.vocabulary, plan), [0.001] * updates
    return lambda: learner.update_many([cutting.batch(k) for k in range(updates)], rates)


def model_for(text: Prose) -> Model:
    """The network of the exercise before training."""
    backend = REGISTRY.backends.find("keras")
    config = build(backend.Config, find_recipe(NAME).config)
    return backend.create(text.vocabulary, "prose", config, np.random.default_rng(0))


def sampling_row(text: Prose, runs: int) -> Row:
    """Microseconds per character, if the most probable character is always chosen and fed back."""
    from benchmarks import plain_keras

    model, predict = model_for(text), plain_keras.prepare_predict(len(text.vocabulary))
    stream = model.stream(model.initial_state(1))
    asked, spoken = 10, 1000

    def speak(step: Callable[[int], np.ndarray], count: int) -> None:
        token = 0
        for _ in range(count):
            token = int(step(token).argmax())

    with one_blas_thread():
        seconds = time_alternately(
            lambda: speak(stream.step, spoken), lambda: speak(predict, asked), runs
        )
    ours, plain = seconds.medians
    return Row(
        "keras: LSTM 512, one stream with the state carried over, sampling",
        f"{ours / spoken * 1e6:.0f} µs per character",
        f"plain Keras by predict: {plain / asked * 1e6:,.0f} µs",
        seconds.rates(spoken, asked),
        "at least 300",
    )
