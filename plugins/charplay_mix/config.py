"""The configuration of a mix: its parts, each with its weight."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from charplay import option

# No mix of models worth mixing has such a weight, and none so many parts.
LARGEST_WEIGHT = 100
MOST_PARTS = 32


@dataclass(frozen=True)
class MixedPart:
    """A part as one line of text: its weight, its backend, its options."""

    weight: float
    backend: str
    options: tuple[tuple[str, str], ...] = ()

    domain = "a weight, a backend and its options, like 0.4 ngram order=6"

    @classmethod
    def parse(cls, text: str) -> "MixedPart":
        """The part in a text; ValueError where there is none."""
        weight, backend, *options = shlex.split(text)
        pairs = [option.partition("=") for option in options]
        if not all(equals for _, equals, _ in pairs):
            raise ValueError(text)
        if not 0 <= float(weight) <= LARGEST_WEIGHT:
            raise ValueError(text)
        return cls(float(weight), backend, tuple((key, value) for key, _, value in pairs))

    @classmethod
    def of(cls, weight: float, backend: str, options: Mapping[str, object]) -> "MixedPart":
        """The part of a model; its weight is rounded to what the text holds."""
        # 0 and 0.0 are one number, whichever a configuration happens to hold.
        texts = ((key, str(value).removesuffix(".0")) for key, value in options.items())
        return cls(rounded(weight), backend, tuple(texts))

    def __str__(self) -> str:
        options = (f"{key}={value}" for key, value in self.options)
        return shlex.join((f"{self.weight:.6g}", self.backend, *options))


@dataclass(frozen=True)
class MixConfig:
    """The parts of a mix; a weight is the power of a part's probabilities."""

    parts: tuple[MixedPart, ...] = option((), "the parts and their weights", metavar="PART")


def rounded(weight: float) -> float:
    """A weight with the digits that its text has."""
    return float(f"{weight:.6g}")
