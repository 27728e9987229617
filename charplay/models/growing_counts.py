"""Counting while reading: a Kneser-Ney model that learns each token after it has been expected.

The same smoothing as in `counting`, made one token at a time. A longer context has what follows it
counted whenever it follows; a shorter one only where the longer one had not seen it yet, so that
its count is the number of different contexts before it, as Kneser and Ney want it (Kneser & Ney
1995; the rule is the update exclusion of Moffat 1990).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charplay.models.smoothing import DISCOUNTED, discounts_for

Floats = NDArray[np.float64]


class _Context:
    """What followed a context, and the contexts one token longer, by their oldest token."""

    __slots__ = ("children", "counts", "kinds", "total")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.children: dict[int, _Context] = {}
        self.total = 0
        # How many tokens followed never, once, twice, and more often; the first is not kept.
        self.kinds = [0, 0, 0, 0]


class GrowingCounts:
    """Counts of what it has read, of contexts up to `order - 1` tokens.

    With more than `most` contexts no new ones are made, so that memory is bounded whatever the
    length. `depth`: how long the longest context is that has been met before, after `expect`.
    """

    def __init__(self, vocabulary_size: int, order: int, most: int = 300_000) -> None:
        self._size, self._order, self._most = vocabulary_size, order, most
        self._root = _Context()
        self._contexts = 1
        # For each length of context: how many n-grams were counted 1, 2, 3 and 4 times.
        self._seen = [[0, 0, 0, 0, 0] for _ in range(order)]
        self._recent: list[int] = []
        self._path = [self._root]
        self.depth = 0

    def begin(self, opening: int) -> None:
        """Read a new text, which begins after an opening token; what was learned stays."""
        self._recent = [opening] * (self._order - 1)
        self._path = self._walk()
        self.depth = 0

    def expect(self) -> Floats:
        """The probabilities `(V,)` of the next token."""
        probabilities = np.full(self._size, 1 / self._size)
        self.depth = 0
        for depth, context in enumerate(self._path):
            if not context.total:
                break
            self.depth = depth
            discounts = discounts_for(self._seen[depth][1:])
            _, once, twice, more = context.kinds
            left = discounts[1] * once + discounts[2] * twice + discounts[3] * more
            probabilities *= left / context.total
            tokens = np.fromiter(context.counts.keys(), np.intp, len(context.counts))
            counts = np.fromiter(context.counts.values(), np.intp, len(context.counts))
            shares = counts - np.take(discounts, np.minimum(counts, DISCOUNTED))
            probabilities[tokens] += shares / context.total
        return probabilities

    def learn(self, token: int) -> None:
        """Count the token that came, and read it."""
        for depth in range(len(self._path) - 1, -1, -1):
            if not self._count(self._path[depth], depth, token):
                break
        self._recent.insert(0, token)
        del self._recent[self._order - 1 :]
        self._path = self._walk()

    def _count(self, context: _Context, depth: int, token: int) -> bool:
        """Count a token after a context; whether it was new there."""
        before = context.counts.get(token, 0)
        context.counts[token] = before + 1
        context.total += 1
        if before < DISCOUNTED:
            context.kinds[before] -= before > 0
            context.kinds[before + 1] += 1
        seen = self._seen[depth]
        if before < 5:
            seen[before] -= before > 0
        if before < 4:
            seen[before + 1] += 1
        return before == 0

    def _walk(self) -> list[_Context]:
        """The contexts that end in what was read last, from the empty one on; new ones are made."""
        path, context = [self._root], self._root
        for token in self._recent:
            child = context.children.get(token)
            if child is None:
                if self._contexts >= self._most:
                    break
                child = context.children[token] = _Context()
                self._contexts += 1
            path.append(child)
            context = child
        return path
