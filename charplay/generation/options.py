"""The options of an answer, declared once for commands, settings, recipes and model files."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from charplay.errors import UsageError
from charplay.kind import Kind
from charplay.options import option

MOST_ANSWERS = 1_000_000
LONGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class Seed:
    """What repeats answers: a seed, and the number of one answer where only that is wanted."""

    value: int
    number: int | None = None

    domain = "a whole number like 7, or a label like 7/3 for one answer"

    @classmethod
    def parse(cls, text: str) -> "Seed":
        """`7` or `7/3`; ValueError otherwise."""
        value, slash, number = text.partition("/")
        seed = cls(int(value), int(number) if slash else None)
        if not 0 <= seed.value < 2**64 or (seed.number is not None and not 0 < seed.number < 2**63):
            raise ValueError(text)
        return seed

    def __str__(self) -> str:
        return str(self.value) if self.number is None else f"{self.value}/{self.number}"


@dataclass(frozen=True)
class Sampling:
    """How characters are chosen, and where an answer ends."""

    temperature: float = option(
        1.0,
        "below 1 for likelier characters, above 1 for more surprising ones; 0 for the likeliest",
        minimum=0,
        maximum=100,
    )
    greedy: bool = option(False, "always take the likeliest character")
    top_k: int | None = option(None, "keep only the K likeliest characters", minimum=1, metavar="K")
    top_p: float | None = option(
        None,
        "keep the smallest set of characters whose total probability reaches P",
        above=0,
        maximum=1,
        metavar="P",
    )
    min_p: float | None = option(
        None,
        "drop characters less likely than P times the likeliest, such as 0.1",
        minimum=0,
        maximum=1,
        metavar="P",
    )
    max_chars: int = option(400, "longest answer, in characters", minimum=1, maximum=LONGEST_ANSWER)
    lines: int | None = option(None, "stop after this many lines", minimum=1, maximum=1_000_000)
    stop: str | None = option(None, "stop when this text appears", metavar="TEXT")
    seeding: str = option(
        "philox",
        "random scheme: philox, or course to repeat the published exercise",
        choices=("philox", "course"),
    )
    seed: Seed | None = option(
        None, "repeat answers: 7 for all of them, 7/3 for the third", metavar="SEED"
    )

    def __post_init__(self) -> None:
        if self.stop == "":
            raise UsageError("stop needs a text", "leave it out to have none")

    @classmethod
    def usual(cls, kind: Kind) -> Self:
        """What serves most models of a kind."""
        return cls(max_chars=50) if kind == "names" else cls()

    @property
    def is_greedy(self) -> bool:
        """Whether nothing is drawn."""
        return self.greedy or self.temperature == 0


@dataclass(frozen=True)
class AnswerOptions(Sampling):
    """Sampling, and how an answer is presented; choosing characters knows nothing of the latter."""

    verse: bool = option(False, "show as a poem; your own line does not count towards --lines")
    capital: bool = option(False, "capitalise each name")

    def present(self, text: str) -> str:
        """The text as the reader sees it."""
        return text[:1].upper() + text[1:] if self.capital else text

    def within_line(self, within: bool) -> Self:
        """The options for an answer that goes on `within` a line; of verse, that line is free."""
        if self.verse and within and self.lines is not None:
            return replace(self, lines=self.lines + 1)
        return self


def describe_options(values: Mapping[str, object]) -> str:
    """Options in words: `temperature 2, top-p 0.9, no lines, capital`."""
    return ", ".join(_describe_option(name, value) for name, value in values.items())


def choosing_options(options: Sampling) -> str:
    """The options by which characters are chosen, in words; empty where none is changed."""
    names = ("temperature", "greedy", "top_k", "top_p", "min_p")
    usual = Sampling()
    return describe_options(
        {
            name.replace("_", "-"): getattr(options, name)
            for name in names
            if getattr(options, name) != getattr(usual, name)
        }
    )


def _describe_option(name: str, value: object) -> str:
    if value is None or value is False:
        return f"no {name}"
    if value is True:
        return name
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"


# A sonnet has fourteen lines; the first is the reader's.
POEM_OPTIONS = AnswerOptions(lines=13, max_chars=1500, verse=True)
