"""`set`, `help`, `quit`."""

from dataclasses import dataclass
from typing import Any

from charplay.commands.context import Context, Interface
from charplay.commands.listing import Listing
from charplay.commands.table import Command, Nothing, flag_of
from charplay.errors import unknown
from charplay.generation.options import Sampling
from charplay.options import Option, change, option, options_of


@dataclass(frozen=True)
class SetArguments:
    """What `set` takes."""

    name: str | None = option(None, "which one; none: show all", metavar="OPTION", positional=True)
    value: str | None = option(
        None, "its value, or `default`; none: show it", metavar="VALUE", positional=True
    )


@dataclass(frozen=True)
class OptionRow:
    """An option as it is set."""

    name: str
    value: str
    default: str
    help: str


@dataclass(frozen=True)
class HelpArguments:
    """What `help` takes."""

    command: str | None = option(None, "a command; none: list them", positional=True)


@dataclass(frozen=True)
class CommandRow:
    """A command in the list."""

    name: str
    summary: str


@dataclass(frozen=True)
class OptionHelp:
    """An argument as help shows it."""

    name: str
    help: str
    domain: str
    default: Any
    sampling: bool = False


@dataclass(frozen=True)
class CommandHelp:
    """All about one command."""

    name: str
    usage: str
    summary: str
    options: tuple[OptionHelp, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Quit:
    """The person wants to leave."""


DEFAULT = "default"
_MANNERS = """
In the REPL a command begins with a colon; :help COMMAND explains it.
Anything else goes to the model as typed.
Ctrl-C stops what is going on, Ctrl-D leaves."""


def set_option(context: Context, arguments: SetArguments) -> Listing | OptionRow:
    """Show or change the options that hold until the REPL ends."""
    settings = context.settings
    known = {each.words: each for each in (*options_of(Sampling), *options_of(Interface))}
    if arguments.name is None:
        return Listing(tuple(_row(context, each) for each in known.values()), "")
    each = known.get(arguments.name.replace("_", "-"))
    if each is None:
        raise unknown("option", arguments.name, known, "set")
    if arguments.value is not None:
        if each in options_of(Interface):
            value = each.default if arguments.value == DEFAULT else arguments.value
            interface = change(settings.interface, {each.name: value})
            context.be_private(interface.private)
            settings.interface = interface
        elif arguments.value == DEFAULT:
            settings.sampling.pop(each.name, None)
        else:
            value = each.parse(arguments.value)
            change(Sampling(), {each.name: value})
            settings.sampling[each.name] = value
    return _row(context, each)


def _row(context: Context, each: Option) -> OptionRow:
    if each in options_of(Interface):
        value = getattr(context.settings.interface, each.name)
        return OptionRow(each.words, _shown(value), _shown(each.default), each.help)
    given = context.settings.sampling
    value = _shown(given[each.name]) if each.name in given else "the model's own"
    return OptionRow(each.words, value, "the model's own", each.help)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)


def help_command(context: Context, arguments: HelpArguments) -> Listing | CommandHelp:
    """What can be typed."""
    if arguments.command is None:
        rows = (CommandRow(each.name, each.summary) for each in context.commands.values())
        return Listing(tuple(rows), "", _MANNERS)
    return command_help(context.commands.find(arguments.command.removeprefix(":")))


def command_help(command: Command) -> CommandHelp:
    """The help of one command."""
    options = tuple(
        OptionHelp(
            each.metavar or each.words.upper() if each.positional else flag_of(each),
            each.help,
            each.domain,
            None if each.many else each.default,
            bool(each.group),
        )
        for each in command.options
    )
    return CommandHelp(command.name, command.usage, command.summary, options, command.examples)


def leave(context: Context, arguments: Nothing) -> Quit:
    """End the REPL."""
    return Quit()


COMMANDS = (
    Command(
        "set",
        "show or change options of sampling and interface",
        set_option,
        SetArguments,
        ("set", "set temperature 0.7", "set top-p default"),
    ),
    Command("help", "what can be typed", help_command, HelpArguments, ("help train",)),
    Command("quit", "leave", leave),
)
