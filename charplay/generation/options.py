"""The sampling options, declared once for commands, settings, recipes and model files."""

from dataclasses import dataclass

from charplay.errors import UsageError
from charplay.options import option
from charplay.plan import Kind


@dataclass(frozen=True)
class Seed:
    """What brings answers back: a seed, and the number of one answer where only that is wanted."""

    value: int
    number: int | None = None

    domain = "a seed like 7, or a seed and a number like 7/3"

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
        1.0, "below 1 plays safe, above 1 dares; 0 takes the most probable", minimum=0, maximum=100
    )
    greedy: bool = option(False, "always take the most probable character")
    top_k: int | None = option(None, "draw from the k most probable only", minimum=1)
    top_p: float | None = option(
        None, "draw from the fewest that together have this probability", above=0, maximum=1
    )
    min_p: float | None = option(
        None, "leave out what is less than this share of the most probable", minimum=0, maximum=1
    )
    max_chars: int = option(400, "longest answer, in characters", minimum=1)
    lines: int | None = option(None, "end after so many line ends", minimum=1)
    stop: str | None = option(None, "end after this text", metavar="TEXT")
    verse: bool = option(
        False, "answer as verse, in a frame; of lines, do not count the one that was begun"
    )
    capital: bool = option(False, "print a name's first letter large")
    seeding: str = option(
        "philox",
        "by which scheme a seed gives draws: philox, or the published exercise's own",
        choices=("philox", "course"),
    )
    seed: Seed | None = option(
        None, "bring answers back: 7 for all, 7/3 for the third", metavar="SEED"
    )

    def __post_init__(self) -> None:
        if self.stop == "":
            raise UsageError("stop needs a text", "leave it out to have none")

    @classmethod
    def usual(cls, kind: Kind) -> "Sampling":
        """What serves most models of a kind."""
        return cls(max_chars=50) if kind == "names" else cls()

    @property
    def greedily(self) -> bool:
        """Whether nothing is drawn."""
        return self.greedy or self.temperature == 0
