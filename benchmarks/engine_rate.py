"""How much of what the machine can multiply does training use, and how fast is it beside Keras?

A stack over an embedding of 42, 512 units, 57 characters, trains by Adam on 64 streams. Counted are
6 floating-point operations a character for each weight that it uses: a multiplication and an
addition forward, two of each back. A character uses every weight but the embedding's other rows.
What the engine need not do to the same end (it makes the input's product once for each distinct
character) is counted all the same; what it does besides (tanh, softmax, Adam) is not. Measured
against it is a product of two 1,024 × 1,024 float32 matrices, of 2 · 1,024³ operations, on as many
threads as NumPy takes. Those wait for each other, so that any other program slows the product more
than the training; so a second figure compares the work done in a second of one processor, with a
product that has one thread and waits for nobody.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, alternate, skipped
from charplay.blas import one_blas_thread
from charplay.models.contract import Learner, Model
from charplay.plan import Plan
from charplay.text.batching import cut_batches
from charplay.text.corpus import Prose
from charplay_numpy.backend import NumpyConfig

STREAMS, EMBEDDING, UNITS = 64, 42, 512
ALPHABET = "".join(map(chr, range(ord("A"), ord("A") + 57)))
SIDE = 1024
# Learned from in one measured run.
CHARACTERS, KERAS_CHARACTERS, QUICK_CHARACTERS = 8192, 65_536, 4096


def measure(quick: bool) -> list[Row]:
    """Rates of each cell and length, against the matrix product and against Keras."""
    return [
        rate("lstm", 64, "60 %, aim 75 %", quick),
        rate("lstm", 8, "45 %, aim 60 %", quick),
        rate("gru", 64, "none set", quick),
        rate("rnn", 64, "none set", quick),
        *(beside_keras(length, quick) for length in (64, 8)),
    ]


def rate(cell: str, length: int, bar: str, quick: bool) -> Row:
    """The floating-point rate of a cell on streams cut into pieces of a length."""
    characters, runs = (QUICK_CHARACTERS, 1) if quick else (CHARACTERS, 9)
    learner, update = training(cell, length, characters)
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

    seconds, alone = alternate(update, multiply, runs), alternate(update, multiply_alone, runs)
    work = operations, products * 2 * SIDE**3
    ours, bare = (of / median / 1e9 for of, median in zip(work, seconds.medians, strict=True))
    return Row(
        f"{cell} {UNITS}, {STREAMS} streams of {length}, Adam: floating-point rate of training",
        f"{ours:.1f} GFLOP/s",
        f"product of {SIDE} × {SIDE}: {bare:.1f} GFLOP/s",
        f"{seconds.rates(*work)}; in a processor's second, the product on one thread: "
        f"{alone.of_processors.rates(*work)}",
        bar,
    )


def weights_used(model: Model) -> int:
    """Weights that a character uses."""
    sizes = {name: array.size for name, array in model.arrays().items()}
    return sum(sizes.values()) - sizes["embedding"] + EMBEDDING


def training(cell: str, length: int, characters: int) -> tuple[Learner, Callable[[], object]]:
    """A learner, and what trains it for so many characters of its streams."""
    config = NumpyConfig(cell=cell, hidden=UNITS, embedding=EMBEDDING)
    plan = Plan(cutting="stream", batch_size=STREAMS, length=length, optimiser="adam")
    backend = REGISTRY.backends.find("numpy")
    text = noise(characters)
    model = backend.create(text.vocabulary, "prose", config, np.random.default_rng(0))
    learner = backend.learner(model, plan)
    batches = cut_batches(text, text.vocabulary, plan)
    numbers = range(batches.per_epoch)
    return learner, lambda: learner.update_many(
        [batches.batch(k) for k in numbers], [0.001] * len(numbers)
    )


def noise(characters: int) -> Prose:
    """A text of so many characters, and one more to predict from the last."""
    drawn = np.random.default_rng(1).choice(list(ALPHABET), characters + 1 - len(ALPHABET))
    return Prose.of(ALPHABET + "".join(drawn), "noise", "")


def beside_keras(length: int, quick: bool) -> Row:
    """Characters a second of the LSTM, beside plain Keras on the same text."""
    question = f"lstm {UNITS}, {STREAMS} streams of {length}, Adam: characters a second"
    bar = "2 times"
    if find_spec("keras") is None or find_spec("tensorflow") is None:
        return skipped(question, "Keras is not installed", bar)
    from benchmarks.plain_keras import fitting

    characters, runs = (QUICK_CHARACTERS, 1) if quick else (KERAS_CHARACTERS, 5)
    tokens = noise(characters).tokens.astype(np.int32)
    _, ours = training("lstm", length, characters)
    seconds = alternate(ours, fitting(tokens, STREAMS, length), runs)
    mine, plain = (characters / median for median in seconds.medians)
    return Row(
        question,
        f"{mine:,.0f}",
        f"plain Keras, `fit`: {plain:,.0f}",
        f"{seconds.rates(1, 1)}; in a processor's second: {seconds.of_processors.rates(1, 1)}",
        bar,
    )
