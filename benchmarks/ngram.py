"""A back-off n-gram with interpolated modified Kneser-Ney smoothing, to compare the networks with.

Chen & Goodman 1999, §3: the highest order uses counts; each lower order uses the number of distinct
characters seen before. Each order has three discounts, estimated from the counts of counts. Below
order one is a uniform distribution over the vocabulary.

An n-gram is stored as one integer whose digits are its characters, the newest last. Dividing by the
base gives its context. N-grams are looked up in a sorted array by bisection.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

START = "\x02"
_UNSEEN = 0


class KneserNey:
    """Probabilities of characters after up to `order - 1` characters.

    Each text is read from its start. For a list of names, give one text per name; for prose, one
    text.
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
        """The mean loss in nats per character."""
        return float(-np.log(self._probabilities(self._grams(texts))).mean())

    def probability(self, context: str, character: str) -> float:
        """The probability of a character after a context of `order - 1` characters."""
        return float(self._probabilities(self._codes(context + character))[0])

    def _grams(self, texts: Sequence[str]) -> Codes:
        """The n-grams that end in each character of the texts."""
        start = START * (self._order - 1)
        codes = self._codes("".join(start + text for text in texts))
        return codes[codes % self._base != self._digits[START]]

    def _codes(self, text: str) -> Codes:
        """The code of every run of `order` characters."""
        digits = np.fromiter((self._digits.get(character, _UNSEEN) for character in text), np.int64)
        codes = np.zeros(len(digits) - self._order + 1, np.int64)
        for column in np.lib.stride_tricks.sliding_window_view(digits, self._order).T:
            codes = codes * self._base + column
        return codes

    def _probabilities(self, grams: Codes) -> Floats:
        """The probability of the last character of each n-gram after the others."""
        probabilities = np.full(len(grams), 1 / self._vocabulary)
        for length, table in enumerate(self._tables, start=1):
            probabilities = table.interpolated(grams % self._base**length, probabilities)
        return probabilities


class _Table:
    """The n-grams `(N,)` of one length that were seen, and their contexts, both sorted."""

    def __init__(self, grams: Codes, counts: Codes, base: int) -> None:
        self._base, self._grams = base, grams
        discounts = np.minimum(counts, _discounts(counts)[np.minimum(counts, 3) - 1])
        self._discounted = counts - discounts
        self._contexts, begins = np.unique(grams // base, return_index=True)
        self._totals = np.add.reduceat(counts, begins)
        self._weights = np.add.reduceat(discounts, begins) / self._totals

    def interpolated(self, grams: Codes, below: Floats) -> Floats:
        """Probabilities `(M,)` of n-grams, from those `below` of the length below."""
        at, seen = find_codes(self._contexts, grams // self._base)
        gram, counted = find_codes(self._grams, grams)
        discounted = np.where(counted, self._discounted[gram], 0)
        return np.where(seen, discounted / self._totals[at] + self._weights[at] * below, below)


def find_codes(sorted_codes: Codes, wanted: Codes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(position of each code, whether it is in the sorted codes)."""
    places = np.searchsorted(sorted_codes, wanted).clip(max=len(sorted_codes) - 1)
    return places, sorted_codes[places] == wanted


def _discounts(counts: Codes) -> Floats:
    """The discounts for counts of one, of two, and of three or more."""
    n1, n2, n3, n4 = (max(int((counts == i).sum()), 1) for i in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    estimated = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return np.clip(estimated, 0.05, [0.95, 1.95, 2.95])


def find_best_order(
    training: Sequence[str], held_out: Sequence[str], vocabulary: int
) -> tuple[float, int]:
    """(loss in nats per character, order) of the best order up to 8 on the held-out texts."""
    return min((KneserNey(training, n, vocabulary).loss(held_out), n) for n in range(2, 9))
