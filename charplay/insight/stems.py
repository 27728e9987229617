"""Stems of International Nonproprietary Names (INN), and which of them a name contains."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

Position = Literal["prefix", "infix", "suffix"]
POSITIONS: tuple[Position, ...] = get_args(Position)

# A stem counts only if enough other letters are beside it: `last` is no antiasthmatic (-ast). For a
# long stem a single letter is enough, as in aciclovir, ibrutinib and ifosfamide.
_LETTERS_BESIDE, _LETTERS_BESIDE_LONG, _LONG = 2, 1, 5

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Stem:
    """A stem, its position in a name, what it says about a substance, and a name that has it.

    An infix may be anywhere in a name, at either end too.
    """

    letters: str
    position: Position
    meaning: str
    example: str

    def __str__(self) -> str:
        before = "" if self.position == "prefix" else "-"
        after = "" if self.position == "suffix" else "-"
        return before + self.letters + after

    def places(self, word: str) -> Iterator[int]:
        """Where in a lower-case word the stem begins, if enough letters are beside it."""
        beside = _LETTERS_BESIDE_LONG if len(self.letters) >= _LONG else _LETTERS_BESIDE
        if len(word) < len(self.letters) + beside:
            return
        if self.position == "infix":
            yield from (found.start() for found in re.finditer(self.letters, word))
        elif self.position == "prefix" and word.startswith(self.letters):
            yield 0
        elif self.position == "suffix" and word.endswith(self.letters):
            yield len(word) - len(self.letters)


@cache
def load_stems() -> tuple[Stem, ...]:
    """All stems, by position, then by alphabet; the head of `stems.toml` names the sources."""
    text = files("charplay.insight").joinpath("stems.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return tuple(
        Stem(letters, position, meaning, example)
        for position in POSITIONS
        for letters, (meaning, example) in table[position].items()
    )


def stems_claimed(name: str) -> tuple[Stem, ...]:
    """The stems that a name contains, the longest first, equally long ones in their order.

    Each of its words is examined alone; case makes no difference. A stem within a longer one is
    left out: aciclovir contains -ciclovir, and its -vir is a part of that.
    """
    found = [place for word in _WORD.findall(name.casefold()) for place in _stems_in(word)]
    found.sort(key=lambda place: -len(place.stem.letters))
    return tuple(dict.fromkeys(place.stem for place in found))


class _StemInWord(NamedTuple):
    """A stem and where in a word it is."""

    start: int
    end: int
    stem: Stem

    def within(self, other: "_StemInWord") -> bool:
        return (
            other.start <= self.start
            and self.end <= other.end
            and other.end - other.start > self.end - self.start
        )


def _stems_in(word: str) -> list[_StemInWord]:
    """The stems in a word, in their order, none within another."""
    found = [
        _StemInWord(start, start + len(stem.letters), stem)
        for stem in load_stems()
        for start in stem.places(word)
    ]
    outermost = [place for place in found if not any(map(place.within, found))]
    return sorted(outermost, key=lambda place: place.start)
