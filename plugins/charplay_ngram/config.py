"""The options of an n-gram."""

from dataclasses import dataclass

from charplay import option

HIGHEST_ORDER = 12
# The highest order that is chosen where none is set.
HIGHEST_CHOSEN = 8


@dataclass(frozen=True)
class NgramConfig:
    """How long n-grams are, and how many are kept."""

    order: int = option(
        0,
        "characters of the longest n-grams; 0: from 2 to 8, chosen by a tenth of the training text",
        minimum=0,
        maximum=HIGHEST_ORDER,
    )
    most: int = option(
        8_000_000,
        "largest number of n-grams kept; of more, those that help least are dropped",
        minimum=1,
    )
