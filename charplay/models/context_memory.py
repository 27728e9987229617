"""One context at a time: distributions that are made when a context is first met, and remembered.

A text comes back to the same short contexts all the time. So most of the path from the empty
context to the longest known one is remembered, and the rest costs a few operations for each level.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from charplay.models.smoothing import DISCOUNTED, Floats, SmoothedLevel

# How many numbers the remembered distributions may have together.
_MOST_NUMBERS = 4_000_000
# Up to so many n-grams, a loop is faster than array operations; the numbers are the same.
_FEW = 16


class _Node:
    """A context that was met; children: the contexts one longer, None where there is none."""

    __slots__ = ("children", "context", "depth", "distribution", "logarithms")

    def __init__(self, depth: int, context: int, distribution: Floats) -> None:
        self.depth, self.context, self.distribution = depth, context, distribution
        self.children: dict[int, _Node | None] = {}
        self.logarithms: NDArray[np.float32] | None = None


class ContextMemory:
    """The distributions after contexts of a Kneser-Ney model, one context at a time.

    table `(N, V)`: the distributions of the first levels, which are ready; begins: where each of
    those begins in it. The table's first row is that of no level. Several threads may share a
    memory: what is remembered never changes.
    """

    def __init__(
        self, levels: Sequence[SmoothedLevel], table: Floats, begins: Sequence[int]
    ) -> None:
        self._levels, self._table, self._begins = levels, table, begins
        self._discounts = [level.discounts.tolist() for level in levels]
        self._most_nodes = _MOST_NUMBERS // table.shape[1]
        self._forget()

    def log_probabilities(self, recent: Iterable[int]) -> NDArray[np.float32]:
        """log p `(V,)` of the next token after symbols, the newest first; not to be changed."""
        if self._nodes > self._most_nodes:
            self._forget()
        node = self._root
        for symbol in recent:
            if symbol not in node.children:
                node.children[symbol] = self._find_child(node, symbol)
            child = node.children[symbol]
            if child is None:
                break
            node = child
        if node.logarithms is None:
            node.logarithms = np.log(node.distribution).astype(np.float32)
        return node.logarithms

    def _forget(self) -> None:
        root = self._table[1 if self._levels else 0]
        self._root, self._nodes = _Node(0, 0, root), 0

    def _find_child(self, node: _Node, symbol: int) -> _Node | None:
        """The context with one older symbol, where the model has it."""
        self._nodes += 1
        if node.depth + 1 >= len(self._levels):
            return None
        level = self._levels[node.depth]
        first, end = level.first_children[node.context : node.context + 2].tolist()
        symbols = level.child_symbols[first:end].tolist()
        place = bisect_left(symbols, symbol)
        if place == len(symbols) or symbols[place] != symbol:
            return None
        depth, context = node.depth + 1, first + place
        return _Node(depth, context, self._distribution(depth, context, node.distribution))

    def _distribution(self, depth: int, context: int, below: Floats) -> Floats:
        """The probabilities after a context, from those after the one without its oldest symbol."""
        if depth < len(self._begins):
            ready: Floats = self._table[self._begins[depth] + context]
            return ready
        level = self._levels[depth]
        first, end = level.first_entries[context : context + 2].tolist()
        distribution: Floats = below * level.weights[context]
        if end - first > _FEW:
            distribution[level.tokens[first:end]] += level.shares(slice(first, end), context)
            return distribution
        discounts, total = self._discounts[depth], float(level.totals[context])
        counts = level.counts[first:end].tolist()
        for token, count in zip(level.tokens[first:end].tolist(), counts, strict=True):
            distribution[token] += (count - discounts[min(count, DISCOUNTED)]) / total
        return distribution
