"""One level of a Kneser-Ney model: its contexts, how to find them, and what it adds to the level
below.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from charplay.models.ngrams import ContextLevel, Integers, Places

Floats = NDArray[np.float64]

# Chen & Goodman 1999, §3.5: one discount for counts of 1, of 2, and of 3 or more.
DISCOUNTED = 3
# The least that is taken from a count, and left of it: the estimates of a short text may be none.
LEAST_DISCOUNT = 0.05


@dataclass(frozen=True, eq=False)
class SmoothedLevel:
    """Contexts and n-grams of a `ContextLevel`, with counts and discounts.

    children, widths, tokens: as there; child_symbols: the symbols of the next level's contexts;
    counts `(E,)`: those that are discounted;
    dropped `(C,)`: how much of its count each context lost with n-grams that were dropped;
    discounts `(4,)`: what is taken from counts of 0, 1, 2, and 3 or more.

    p(token | context) = (count - discount) / total + weight · p(token | shorter context), where the
    weight is what discounts and dropped n-grams leave over.
    """

    vocabulary_size: int
    children: Integers
    child_symbols: Integers
    widths: Integers
    tokens: Integers
    counts: Integers
    dropped: Integers
    discounts: Floats

    @classmethod
    def of(
        cls,
        level: ContextLevel,
        longer: ContextLevel | None,
        counts: Integers,
        vocabulary_size: int,
    ) -> "SmoothedLevel":
        """The level below `longer`, with some counts of its n-grams and the discounts that fit."""
        return cls(
            vocabulary_size=vocabulary_size,
            children=level.children,
            child_symbols=level.symbols[:0] if longer is None else longer.symbols,
            widths=level.widths,
            tokens=level.tokens,
            counts=counts,
            dropped=np.zeros(len(level.widths), np.uint8),
            discounts=estimate_discounts(counts),
        )

    @property
    def contexts(self) -> Integers:
        """The context of each n-gram, `(E,)`."""
        return np.repeat(np.arange(len(self.widths)), self.widths)

    @cached_property
    def first_entries(self) -> Places:
        """Where the n-grams of each context begin, `(C + 1,)`."""
        return begins_of(self.widths)

    @cached_property
    def first_children(self) -> Places:
        """Where the children of each context begin on the next level, `(C + 1,)`."""
        return begins_of(self.children)

    @cached_property
    def totals(self) -> Floats:
        """The sum of each context's counts, `(C,)`."""
        return sum_parts(self.counts, self.first_entries) + self.dropped

    @cached_property
    def weights(self) -> Floats:
        """The weight of the level below for each context, `(C,)`; 1 where it has no counts."""
        taken = sum_parts(self._discounts_of(self.counts), self.first_entries) + self.dropped
        return np.divide(taken, self.totals, out=np.ones(len(taken)), where=self.totals > 0)

    def _discounts_of(self, counts: Integers) -> Floats:
        return self.discounts[np.minimum(counts, DISCOUNTED)]

    @property
    def parents(self) -> Integers:
        """The context of this level in which each context of the next level ends."""
        return np.repeat(np.arange(len(self.children)), self.children)

    @cached_property
    def entry_codes(self) -> Integers:
        """A number for each n-gram by its context and token, ascending, `(E,)`."""
        return self.contexts * self.vocabulary_size + self.tokens

    @cached_property
    def child_codes(self) -> Integers:
        """A number for each child by its parent and symbol, ascending."""
        return self.parents * (self.vocabulary_size + 1) + self.child_symbols

    def shares(self, entries: Places | slice, contexts: Integers | int) -> Floats:
        """What n-grams of contexts add to the probability of their token."""
        counts = self.counts[entries]
        shares: Floats = (counts - self._discounts_of(counts)) / self.totals[contexts]
        return shares

    def interpolate(self, tokens: Places, contexts: Places, below: Floats) -> Floats:
        """Probabilities `(N,)` of tokens after contexts, from those of the level below."""
        probabilities = below * self.weights[contexts]
        entries, found = find_codes(self.entry_codes, contexts * self.vocabulary_size + tokens)
        probabilities[found] += self.shares(entries[found], contexts[found])
        return probabilities

    def entries_of(self, contexts: Places) -> tuple[Places, Places]:
        """(all n-grams of contexts `(N,)`, how many each context has)."""
        first, widths = self.first_entries[contexts], self.widths[contexts].astype(np.intp)
        before = np.cumsum(widths) - widths
        return np.arange(int(widths.sum())) + np.repeat(first - before, widths), widths


def smooth_levels(
    levels: Sequence[ContextLevel], counts: Sequence[Integers], vocabulary_size: int
) -> list[SmoothedLevel]:
    """The levels of a tree, each with some counts of its n-grams."""
    return [
        SmoothedLevel.of(level, above, counted, vocabulary_size)
        for level, above, counted in zip(levels, [*levels[1:], None], counts)
    ]


def estimate_discounts(counts: Integers) -> Floats:
    """The discounts of a level `(4,)`, from how often each count occurs."""
    return np.array(discounts_for([int((counts == i).sum()) for i in (1, 2, 3, 4)]))


def discounts_for(often: Sequence[int]) -> tuple[float, float, float, float]:
    """What is taken from counts of 0, 1, 2, and 3 or more (Chen & Goodman 1999, equation 26).

    often: how many n-grams have a count of 1, of 2, of 3 and of 4.
    """
    n1, n2, n3, n4 = (max(each, 1) for each in often)
    y = n1 / (n1 + 2 * n2)
    estimated = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    one, two, more = (
        min(max(d, LEAST_DISCOUNT), k - LEAST_DISCOUNT) for k, d in enumerate(estimated, start=1)
    )
    return 0.0, one, two, more


def begins_of(sizes: Integers) -> Places:
    """Where parts of these sizes begin, and where the last one ends, `(N + 1,)`."""
    begins = np.zeros(len(sizes) + 1, np.intp)
    np.cumsum(sizes, out=begins[1:])
    return begins


def sum_parts(values: Integers | Floats | NDArray[np.bool_], begins: Places) -> Floats:
    """The sum of each of the parts `(N,)` of values that begin there; `begins` is `(N + 1,)`."""
    sums = np.zeros(len(begins) - 1)
    filled = np.flatnonzero(np.diff(begins))
    sums[filled] = np.add.reduceat(values, begins[filled], dtype=np.float64)
    return sums


def find_codes(ascending: Integers, wanted: Integers) -> tuple[Places, NDArray[np.bool_]]:
    """(position of each code, whether it is among the ascending codes)."""
    if not len(ascending):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    places = ascending.searchsorted(wanted)
    np.minimum(places, len(ascending) - 1, out=places)
    return places, ascending[places] == wanted


def walk_contexts(
    levels: Sequence[SmoothedLevel], windows: Integers
) -> Iterator[tuple[int, Places, Places]]:
    """(level, rows, contexts): for each level the rows whose context it has, and that context.

    windows `(B, L)`: symbols, the newest last; a level that needs more than L is not reached.
    """
    rows, contexts = np.arange(len(windows)), np.zeros(len(windows), np.intp)
    for depth in range(min(len(levels), windows.shape[1] + 1)):
        if depth:
            above = levels[depth - 1]
            wanted = contexts * (above.vocabulary_size + 1) + windows[rows, -depth]
            children, found = find_codes(above.child_codes, wanted)
            rows, contexts = rows[found], children[found]
        yield depth, rows, contexts
