"""The characters that a model knows, and how other text is converted to them."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.errors import CorpusError
from charplay.text.tokens import MOST_CHARACTERS
from charplay.text.typed.admission import Admission, Admitted
from charplay.text.typed.typography import letter_form

Tokens = NDArray[np.int32]

NEWLINE = "\n"


@dataclass(frozen=True)
class Vocabulary:
    """The sorted distinct characters of a corpus; a token is the index of a character in them.

    Raises CorpusError where they are more than MOST_CHARACTERS.
    """

    characters: str

    def __post_init__(self) -> None:
        if len(self.characters) > MOST_CHARACTERS:
            raise CorpusError(
                f"{len(self.characters):,} different characters are more than the "
                f"{MOST_CHARACTERS:,} that a model can know",
                "take a text of fewer scripts",
            )

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

    @cached_property
    def _admission(self) -> Admission:
        return Admission(self.characters)

    def admit(self, text: str) -> Admitted:
        """The text in known characters, and which of its characters were changed or dropped."""
        return self._admission.admit(text)

    @cached_property
    def _by_letter(self) -> dict[str, str]:
        """The characters of each letter form."""
        found: dict[str, str] = {}
        for character in self.characters:
            form = letter_form(character)
            found[form] = found.get(form, "") + character
        return found

    def alike(self, character: str) -> str:
        """The known characters that differ from one in case or typography alone, itself among them.

        Empty where none is known.
        """
        return self._by_letter.get(letter_form(character), "")


def _to_code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
