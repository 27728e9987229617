"""Whether a text is a list of names or prose, guessed from all its lines, with the reason.

A name is short, ends without a full stop, and in scripts with capitals most of its words have one.
Prose has long lines; verse has lines that end in punctuation, or go on in small letters. In scripts
without blanks, the length of a line in characters and its punctuation say the same.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from charplay.plan import Kind
from charplay.text.vocabulary import NEWLINE

# A text that is prose so far is not read further than this; one line so long is no name.
_ENOUGH = 1 << 22
_GIANT_LINE = 1 << 16
_LONG_LINE = 100
_MANY_WORDS = 8
_ENDS_SENTENCE = frozenset(".!?…。！？।؟۔,;:，；：、—–-")
_CLOSING = "\"'’”»)]』」"
_SHORTENED = re.compile(r"(\b[A-ZÀ-Þ]\.|\b[^\W\d_]{1,4}\.)\Z")
_WORD = re.compile(r"[^\W\d_][\w'’]*")
# Scripts whose words stand without blanks: beyond so many letters a line is no usual name.
_LETTERS_OF_NAME = {"CJK": 12, "HIRAGANA": 12, "KATAKANA": 20, "THAI": 20, "LAO": 20, "KHMER": 20,
                    "MYANMAR": 20, "TIBETAN": 20}  # fmt: skip
_VERSE_LENGTHS = (5, 7)


@dataclass
class LineCounts:
    """What is counted of the lines of a text that are not blank."""

    lines: int = 0
    characters: int = 0
    long_characters: int = 0
    words: Counter[int] = field(default_factory=Counter)
    sentence_ends: int = 0
    full_ends: int = 0
    small_starts: int = 0
    small_words: int = 0
    inner_words: int = 0
    giant: bool = False
    unspaced: Counter[int] = field(default_factory=Counter)
    unspaced_most: int = 0
    inner_stops: int = 0

    def add(self, line: str) -> None:
        """Count one line."""
        line = line.strip()
        if not line:
            return
        words = line.split()
        self.lines += 1
        self.characters += len(line)
        self.long_characters += len(line) if len(line) > _LONG_LINE else 0
        self.words[len(words)] += 1
        end = line.rstrip(_CLOSING)[-1:]
        if end in _ENDS_SENTENCE and not _ends_in_short_form(line):
            self.sentence_ends += 1
            self.full_ends += end in ".!?…。！？।؟۔"
        self.small_starts += line[0].islower()
        if line.isascii() or not self._add_unspaced(line):
            self._add_capitals(words)

    def _add_capitals(self, words: list[str]) -> None:
        """Count the longer words after the first by whether they begin with a small letter."""
        for word in words[1:]:
            found = _WORD.search(word)
            if found and len(found[0]) > 3 and found[0][0] != found[0][0].swapcase():
                self.inner_words += 1
                self.small_words += found[0][0].islower()

    def _add_unspaced(self, line: str) -> bool:
        """Count a line of a script without blanks by its letters; whether it is one."""
        scripts = Counter(_script_of(character) for character in line)
        script, count = scripts.most_common(1)[0]
        letters = sum(scripts[name] for name in _LETTERS_OF_NAME)
        if script not in _LETTERS_OF_NAME or 2 * letters < len(line.replace(" ", "")):
            return False
        self.unspaced[letters] += 1
        self.unspaced_most += letters > _LETTERS_OF_NAME[script]
        self.inner_stops += any(mark in line for mark in "，。！？；")
        return True

    def share(self, count: int) -> float:
        """A number of lines as a share of all."""
        return count / self.lines if self.lines else 0

    @property
    def mean_words(self) -> float:
        """Words in a line."""
        return sum(n * lines for n, lines in self.words.items()) / self.lines

    @property
    def usual_words(self) -> str:
        """How many words most lines have, in words: 2 to 3 words."""
        ordered = sorted(self.words.elements())
        low, high = ordered[self.lines // 20], ordered[-1 - self.lines // 20]
        if low == high:
            return f"{low} word{'' if low == 1 else 's'}"
        return f"{low} to {high} words"


@dataclass(frozen=True)
class KindGuess:
    """A kind, and what it was told by."""

    kind: Kind
    reason: str


def guess_kind(pieces: Iterable[str]) -> KindGuess:
    """The kind of a text in pieces; prose is read only as far as it takes to be sure."""
    counts, enough = LineCounts(), False
    for line in _lines_of(pieces):
        if len(line) > _GIANT_LINE:
            counts.giant = True
            break
        counts.add(line)
        if counts.characters > _ENOUGH and not enough:
            enough = True
            guess = kind_of(counts)
            if guess.kind == "prose":
                return guess
    return kind_of(counts)


def _lines_of(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text in pieces; of a giant line, the beginning."""
    rest = ""
    for piece in chain(pieces, (NEWLINE,)):
        *lines, rest = (rest + piece).split(NEWLINE)
        yield from lines
        if len(rest) > _GIANT_LINE:
            yield rest
            return


