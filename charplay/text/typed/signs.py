"""Characters of texts as a person can see them: signs for blanks and for what nobody sees."""

import re
import unicodedata
from collections.abc import Callable

from charplay.errors import list_first
from charplay.text.typed.typography import JOINERS
from charplay.undecoded import UNDECODED

_SIGNS = {"\n": "⏎", " ": "␣", "\t": "⇥"}
_DOTTED_CIRCLE = "◌"
_LINE_SHAPERS = "\n\t"
_CHARACTERS = re.compile(f"({UNDECODED.pattern})|.", re.DOTALL)


def character_sign(character: str) -> str:
    """A character to be seen alone: `␣`, an accent on a dotted circle, `U+00A0`."""
    if character in _SIGNS:
        return _SIGNS[character]
    if unicodedata.category(character).startswith("M"):
        return _DOTTED_CIRCLE + character
    return character if character.isprintable() else f"U+{ord(character):04X}"


def list_characters(characters: str, most: int) -> str:
    r"""The signs of the first characters, and how many more there are: `é ␣ U+00A0 and 37 more`.

    A byte that is no text counts as one, and stands as `\xff`.
    """
    found = _CHARACTERS.finditer(characters)
    return list_first((one[1] or character_sign(one[0]) for one in found), most, " ")


def show_text(text: str, most: int) -> str:
    """A text in one line, its blanks and what nobody sees as signs, cut where it is longer."""
    shown = (c if unicodedata.category(c)[0] == "M" else character_sign(c) for c in text[:most])
    return "".join(shown) + "…" * (len(text) > most)


def replace_unseen(text: str, sign: Callable[[str], str]) -> str:
    """The text with a sign for every character that acts on a screen or hides, line ends aside.

    A joiner inside a word is part of its spelling and stays.
    """
    if text.isprintable():
        return text
    unseen = "".join(filter(_hides, set(text)))
    if not unseen:
        return text

    def shown(found: re.Match[str]) -> str:
        character, at = found[0], found.start()
        before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
        return character if _joins(before, character, after) else sign(character)

    return re.sub(f"[{re.escape(unseen)}]", shown, text)


def _hides(character: str) -> bool:
    # Cc: controls; Cf: direction marks and the like; Cs: halves of surrogate pairs; Zl, Zp: ends
    # of lines that few programs know.
    category = unicodedata.category(character)
    return category in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _LINE_SHAPERS


def _joins(before: str, character: str, after: str) -> bool:
    """Whether it is a joiner between letters, or between the parts of an emoji."""
    return character in JOINERS and _can_be_joined(before) and _can_be_joined(after)


def _can_be_joined(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LMN" or category in ("So", "Sk")
