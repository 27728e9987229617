"""`help`, `quit`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from charplay.commands.arguments import HelpArguments
from charplay.commands.context import Context
from charplay.commands.help import CommandHelp, describe_command, list_commands, list_family
from charplay.commands.keys import list_keys
from charplay.commands.macros import listed_macros, show_macro
from charplay.commands.request import Request
from charplay.commands.results import Quit, Table
from charplay.commands.tour import begin_tour

_MANNERS = """
`help FAMILY` tells what its commands do.
`help COMMAND` explains one, `help keys` the keys; `help tour` shows you around.
Every command takes --format, --excel and --save FILE.
In the REPL, type a colon before a command.
Anything else goes to the model as typed.
Ctrl-C stops what is going on, Ctrl-D leaves."""


# What `help` explains beside commands and their families.
TOPICS: Mapping[str, Callable[[Context], Table | None]] = MappingProxyType(
    {"keys": lambda context: list_keys(context.settings.interface.keys), "tour": begin_tour}
)


def show_help(context: Context, request: Request) -> Table | CommandHelp | None:
    """The commands, those of a family, one of them explained, or another topic."""
    arguments, commands = request.fill(HelpArguments), context.commands
    listed = (*commands.values(), *listed_macros(context.macros))
    if arguments.command is None:
        return list_commands(listed, _MANNERS)
    name = arguments.command.removeprefix(":")
    if name in TOPICS and name not in commands and arguments.action is None:
        return TOPICS[name](context)
    if name in context.macros and name not in commands:
        return show_macro(context, name)
    family = None if name in commands else list_family(listed, name)
    if family and arguments.action is None:
        return family
    command = commands.find(name)
    if arguments.action is None:
        return describe_command(command, (command.name,))
    action = command.action(arguments.action)
    return describe_command(action, (command.name, action.name))


def quit_repl(context: Context, request: Request) -> Quit:
    """End the REPL."""
    return Quit()
