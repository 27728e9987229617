"""The characters that a model knows, and how other text is converted to them."""

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int32]

NEWLINE = "\n"

_TYPOGRAPHIC = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
    "ı": "i",
}  # fmt: skip


@dataclass(frozen=True)
class Admitted:
    """A text in a vocabulary's characters.

    folded: the characters that lost an accent or their typography; dropped: those left out.
    """

    text: str
    folded: str = ""
    dropped: str = ""

    @property
    def notice(self) -> str:
        """What the person should know of it; empty if nothing."""
        parts = []
        if self.folded:
            parts.append(f"read without accents or typography: {self.folded}")
        if self.dropped:
            shown = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in self.dropped)
            parts.append(f"left out, unknown to this model: {shown}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Vocabulary:
    """The sorted distinct characters of a corpus; a token is the index of a character in them."""

    characters: str

    @classmethod
    def of(cls, text: str) -> "Vocabulary":
        """The vocabulary of a text."""
        return cls("".join(sorted(set(text))))

    def joined(self, *others: "Vocabulary") -> "Vocabulary":
        """The vocabulary of all characters that are in any of these vocabularies."""
        return Vocabulary.of("".join(vocabulary.characters for vocabulary in (self, *others)))

    def __len__(self) -> int:
        return len(self.characters)

    def __contains__(self, character: str) -> bool:
        return character in self.index

    @cached_property
    def index(self) -> dict[str, int]:
        """The token of each character."""
        return {character: token for token, character in enumerate(self.characters)}

    @cached_property
    def newline(self) -> int | None:
        """The token of the newline; None if the vocabulary has none."""
        return self.index.get(NEWLINE)

    @cached_property
    def _code_points(self) -> NDArray[np.uint32]:
        return _to_code_points(self.characters)

    @cached_property
    def _tokens(self) -> Tokens:
        """The token of each code point up to one above the greatest known; -1 for unknown ones."""
        known = self._code_points
        tokens = np.full(int(known.max(initial=0)) + 2, -1, np.int32)
        tokens[known] = np.arange(len(known))
        return tokens

    def encode(self, text: str) -> Tokens:
        """The tokens of a text, int32 `(len(text),)`; KeyError for an unknown character."""
        points = _to_code_points(text)
        tokens = self._tokens.take(points, mode="clip")
        strange = tokens < 0
        if strange.any():
            raise KeyError(chr(points[strange.argmax()]))
        return tokens

    def decode(self, tokens: NDArray[np.integer[Any]]) -> str:
        """The text of tokens; IndexError for a token outside the vocabulary."""
        if len(tokens) and (np.min(tokens) < 0 or np.max(tokens) >= len(self)):
            raise IndexError("a token outside the vocabulary")
        points: NDArray[np.uint32] = self._code_points[tokens]
        return points.tobytes().decode("utf-32-le", "surrogatepass")

    @property
    def digest(self) -> str:
        """A short digest of the characters and their order."""
        return hashlib.sha256(self.characters.encode()).hexdigest()[:16]

    def admit(self, text: str) -> Admitted:
        """The text in known characters: by case, else by folding accents; the rest is dropped."""
        if any(unicodedata.combining(c) and c not in self for c in text):
            text = unicodedata.normalize("NFC", text)
        admitted: list[str] = []
        folded: list[str] = []
        dropped: list[str] = []
        for character in text:
            known = self._by_case(character)
            if known is None:
                known = self._by_folding(character)
                if known is None:
                    dropped.append(character)
                elif known != unicodedata.normalize("NFD", character):
                    folded.append(character)
            admitted.append(known or "")
        return Admitted(
            "".join(admitted), _distinct_characters(folded), _distinct_characters(dropped)
        )

    def _by_case(self, character: str) -> str | None:
        for candidate in (character, character.lower(), character.upper()):
            if candidate in self:
                return candidate
        return None

    def _by_folding(self, character: str) -> str | None:
        plain = _TYPOGRAPHIC.get(character) or unicodedata.normalize("NFKD", character)
        letters = [self._by_case(c) for c in plain if not unicodedata.combining(c) or c in self]
        known = [letter for letter in letters if letter is not None]
        return "".join(known) if known and len(known) == len(letters) else None


def _to_code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _distinct_characters(characters: list[str]) -> str:
    return "".join(dict.fromkeys(characters))
