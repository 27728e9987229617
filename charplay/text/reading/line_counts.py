"""What is counted of a text's lines to tell a list of names from prose."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from charplay.plural import count_in_words

LONG_LINE = 100
MANY_WORDS = 8
# Scripts whose words stand without blanks: beyond so many letters a line is no usual name.
_NAME_LETTERS = {
    "CJK": 12, "HIRAGANA": 12, "KATAKANA": 20, "THAI": 20, "LAO": 20, "KHMER": 20, "MYANMAR": 20,
    "TIBETAN": 20,
}  # fmt: skip
# Characters and syllables together are a sentence sooner.
_MIXED_LETTERS = 9
_SENTENCE_ENDS = frozenset(".!?…。！？।؟۔")
_LINE_ENDS = _SENTENCE_ENDS | frozenset(",;:，；：、،—–-")
_INNER_STOPS = frozenset("，。！？；")
_CLOSING = "\"'’”»)]』」"
_SHORT_FORM = re.compile(r"\b[^\W\d_]{1,4}\.\Z")
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_SHORTEST_LONG_WORD = 4
# Scripts without blanks come after it, Thai the first of them.
_FIRST_UNSPACED = "\u0e00"


@dataclass
class LineCounts:
    """Counts of the lines that are not blank, in lines unless another unit is named.

    words: lines by their number of words; long_characters: characters in long lines;
    sentence_ends: lines that end as sentences do, line_ends: or as lines of verse do; small_starts:
    lines that begin with a small letter; inner_words: longer words after a line's first, in scripts
    with capitals, small_words: those without one; unspaced: lines of scripts without blanks, by
    their letters; too_long: those longer than names are; inner_stops: those with a full stop or
    comma.
    """

    lines: int = 0
    blank: int = 0
    characters: int = 0
    long_characters: int = 0
    words: Counter[int] = field(default_factory=Counter)
    sentence_ends: int = 0
    line_ends: int = 0
    small_starts: int = 0
    inner_words: int = 0
    small_words: int = 0
    unspaced: Counter[int] = field(default_factory=Counter)
    too_long: int = 0
    inner_stops: int = 0

    def add(self, line: str) -> None:
        """Count one line."""
        line = line.strip()
        if not line:
            self.blank += 1
            return
        words = line.split()
        self.lines += 1
        self.characters += len(line)
        self.long_characters += len(line) if len(line) > LONG_LINE else 0
        self.words[len(words)] += 1
        self.small_starts += line[0].islower()
        self._count_end(line)
        if max(line) < _FIRST_UNSPACED or not self._count_unspaced(line):
            self._count_capitals(words)

    def _count_end(self, line: str) -> None:
        """Count how a line ends; after a name, an abbreviation such as Inc. ends no sentence."""
        short = _SHORT_FORM.search(line)
        if not (short and short.start() and short[0][0].isupper()):
            end = line.rstrip(_CLOSING)[-1:]
            self.sentence_ends += end in _SENTENCE_ENDS
            self.line_ends += end in _LINE_ENDS

    def _count_capitals(self, words: list[str]) -> None:
        for word in words[1:]:
            found = _WORD.search(word)
            if found and len(found[0]) >= _SHORTEST_LONG_WORD:
                first = found[0][0]
                self.inner_words += first != first.swapcase()
                self.small_words += first.islower()

    def _count_unspaced(self, line: str) -> bool:
        """Count a line by its letters; whether it is of a script without blanks."""
        scripts = Counter(map(_script_of, line))
        del scripts[""]
        letters = sum(scripts[name] for name in _NAME_LETTERS)
        if not letters or 2 * letters < len(line):
            return False
        limit = _NAME_LETTERS[max(_NAME_LETTERS, key=lambda name: scripts[name])]
        if scripts["CJK"] and scripts["HIRAGANA"]:
            limit = _MIXED_LETTERS
        self.unspaced[letters] += 1
        self.too_long += letters > limit
        self.inner_stops += not _INNER_STOPS.isdisjoint(line)
        return True

    def share(self, count: int) -> float:
        """A number of lines as a share of all."""
        return count / max(1, self.lines)

    @property
    def mean_words(self) -> float:
        """Words in a line."""
        return sum(words * lines for words, lines in self.words.items()) / max(1, self.lines)

    @property
    def small_share(self) -> float:
        """The share of the longer words without a capital; 1 where no script has capitals."""
        return self.small_words / self.inner_words if self.inner_words else 1

    @property
    def usual_words(self) -> str:
        """How many words nearly all lines have: 2 to 3 words."""
        ordered = sorted(self.words.elements())
        low, high = ordered[self.lines // 20], ordered[-1 - self.lines // 20]
        if low < high:
            return f"{low} to {high} words"
        return count_in_words(low, "word")


@lru_cache(maxsize=1 << 14)
def _script_of(character: str) -> str:
    """The script of a letter, as its Unicode name begins; empty for any other character."""
    if not unicodedata.category(character).startswith(("L", "M")):
        return ""
    return unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
