"""How surprised a model is by a text: every character, its words and lines, where it is most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log
from typing import ClassVar, TypeAlias

from charplay.insight.gathering import Curve, Largest
from charplay.insight.reading import ScoredPiece, score_pieces
from charplay.interrupts import Interrupted
from charplay.models.contract import Model
from charplay.text.vocabulary import NEWLINE

_NATS_A_BIT = log(2)
# Of a longer line a row is given after so many characters.
_LONGEST_ROW = 1000
_LONGEST_WORD = 60
_MOST_PLACES = _MOST_WORDS = 10
_MOST_LINES = 5
# A short line is a matter of luck.
_LEAST_LINE = 10
_BEFORE = 24
_CURVE_POINTS = 60


@dataclass(frozen=True)
class ScoredWord:
    """A word, what stands between blanks, and its bits together."""

    word: str
    line: int
    bits: float


@dataclass(frozen=True)
class ScoredLine:
    """A line of a text, without its end, and its bits; of a long one its next part.

    characters: with the line's end; character_bits: of each of them; line_bits: of the whole line
    so far; ends: whether the line ends here.
    """

    line: int
    text: str
    characters: int
    bits: float
    bits_per_character: float
    line_bits: float
    ends: bool
    words: tuple[ScoredWord, ...]
    character_bits: tuple[float, ...]


@dataclass(frozen=True)
class HardLine:
    """How a line begins whose characters are surprising on average, and by how much."""

    line: int
    text: str
    bits_per_character: float


@dataclass(frozen=True)
class SurprisingPlace:
    """A character that was hardly expected, and what was instead; before: the text before it."""

    place: int
    line: int
    before: str
    character: str
    bits: float
    instead: str


@dataclass(frozen=True)
class ReadCharacters:
    """Characters as they were read, with the bits of each."""

    notices: ClassVar[tuple[str, ...]] = ()

    text: str
    bits: tuple[float, ...]


@dataclass(frozen=True)
class Surprise:
    """What a text came to. curve: mean bits per character along it, each of as many characters.

    places, words: the most surprising ones; hardest_lines: by bits per character, the newline of a
    line among these. interrupted: the text was not read to its end.
    """

    characters: int
    line_count: int
    bits: float
    bits_per_character: float
    nats_per_character: float
    places: tuple[SurprisingPlace, ...]
    words: tuple[ScoredWord, ...]
    hardest_lines: tuple[HardLine, ...]
    curve: tuple[float, ...]
    curve_characters: int
    interrupted: bool = False
    notices: tuple[str, ...] = ()


SurpriseEvent: TypeAlias = ReadCharacters | ScoredLine | Surprise


def read_surprise(
    model: Model, pieces: Iterable[str], interrupted: Interrupted = lambda: False
) -> Iterator[SurpriseEvent]:
    """The characters of a text in the model's letters as they are read, each line, and all at last.

    Memory is bounded, whatever the length. An interruption ends it with what there is.
    """
    found = _Findings(model)
    stopped = False
    for piece in score_pieces(model, pieces):
        yield from found.add(piece)
        if stopped := interrupted():
            break
    yield from found.end()
    yield found.summary(stopped)


class _Findings:
    """What is known of the text so far: sums, the largest of each kind, and the line under way."""

    def __init__(self, model: Model) -> None:
        self._characters = model.vocabulary.characters
        self._count, self._total, self._line = 0, 0.0, 1
        self._text, self._bits, self._words = "", list[float](), list[ScoredWord]()
        self._word, self._word_bits, self._line_bits = "", 0.0, 0.0
        self._before = ""
        self._places = Largest[SurprisingPlace](_MOST_PLACES)
        self._hardest_words = Largest[ScoredWord](_MOST_WORDS)
        self._hardest_lines = Largest[HardLine](_MOST_LINES)
        self._curve = Curve(_CURVE_POINTS)

    def add(self, piece: ScoredPiece) -> Iterator[ReadCharacters | ScoredLine]:
        """Take in what was read: its characters, and each line after its last one."""
        begin = 0
        bits = (piece.nats / _NATS_A_BIT).tolist()
        for at, (character, each) in enumerate(zip(piece.text, bits, strict=True), start=1):
            self._note_place(character, each, int(piece.likeliest[at - 1]))
            self._text += character
            self._bits.append(each)
            self._add_to_word(character, each)
            if character == NEWLINE or len(self._bits) >= _LONGEST_ROW:
                yield ReadCharacters(piece.text[begin:at], tuple(bits[begin:at]))
                begin = at
                yield self._end_row(character == NEWLINE)
        if begin < len(bits):
            yield ReadCharacters(piece.text[begin:], tuple(bits[begin:]))

    def _note_place(self, character: str, bits: float, instead: int) -> None:
        self._count += 1
        self._total += bits
        self._curve.add(bits)
        if self._places.takes(bits):
            expected = self._characters[instead]
            place = SurprisingPlace(
                self._count, self._line, self._before, character, bits, expected
            )
            self._places.add(bits, place)
        self._before = (self._before + character)[-_BEFORE:]

    def _add_to_word(self, character: str, bits: float) -> None:
        if character.isspace():
            self._end_word()
        else:
            self._word = (self._word + character)[:_LONGEST_WORD]
            self._word_bits += bits

    def _end_word(self) -> None:
        if self._word:
            word = ScoredWord(self._word, self._line, self._word_bits)
            self._words.append(word)
            self._hardest_words.add(word.bits, word)
        self._word, self._word_bits = "", 0.0

    def _end_row(self, ends: bool) -> ScoredLine:
        bits = sum(self._bits)
        self._line_bits += bits
        row = ScoredLine(
            line=self._line,
            text=self._text.removesuffix(NEWLINE),
            characters=len(self._bits),
            bits=bits,
            bits_per_character=bits / len(self._bits),
            line_bits=self._line_bits,
            ends=ends,
            words=tuple(self._words),
            character_bits=tuple(self._bits),
        )
        if len(self._bits) >= _LEAST_LINE:
            line = HardLine(row.line, row.text[:_LONGEST_WORD], row.bits_per_character)
            self._hardest_lines.add(row.bits_per_character, line)
        self._text, self._bits, self._words = "", [], []
        if ends:
            self._line, self._line_bits = self._line + 1, 0.0
        return row

    def end(self) -> Iterator[ScoredLine]:
        """The line that was not ended, if there is one."""
        self._end_word()
        if self._bits:
            yield self._end_row(True)

    def summary(self, interrupted: bool) -> Surprise:
        """What it all came to."""
        mean = self._total / max(1, self._count)
        return Surprise(
            characters=self._count,
            line_count=self._line - 1,
            bits=self._total,
            bits_per_character=mean,
            nats_per_character=mean * _NATS_A_BIT,
            places=self._places.all(),
            words=self._hardest_words.all(),
            hardest_lines=self._hardest_lines.all(),
            curve=self._curve.means(),
            curve_characters=self._curve.size,
            interrupted=interrupted,
        )
