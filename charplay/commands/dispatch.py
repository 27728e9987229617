"""From a typed line, or a shell's words, to a result."""

from collections.abc import Sequence
from dataclasses import dataclass

from charplay.commands.context import Context, Interface
from charplay.commands.general import command_help
from charplay.commands.generating import talk
from charplay.commands.table import FORMAT_FLAG, HELP_FLAGS, Command
from charplay.commands.words import END_OF_OPTIONS, Word
from charplay.errors import UsageError
from charplay.options import find_option

COMMAND_MARK = ":"


@dataclass(frozen=True)
class Performed:
    """What a command gave, and the format it was asked for in."""

    value: object
    format: str


def perform_line(context: Context, line: str) -> Performed | None:
    """Do what a line says: `:command …`, or plain text, which `\\:` begins with a colon."""
    if not line.startswith(COMMAND_MARK):
        text = line[1:] if line.startswith("\\" + COMMAND_MARK) else line
        return Performed(talk(context, text), context.settings.interface.format)
    words = line.removeprefix(COMMAND_MARK).lstrip()
    if not words:
        return None
    name = words.split(maxsplit=1)[0]
    command = context.commands.find(name)
    # One blank parts the command from what follows; any more may be the text's own.
    return _perform(context, command, command.words(words[len(name) + 1 :]))


def perform_words(context: Context, words: Sequence[Word]) -> Performed:
    """Do what words say, the first being a command's name."""
    return _perform(context, context.commands.find(words[0].text), words[1:])


def _perform(context: Context, command: Command, words: Sequence[Word]) -> Performed:
    options, verbatim = _parted(words)
    options, chosen = _without_format(options)
    chosen = chosen or context.settings.interface.format
    if any(word.text in HELP_FLAGS and not word.quoted for word in options):
        return Performed(command_help(command), chosen)
    return Performed(command.run(context, command.parse(options + verbatim)), chosen)


def _parted(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """The words before a `--` that ends the options, and the rest."""
    for place, word in enumerate(words):
        if word.text == END_OF_OPTIONS and not word.quoted:
            return list(words[:place]), list(words[place:])
    return list(words), []


def _without_format(words: list[Word]) -> tuple[list[Word], str | None]:
    """The words without `--format F`, which every command understands; and F."""
    option = find_option(Interface, "format")
    for place, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name != FORMAT_FLAG or word.quoted:
            continue
        after = place + 1
        if not equals:
            if after == len(words):
                raise UsageError(f"{FORMAT_FLAG} needs a value", f"it is {option.domain}")
            value, after = words[after].text, after + 1
        return words[:place] + words[after:], option.parse(value)
    return words, None
