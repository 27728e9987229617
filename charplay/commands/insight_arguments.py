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
    return option(None, help, minimum=1, completes="turn")


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
