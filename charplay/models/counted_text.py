"""What a Kneser-Ney model has counted, as a text that can be counted again, and grown levels."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from charplay.models.ngrams import Integers, Places, ReadText, symbol_type
from charplay.models.smoothing import SmoothedLevel, find_codes


def grow_levels(
    levels: Sequence[SmoothedLevel], places: NDArray[np.int32], vocabulary_size: int
) -> list[SmoothedLevel]:
    """The levels in a larger vocabulary, in which old tokens have these ascending places."""
    symbols = np.concatenate([[0], places + 1])
    return [
        replace(
            level,
            vocabulary_size=vocabulary_size,
            tokens=places[level.tokens],
            child_symbols=symbols[level.child_symbols],
        )
        for level in levels
    ]


def lay_out_counts(levels: Sequence[SmoothedLevel]) -> ReadText:
    """A text of short pieces, one for each longest n-gram, that counts as often as that was read.

    The longest n-grams say all that was counted, so counting it gives the same levels, unless some
    were dropped. A shorter n-gram whose longer ones were dropped is laid out as at the start of a
    text; it is found again, with a smaller count.
    """
    size, gap = levels[0].vocabulary_size, max(len(levels) - 1, 1)
    symbols, targets, counts = [], [], []
    for contexts, tokens, counted in _longest_ngrams(levels):
        block = np.zeros((len(tokens), gap), symbol_type(size))
        # The newest symbol of a context comes first in the tree, and last in a text.
        block[:, gap - contexts.shape[1] :] = contexts[:, ::-1]
        scored, often = np.zeros_like(block), np.ones(block.shape, np.uint32)
        scored[:, -1], often[:, -1] = tokens.astype(np.int64) + 1, counted
        symbols.append(block.ravel())
        targets.append(scored.ravel())
        counts.append(often.ravel())
    return ReadText(
        np.concatenate(symbols), np.concatenate(targets), len(levels), np.concatenate(counts)
    )


def _longest_ngrams(
    levels: Sequence[SmoothedLevel],
) -> Iterator[tuple[Integers, Integers, Integers]]:
    """(contexts `(E, depth)`, tokens, counts) of n-grams that no longer one stands for."""
    contexts: Integers = np.zeros((1, 0), symbol_type(levels[0].vocabulary_size))
    for level, longer in zip(levels, [*levels[1:], None], strict=True):
        left = level.counts.astype(np.int64)
        if longer is not None:
            left -= _counted_above(level, longer)
        kept: Places = np.flatnonzero(left > 0)
        yield contexts[level.contexts[kept]], level.tokens[kept], left[kept]
        if longer is not None:
            contexts = np.column_stack([contexts[level.parents], level.child_symbols])


def _counted_above(level: SmoothedLevel, longer: SmoothedLevel) -> Integers:
    """How many n-grams of the longer level stand for each n-gram of a level, `(E,)`."""
    owners = level.parents[longer.contexts]
    places, found = find_codes(level.entry_codes, owners * level.vocabulary_size + longer.tokens)
    return np.bincount(places[found], minlength=len(level.tokens))
