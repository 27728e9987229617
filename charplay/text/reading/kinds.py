"""Whether a text is a list of names or prose, guessed from all its lines, with the reason.

A name is short, ends without a full stop, and in scripts with capitals most of its words have one.
Prose has long lines; verse has lines that end in punctuation, or go on in small letters. In scripts
without blanks, the letters of a line and its punctuation say the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from charplay.kind import Kind
from charplay.text.reading.line_counts import LONG_LINE, MANY_WORDS, LineCounts
from charplay.text.vocabulary import NEWLINE

# Prose is not read further than this to know that it is prose; a line so long is no name.
_ENOUGH = 1 << 17
_GIANT_LINE = 1 << 16

_PUNCTUATED = "lines that end in punctuation, as sentences and verse do"
_MANY_LINES = 0.2
_MOST_LINES = 0.5
_FEW_LINES = 0.05
# Longer words with a small first letter: under 0.35 in titles, over 0.5 in sentences.
_TITLE_SHARE = 0.35
# The mean number of words, up to which a list is one whatever its letters are; in a list whose
# lines alone have capitals, as titles in many languages do; and in any other.
_FEW_WORDS, _TITLE_WORDS, _OTHER_WORDS = 2.2, 4.5, 3.4
_VERSE_LETTERS = (5, 7)
_LEAST_VERSES = 4


@dataclass(frozen=True)
class KindGuess:
    """A kind, and what it was told by."""

    kind: Kind
    reason: str


def guess_kind(pieces: Iterable[str]) -> KindGuess:
    """The kind of a text in pieces; prose is read only as far as it takes to be sure."""
    counts, next_look = LineCounts(), _ENOUGH
    for line in _lines_of(pieces):
        if len(line) > _GIANT_LINE:
            return KindGuess("prose", "a line too long for a name")
        counts.add(line)
        if counts.characters > next_look:
            next_look *= 2
            guess = kind_of_lines(counts)
            if guess.kind == "prose":
                return guess
    return kind_of_lines(counts)


def _lines_of(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text in pieces; of a giant one, the beginning, and nothing after it."""
    rest = ""
    for piece in chain(pieces, (NEWLINE,)):
        *lines, rest = (rest + piece).split(NEWLINE)
        yield from lines
        if len(rest) > _GIANT_LINE:
            yield rest
            return


def kind_of_lines(counts: LineCounts) -> KindGuess:
    """The kind of a text whose lines were counted."""
    reason = _reason_for_prose(counts)
    if reason:
        return KindGuess("prose", reason)
    return KindGuess("names", f"{counts.lines:,} lines of {counts.usual_words}")


def _reason_for_prose(counts: LineCounts) -> str:
    """Why a text is prose; empty if it is a list of names."""
    if counts.lines < 2:
        return "a single line"
    if 2 * counts.long_characters > counts.characters:
        return f"lines of over {LONG_LINE} characters"
    many = sum(lines for words, lines in counts.words.items() if words > MANY_WORDS)
    if counts.share(many) > _MANY_LINES:
        return f"lines of over {MANY_WORDS} words"
    if counts.share(counts.unspaced.total()) > _MOST_LINES:
        return _reason_without_blanks(counts)
    return _reason_by_ends(counts) or _reason_by_words(counts)


def _reason_without_blanks(counts: LineCounts) -> str:
    """Why a text in a script without blanks is prose; empty if it is a list."""
    if counts.share(counts.inner_stops) > _MANY_LINES:
        return "lines with the punctuation of sentences"
    if counts.share(counts.too_long) > _MOST_LINES:
        return "lines longer than names are"
    letters, lines = counts.unspaced.most_common(1)[0]
    alike = letters in _VERSE_LETTERS and counts.share(lines) > 1 - _FEW_LINES
    if alike and counts.lines >= _LEAST_VERSES:
        return f"lines of {letters} characters each, as verse has"
    return ""


def _reason_by_ends(counts: LineCounts) -> str:
    """That lines end as sentences or verses do; names of films and bands do now and then."""
    if counts.share(counts.sentence_ends) > _MOST_LINES:
        return _PUNCTUATED
    enough = 2 * _MANY_LINES if counts.small_share < _TITLE_SHARE else _MANY_LINES
    if counts.mean_words > _FEW_WORDS and counts.share(counts.line_ends) > enough:
        return _PUNCTUATED
    return ""


def _reason_by_words(counts: LineCounts) -> str:
    """That lines have too many words for what their letters say; empty for a list."""
    mean, small_starts = counts.mean_words, counts.share(counts.small_starts)
    stanzas = counts.blank > counts.lines / 4 and small_starts > _MOST_LINES
    if mean <= (1.5 if stanzas else _FEW_WORDS) or counts.small_share < _TITLE_SHARE:
        return ""
    if counts.inner_words and small_starts < _FEW_LINES:
        most = _TITLE_WORDS
    else:
        # Lines of which some begin with a small letter are parts of sentences.
        most = 3 if 0.1 < small_starts < 0.9 else _OTHER_WORDS
    if mean <= most and not stanzas:
        return ""
    return f"lines of {counts.usual_words}, as sentences and verse have"
