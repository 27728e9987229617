"""From a typed line, or a shell's words, to a result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from charplay.commands.command import Command
from charplay.commands.context import Context
from charplay.commands.help import describe_command
from charplay.commands.reader import read_line, read_words
from charplay.commands.request import Request
from charplay.commands.words import Word

COMMAND_MARK = ":"
_TALK = Command(
    "talk",
    "plain text",
    "charplay.commands.generating:talk",
    "charplay.commands.arguments:TalkArguments",
)


@dataclass(frozen=True)
class Performed:
    """What a command returned, and the format in which to write it."""

    value: object
    format: str


def perform_line(context: Context, line: str) -> Performed | None:
    """Do what a line says: `:command …`, or plain text, which `\\:` begins with a colon."""
    if not line.startswith(COMMAND_MARK):
        text = line[1:] if line.startswith("\\" + COMMAND_MARK) else line
        return perform(context, plain_text(text))
    request = read_line(context.commands, line.removeprefix(COMMAND_MARK))
    return perform(context, request) if request else None


def perform_words(context: Context, words: Sequence[Word]) -> Performed:
    """Do what words say, the first being a command's name."""
    return perform(context, read_words(context.commands, words))


def plain_text(text: str) -> Request:
    """The request that plain text is."""
    return Request((), _TALK, {"text": text})


def perform(context: Context, request: Request) -> Performed:
    """Run a request's handler, or explain its command."""
    written_as = request.format or context.settings.interface.format
    if request.help:
        return Performed(describe_command(request.command, request.path), written_as)
    return Performed(load_handler(request.command)(context, request), written_as)


def load_handler(command: Command) -> Callable[[Context, Request], Any]:
    """The function that a command names; imported here, when the command runs."""
    handler: Callable[[Context, Request], Any] = resolve_name(command.handler)
    return handler
