"""Patterns in the characters of a model: which letters become plainer, which parts cannot be."""

import re

from charplay.generation.patterns import NamePattern
from charplay.text.typed.typography import compose, letter_form
from charplay.text.vocabulary import NEWLINE, Vocabulary

_QUANTIFIER = r"\{\d*,?\d*\}|[?*+]"
_ITEMS = re.compile(rf"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|{_QUANTIFIER}|.", re.DOTALL)
_OPTIONAL = ("?", "*", "{0", "{,")
_RARE = re.compile(r"[(|{}]|\\[^dDwWsS\W]")
_SIGNS = ".^$?*+{}"


def admit_pattern(pattern: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The pattern in letters that a vocabulary knows, and the letters that became plainer ones.

    An unknown é becomes e, alone or in a list like [éè]; ranges and what is excluded stay.
    """
    folded: list[str] = []

    def admit(letter: str, alone: bool) -> str:
        admitted = vocabulary.admit(letter)
        form = letter_form(admitted.text)
        if letter.isascii() or admitted.dropped or form == letter_form(letter):
            return letter
        if len(form) > 1 and not alone:
            return letter
        folded.append(admitted.folded)
        return f"(?:{re.escape(form)})" if len(form) > 1 else form

    def admit_item(item: str) -> str:
        if item.startswith("[") and "-" not in item and not item.startswith("[^"):
            return "".join(admit(letter, alone=False) for letter in item)
        return admit(item, alone=True) if len(item) == 1 else item

    items: list[str] = _ITEMS.findall(compose(pattern))
    return "".join(map(admit_item, items)), "".join(dict.fromkeys("".join(folded)))


def find_impossible(pattern: str, vocabulary: Vocabulary) -> str:
    """A part that a text must have to match, and that no known character is; empty if none is seen.

    Groups, alternatives and the rarer signs are not looked into: there a part may be left out.
    """
    items: list[str] = _ITEMS.findall(compose(pattern))
    if any(sign in pattern for sign in ("[[", "[:")) or any(map(_RARE.fullmatch, items)):
        return ""
    for item, following in zip(items, [*items[1:], ""]):
        if item in _SIGNS or re.fullmatch(_QUANTIFIER, item) or following.startswith(_OPTIONAL):
            continue
        if not _is_possible(item, vocabulary):
            return item
    return ""


def _is_possible(item: str, vocabulary: Vocabulary) -> bool:
    """Whether a part matches a character that is known, be it with its marks apart."""
    spelled = "".join(c for c in item if not vocabulary.admit(c).dropped)
    if len(item) == 1:
        return bool(spelled)
    inside = NamePattern(item)
    letters = vocabulary.characters.replace(NEWLINE, "") + spelled
    return any(inside.matches(letter_form(letter)) for letter in letters)
