"""What a name must look like, and which characters can still lead to one that does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from time import thread_time
from typing import Any

from charplay.errors import UsageError
from charplay.options import option

# No name has as many characters, and a pattern that counts further only eats memory.
_MOST_REPEATED = 10_000
# A pattern that takes longer on one name, or on all its slow ones together, has gone astray; told
# by the processor, so that it does not depend on what else the machine does.
_PATTERN_SECONDS, _SLOW_SECONDS, _ALL_SECONDS = 0.5, 0.005, 2.0


@dataclass(frozen=True)
class Shape:
    """The form of a name, upper and lower case alike."""

    starts: str = option("", "how it begins", metavar="TEXT")
    ends: str = option("", "how it ends", metavar="TEXT")
    contains: str = option("", "what stands in it", metavar="TEXT")
    pattern: str | None = option(None, "what the whole name matches", metavar="REGEX")
    min_length: int = option(1, "fewest characters", minimum=1)
    max_length: int | None = option(None, "most characters", minimum=1)

    def __post_init__(self) -> None:
        if self.max_length is not None and self.max_length < self.least:
            raise UsageError(
                f"no name of {self.max_length} characters or fewer can have that form",
                f"allow more with --max-length {self.least}",
            )
        if self.pattern is not None:
            self._compiled  # noqa: B018 - a pattern that is none is told at once

    @property
    def least(self) -> int:
        """Fewest characters that a name of this form has."""
        return max(self.min_length, *(len(t) for t in (self.starts, self.ends, self.contains)))

    @property
    def constrains(self) -> bool:
        """Whether more is asked than a beginning, which is simply fed to the model."""
        return bool(self.ends or self.contains or self.pattern or self.steers)

    @property
    def steers(self) -> bool:
        """Whether a name's beginning may tell that it comes to nothing, so that drawing can turn.

        How it ends and what stands in it can always come yet, where no length is set.
        """
        return self.max_length is not None or self.min_length > 1 or self._followed

    def fits(self, text: str) -> bool:
        """Whether a whole name has the form."""
        lowered = text.lower()
        return (
            self.min_length <= len(text) <= (self.max_length or len(text))
            and lowered.startswith(self.starts.lower())
            and lowered.endswith(self.ends.lower())
            and self.contains.lower() in lowered
            and (self.pattern is None or self._matches(text, partly=False))
        )

    def can_become(self, text: str) -> bool:
        """Whether a name that begins so can still come to have the form.

        It may say yes where there is no way; never no where there is one.
        """
        return self._has_room(text) and (not self._followed or self._matches(text, partly=True))

    def _has_room(self, text: str) -> bool:
        """Whether what must still come fits into the greatest length."""
        lowered = text.lower()
        wanted = (self.ends.lower(), self.contains.lower())
        # A letter like İ is two in lower case, so that lengths say nothing.
        plain = len(lowered + "".join(wanted)) == len(text + self.ends + self.contains)
        if self.max_length is None or not plain:
            return True
        needed = _missing(lowered, wanted[0])
        if wanted[1] not in lowered:
            needed = max(needed, _missing(lowered, wanted[1]))
        return self.max_length - len(text) >= needed

    @cached_property
    def _compiled(self) -> Any:
        import regex

        pattern = self.pattern or ""
        try:
            counts = regex.findall(r"\{(\d+)?,?(\d+)?\}", pattern)
            if prod(int(most or least or 1) for least, most in counts) > _MOST_REPEATED:
                raise ValueError(f"it repeats something more than {_MOST_REPEATED:,} times")
            return regex.compile(pattern, regex.IGNORECASE)
        except (regex.error, ValueError, RecursionError) as error:
            raise UsageError(
                f"the pattern {pattern[:60]!r} is no regular expression: {error}",
                "mend it; [aeiou] is a vowel, . any character, .* anything, {5,9} a number of them",
            ) from error

    @property
    def _followed(self) -> bool:
        """Whether the beginning of a name tells if the pattern can still be met.

        What looks ahead or back is not decided by the part that stands, and where anything may
        stand first no beginning is wrong; such patterns only filter.
        """
        if self.pattern is None or self.pattern.startswith((".*", ".+")):
            return False
        return not any(sign in self.pattern for sign in ("(?=", "(?!", "(?<", "$", "\\"))

    def _matches(self, text: str, partly: bool) -> bool:
        begun = thread_time()
        try:
            found = self._compiled.fullmatch(text, partial=partly, timeout=_PATTERN_SECONDS)
            seconds = thread_time() - begun
            if seconds > _SLOW_SECONDS:
                self._slow.append(seconds)
                if sum(self._slow) > _ALL_SECONDS:
                    raise TimeoutError
        except TimeoutError as error:
            raise UsageError(
                f"the pattern {self.pattern!r} takes too long on {text!r}", "make it simpler"
            ) from error
        return found is not None

    @cached_property
    def _slow(self) -> list[float]:
        """Seconds of the matches that took long."""
        return []


def _missing(text: str, end: str) -> int:
    """Characters that must still come before the text can end so."""
    overlap = next(k for k in range(len(end), -1, -1) if text.endswith(end[:k]))
    return len(end) - overlap


def steer_by(shape: Shape) -> Callable[[str, str], bool]:
    """Whether a character may follow a text, for names of a form; the newline ends a name.

    A name that is long enough may end where the model ends it, even if it will then be found not to
    fit: held back from ending until it does, it would only grow long and strange.
    """

    @lru_cache(maxsize=200_000)
    def may_follow(text: str, character: str) -> bool:
        if character == "\n":
            return len(text) >= shape.min_length
        return shape.can_become(text + character)

    return may_follow
