"""A back-off n-gram with interpolated modified Kneser-Ney smoothing, the yardstick of small lists.

Chen & Goodman 1999, §3: the highest order uses counts, every lower one the number of distinct
characters seen before; three discounts an order, estimated from the counts of counts; below order
one stands a uniform guess over the vocabulary.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

START = "\x02"


@dataclass(frozen=True)
class _Context:
    """What was seen after one context."""

    counts: Counter[str]
    total: int
    weight: float


class KneserNey:
    """Probabilities of characters after up to `order - 1` others."""

    def __init__(self, lines: Iterable[str], order: int, vocabulary: int) -> None:
        self._order, self._vocabulary = order, vocabulary
        highest: dict[str, Counter[str]] = defaultdict(Counter)
        for line in lines:
            padded = START * (order - 1) + line
            for i in range(order - 1, len(padded)):
                highest[padded[i - order + 1 : i]][padded[i]] += 1
        self._discounts: list[tuple[float, float, float]] = []
        self._tables: list[dict[str, _Context]] = []
        counts: dict[str, Counter[str]] = dict(highest)
        for _ in range(order):
            discounts = _discounts(counts)
            self._discounts.append(discounts)
            self._tables.append(
                {context: _weighed(seen, discounts) for context, seen in counts.items()}
            )
            counts = _continuations(counts)
        self._discounts.reverse()
        self._tables.reverse()

    def loss(self, lines: Sequence[str]) -> float:
        """Mean loss in nats a character over lines, each from its start."""
        total = characters = 0.0
        for line in lines:
            padded = START * (self._order - 1) + line
            for i in range(self._order - 1, len(padded)):
                total -= math.log(self.probability(padded[i - self._order + 1 : i], padded[i]))
                characters += 1
        return total / characters

    def probability(self, context: str, character: str) -> float:
        """Of a character after a context of `order - 1` others."""
        chance = 1 / self._vocabulary
        for length, (table, discounts) in enumerate(
            zip(self._tables, self._discounts, strict=True)
        ):
            seen = table.get(context[len(context) - length :])
            if seen is None:
                break
            count = seen.counts.get(character, 0)
            kept = max(0.0, count - discounts[min(count, 3) - 1]) if count else 0.0
            chance = kept / seen.total + seen.weight * chance
        return chance


def _discounts(counts: dict[str, Counter[str]]) -> tuple[float, float, float]:
    """The discounts of counts one, two, and three or more."""
    of = Counter(count for seen in counts.values() for count in seen.values())
    n1, n2, n3, n4 = (max(of[i], 1) for i in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return tuple(min(max(d, 0.05), i + 0.95) for i, d in enumerate(found))  # type: ignore[return-value]


def _weighed(seen: Counter[str], discounts: tuple[float, float, float]) -> _Context:
    total = seen.total()
    taken = sum(min(count, discounts[min(count, 3) - 1]) for count in seen.values())
    return _Context(seen, total, taken / total)


def _continuations(counts: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """For the order below: in how many contexts a character was seen, by the shorter context."""
    lower: dict[str, Counter[str]] = defaultdict(Counter)
    for context, seen in counts.items():
        for character in seen:
            lower[context[1:]][character] += 1
    return dict(lower)


def best(training: Sequence[str], held_out: Sequence[str], vocabulary: int) -> tuple[float, int]:
    """(loss in nats a character, order) of the best order up to 8 on the text held out."""
    return min((KneserNey(training, n, vocabulary).loss(held_out), n) for n in range(2, 9))
