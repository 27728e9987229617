"""`set`, `help`, `quit`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from charplay.commands.arguments import HelpArguments, SetArguments
from charplay.commands.context import Context
from charplay.commands.help import CommandHelp, describe_command, list_commands, list_family
from charplay.commands.keys import list_keys
from charplay.commands.request import Request
from charplay.commands.results import Column, Quit, Table
from charplay.commands.settings import Interface
from charplay.errors import unknown
from charplay.generation.options import AnswerOptions
from charplay.options import Option, change, options_of

SETTING_COLUMNS = (Column("option"), Column("value", shrink="fold"), Column("help", shrink="fold"))
DEFAULT = "default"
_MODEL_DECIDES = "default (the model decides)"
_NEW_SEED = "default (new each time)"
_MANNERS = """
`help FAMILY` tells what its commands do.
`help COMMAND` explains one, `help keys` the keys of the prompt.
Every command takes --format, --excel and --save FILE.
In the REPL, type a colon before a command.
Anything else goes to the model as typed.
Ctrl-C stops what is going on, Ctrl-D leaves."""


@dataclass(frozen=True)
class SettingRow:
    """An option as it is set."""

    option: str
    value: str
    default: str
    help: str


def set_option(context: Context, request: Request) -> Table | SettingRow:
    """Show or change the options that hold until the REPL ends."""
    arguments = request.fill(SetArguments)
    options = (*options_of(AnswerOptions), *options_of(Interface))
    known = {option.typed_name: option for option in options}
    if arguments.name is None:
        return Table(tuple(_setting_row(context, option) for option in options), SETTING_COLUMNS)
    option = known.get(arguments.name.replace("_", "-"))
    if option is None:
        raise unknown("option", arguments.name, known, "set")
    if arguments.value is not None:
        _set_value(context, option, arguments.value)
    return _setting_row(context, option)


def _set_value(context: Context, option: Option, text: str) -> None:
    settings = context.settings
    if option in options_of(Interface):
        value = option.default if text == DEFAULT else text
        interface = change(settings.interface, {option.name: value})
        context.set_private(interface.private)
        settings.interface = interface
    elif text == DEFAULT:
        settings.sampling.pop(option.name, None)
    else:
        value = option.parse(text)
        change(AnswerOptions(), {option.name: value})  # refuses what no answer can have
        settings.sampling[option.name] = value


def _setting_row(context: Context, option: Option) -> SettingRow:
    if option in options_of(Interface):
        value = _shown(getattr(context.settings.interface, option.name))
        return SettingRow(option.typed_name, value, _shown(option.default), option.help)
    given = context.settings.sampling
    default = _NEW_SEED if option.name == "seed" else _MODEL_DECIDES
    value = _shown(given[option.name]) if option.name in given else default
    return SettingRow(option.typed_name, value, default, option.help)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)


# What `help` explains beside commands and their families.
TOPICS: Mapping[str, Callable[[Context], Table]] = MappingProxyType(
    {"keys": lambda context: list_keys(context.settings.interface.keys)}
)


def show_help(context: Context, request: Request) -> Table | CommandHelp:
    """The commands, those of a family, one of them explained, or another topic."""
    arguments, commands = request.fill(HelpArguments), context.commands
    if arguments.command is None:
        return list_commands(commands.values(), _MANNERS)
    name = arguments.command.removeprefix(":")
    if name in TOPICS and name not in commands and arguments.action is None:
        return TOPICS[name](context)
    family = None if name in commands else list_family(commands.values(), name)
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
