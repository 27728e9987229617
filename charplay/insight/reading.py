"""Reading a text of any length with a model: how surprising every character is, in order.

Only a piece is in memory at a time. Prose is read as one text; a list is read a name at a time,
each from the beginning, and the newline that ends it is scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.generation.place import Place, initial_place
from charplay.models.arrays import Array
from charplay.models.contract import Model
from charplay.text.vocabulary import NEWLINE, Tokens

# Characters read at once: few, so that the first are soon there, and Ctrl-C is soon heard.
_CHUNK = 256
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class ScoredPiece(NamedTuple):
    """Some characters of a text in a model's letters, and the loss of each in nats `(T,)`.

    likeliest: the token expected most at each.
    """

    text: str
    nats: NDArray[np.float64]
    likeliest: Tokens


class ExpectedPiece(NamedTuple):
    """Some characters of a text, their tokens `(T,)`, and what was expected before each of them.

    log_probabilities: `(T, V)`; begins: whether the model began anew before them.
    """

    text: str
    tokens: Tokens
    log_probabilities: NDArray[np.float64]
    begins: bool


def score_pieces(model: Model, pieces: Iterable[str]) -> Iterator[ScoredPiece]:
    """The loss of every character of a text in the model's letters, given and read in pieces."""
    for text, tokens, scores, _ in expected_pieces(model, pieces):
        nats = -np.take_along_axis(scores, tokens[:, None], axis=1)[:, 0]
        yield ScoredPiece(text, nats, scores.argmax(axis=1).astype(np.int32))


def expected_pieces(model: Model, pieces: Iterable[str]) -> Iterator[ExpectedPiece]:
    """What a model expects before every character of a text in its letters."""
    beginning = initial_place(model)
    place, begins = beginning, True
    for text in text_chunks(model, pieces):
        tokens = model.vocabulary.encode(text)
        inputs = np.concatenate(([place.pending], tokens[:-1])).astype(np.int32)
        logits, state = model.advance(place.state, inputs[None])
        yield ExpectedPiece(text, tokens, log_softmax(logits[0]), begins)
        begins = model.kind == "names" and text.endswith(NEWLINE)
        place = beginning if begins else Place(state, int(tokens[-1]))


def text_chunks(model: Model, pieces: Iterable[str]) -> Iterator[str]:
    """A text in short chunks; of names, none goes over a line's end, and the last one has it."""
    names = model.kind == "names"
    last = NEWLINE
    for piece in pieces:
        for part in _LINES.findall(piece) if names else (piece,):
            if names and last == NEWLINE == part:
                continue  # an empty line is no name
            yield from (part[at : at + _CHUNK] for at in range(0, len(part), _CHUNK))
            last = part[-1:]
    if names and last != NEWLINE:
        yield NEWLINE


def log_softmax(logits: Array) -> NDArray[np.float64]:
    """The logarithms of the probabilities `(…, V)` of logits, in double precision."""
    scores = np.asarray(logits, np.float64)
    scores = scores - scores.max(axis=-1, keepdims=True)
    total: NDArray[np.float64] = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return total
