"""The nearest existing name by spelling: what a new name could be misread for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many distances are held at once: a list of any length takes a few megabytes.
_AT_ONCE = 2**20


@dataclass(frozen=True)
class Neighbour:
    """An existing name as it is written in the list, and its distance in edits."""

    name: str
    distance: int


class NameIndex:
    """Existing names, compared without regard to case; of equal ones the first is kept."""

    def __init__(self, names: Iterable[str]) -> None:
        self._spellings = first_spellings(names)

    def __len__(self) -> int:
        return len(self._spellings)

    def contains(self, name: str) -> bool:
        """Whether the name is in the list."""
        return name.casefold() in self._spellings

    def nearest(self, names: Iterable[str]) -> list[Neighbour | None]:
        """For each name the nearest of the list, the first of equals; None where the list is empty.

        Distances are those of `distances`.
        """
        names = [name.casefold() for name in names]
        if not self._spellings:
            return [None] * len(names)
        known = list(self._spellings.values())
        return [
            Neighbour(known[place], int(row[place]))
            for block in edit_distances(names, list(self._spellings))
            for row, place in zip(block, block.argmin(axis=1), strict=True)
        ]


def first_spellings(names: Iterable[str]) -> dict[str, str]:
    """The first spelling of each name by its caseless form, in the list's order."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return found


def edit_distances(names: Sequence[str], known: Sequence[str]) -> Iterator[NDArray[np.int32]]:
    """Distances of names `(N,)` to known ones `(K,)`, in edits: blocks `(rows, K)`, in order.

    An edit puts in, takes out or replaces a letter, or swaps two neighbours, which typists and
    readers do as easily (F. J. Damerau, "A technique for computer detection and correction of
    spelling errors", CACM 7(3), 1964). No letter is edited twice: the optimal string alignment
    distance, called restricted in L. Boytsov, "Indexing methods for approximate dictionary
    searching", ACM JEA 16, 2011, which many pairs at a time compute dozens of times sooner.
    """
    import numpy as np
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    rows = max(1, _AT_ONCE // max(1, len(known)))
    for first in range(0, len(names), rows):
        # A narrower type would wrap: rapidfuzz gives 300 as 44 in eight bits.
        yield cdist(names[first : first + rows], known, scorer=OSA.distance, dtype=np.int32)
