"""The form that names must have, and which characters can still lead to a name of that form."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from charplay.errors import UsageError
from charplay.generation.patterns import NamePattern
from charplay.options import option
from charplay.text.typed.typography import compose, letter_form


@dataclass(frozen=True)
class Shape:
    """The form of a name; case, typography and the normal form make no difference.

    Lengths are in characters of the composed text.
    """

    starts: tuple[str, ...] = option(
        (), "names that begin with this text; repeat it for one of several", metavar="TEXT"
    )
    ends: str = option("", "names that end with this text", metavar="TEXT")
    contains: str = option("", "names that contain this text", metavar="TEXT")
    pattern: str | None = option(
        None, "names that match this regular expression as a whole", metavar="REGEX"
    )
    min_length: int = option(1, "shortest name, in characters", minimum=1)
    max_length: int | None = option(None, "longest name, in characters", minimum=1)

    def __post_init__(self) -> None:
        if self.max_length is not None and self.max_length < self.least:
            raise UsageError(
                f"a name of this form has {self.least} characters or more, "
                f"and --max-length allows {self.max_length}",
                f"allow more: --max-length {self.least}",
            )
        self._pattern  # noqa: B018 - raises UsageError for a wrong pattern

    @cached_property
    def _pattern(self) -> NamePattern | None:
        return None if self.pattern is None else NamePattern(self.pattern)

    @cached_property
    def _starts(self) -> tuple[str, ...]:
        return tuple(map(letter_form, self.starts))

    @cached_property
    def _ends(self) -> str:
        return letter_form(self.ends)

    @cached_property
    def _contains(self) -> str:
        return letter_form(self.contains)

    @property
    def least(self) -> int:
        """The fewest characters that a name of this form can have, whichever start it has."""
        return max(self.min_length, *map(len, (*self._starts, self._ends, self._contains)))

    @property
    def constrains(self) -> bool:
        """Whether there is more to check than the beginning, which every drawn name has."""
        return bool(self.ends or self.contains or self.pattern or self.steers)

    @property
    def steers(self) -> bool:
        """Whether a beginning can rule a name out, so that sampling picks another character.

        Without a length limit an ending or a contained text can always still come.
        """
        return self.max_length is not None or self.min_length > 1 or self._pattern_steers

    @property
    def _pattern_steers(self) -> bool:
        return self._pattern is not None and self._pattern.steers

    def fits(self, text: str) -> bool:
        """Whether a whole name has this form."""
        letters = letter_form(text)
        return (
            self.min_length <= len(letters) <= (self.max_length or len(letters))
            and (not self._starts or letters.startswith(self._starts))
            and letters.endswith(self._ends)
            and self._contains in letters
            and (self._pattern is None or self._pattern.matches(letters))
        )

    def can_become(self, text: str) -> bool:
        """Whether a name that begins with the letters of this text can still get this form.

        May be True where it cannot; is never False where it can.
        """
        letters = letter_form(text)
        if not self._has_room(letters):
            return False
        pattern = self._pattern
        return pattern is None or not pattern.steers or pattern.matches(letters, partly=True)

    def _has_room(self, letters: str) -> bool:
        """Whether the text that is still missing fits within the longest length."""
        if self.max_length is None:
            return True
        needed = _count_missing(letters, self._ends)
        if self._contains not in letters:
            needed = max(needed, _count_missing(letters, self._contains))
        return self.max_length - len(letters) >= needed


def _count_missing(text: str, end: str) -> int:
    """How many characters of an ending are missing after a text, which may have its first ones."""
    overlap = max(k for k in range(len(end) + 1) if text.endswith(end[:k]))
    return len(end) - overlap


def steer_by(shape: Shape, characters: str = "") -> Callable[[str, str], bool]:
    """A function that tells whether a character may follow a text in names of a form.

    `characters` are the model's: some may join with the letter before them, as accents do in a
    text that spells them apart, so a letter is also right where it can become the right one.

    The newline ends a name. A name that is long enough may end wherever the model ends it, even if
    it does not have the form then: a name that has to go on until it fits grows long and strange.
    """
    joining = [character for character in characters if joins_letters(character)]

    def can_grow(text: str) -> bool:
        return shape.can_become(text) or any(
            can_grow(text + mark)
            for mark in joining
            if len(compose(text + mark)) <= len(compose(text))
        )

    @lru_cache(maxsize=200_000)
    def may_follow(text: str, character: str) -> bool:
        if character == "\n":
            return len(compose(text)) >= shape.min_length
        return can_grow(text + character)

    return may_follow


def joins_letters(character: str) -> bool:
    """Whether a character can become one with the letter before it: a mark, a part of Hangul."""
    return bool(unicodedata.combining(character)) or "\u1161" <= character <= "\u11c2"
