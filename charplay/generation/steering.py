"""Which characters may come at all, and how a draw falls on one of those that may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from charplay.generation.sampling import Probabilities, draw_tokens
from charplay.models.arrays import Array

# Whether a character may follow a text; the newline means the name's end.
Steer: TypeAlias = Callable[[str, str], bool]

_BELOW_ONE = float(np.nextafter(1, 0))


def forbid_empty(logits: Array, newline: int | None) -> Array:
    """Logits `(B, V)` in which a name that has no letter yet cannot end."""
    logits = logits.copy()
    logits[:, newline] = -np.inf
    return logits


def steered_draws(
    probabilities: Probabilities, uniform: float
) -> Iterator[tuple[int, float, Probabilities]]:
    """The tokens that one uniform number picks in turn, as each one before is taken out.

    Each with the number that picked it and the probabilities `(V,)` that it picked from. Where in a
    token's share the number fell is as uniform as the number was: by that the next one is picked.
    They end where nothing is left.
    """
    probabilities = probabilities.copy()
    while (total := probabilities.sum()) > 0:
        probabilities /= total
        token = int(draw_tokens(probabilities[None], np.array([uniform]))[0])
        yield token, uniform, probabilities
        below = probabilities[:token].sum()
        uniform = min(max((uniform - below) / probabilities[token], 0.0), _BELOW_ONE)
        probabilities = probabilities.copy()
        probabilities[token] = 0


def steered_token(
    text: str, probabilities: Probabilities, uniform: float, steer: Steer, characters: str
) -> int | None:
    """The token that a number picks among those that may follow a text; None if none may."""
    for token, _, _ in steered_draws(probabilities, uniform):
        if steer(text, characters[token]):
            return token
    return None
