"""What kinds of characters a text has, and what looks odd in it."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from charplay.errors import list_first
from charplay.text.pieces import cut_in_pieces

_KINDS = {"N": "digits", "P": "punctuation", "S": "symbols", "Z": "blanks"}
_LINE_ENDS = "\n"
_MOST_SHOWN = 12
_MOST_LONG = 3
_LONGEST_SHOWN = 50
_LEAST_LONG = 20
# In a text so short that most characters are seen once, that says nothing.
_LEAST_CHARACTERS = 500


@dataclass(frozen=True)
class CharacterCount:
    """How many characters of a kind there are: letters of a script, digits, blanks and so on."""

    characters: str
    count: int


def count_characters(pieces: Iterable[str]) -> Counter[str]:
    """How often each character occurs."""
    counted: Counter[str] = Counter()
    for piece in pieces:
        for part in cut_in_pieces(piece):
            counted.update(part)
    return counted


def count_by_kind(counted: Mapping[str, int]) -> tuple[CharacterCount, ...]:
    """The characters by kind, the most frequent kind first; line ends are left out."""
    kinds: Counter[str] = Counter()
    for character, count in counted.items():
        if character not in _LINE_ENDS:
            kinds[_kind_of(character)] += count
    return tuple(CharacterCount(kind, count) for kind, count in kinds.most_common())


def _kind_of(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return "blanks" if character == "\t" else "control characters"
    if category.startswith("C"):
        return "invisible characters"
    if category.startswith("M"):
        return "combining marks"
    if category.startswith("L"):
        return f"{_script_of(character)} letters"
    return _KINDS[category[0]]


def _script_of(letter: str) -> str:
    script = unicodedata.name(letter, "unnamed").partition(" ")[0].partition("-")[0]
    return script if script == "CJK" else script.capitalize()


def find_oddities(counted: Mapping[str, int], lines: Iterable[str], median: float) -> list[str]:
    """A sentence for each thing that looks odd; `lines` are the names of a list, none for prose."""
    once = [character for character, count in counted.items() if count == 1]
    hidden = [character for character in counted if _is_hidden(character)]
    limit = max(3 * median, _LEAST_LONG)
    long = [line for line in lines if len(line) > limit]
    found = []
    if once and sum(counted.values()) >= _LEAST_CHARACTERS:
        found.append(f"characters seen once: {_first_of(sorted(once))}")
    if hidden:
        found.append(f"characters that cannot be seen: {_first_of(sorted(hidden))}")
    if long:
        shown = list_first((line[:_LONGEST_SHOWN] for line in long), _MOST_LONG)
        found.append(f"far longer than the others: {shown}")
    return found


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character).startswith("C") and character not in _LINE_ENDS + "\t"


def _first_of(characters: list[str]) -> str:
    return list_first(map(_visible_form, characters), _MOST_SHOWN, " ")


def _visible_form(character: str) -> str:
    plain = unicodedata.category(character)[0] in "LNPS"
    return character if plain else f"U+{ord(character):04X}"
