"""Bringing typed text into the characters that a model knows."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from charplay.text.typed.signs import list_characters
from charplay.text.typed.typography import TWINS, compose, letter_form, plain_spelling
from charplay.undecoded import UNDECODED

_LETTERS = {
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i",
}  # fmt: skip
# The opening quotes that go with a closing one.
_OPENING = {"”": "“„", "“": "„", "»": "«", "’": "‘‚", "‘": "‚", "›": "‹"}
_MOST_NAMED = 8


@dataclass(frozen=True)
class Admitted:
    r"""A text in a vocabulary's characters.

    folded: the characters that became plainer letters; dropped: those left out, with a byte that
    is no text as `\xff`; each once. A change of case, of the normal form or of typography alone is
    in neither.
    """

    text: str
    folded: str = ""
    dropped: str = ""

    @property
    def notice(self) -> str:
        """What the person should know of it; empty if nothing."""
        parts = []
        if self.folded:
            parts.append(f"read in plain letters: {list_characters(self.folded, _MOST_NAMED)}")
        if self.dropped:
            dropped = list_characters(self.dropped, _MOST_NAMED)
            parts.append(f"left out, unknown to this model: {dropped}")
        return "; ".join(parts)


class Admission:
    """How text becomes text in known characters.

    A character that is not known is brought in by its normal form, by case, by typography in
    either direction (’ for ', ' for ’), and else as a plainer letter (é as e). No letter gets an
    accent: which one would be a guess. The rest is dropped.
    """

    def __init__(self, characters: str) -> None:
        self._known = frozenset(characters)
        self._twins = _find_twins(characters)
        several = [plain for plain in self._twins if len(plain) > 1 and not self._knows(plain)]
        self._several = sorted(several, key=len, reverse=True)

    def admit(self, text: str) -> Admitted:
        r"""The text in known characters; the same for every normal form of it.

        To a model that knows no backslash, `\xff` is one byte that is no text, not four characters.
        """
        if "\\" in self._known:
            return self._admit_characters(text)
        escaped = dict.fromkeys(found[0] for found in UNDECODED.finditer(text))
        admitted = self._admit_characters(UNDECODED.sub("", text) if escaped else text)
        return replace(admitted, dropped="".join(escaped) + admitted.dropped)

    def _admit_characters(self, text: str) -> Admitted:
        admitted = self._admit_once(text)
        while admitted.text != text:
            # Where something was left out, its neighbours may join to another character.
            text = admitted.text
            again = self._admit_once(text)
            folded, dropped = admitted.folded + again.folded, admitted.dropped + again.dropped
            admitted = Admitted(again.text, _distinct(folded), _distinct(dropped))
        return admitted

    def _admit_once(self, text: str) -> Admitted:
        text = self._join_marks(compose(text))
        for plain in self._several:
            text = text.replace(plain, self._twins[plain])
        text = self._open_quotes(text)
        strange = [c for c in dict.fromkeys(text) if c not in self._known]
        silent = {c: self._by_case(c) or self._by_typography(c) for c in strange}
        plainer = {c: self._by_letter(c) for c, known in silent.items() if known is None}
        found = silent | plainer
        return Admitted(
            text.translate({ord(c): known or "" for c, known in found.items()}),
            folded="".join(c for c, known in plainer.items() if known is not None),
            dropped="".join(c for c, known in found.items() if known is None),
        )

    def _knows(self, text: str) -> bool:
        return self._known.issuperset(text)

    def _join_marks(self, text: str) -> str:
        """Letters with their marks apart, where only that spelling is known."""
        marks = "".join(c for c in set(text) if unicodedata.combining(c))
        if not marks:
            return text
        return re.sub(f"[^{marks}][{marks}]+", lambda found: self._apart(found[0]), text)

    def _apart(self, text: str) -> str:
        apart = unicodedata.normalize("NFD", text)
        return apart if self._knows(apart) and not self._knows(text) else text

    def _open_quotes(self, text: str) -> str:
        """Quotes at the beginning of a word become opening ones; the others close."""
        for plain in "\"'":
            closing = self._twins.get(plain, "")
            opening = next((q for q in _OPENING.get(closing, "") if q in self._known), None)
            if opening and plain not in self._known:
                strange = "".join(q for q in plain + TWINS[plain] if q not in self._known)
                text = re.sub(rf"(?<![^\s(\[{{<“„«‘‚–—-])[{strange}](?=\S)", opening, text)
        return text

    def _by_case(self, character: str) -> str | None:
        """The known spelling of a character, or of its other case."""
        for spelled in (character, character.lower(), character.upper(), letter_form(character)):
            apart = self._apart(spelled)
            known = apart if self._knows(apart) else self._twins.get(spelled)
            if known is not None:
                return known
        return None

    def _by_typography(self, character: str) -> str | None:
        plain = plain_spelling(character)
        return _join_known(self._by_case(c) for c in plain) if plain != character else None

    def _by_letter(self, character: str) -> str | None:
        """The known plainer letters of a character: all of them, or it is not known."""
        plain = _plain_letters(character)
        return _join_known(self._by_case(c) or self._by_typography(c) for c in plain)


def _find_twins(characters: str) -> dict[str, str]:
    """The known character for each spelling that differs from it in case or typography alone."""
    preferred = "".join(twin for twins in TWINS.values() for twin in twins if twin in characters)
    twins: dict[str, str] = {}
    for character in preferred + characters:
        for spelled in (plain_spelling(character), compose(character), letter_form(character)):
            if spelled != character:
                twins.setdefault(spelled, character)
    return twins


@lru_cache(maxsize=10_000)
def _plain_letters(character: str) -> str:
    plain = _LETTERS.get(character) or unicodedata.normalize("NFKD", character)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    # An accent alone is a blank with a mark on it, and no blank.
    return letters if letters.strip() else ""


def _join_known(parts: Iterable[str | None]) -> str | None:
    found = list(parts)
    known = [part for part in found if part is not None]
    return "".join(known) if known and len(known) == len(found) else None


def _distinct(characters: str) -> str:
    return "".join(dict.fromkeys(characters))
