"""The command `mycommand` for charplay."""

from collections import Counter
from dataclasses import dataclass

from charplay import Command, Context, RegisterCommand, Request, hookimpl, option

charplay_api = "1.1"


@dataclass(frozen=True)
class MyArguments:
    """What the command takes."""

    text: str = option("", "the text", positional=True, required=True)


@dataclass(frozen=True)
class MyRow:
    """A row of the answer."""

    character: str
    times: int


def count_characters(context: Context, request: Request) -> list[MyRow]:
    """How often each character is in a text, the most frequent first."""
    text = request.fill(MyArguments).text
    return [MyRow(character, times) for character, times in Counter(text).most_common()]


COMMAND = Command(
    "mycommand",
    "count the characters of a text",
    f"{__name__}:count_characters",
    f"{__name__}:MyArguments",
    examples=("mycommand hello",),
)


@hookimpl
def register_commands(register: RegisterCommand) -> None:
    """Offer the command."""
    register(COMMAND)
