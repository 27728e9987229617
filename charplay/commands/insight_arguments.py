"""The arguments of the commands that take a model apart, as options classes."""

from dataclasses import dataclass
from typing import Any

from charplay.generation.options import AnswerOptions
from charplay.options import group, option


def text_argument(help: str) -> Any:
    """The argument TEXT: the rest of the line as typed, or `@FILE`."""
    return option("", help, metavar="TEXT|@FILE", positional=True, verbatim=True, completes="@file")


def seen_model() -> Any:
    """The option `-m MODEL`, the conversation's model where it is left out."""
    return option(
        None,
        "a model by name, digest or path; the current one unless given",
        metavar="MODEL",
        short="-m",
        completes="model",
    )


def past_turn(help: str) -> Any:
    """The option `--turn N`."""
    return option(None, help, minimum=1, completes="turn-number")


@dataclass(frozen=True)
class SurpriseArguments:
    """What `surprise` takes."""

    text: str = text_argument("the text to read; @FILE or @- reads one of any length")
    model: str | None = seen_model()


@dataclass(frozen=True)
class ScoreArguments:
    """What `score` takes."""

    text: str = text_argument("the text to score; @FILE or @- reads one of any length")
    model: str | None = seen_model()
    adaptive: bool = option(False, "score it a second time, while it is learned")


@dataclass(frozen=True)
class PickArguments:
    """What `pick` takes."""

    text: str = option(
        "",
        "the text to begin with; prose goes on from where the session is",
        metavar="TEXT",
        positional=True,
        verbatim=True,
    )
    model: str | None = seen_model()
    sampling: dict[str, Any] = group(AnswerOptions, "how what you leave to the model is chosen")


@dataclass(frozen=True)
class WhyArguments:
    """What `why` takes."""

    place: str = option(
        "",
        "a character's number in the answer, from 1, or a part of its text; all of it unless given",
        metavar="PLACE",
        positional=True,
        verbatim=True,
    )
    turn: int | None = past_turn("a turn; the last one unless given")
    answer: int | None = option(
        None, "the number of one of the turn's answers; the first unless given", minimum=1
    )
    count: int = option(10, "how many characters to list there", minimum=1, short="-n")


@dataclass(frozen=True)
class ProbsArguments:
    """What `probs` takes."""

    text: str = text_argument(
        "the text before the character; where the session is unless given; @FILE or @- reads it"
    )
    model: str | None = seen_model()
    count: int = option(
        10, "how many characters to list, the likeliest first", minimum=1, short="-n"
    )
    turn: int | None = past_turn("what comes after this turn, and after the text")
    sampling: dict[str, Any] = group(AnswerOptions, "how characters are chosen")
