"""A back-off n-gram with interpolated modified Kneser-Ney smoothing, the yardstick of the networks.

Chen & Goodman 1999, §3: the highest order uses counts, every lower one the number of distinct
characters seen before; three discounts an order, estimated from the counts of counts; below order
one stands a uniform guess over the vocabulary.

An n-gram is one whole number, its characters being the digits, the newest the last: a context is
what a division by the base leaves, and what lies in a sorted array is found by bisection.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

START = "\x02"
_UNSEEN = 0


class KneserNey:
    """Probabilities of characters after up to `order - 1` others.

    Each text is read from its start: a list of names is one text a name, prose is one text.
    """

    def __init__(self, texts: Sequence[str], order: int, vocabulary: int) -> None:
        self._order, self._vocabulary = order, vocabulary
        known = (START, *sorted(set().union(*texts)))
        self._digits = {character: digit for digit, character in enumerate(known, _UNSEEN + 1)}
        self._base = len(known) + 1
        grams, counts = np.unique(self._grams(texts), return_counts=True)
        self._tables = [_Table(grams, counts, self._base)]
        for length in range(order - 1, 0, -1):
            grams, counts = np.unique(grams % self._base**length, return_counts=True)
            self._tables.insert(0, _Table(grams, counts, self._base))

    def loss(self, texts: Sequence[str]) -> float:
        """Mean loss in nats a character."""
        return float(-np.log(self._chances(self._grams(texts))).mean())

    def probability(self, context: str, character: str) -> float:
        """Of a character after a context of `order - 1` others."""
        return float(self._chances(self._codes(context + character))[0])

    def _grams(self, texts: Sequence[str]) -> Codes:
        """The n-gram that ends in each character of texts."""
        start = START * (self._order - 1)
        codes = self._codes("".join(start + text for text in texts))
        return codes[codes % self._base != self._digits[START]]

    def _codes(self, text: str) -> Codes:
        """The code of every stretch of `order` characters."""
        digits = np.fromiter((self._digits.get(each, _UNSEEN) for each in text), np.int64)
        codes = np.zeros(len(digits) - self._order + 1, np.int64)
        for column in np.lib.stride_tricks.sliding_window_view(digits, self._order).T:
            codes = codes * self._base + column
        return codes

    def _chances(self, grams: Codes) -> Floats:
        """Of the last character of each n-gram after the ones before it."""
        chances = np.full(len(grams), 1 / self._vocabulary)
        for length, table in enumerate(self._tables, start=1):
            chances = table.interpolated(grams % self._base**length, chances)
        return chances


class _Table:
    """What was seen of one length: n-grams `(N,)` in order, and their contexts, in order too."""

    def __init__(self, grams: Codes, counts: Codes, base: int) -> None:
        self._base, self._grams = base, grams
        taken = np.minimum(counts, _discounts(counts)[np.minimum(counts, 3) - 1])
        self._kept = counts - taken
        self._contexts, begins = np.unique(grams // base, return_index=True)
        self._totals = np.add.reduceat(counts, begins)
        self._weights = np.add.reduceat(taken, begins) / self._totals

    def interpolated(self, grams: Codes, below: Floats) -> Floats:
        """Chances `(M,)` of n-grams, given those of the length below."""
        at, seen = found(self._contexts, grams // self._base)
        gram, counted = found(self._grams, grams)
        kept = np.where(counted, self._kept[gram], 0)
        return np.where(seen, kept / self._totals[at] + self._weights[at] * below, below)


def found(sorted_codes: Codes, wanted: Codes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each code stands, and whether it is there at all."""
    places = np.searchsorted(sorted_codes, wanted).clip(max=len(sorted_codes) - 1)
    return places, sorted_codes[places] == wanted


def _discounts(counts: Codes) -> Floats:
    """The discounts of counts one, two, and three or more."""
    n1, n2, n3, n4 = (max(int((counts == i).sum()), 1) for i in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    estimated = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return np.clip(estimated, 0.05, [0.95, 1.95, 2.95])


def best(training: Sequence[str], held_out: Sequence[str], vocabulary: int) -> tuple[float, int]:
    """(loss in nats a character, order) of the best order up to 8 on the text held out."""
    return min((KneserNey(training, n, vocabulary).loss(held_out), n) for n in range(2, 9))
