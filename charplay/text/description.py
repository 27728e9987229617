"""What a text holds, in figures and in a few of its lines."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from charplay.text.corpus import Corpus, NameList, lines_of
from charplay.text.order import ComputedPermutation
from charplay.text.pieces import distinct_lines
from charplay.text.reading.oddities import (
    CharacterCount,
    count_by_kind,
    count_characters,
    find_oddities,
)

FIRST_LINES = 5
RANDOM_LINES = 5
LONGEST_LINE = 200
_ELLIPSIS = "…"


@dataclass(frozen=True)
class TextDescription:
    """Counts of a text, and some of its lines.

    size: names of a list, characters of prose. Lines are the names of a list, or the lines of
    prose that are not blank; shortest, median and longest are their lengths in characters. first
    and random are some of them, each cut where it is very long. repeats: lines of a list that were
    there before; by_kind: how many characters of each kind; oddities: what may need a look.
    """

    size: int
    characters: int
    distinct: int
    sha256: str
    vocabulary: str
    lines: int
    shortest: int
    median: float
    longest: int
    first: tuple[str, ...]
    random: tuple[str, ...]
    repeats: int = 0
    by_kind: tuple[CharacterCount, ...] = ()
    oddities: tuple[str, ...] = ()


def describe_text(corpus: Corpus, seed: int) -> TextDescription:
    """The description of a text, its random lines drawn by a seed."""
    lengths = np.fromiter(map(len, lines_of(corpus)), np.int64)
    first, random = _choose_lines(lines_of(corpus), len(lengths), seed)
    counted, median = count_characters(corpus.pieces()), float(np.median(lengths))
    names = corpus.names if isinstance(corpus, NameList) else ()
    return TextDescription(
        size=len(lengths) if corpus.kind == "names" else corpus.characters,
        characters=corpus.characters,
        distinct=len(corpus.vocabulary),
        sha256=corpus.sha256,
        vocabulary=corpus.vocabulary.characters,
        lines=len(lengths),
        shortest=int(lengths.min()),
        median=median,
        longest=int(lengths.max()),
        first=first,
        random=random,
        repeats=len(names) - len(distinct_lines(names)),
        by_kind=count_by_kind(counted),
        oddities=tuple(find_oddities(counted, names, median)),
    )


def _choose_lines(
    lines: Iterable[str], count: int, seed: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first lines, and a few of the others, none of them twice, in their order."""
    others = count - FIRST_LINES
    drawn = FIRST_LINES + ComputedPermutation(others, seed, 0)[:RANDOM_LINES] if others > 0 else ()
    wanted = {*range(FIRST_LINES), *drawn}
    chosen = [_shorten(line) for place, line in enumerate(lines) if place in wanted]
    return tuple(chosen[:FIRST_LINES]), tuple(chosen[FIRST_LINES:])


def _shorten(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + _ELLIPSIS
