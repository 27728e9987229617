"""The nearest existing name by sound: what a new name could be misheard for."""

from collections.abc import Iterable
from dataclasses import dataclass

from charplay.insight.nearest import edit_distances, first_spellings


@dataclass(frozen=True)
class SoundNeighbour:
    """An existing name, the key of its sound, and the distance in edits from the other's key.

    At distance 0 the two names have one key: for the key they are homophones.
    """

    name: str
    key: str
    distance: int


class SoundIndex:
    """Existing names by sound, without regard to case; of equal ones the first is kept."""

    def __init__(self, names: Iterable[str]) -> None:
        self._spellings = first_spellings(names)
        self._keys = [sound_key(name) for name in self._spellings]

    def __len__(self) -> int:
        return len(self._spellings)

    def nearest(self, names: Iterable[str]) -> list[SoundNeighbour | None]:
        """For each name the one of the list that sounds nearest; None where the list is empty.

        Of names equally near in sound it is the nearest in spelling, of those the first.
        """
        names = [name.casefold() for name in names]
        if not self._spellings:
            return [None] * len(names)
        import numpy as np

        known = list(self._spellings.values())
        by_sound = edit_distances([sound_key(name) for name in names], self._keys)
        by_spelling = edit_distances(names, list(self._spellings))
        found: list[SoundNeighbour | None] = []
        for sounds, letters in zip(by_sound, by_spelling, strict=True):
            least = sounds.min(axis=1)
            letters[sounds > least[:, np.newaxis]] = np.iinfo(letters.dtype).max
            found += [
                SoundNeighbour(known[place], self._keys[place], int(distance))
                for place, distance in zip(letters.argmin(axis=1), least, strict=True)
            ]
        return found


def sound_key(name: str) -> str:
    """The name's consonants as an English speaker says them, and a vowel only where it begins.

    Metaphone: L. Philips, "Hanging on the Metaphone", Computer Language 7(12), 1990. Accents do not
    count; characters without a sound of their own in English leave no trace, so a name of such
    alone has the empty key.
    """
    from jellyfish import metaphone

    return metaphone(name)
