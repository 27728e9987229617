"""The nearest known name by sound, which a new name could be misheard for."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jellyfish import metaphone

from charplay.insight.nearest import edit_distances, first_spellings
from charplay.text.typed.typography import comparing_form


@dataclass(frozen=True)
class SoundNeighbour:
    """A known name, the key of its sound, and how many edits that is away from the other's key.

    With 0 edits both names have the same key, so they sound alike.
    """

    name: str
    key: str
    edits: int


class SoundIndex:
    """Known names by sound. Case makes no difference; the first of equals counts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._spellings = first_spellings(names)
        self._keys = [sound_key(name) for name in self._spellings]

    def __len__(self) -> int:
        return len(self._spellings)

    def nearest(self, names: Iterable[str]) -> list[SoundNeighbour | None]:
        """The known name that sounds nearest to each name; None if no name is known.

        Of names equally near in sound it is the nearest in spelling, and of those the first.
        """
        names = list(map(comparing_form, names))
        if not self._spellings:
            return [None] * len(names)
        known = list(self._spellings.values())
        by_sound = edit_distances([sound_key(name) for name in names], self._keys)
        by_spelling = edit_distances(names, list(self._spellings))
        found: list[SoundNeighbour | None] = []
        for sounds, letters in zip(by_sound, by_spelling, strict=True):
            least = sounds.min(axis=1)
            letters[sounds > least[:, np.newaxis]] = np.iinfo(letters.dtype).max
            found += [
                SoundNeighbour(known[column], self._keys[column], int(edits))
                for column, edits in zip(letters.argmin(axis=1), least, strict=True)
            ]
        return found


def sound_key(name: str) -> str:
    """The consonants of a name as an English speaker says them, and a vowel only at its beginning.

    Metaphone: L. Philips, "Hanging on the Metaphone", Computer Language 7(12), 1990. Accents make
    no difference. Characters without a sound in English are left out; a name of only such
    characters has the empty key.
    """
    return metaphone(name)
