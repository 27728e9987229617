"""Patterns that names match as a whole: compiled, within bounds of time, in a model's letters."""

from __future__ import annotations

import re
import string
from functools import cached_property
from math import prod
from time import thread_time
from typing import Any

from charplay.errors import UsageError
from charplay.text.typed.typography import compose, letter_form

# No name has so many characters, and a pattern that repeats more often takes much memory.
_MOST_REPEATED = 10_000
# A pattern is given up if one match takes longer than the first of these, or all slow matches
# together longer than the last. Processor time, so that other programs make no difference.
_PATTERN_SECONDS, _SLOW_SECONDS, _ALL_SECONDS = 0.5, 0.005, 2.0

# Characters whose letter form may be another, each with the backslash before it; other escapes.
_FOREIGN = re.compile(r"\\?([`\x80-\U0010ffff])|\\.", re.DOTALL)


class NamePattern:
    """A regular expression that is matched with the letter form of names.

    Raises UsageError for a text that is none, or that would take much memory.
    """

    def __init__(self, typed: str) -> None:
        self._typed = typed
        self._slow_matches: list[float] = []
        self._compiled = self._compile()

    def _compile(self) -> Any:
        import regex  # loaded only if there is a pattern

        try:
            counts = regex.findall(r"\{(\d+)?,?(\d+)?\}", self._typed)
            if prod(int(most or least or 1) for least, most in counts) > _MOST_REPEATED:
                raise ValueError(f"it repeats a part more than {_MOST_REPEATED:,} times")
            return regex.compile(_in_letter_form(self._typed), regex.IGNORECASE)
        except (regex.error, ValueError, RecursionError) as error:
            raise UsageError(
                f"the pattern {self._typed[:60]!r} is not a regular expression: {error}",
                "correct it: [aeiou] is a vowel, . any character, .* any text, .{5,9} any 5 to 9",
            ) from error

    @cached_property
    def steers(self) -> bool:
        """Whether it can rule a name out by its beginning.

        A beginning decides nothing for a pattern that looks ahead or back, nor for one that starts
        with any text; such patterns only filter whole names.
        """
        if self._typed.startswith((".*", ".+")):
            return False
        return not any(sign in self._typed for sign in ("(?=", "(?!", "(?<", "$", "\\"))

    def matches(self, letters: str, partly: bool = False) -> bool:
        """Whether it matches a text's letter form as a whole, or `partly`: can, with more text."""
        start = thread_time()
        try:
            found = self._compiled.fullmatch(letters, partial=partly, timeout=_PATTERN_SECONDS)
            seconds = thread_time() - start
            if seconds > _SLOW_SECONDS:
                self._slow_matches.append(seconds)
                if sum(self._slow_matches) > _ALL_SECONDS:
                    raise TimeoutError
        except TimeoutError as error:
            raise UsageError(
                f"the pattern {self._typed!r} takes too long on {letters!r}",
                "use a simpler pattern",
            ) from error
        return found is not None


def _in_letter_form(pattern: str) -> str:
    """The pattern with its characters in letter form; what is a sign in ASCII becomes literal."""

    def replace(found: re.Match[str]) -> str:
        if found[1] is None:
            return str(found[0])
        letter = letter_form(str(found[1]))
        return "\\" + letter if letter in string.punctuation + " " else letter

    return _FOREIGN.sub(replace, compose(pattern))
