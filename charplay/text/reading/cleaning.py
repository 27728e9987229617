"""What is cleaned of every text, piece by piece: stray byte order marks, an end mark, its form.

A text is read in Unicode's form NFC: an accent and its letter are one character wherever there is
one, however the file has them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from charplay.plural import count_in_words
from charplay.text.vocabulary import NEWLINE

BYTE_ORDER_MARK = "\ufeff"
_DOS_END = "\x1a"
# Vowels and finals of Korean syllables, which join the character before them.
_FIRST_JOINING, _LAST_JOINING = "\u1160", "\u11ff"


@dataclass
class Cleaned:
    """What was cleaned while a text was read: byte order marks inside it, an end mark, its form."""

    marks: int = 0
    ended: bool = False
    composed: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each thing that was cleaned."""
        marks = f"{count_in_words(self.marks, 'byte order mark')} (U+FEFF)"
        found = (
            (self.marks > 0, f"left out {marks} inside the text"),
            (self.ended, "left out the end mark of a DOS file (^Z)"),
            (self.composed, "accents that stood apart from their letters were joined (NFC)"),
        )
        return tuple(sentence for there, sentence in found if there)


def clean_pieces(pieces: Iterable[str], cleaned: Cleaned) -> Iterator[str]:
    """The pieces of a text, cleaned as if it were whole; `cleaned` counts what was done."""
    rest, first = "", True
    for piece in pieces:
        text = rest + _without_marks(piece, cleaned, first)
        first = first and not piece
        cut = _safe_cut(text)
        rest = text[cut:]
        yield _compose(text[:cut], cleaned)
    end = rest.rstrip(_DOS_END)
    cleaned.ended = end != rest
    yield _compose(end, cleaned)


def _without_marks(piece: str, cleaned: Cleaned, first: bool) -> str:
    if BYTE_ORDER_MARK not in piece:
        return piece
    # The one at the beginning of a file belongs there.
    cleaned.marks += piece.count(BYTE_ORDER_MARK) - (first and piece.startswith(BYTE_ORDER_MARK))
    return piece.replace(BYTE_ORDER_MARK, "")


def _compose(text: str, cleaned: Cleaned) -> str:
    if unicodedata.is_normalized("NFC", text):
        return text
    cleaned.composed = True
    return unicodedata.normalize("NFC", text)


def _safe_cut(text: str) -> int:
    """Where a text may be cut: nothing after it changes what stands before it."""
    if text.endswith(NEWLINE):
        return len(text)
    cut = len(text.rstrip(_DOS_END)) - 1
    while cut > 0 and _joins_before(text[cut]):
        cut -= 1
    return max(cut, 0)


def _joins_before(character: str) -> bool:
    """Whether a character may become one with the character before it."""
    combining = unicodedata.category(character).startswith("M")
    return combining or _FIRST_JOINING <= character <= _LAST_JOINING
