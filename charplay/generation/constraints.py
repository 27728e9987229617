"""The form that names must have, and which characters can still lead to a name of that form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from time import thread_time
from typing import Any

from charplay.errors import UsageError
from charplay.options import option

# No name has so many characters, and a pattern that repeats more often takes much memory.
_MOST_REPEATED = 10_000
# A pattern is given up if one match takes longer than the first of these, or all slow matches
# together longer than the last. Processor time, so that other programs make no difference.
_PATTERN_SECONDS, _SLOW_SECONDS, _ALL_SECONDS = 0.5, 0.005, 2.0


@dataclass(frozen=True)
class Shape:
    """The form of a name; upper and lower case make no difference."""

    starts: str = option("", "names that begin with this text", metavar="TEXT")
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
        if self.pattern is not None:
            self._compiled  # noqa: B018 - raises UsageError for a wrong pattern

    @property
    def least(self) -> int:
        """The fewest characters that a name of this form can have."""
        return max(self.min_length, *(len(t) for t in (self.starts, self.ends, self.contains)))

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

    def fits(self, text: str) -> bool:
        """Whether a whole name has this form."""
        lowered = text.lower()
        return (
            self.min_length <= len(text) <= (self.max_length or len(text))
            and lowered.startswith(self.starts.lower())
            and lowered.endswith(self.ends.lower())
            and self.contains.lower() in lowered
            and (self.pattern is None or self._matches(text, partly=False))
        )

    def can_become(self, text: str) -> bool:
        """Whether a name that begins with this text can still get this form.

        May be True where it cannot; is never False where it can.
        """
        return self._has_room(text) and (
            not self._pattern_steers or self._matches(text, partly=True)
        )

    def _has_room(self, text: str) -> bool:
        """Whether the text that is still missing fits within the longest length."""
        lowered = text.lower()
        wanted = (self.ends.lower(), self.contains.lower())
        # Lower case can be longer than the letter itself (İ), and lengths then prove nothing.
        plain = len(lowered + "".join(wanted)) == len(text + self.ends + self.contains)
        if self.max_length is None or not plain:
            return True
        needed = _count_missing(lowered, wanted[0])
        if wanted[1] not in lowered:
            needed = max(needed, _count_missing(lowered, wanted[1]))
        return self.max_length - len(text) >= needed

    @cached_property
    def _compiled(self) -> Any:
        import regex  # loaded only if there is a pattern

        pattern = self.pattern or ""
        try:
            counts = regex.findall(r"\{(\d+)?,?(\d+)?\}", pattern)
            if prod(int(most or least or 1) for least, most in counts) > _MOST_REPEATED:
                raise ValueError(f"it repeats a part more than {_MOST_REPEATED:,} times")
            return regex.compile(pattern, regex.IGNORECASE)
        except (regex.error, ValueError, RecursionError) as error:
            raise UsageError(
                f"the pattern {pattern[:60]!r} is not a regular expression: {error}",
                "correct it: [aeiou] is a vowel, . any character, .* any text, .{5,9} any 5 to 9",
            ) from error

    @property
    def _pattern_steers(self) -> bool:
        """Whether the pattern can rule a name out by its beginning.

        A beginning decides nothing for a pattern that looks ahead or back, nor for one that starts
        with any text; such patterns only filter whole names.
        """
        if self.pattern is None or self.pattern.startswith((".*", ".+")):
            return False
        return not any(sign in self.pattern for sign in ("(?=", "(?!", "(?<", "$", "\\"))

    def _matches(self, text: str, partly: bool) -> bool:
        start = thread_time()
        try:
            found = self._compiled.fullmatch(text, partial=partly, timeout=_PATTERN_SECONDS)
            seconds = thread_time() - start
            if seconds > _SLOW_SECONDS:
                self._slow_matches.append(seconds)
                if sum(self._slow_matches) > _ALL_SECONDS:
                    raise TimeoutError
        except TimeoutError as error:
            raise UsageError(
                f"the pattern {self.pattern!r} takes too long on {text!r}", "use a simpler pattern"
            ) from error
        return found is not None

    @cached_property
    def _slow_matches(self) -> list[float]:
        """Seconds that each slow match took."""
        return []


def _count_missing(text: str, end: str) -> int:
    """How many characters of an ending are missing after a text, which may have its first ones."""
    overlap = next(k for k in range(len(end), -1, -1) if text.endswith(end[:k]))
    return len(end) - overlap


def steer_by(shape: Shape) -> Callable[[str, str], bool]:
    """A function that tells whether a character may follow a text in names of a form.

    The newline ends a name. A name that is long enough may end wherever the model ends it, even if
    it does not have the form then: a name that has to go on until it fits grows long and strange.
    """

    @lru_cache(maxsize=200_000)
    def may_follow(text: str, character: str) -> bool:
        if character == "\n":
            return len(text) >= shape.min_length
        return shape.can_become(text + character)

    return may_follow
