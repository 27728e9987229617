"""How close does training come to the speed of matrix products, and how fast is it beside Keras?

A network with an embedding of 42, 512 units and 57 characters trains by Adam on 64 streams. We
count 6 floating-point operations per character and weight: a multiplication and an addition
forward, two of each backward. A character uses all weights except the other rows of the embedding.
We also count operations that the engine saves (it computes the product of the input once per
distinct character). We do not count tanh, softmax and Adam.

The reference is a product of two 1,024 × 1,024 float32 matrices, 2 · 1,024³ operations, on as many
threads as NumPy uses. Its threads wait for each other, so another program on the machine slows the
product more than the training. A second figure therefore compares the work per second of processor
time with a product on one thread.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, skipped_row, time_alternately
from charplay.blas import one_blas_thread
from charplay.models.contract import Learner, Model
from charplay.plan import Plan
from charplay.text.batching import cut_batches
from charplay.text.corpus import Prose
from charplay_numpy.config import NumpyConfig

STREAMS, EMBEDDING, UNITS = 64, 42, 512
ALPHABET = "".join(map(chr, range(ord("A"), ord("A") + 57)))
SIDE = 1024
# The characters that one measured run trains on.
CHARACTERS, KERAS_CHARACTERS, QUICK_CHARACTERS = 8192, 65_536, 4096


def measure(quick: bool) -> list[Row]:
    """The rates of cells and lengths, compared with the matrix product and with Keras."""
    return [
        rate_row("lstm", 64, "60 %, aim 75 %", quick),
        rate_row("lstm", 8, "45 %, aim 60 %", quick),
        rate_row("gru", 64, "none set", quick),
        rate_row("rnn", 64, "none set", quick),
        *(keras_row(length, quick) for length in (64, 8)),
    ]


def rate_row(cell: str, length: int, bar: str, quick: bool) -> Row:
    """The floating-point rate of a cell on streams that are cut into pieces of a length."""
    characters, runs = (QUICK_CHARACTERS, 1) if quick else (CHARACTERS, 9)
    learner, update = prepare_training(cell, length, characters)
    operations = 6 * weights_used(learner.model()) * characters
    left, right = np.random.default_rng(0).standard_normal((2, SIDE, SIDE), np.float32)
    product = np.empty_like(left)
    products = round(operations / (2 * SIDE**3))

    def multiply() -> None:
        for _ in range(products):
            left.dot(right, product)

    def multiply_alone() -> None:
        with one_blas_thread():
            multiply()

    seconds, alone = (
        time_alternately(update, multiply, runs),
        time_alternately(update, multiply_alone, runs),
    )
    work = operations, products * 2 * SIDE**3
    ours, bare = (of / median / 1e9 for of, median in zip(work, seconds.medians, strict=True))
    return Row(
        f"{cell} {UNITS}, {STREAMS} streams of {length}, Adam: floating-point rate of training",
        f"{ours:.1f} GFLOP/s",
        f"product of {SIDE} × {SIDE}: {bare:.1f} GFLOP/s",
        f"{seconds.rates(*work)}; processor time, product on one thread: "
        f"{alone.processor_time.rates(*work)}",
        bar,
    )


def weights_used(model: Model) -> int:
    """The number of weights that a character uses."""
    sizes = {name: array.size for name, array in model.arrays().items()}
    return sum(sizes.values()) - sizes["embedding"] + EMBEDDING


def prepare_training(
    cell: str, length: int, characters: int
) -> tuple[Learner, Callable[[], object]]:
    """A learner, and a function that trains it on so many characters of its streams."""
    config = NumpyConfig(cell=cell, hidden=UNITS, embedding=EMBEDDING)
    plan = Plan(cutting="stream", batch_size=STREAMS, length=length, optimiser="adam")
    backend = REGISTRY.backends.find("numpy")
    text = random_text(characters)
    model = backend.create(text.vocabulary, "prose", config, np.random.default_rng(0))
    learner = backend.learner(model, plan)
    batches = cut_batches(text, text.vocabulary, plan)
    numbers = range(batches.per_epoch)
    return learner, lambda: learner.update_many(
        [batches.batch(k) for k in numbers], [0.001] * len(numbers)
    )


def random_text(characters: int) -> Prose:
    """A random text of so many characters, and one more as the last target."""
    drawn = np.random.default_rng(1).choice(list(ALPHABET), characters + 1 - len(ALPHABET))
    return Prose.of(ALPHABET + "".join(drawn), "noise", "")


def keras_row(length: int, quick: bool) -> Row:
    """Characters per second of the LSTM, compared with plain Keras on the same text."""
    question = f"lstm {UNITS}, {STREAMS} streams of {length}, Adam: characters per second"
    bar = "2 times"
    if find_spec("keras") is None or find_spec("tensorflow") is None:
        return skipped_row(question, "Keras is not installed", bar)
    from benchmarks.plain_keras import prepare_fit

    characters, runs = (QUICK_CHARACTERS, 1) if quick else (KERAS_CHARACTERS, 5)
    tokens = random_text(characters).tokens.astype(np.int32)
    _, ours = prepare_training("lstm", length, characters)
    seconds = time_alternately(ours, prepare_fit(tokens, STREAMS, length), runs)
    mine, plain = (characters / median for median in seconds.medians)
    return Row(
        question,
        f"{mine:,.0f}",
        f"plain Keras, `fit`: {plain:,.0f}",
        f"{seconds.rates(1, 1)}; processor time: {seconds.processor_time.rates(1, 1)}",
        bar,
    )
