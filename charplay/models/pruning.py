"""Pruning: a Kneser-Ney model without the n-grams that help it least.

What an n-gram is worth is how much longer the text that was counted would be without it: its
occurrences times the logarithm of the ratio of its probability to the one from the level below
(the weighted difference of Seymore & Rosenfeld 1996). What the dropped n-grams of a context had
goes to the level below, so probabilities still sum to 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from charplay.models.ngrams import ContextLevel, Places
from charplay.models.smoothing import SmoothedLevel, find_codes, sum_parts

Gains = NDArray[np.float32]
Kept = NDArray[np.bool_]

# Contexts that are looked at together.
_CONTEXTS = 1 << 19


def prune_levels(
    levels: Sequence[SmoothedLevel], counted: Sequence[ContextLevel], most: int
) -> list[SmoothedLevel]:
    """The levels with at most `most` n-grams, those worth most; n-grams of one token all stay.

    counted: the levels before smoothing, for how often each n-gram occurs.
    """
    droppable = sum(len(level.tokens) for level in levels[1:])
    excess = min(len(levels[0].tokens) + droppable - most, droppable) if levels else 0
    if excess <= 0:
        return list(levels)
    gains = list(_gains(levels, counted))
    least = np.partition(np.concatenate(gains), excess - 1)[excess - 1]
    kept = [np.ones(len(levels[0].tokens), bool), *(gain > least for gain in gains)]
    return _drop_ngrams(levels, kept)


def _gains(levels: Sequence[SmoothedLevel], counted: Sequence[ContextLevel]) -> Iterator[Gains]:
    """What each n-gram of each level is worth, from contexts of one token on, in nats."""
    root = levels[0]
    entries = np.arange(len(root.tokens))
    below = root.shares(entries, entries * 0) + root.weights[0] / root.vocabulary_size
    for shorter, level, counts in zip(levels, levels[1:], counted[1:], strict=False):
        probabilities = np.empty(len(level.tokens), np.float32)
        gains = np.empty(len(level.tokens), np.float32)
        for contexts in _parts(len(level.widths)):
            entries, widths = level.entries_of(contexts)
            parents = np.searchsorted(shorter.first_children, contexts, side="right") - 1
            codes = np.repeat(parents, widths) * level.vocabulary_size + level.tokens[entries]
            lower = below[find_codes(shorter.entry_codes, codes)[0]]
            owners = np.repeat(contexts, widths)
            shares, weights = level.shares(entries, owners), level.weights[owners]
            probabilities[entries] = shares + weights * lower
            without = (shares + weights) * lower
            gains[entries] = counts.occurrences[entries] * np.log(probabilities[entries] / without)
        below = probabilities
        yield gains


def _parts(contexts: int) -> Iterator[Places]:
    for start in range(0, contexts, _CONTEXTS):
        yield np.arange(start, min(start + _CONTEXTS, contexts))


def _drop_ngrams(levels: Sequence[SmoothedLevel], kept: Sequence[Kept]) -> list[SmoothedLevel]:
    """The levels with the n-grams kept, and the contexts that have some or lead to some."""
    pruned: list[SmoothedLevel] = []
    longer = np.zeros(0, bool)
    for level, entries in zip(reversed(levels), reversed(kept), strict=True):
        widths = sum_parts(entries, level.first_entries)
        children = sum_parts(longer, level.first_children)
        contexts = (widths > 0) | (children > 0)
        left = sum_parts(level.counts * entries, level.first_entries)
        pruned.append(
            replace(
                level,
                children=children[contexts].astype(np.uint32),
                child_symbols=level.child_symbols[longer],
                widths=widths[contexts].astype(np.uint32),
                tokens=level.tokens[entries],
                counts=level.counts[entries],
                dropped=(level.totals - left)[contexts].astype(np.uint32),
            )
        )
        longer = contexts
    return [level for level in pruned[::-1] if len(level.widths)]
