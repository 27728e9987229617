"""The point that a text has reached in a model, as a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.models.arrays import State
from charplay.models.contract import Model
from charplay.text.vocabulary import Tokens

# Tokens read at once. Their logits are not used, and must not fill memory for a long text.
_CHUNK = 4096


@dataclass(frozen=True)
class Place:
    """The state after all tokens but the last, and that last token, which the model reads next."""

    state: State
    pending: int


def initial_place(model: Model) -> Place:
    """The place where a model begins a text.

    Prose begins after a newline, if the vocabulary has one; a name begins after no token.
    """
    return Place(model.initial_state(1), model.opening_token)


def read_tokens(model: Model, place: Place, tokens: Tokens) -> Place:
    """The place after reading tokens `(T,)` from another place."""
    last = place
    for _, last in read_pieces(model, place, tokens):  # noqa: B007
        pass
    return last


def read_pieces(model: Model, place: Place, tokens: Tokens) -> Iterator[tuple[int, Place]]:
    """How many tokens are read and the place after them, again and again to the last."""
    inputs = np.concatenate(([place.pending], tokens[:-1])).astype(np.int32)
    state = place.state
    for start in range(0, len(tokens), _CHUNK):
        piece = inputs[start : start + _CHUNK]
        _, state = model.advance(state, piece[None])
        read = start + len(piece)
        yield read, Place(state, int(tokens[read - 1]))


def repeat_state(state: State, rows: int) -> Mapping[str, Any]:
    """A state of one row, repeated to a state of `rows` rows."""
    return {name: np.repeat(array, rows, axis=0) for name, array in state.items()}
