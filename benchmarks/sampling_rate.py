"""How fast is sampling: one stream beside its bare products, many names beside one at a time?

The first row samples prose from an LSTM of 512 units. It compares the time per character with the
two vector–matrix products that sampling cannot avoid: the hidden state with the recurrent weights
and with the output weights. Both run on one thread, as sampling prose does, after a warm-up.

The second row samples names from the shipped model `dinosaurs` in a batch, and the same names one
at a time, from the same uniform numbers and without other work.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.engine_rate import UNITS, prepare_training
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, time_alternately
from charplay.blas import one_blas_thread
from charplay.generation.generator import Continuation, draw_names
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.generation.sampling import Philox, draw_tokens, token_probabilities
from charplay.models.checkpoint import read_checkpoint
from charplay.models.contract import Model
from charplay.pretrained import shipped_models
from charplay.text.tokens import NO_TOKEN

LENGTH = 64


def measure(quick: bool) -> list[Row]:
    """The time per character of a stream, and the time per name of a batch."""
    runs = 1 if quick else 9
    with one_blas_thread():
        drawn = stream_row(100 if quick else 3000, runs)
    return [drawn, names_row(100 if quick else 1000, runs)]


def stream_row(characters: int, runs: int) -> Row:
    """Sampling prose, compared with its matrix products alone."""
    learner, _ = prepare_training("lstm", LENGTH, LENGTH * LENGTH)
    model = learner.model()
    sampling = Sampling(max_chars=characters)

    def drawn() -> None:
        for _ in Continuation(model, initial_place(model), sampling, 7, 1):
            pass

    seconds = time_alternately(drawn, bare_products(model, characters), runs)
    ours, bare = (median / characters * 1e6 for median in seconds.medians)
    return Row(
        f"one stream, lstm {UNITS}: time per sampled character",
        f"{ours:.0f} µs",
        f"the bare vector–matrix products: {bare:.0f} µs",
        seconds.spreads,
        "at most 2 times",
    )


def bare_products(model: Model, characters: int) -> Callable[[], None]:
    """A function that multiplies a vector by the recurrent and output weights, so many times."""
    recurrent, output = (model.arrays()[name] for name in ("recurrent.0", "output"))
    hidden = np.full((1, len(recurrent)), 0.1, recurrent.dtype)
    gates, logits = hidden.dot(recurrent), hidden.dot(output)

    def multiply() -> None:
        for _ in range(characters):
            hidden.dot(recurrent, gates)
            hidden.dot(output, logits)

    return multiply


def names_row(count: int, runs: int) -> Row:
    """Sampling names in a batch, compared with one at a time."""
    checkpoint = read_checkpoint(shipped_models()["dinosaurs"])
    model = checkpoint.model(REGISTRY.backends.find(checkpoint.header.backend))
    sampling, draws, nothing = Sampling(max_chars=50), Philox(7), np.array([], np.int32)
    numbers = range(1, count + 1)

    def together() -> list[str]:
        return [answer.text for answer in draw_names(model, nothing, sampling, draws, numbers)]

    def apart() -> list[str]:
        with one_blas_thread():
            return [draw_alone(model, sampling, draws, number) for number in numbers]

    same = sum(one == other for one, other in zip(together(), apart(), strict=True))
    # A uniform number on the border between two characters may select either of them.
    assert same >= 0.99 * count, f"only {same} of {count} names are the same"
    seconds = time_alternately(together, apart, runs)
    ours, single = (median / count * 1e6 for median in seconds.medians)
    return Row(
        f"{count:,} names of the shipped `dinosaurs`: time per name",
        f"{ours:.0f} µs",
        f"one at a time: {single:.0f} µs ({same:,} the same)",
        f"{seconds.rates(1, 1)} times faster",
        "8 times",
    )


def draw_alone(model: Model, sampling: Sampling, draws: Philox, number: int) -> str:
    """The name of a number, sampled on its own."""
    newline, row, token = model.vocabulary.newline, model.stream(model.initial_state(1)), NO_TOKEN
    text = ""
    for position in range(sampling.max_chars):
        logits = row.step(token)
        if not position:
            logits[newline] = -np.inf
        probabilities = token_probabilities(logits[None], sampling)
        token = int(draw_tokens(probabilities, draws(number, 1, position))[0])
        if token == newline:
            break
        text += model.vocabulary.characters[token]
    return text
