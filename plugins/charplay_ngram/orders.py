"""Choosing the order of an n-gram by a tenth of what was read; the rest is counted."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from charplay import Kind, ReadText, order_losses

# Positions that are looked at: in a longer text the best order hardly depends on the rest.
_LOOKED_AT = 1 << 19
# The order where a text is too short to choose by a part of it.
_USUAL_ORDER = 5
_PARTS = 10
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def choose_order(text: ReadText, kind: Kind, vocabulary_size: int) -> int:
    """The order from 2 to the text's with the lowest loss on a tenth, counted on the others.

    The tenth is the end of prose, or a random tenth of the different names with their repeats.
    """
    text = replace(text, symbols=text.symbols[:_LOOKED_AT], targets=text.targets[:_LOOKED_AT])
    if not text.targets.any():
        return min(_USUAL_ORDER, text.order)
    apart = _tenth_of_names(text) if kind == "names" else _last_tenth(text)
    counted = replace(text, targets=np.where(apart, 0, text.targets))
    scored = replace(text, targets=np.where(apart, text.targets, 0))
    if not (counted.targets.any() and scored.targets.any()):
        return min(_USUAL_ORDER, text.order)
    losses = order_losses(counted, scored, vocabulary_size)
    return min(range(2, text.order + 1), key=lambda order: losses[order - 1])


def _last_tenth(text: ReadText) -> NDArray[np.bool_]:
    length = len(text.targets)
    return np.arange(length) >= length - length // _PARTS


def _tenth_of_names(text: ReadText) -> NDArray[np.bool_]:
    """The positions of a tenth of the names. Which ones does not depend on their order."""
    scored = text.targets > 0
    begins = np.flatnonzero(scored & ~np.concatenate([[False], scored[:-1]]))
    lengths = np.diff(np.cumsum(scored)[begins], append=int(scored.sum()) + 1)
    digests = _name_digests(text.targets[scored], lengths)
    distinct = np.unique(digests)
    chosen = digests < distinct[len(distinct) // _PARTS]
    apart = np.zeros(len(scored), bool)
    apart[scored] = np.repeat(chosen, lengths)
    return apart


def _name_digests(letters: NDArray[np.integer], lengths: NDArray[np.intp]) -> NDArray[np.uint64]:
    """A number for each name, by its letters alone."""
    begins = np.cumsum(lengths) - lengths
    places = np.arange(len(letters)) - np.repeat(begins, lengths)
    powers = np.full(int(lengths.max()), _FACTOR).cumprod(dtype=np.uint64)
    sums = np.add.reduceat(letters.astype(np.uint64) * powers[places], begins)
    digests: NDArray[np.uint64] = (sums ^ (sums >> np.uint64(32))) * _FACTOR
    return digests