def kind_of(counts: LineCounts) -> KindGuess:
    """The kind of a text whose lines were counted."""
    if counts.giant or counts.lines < 2:
        return KindGuess("prose", "a long line" if counts.giant else "one line")
    reason = _reason_for_prose(counts)
    if reason:
        return KindGuess("prose", reason)
    return KindGuess("names", f"{counts.lines:,} lines of {counts.usual_words}")


def _reason_for_prose(counts: LineCounts) -> str:
    """Why a text is prose; empty if it is a list of names."""
    if 2 * counts.long_characters > counts.characters:
        return f"lines of over {_LONG_LINE} characters"
    many = sum(lines for words, lines in counts.words.items() if words > _MANY_WORDS)
    if counts.share(many) > 0.2:
        return f"lines of over {_MANY_WORDS} words"
    if counts.share(counts.unspaced.total()) > 0.5:
        return _reason_without_blanks(counts)
    if counts.share(counts.full_ends) > 0.5 or (
        counts.mean_words > 2.5 and counts.share(counts.sentence_ends) > 0.2
    ):
        return "lines that end in punctuation, as sentences and verse do"
    return _reason_by_capitals(counts)


def _reason_without_blanks(counts: LineCounts) -> str:
    """Why a text in a script without blanks is prose; empty if it is a list."""
    if counts.share(counts.inner_stops) > 0.2:
        return "lines with the punctuation of sentences"
    if counts.share(counts.unspaced_most) > 0.5:
        return "lines longer than names are"
    length, lines = counts.unspaced.most_common(1)[0]
    if length in _VERSE_LENGTHS and counts.lines > 3 and counts.share(lines) > 0.95:
        return f"lines of {length} characters each, as verse has"
    return ""


def _reason_by_capitals(counts: LineCounts) -> str:
    """Why a text in a script with blanks is prose; empty if it is a list."""
    mean = counts.mean_words
    cased = counts.inner_words > 0
    if mean <= 2.2 or (cased and counts.small_words < 0.35 * counts.inner_words):
        return ""
    if counts.share(counts.small_starts) < 0.05 and cased:
        longest = 4.5  # titles of books in languages that give only the first word a capital
    else:
        longest = 3.4
    mixed = 0.1 < counts.share(counts.small_starts) < 0.9
    if mean <= longest and not (mixed and mean > 3):
        return ""
    return f"lines of {counts.usual_words}, as sentences and verse have"


def _ends_in_short_form(line: str) -> bool:
    """Whether a line ends in an abbreviation: Inc., Jr., J."""
    found = _SHORTENED.search(line)
    return bool(found) and found[0][0].isupper() if found else False


def _script_of(character: str) -> str:
    """The script of a letter, as its Unicode name begins; empty for any other character."""
    if not unicodedata.category(character).startswith(("L", "M")):
        return ""
    name = unicodedata.name(character, "")
    return "CJK" if name.startswith("CJK") else name.partition(" ")[0]
