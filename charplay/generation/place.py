"""The point that a text has reached in a model, as a value."""

from collections.abc import Mapping
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
    if not len(tokens):
        return place
    inputs = np.concatenate(([place.pending], tokens[:-1])).astype(np.int32)
    state = place.state
    for start in range(0, len(inputs), _CHUNK):
        _, state = model.advance(state, inputs[None, start : start + _CHUNK])
    return Place(state, int(tokens[-1]))


def repeat_state(state: State, rows: int) -> Mapping[str, Any]:
    """A state of one row, repeated to a state of `rows` rows."""
    return {name: np.repeat(array, rows, axis=0) for name, array in state.items()}
