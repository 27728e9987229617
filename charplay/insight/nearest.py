"""The nearest known name by spelling, which a new name could be misread for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from charplay.text.pieces import cut_in_pieces
from charplay.text.typed.typography import comparing_form

# Distances in memory at once: a list of any length takes a few megabytes.
_DISTANCES_AT_ONCE = 2**20


@dataclass(frozen=True)
class Neighbour:
    """A known name as the list spells it, and how many edits it is away."""

    name: str
    edits: int


class NameIndex:
    """Known names to find the nearest of: by their comparing form, the first of equals counts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._spellings = first_spellings(names)
        self._forms, self._names = list(self._spellings), list(self._spellings.values())

    def __len__(self) -> int:
        return len(self._spellings)

    def contains(self, name: str) -> bool:
        """Whether the name is in the list."""
        return comparing_form(name) in self._spellings

    def nearest(self, names: Iterable[str]) -> list[Neighbour | None]:
        """The nearest known name to each name, the first of equals; None if no name is known.

        Distances are those of `edit_distances`.
        """
        names = list(map(comparing_form, names))
        if not self._spellings:
            return [None] * len(names)
        return [
            Neighbour(self._names[column], int(row[column]))
            for block in edit_distances(names, self._forms)
            for row, column in zip(block, block.argmin(axis=1), strict=True)
        ]


def first_spellings(names: Iterable[str]) -> dict[str, str]:
    """The first spelling of each name, by its comparing form, in the order of the names."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(comparing_form(name), name)
    return found


def edit_distances(names: Sequence[str], known: Sequence[str]) -> Iterator[NDArray[np.int32]]:
    """Distances of N names to K known names, in edits: blocks int32 `(rows, K)`, N rows in all.

    An edit inserts, deletes or replaces a letter, or swaps two neighbours, which is as easy to
    mistype or misread (F. J. Damerau, "A technique for computer detection and correction of
    spelling errors", CACM 7(3), 1964). No letter is edited twice: this is the optimal string
    alignment distance (the restricted one in L. Boytsov, "Indexing methods for approximate
    dictionary searching", ACM JEA 16, 2011). Many pairs at once are dozens of times faster than
    one after another.
    """
    rows = max(1, _DISTANCES_AT_ONCE // max(1, len(known)))
    for first in range(0, len(names), rows):
        some = names[first : first + rows]
        # A narrower type would overflow: rapidfuzz gives 300 as 44 in eight bits.
        parts = [
            cdist(some, part, scorer=OSA.distance, dtype=np.int32)
            for part in cut_in_pieces(known, _DISTANCES_AT_ONCE)
        ]
        yield parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
