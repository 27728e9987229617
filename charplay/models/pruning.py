"""Pruning: a Kneser-Ney model without the n-grams that help it least.

What an n-gram is worth is how much longer the text that was counted would be without it: its
occurrences times the logarithm of the ratio of its probability to the one from the level below
(the weighted difference of Seymore & Rosenfeld 1996). What the dropped n-grams of a context had
goes to the level below, so probabilities still sum to 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

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
    kept = _most_gainful(list(_gains(levels, counted)), excess)
    return _drop_ngrams(levels, [np.ones(len(levels[0].tokens), bool), *kept])


def _most_gainful(gains: Sequence[Gains], excess: int) -> list[Kept]:
    """Which n-grams of each level are left without so many of those that are worth least."""
    ranked = np.concatenate(gains)
    ranked.partition(excess - 1)
    return [gain > ranked[excess - 1] for gain in gains]


def _gains(levels: Sequence[SmoothedLevel], counted: Sequence[ContextLevel]) -> Iterator[Gains]:
    """What each n-gram of each level is worth, from contexts of one token on, in nats."""
    shorter = replace(levels[0])
    entries = np.arange(len(shorter.tokens))
    below = shorter.shares(entries, 0) + shorter.weights[0] / shorter.vocabulary_size
    for given, counts in zip(levels[1:], counted[1:], strict=True):
        # A copy, so that what it works out for itself goes with it: there is much of it.
        level = replace(given)
        probabilities, without = _probabilities(level, shorter, below)
        gains = np.log(probabilities / without)
        gains *= counts.occurrences
        yield gains
        shorter, below = level, probabilities


def _probabilities(
    level: SmoothedLevel, shorter: SmoothedLevel, below: NDArray[Any]
) -> tuple[Gains, Gains]:
    """The probability of each n-gram, and what it would be if that one were dropped.

    below: the probabilities of the n-grams of the shorter level.
    """
    probabilities, without = (np.empty(len(level.tokens), np.float32) for _ in range(2))
    for contexts in _parts(len(level.widths)):
        entries, widths = level.entries_of(contexts)
        parents = shorter.first_children.searchsorted(contexts, side="right") - 1
        codes = np.repeat(parents, widths) * level.vocabulary_size + level.tokens[entries]
        lower = below[find_codes(shorter.entry_codes, codes)[0]]
        owners = np.repeat(contexts, widths)
        shares, weights = level.shares(entries, owners), level.weights[owners]
        probabilities[entries] = shares + weights * lower
        without[entries] = (shares + weights) * lower
    return probabilities, without


def _parts(contexts: int) -> Iterator[Places]:
    for start in range(0, contexts, _CONTEXTS):
        yield np.arange(start, min(start + _CONTEXTS, contexts))


def _drop_ngrams(levels: Sequence[SmoothedLevel], kept: Sequence[Kept]) -> list[SmoothedLevel]:
    """The levels with the n-grams kept, and the contexts that have some or lead to some."""
    pruned: list[SmoothedLevel] = []
    longer = np.zeros(0, bool)
    for given, entries in zip(reversed(levels), reversed(kept), strict=True):
        level = replace(given)
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
