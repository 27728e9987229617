"""Stems of International Nonproprietary Names that a name would claim by its form."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

Position = Literal["prefix", "infix", "suffix"]
POSITIONS: tuple[Position, ...] = get_args(Position)

# Beside a stem there is a name, not a syllable: `last` is no antiasthmatic. A long stem is taken
# for one even after a single letter, as in aciclovir, ibrutinib and ifosfamide.
_LETTERS_BESIDE, _LETTERS_BESIDE_LONG, _LONG = 2, 1, 5

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Stem:
    """A stem, where in a name it stands, what it says of a substance, and a name that bears it.

    An infix may stand anywhere in a name, at either end too.
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
        """Where in a lower-case word it stands, with enough of a name beside it."""
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
    """The table in its order: by position, then by alphabet. Its head names the sources."""
    text = files("charplay.insight").joinpath("stems.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return tuple(
        Stem(letters, position, meaning, example)
        for position in POSITIONS
        for letters, (meaning, example) in table[position].items()
    )


def stems_claimed(name: str) -> tuple[Stem, ...]:
    """The stems that a name bears, the longest first, then as they stand in it.

    Each of its words is looked at alone, without regard to case. A stem inside a longer one that
    stands there too is left out: aciclovir bears -ciclovir, and its -vir is a part of that.
    """
    claims = [claim for word in _WORD.findall(name.casefold()) for claim in _claims(word)]
    claims.sort(key=lambda claim: -len(claim.stem.letters))
    return tuple(dict.fromkeys(claim.stem for claim in claims))


class _Claim(NamedTuple):
    """A stem as it stands in a word."""

    start: int
    end: int
    stem: Stem

    def within(self, other: "_Claim") -> bool:
        return (
            other.start <= self.start
            and self.end <= other.end
            and other.end - other.start > self.end - self.start
        )


def _claims(word: str) -> list[_Claim]:
    """What a word claims, in the order in which it stands there."""
    found = [
        _Claim(start, start + len(stem.letters), stem)
        for stem in load_stems()
        for start in stem.places(word)
    ]
    outermost = [claim for claim in found if not any(map(claim.within, found))]
    return sorted(outermost, key=lambda claim: claim.start)
