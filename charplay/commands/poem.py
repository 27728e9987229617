"""`poem`: verse that goes on from the reader's opening line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from charplay.commands.context import Context
from charplay.commands.generating import Event, StreamedAnswer, admitted, spoken, text_typed
from charplay.commands.table import Command, words_of
from charplay.errors import UsageError
from charplay.generation.options import Sampling
from charplay.options import group, option
from charplay.pretrained import POET

if TYPE_CHECKING:
    from charplay.models.library import OpenModel

# The opening line is the first of a sonnet's fourteen.
VERSE = Sampling(lines=13, max_chars=1500)


@dataclass(frozen=True)
class PoemArguments:
    """What `poem` takes."""

    line: str = option(
        "", "the opening line, or @FILE", metavar="LINE …", positional=True, verbatim=True
    )
    model: str | None = option(None, "a model of prose by name, digest or path")
    sampling: dict[str, Any] = group(Sampling, "how characters are chosen", VERSE)


def poem(context: Context, arguments: PoemArguments) -> StreamedAnswer:
    """A poem that begins with a line as it was typed; a talk goes on after the poem."""
    line = text_typed(arguments.line)
    if not line:
        raise UsageError(
            "a poem needs its opening line", "poem Shall I compare thee to a winter's night"
        )
    opened = _poet(context, arguments.model)
    admitted(opened, line)
    sampling = replace(context.sampling(opened, arguments.sampling, VERSE), verse=True)
    asked = ("poem", *words_of(replace(arguments, sampling={})))
    return StreamedAnswer(_recited(context, opened, line, sampling, asked))


def _poet(context: Context, reference: str | None) -> "OpenModel":
    """The model named, else the one talked to if it writes prose, else the shipped poet."""
    opened = context.model(reference)
    if opened.model.kind == "prose":
        return opened
    if reference is None:
        return context.model(POET)
    raise UsageError(
        f"{opened.name} gives names and no verse", f"names {reference}; or leave out --model"
    )


def _recited(
    context: Context, opened: "OpenModel", line: str, sampling: Sampling, asked: tuple[str, ...]
) -> Iterator[Event]:
    context.begin_anew(opened)
    yield from spoken(context, opened, line, 1, sampling, asked, moves=True)


COMMANDS = (
    Command(
        "poem",
        "a poem that goes on from your opening line",
        poem,
        PoemArguments,
        (
            "poem Shall I compare thee to a winter's night",
            "poem --seed 7 --temperature 0.6 Let me not",
            "poem --model mine --lines 5 O for a line",
        ),
    ),
)
