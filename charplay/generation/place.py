"""Where a conversation stands, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.models.arrays import State
from charplay.models.contract import Model
from charplay.text.vocabulary import Tokens

# Tokens read at once: their logits, which nobody wants here, stay small however long the text.
_STRETCH = 4096


@dataclass(frozen=True)
class Place:
    """The state after all characters but the last, and that last one, which is fed next."""

    state: State
    pending: int


def initial_place(model: Model) -> Place:
    """Where a model begins: prose after a line end, where it knows one; a name after nothing."""
    return Place(model.initial_state(1), model.opening_token)


def read_tokens(model: Model, place: Place, tokens: Tokens) -> Place:
    """The place after reading tokens `(T,)` from another place."""
    if not len(tokens):
        return place
    fed = np.concatenate(([place.pending], tokens[:-1])).astype(np.int32)
    state = place.state
    for start in range(0, len(fed), _STRETCH):
        _, state = model.advance(state, fed[None, start : start + _STRETCH])
    return Place(state, int(tokens[-1]))


def repeat_state(state: State, rows: int) -> Mapping[str, Any]:
    """A state of one row, repeated over so many."""
    return {name: np.repeat(array, rows, axis=0) for name, array in state.items()}
