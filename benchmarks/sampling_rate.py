"""How fast is text drawn: one stream beside its bare products, many names beside one at a time?

A character of one stream from an LSTM of 512 units, drawn as prose is, is measured beside the two
products of a vector and a matrix that it cannot do without: of the hidden units with the recurrent
weights, and with the output's. Both are warm, and on as many threads as prose is drawn on: one.

Names from the shipped model `dinosaurs` are measured beside the same names drawn a row by itself,
through the model's one-row stream, with the same uniform numbers and no other work.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.engine_rate import UNITS, training
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, alternate
from charplay.blas import one_blas_thread
from charplay.generation.generator import Continuation, names
from charplay.generation.options import Sampling
from charplay.generation.place import opening
from charplay.generation.sampling import Philox, draw, probabilities
from charplay.models.checkpoint import read_checkpoint
from charplay.models.contract import Model
from charplay.pretrained import shipped
from charplay.text.batching import NO_TOKEN

LENGTH = 64


def measure(quick: bool) -> list[Row]:
    """A stream's time a character, and a name's."""
    runs = 1 if quick else 9
    with one_blas_thread():
        drawn = stream(100 if quick else 3000, runs)
    return [drawn, batch(100 if quick else 1000, runs)]


def stream(characters: int, runs: int) -> Row:
    """Drawing prose, and the products alone."""
    learner, _ = training("lstm", LENGTH, LENGTH * LENGTH)
    model = learner.model()
    sampling = Sampling(max_chars=characters)

    def drawn() -> None:
        for _ in Continuation(model, opening(model), sampling, 7, 1):
            pass

    seconds = alternate(drawn, products(model, characters), runs)
    ours, bare = (median / characters * 1e6 for median in seconds.medians)
    return Row(
        f"one stream, lstm {UNITS}: time a character drawn",
        f"{ours:.0f} µs",
        f"the bare vector–matrix products: {bare:.0f} µs",
        seconds.spreads,
        "at most 2 times",
    )


def products(model: Model, characters: int) -> Callable[[], None]:
    """What multiplies a vector by the recurrent and the output weights, so many times."""
    recurrent, output = (model.arrays()[name] for name in ("recurrent.0", "output"))
    hidden = np.full((1, len(recurrent)), 0.1, recurrent.dtype)
    gates, logits = hidden.dot(recurrent), hidden.dot(output)

    def multiply() -> None:
        for _ in range(characters):
            hidden.dot(recurrent, gates)
            hidden.dot(output, logits)

    return multiply


def batch(count: int, runs: int) -> Row:
    """Names drawn side by side, and one at a time."""
    checkpoint = read_checkpoint(shipped()["dinosaurs"])
    model = checkpoint.model(REGISTRY.backends.find(checkpoint.header.backend))
    sampling, draws, nothing = Sampling(max_chars=50), Philox(7), np.array([], np.int32)
    numbers = range(1, count + 1)

    def together() -> list[str]:
        return [answer.text for answer in names(model, nothing, sampling, draws, numbers)]

    def apart() -> list[str]:
        with one_blas_thread():
            return [alone(model, sampling, draws, number) for number in numbers]

    same = sum(one == other for one, other in zip(together(), apart(), strict=True))
    # A number that falls on the border of two characters may be rounded to either.
    assert same >= 0.99 * count, f"only {same} of {count} names are the same"
    seconds = alternate(together, apart, runs)
    ours, single = (median / count * 1e6 for median in seconds.medians)
    return Row(
        f"{count:,} names of the shipped `dinosaurs`: time a name",
        f"{ours:.0f} µs",
        f"one at a time: {single:.0f} µs ({same:,} the same)",
        f"{seconds.rates(1, 1)} times faster",
        "8 times",
    )


def alone(model: Model, sampling: Sampling, draws: Philox, number: int) -> str:
    """The name of a number, drawn by itself."""
    newline, row, token = model.vocabulary.newline, model.stream(model.initial_state(1)), NO_TOKEN
    text = ""
    for position in range(sampling.max_chars):
        logits = row.step(token)
        if not position:
            logits[newline] = -np.inf
        chances = probabilities(logits[None], sampling)
        token = int(draw(chances, draws(number, 1, position))[0])
        if token == newline:
            break
        text += model.vocabulary.characters[token]
    return text
