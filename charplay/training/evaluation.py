"""The loss of a model on a text, and samples drawn during training."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from charplay.blas import blas_threads, run_side_by_side
from charplay.generation.generator import Continuation, draw_names
from charplay.generation.options import AnswerOptions
from charplay.generation.place import initial_place
from charplay.generation.sampling import Philox
from charplay.interrupts import Interrupted
from charplay.models.arrays import Array
from charplay.models.contract import Model
from charplay.text.batching import name_row, pad_rows, token_table
from charplay.text.corpus import Corpus, NameList, Prose
from charplay.text.token_cache import NarrowTokens
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Tokens, Vocabulary

_ROWS = 256
_STREAMS = 32
_SHORTEST_STREAM = 1000
_CHUNK = 100
_SAMPLED_NAMES = 6
_SAMPLED_CHARACTERS = 120


def loss_of(model: Model, corpus: Corpus) -> float:
    """Mean loss of a text in nats a character.

    Each name is read from a zero state, and its newline counts as a character. Prose is read as up
    to 32 contiguous streams of at least 1,000 characters; each starts from a zero state, which is
    carried to its end. The streams are shared out among the threads there are.
    """
    if isinstance(corpus, NameList):
        return _names_loss(model, corpus) / corpus.characters
    return _prose_loss(model, corpus)


def negative_log_likelihood(logits: Array, targets: Tokens) -> float:
    """Sum of -log softmax(logits `(…, V)`) over the scored targets `(…)`, in nats."""
    scored = targets != NO_TOKEN
    scores = logits[scored].astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    picked = scores[np.arange(len(scores)), targets[scored]]
    return float((np.log(np.exp(scores).sum(axis=1)) - picked).sum())


def _names_loss(model: Model, corpus: NameList) -> float:
    rows = [name_row(model.vocabulary, name) for name in sorted(corpus.names, key=len)]
    total = 0.0
    for i in range(0, len(rows), _ROWS):
        batch = pad_rows(rows[i : i + _ROWS])
        logits, _ = model.advance(model.initial_state(len(batch.inputs)), batch.inputs)
        total += negative_log_likelihood(logits, batch.targets)
    return total


def _prose_loss(model: Model, corpus: Prose) -> float:
    tokens, table = corpus.tokens, token_table(corpus, model.vocabulary)
    streams = int(np.clip(len(tokens) // _SHORTEST_STREAM, 1, _STREAMS))
    columns = (len(tokens) - 1) // streams
    inputs = tokens[: streams * columns].reshape(streams, columns)
    targets = tokens[1 : streams * columns + 1].reshape(streams, columns)
    share = -(-streams // blas_threads())
    shares = [slice(first, first + share) for first in range(0, streams, share)]
    tasks = [partial(_stream_loss, model, table, inputs[rows], targets[rows]) for rows in shares]
    return sum(run_side_by_side(tasks)) / targets.size


def _stream_loss(
    model: Model, table: Tokens, inputs: NarrowTokens, targets: NarrowTokens, stop: Interrupted
) -> float:
    """The summed loss of streams `(B, T)` of a text's own tokens; the table gives the model's."""
    state, total = model.initial_state(len(inputs)), 0.0
    for start in range(0, inputs.shape[1], _CHUNK):
        if stop():
            break
        chunk = slice(start, start + _CHUNK)
        logits, state = model.advance(state, table[inputs[:, chunk]])
        total += negative_log_likelihood(logits, table[targets[:, chunk]])
    return total


def log_probabilities(
    model: Model, corpus: Corpus, most: int
) -> tuple[NDArray[np.float32], Tokens]:
    """(log-probabilities `(N, V)`, targets `(N,)`) at about `most` characters of a text, or fewer.

    They are spread over the text: every so many names, or stretches of 1,000 characters.
    """
    views, found = [], []
    for inputs, targets in spread_rows(corpus, model.vocabulary, most):
        scored = targets != NO_TOKEN
        logits, _ = model.advance(model.initial_state(len(inputs)), inputs)
        scores = logits[scored].astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        views.append(scores)
        found.append(targets[scored])
    return np.concatenate(views), np.concatenate(found)


def spread_rows(
    corpus: Corpus, vocabulary: Vocabulary, most: int
) -> Iterator[tuple[Tokens, Tokens]]:
    """Inputs and targets `(B, T)` of about `most` characters of a text, some rows at a time."""
    if isinstance(corpus, NameList):
        names = corpus.names[:: -(-corpus.characters // most)]
        rows = [name_row(vocabulary, name) for name in sorted(names, key=len)]
        for i in range(0, len(rows), _ROWS):
            batch = pad_rows(rows[i : i + _ROWS])
            yield batch.inputs, batch.targets
        return
    length = min(_SHORTEST_STREAM, most, corpus.characters - 1)
    count = max(1, min(most, corpus.characters - 1) // length)
    starts = np.linspace(0, corpus.characters - 1 - length, count).astype(int)
    at = starts[:, None] + np.arange(length)
    table = token_table(corpus, vocabulary)
    yield table[corpus.tokens[at]], table[corpus.tokens[at + 1]]


def draw_samples(model: Model, options: AnswerOptions, seed: int) -> tuple[str, ...]:
    """A few texts drawn from a model: six names, or 120 characters of prose."""
    if model.kind == "names":
        nothing = np.array([], np.int32)
        numbers = range(1, _SAMPLED_NAMES + 1)
        answers = draw_names(model, nothing, options, Philox(seed), numbers)
        return tuple(options.present(answer.text) for answer in answers)
    continuation = Continuation(model, initial_place(model), options, seed, 1)
    return ("".join(character for _, character in zip(range(_SAMPLED_CHARACTERS), continuation)),)
