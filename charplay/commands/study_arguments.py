"""The arguments of the commands that study units, states and several models, declared."""

from dataclasses import dataclass
from typing import Any

from charplay.commands.arguments import model_argument
from charplay.commands.insight_arguments import past_turn, seen_model, text_argument
from charplay.errors import UsageError
from charplay.generation.options import AnswerOptions
from charplay.options import group, option


@dataclass(frozen=True)
class NameList:
    """Names with commas between them, as they are typed."""

    names: tuple[str, ...]

    domain = "names with commas between them, like drugs,surnames"

    @classmethod
    def parse(cls, text: str) -> "NameList":
        """ValueError where a name is empty."""
        names = tuple(name.strip() for name in text.split(","))
        if not all(names):
            raise ValueError(text)
        return cls(names)

    def __str__(self) -> str:
        return ",".join(self.names)


@dataclass(frozen=True)
class PriorChoice:
    """How probable classes are before the text is read: alike, by size, or as given."""

    by_size: bool = False
    given: tuple[tuple[str, float], ...] = ()

    domain = "uniform, size, or shares like drugs=0.7,surnames=0.3"

    @classmethod
    def parse(cls, text: str) -> "PriorChoice":
        """ValueError where it is none of these."""
        if text in ("uniform", "size"):
            return cls(by_size=text == "size")
        pairs = [part.strip().rpartition("=") for part in text.split(",")]
        given = tuple((name.strip(), float(share)) for name, _, share in pairs)
        fits = all(name and 0 <= share < float("inf") for name, share in given)
        if not fits or not sum(share for _, share in given):
            raise ValueError(text)
        return cls(given=given)

    def __str__(self) -> str:
        if self.given:
            return ",".join(f"{name}={share:g}" for name, share in self.given)
        return "size" if self.by_size else "uniform"


@dataclass(frozen=True)
class NeuronsArguments:
    """What `neurons` takes."""

    text: str = text_argument("the text that the model reads, or goes on from with --ablate")
    model: str | None = seen_model()
    unit: tuple[str, ...] = option(
        (), "colour by this unit: hidden.0:17, or 17 of the top layer", metavar="UNIT"
    )
    count: int = option(
        3, "how many units, or answers with --ablate", minimum=1, maximum=100, short="-n"
    )
    find: bool = option(False, "look for units that follow something readable in held-out text")
    ablate: str | None = option(
        None, "draw with and without this unit, which then says nothing", metavar="UNIT"
    )
    sampling: dict[str, Any] = group(AnswerOptions, "how characters are chosen, with --ablate")

    def __post_init__(self) -> None:
        given = {"--find": self.find, "--ablate": self.ablate, "--unit": self.unit}
        flags = [flag for flag, value in given.items() if value]
        if len(flags) > 1:
            raise UsageError(f"{' and '.join(flags)} do different things", "give one of them")


@dataclass(frozen=True)
class CompareArguments:
    """What `compare` takes."""

    models: tuple[str, ...] = option(
        (),
        "two or more models by name, digest or path, each with a temperature if wanted: mine:0.5",
        metavar="MODEL[:TEMPERATURE] …",
        positional=True,
        required=True,
        completes="model",
    )
    prompt: str = option("", "the text to go on from, or @FILE", metavar="TEXT|@FILE")
    count: int | None = option(
        None, "how many answers of each; 100 names or 3 texts unless given", minimum=1,
        maximum=100_000, short="-n",
    )  # fmt: skip
    sampling: dict[str, Any] = group(AnswerOptions, "how characters are chosen")


@dataclass(frozen=True)
class ClassifyArguments:
    """What `classify` takes."""

    text: str = text_argument("the text to classify")
    models: NameList | None = option(
        None,
        "the models to choose from, by name; a * stands for any letters: languages.*",
        metavar="A,B,…",
        completes="model",
    )
    prior: PriorChoice | None = option(
        None,
        "how probable each is before the text is read: uniform, size, or shares like A=0.7,B=0.3",
        metavar="PRIOR",
    )
    test: bool = option(False, "test the models on what was held out of the text of each")


@dataclass(frozen=True)
class StateArguments:
    """What `state` takes."""

    turn: int | None = past_turn("the state after this turn; where the session is unless given")
    against: int | None = option(
        None, "how far that state is from the one after this turn", metavar="TURN", minimum=1,
        completes="turn-number",
    )  # fmt: skip
    model: str | None = seen_model()
    array: str | None = option(
        None, "which array of the model's units: cell.0; the top layer's hidden unless given"
    )
    count: int = option(
        16, "how many units, those that change most", minimum=1, maximum=1000, short="-n"
    )
    characters: int = option(40, "how many of the last characters", minimum=1, maximum=1000)


@dataclass(frozen=True)
class MemorisedArguments:
    """What `memorised` takes."""

    model: str | None = model_argument()
    temperatures: tuple[float, ...] = option(
        (0.2, 0.5, 1.0), "the temperatures to draw at", minimum=0, maximum=100, metavar="T …"
    )
    count: int | None = option(
        None, "how many samples at each; 500 names or 5 texts of 1,000 characters unless given",
        minimum=1, maximum=10_000, short="-n",
    )  # fmt: skip
    seed: int = option(1, "draw other samples with another seed", minimum=0, maximum=2**63)
