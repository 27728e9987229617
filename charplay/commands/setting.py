"""`set`: options of sampling and of the interface."""

from dataclasses import dataclass, replace

from charplay.commands.arguments import SetArguments
from charplay.commands.configuration import (
    INTERFACE,
    checked_value,
    known_settings,
    setting_name,
)
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.commands.settings import FLEETING, Interface
from charplay.commands.staying import keep_changes
from charplay.errors import UsageError, unknown
from charplay.files import path_text
from charplay.options import Option, change

SETTING_COLUMNS = (Column("option"), Column("value", shrink="fold"), Column("help", shrink="fold"))
DEFAULT, RESET = "default", "reset"
_NONE = "none"
_MODEL_DECIDES = "default (the model decides)"
_NEW_SEED = "default (new each time)"


@dataclass(frozen=True)
class SettingRow:
    """An option as it is set."""

    option: str
    value: str
    default: str
    help: str


def set_option(context: Context, request: Request) -> Table | SettingRow | None:
    """Show or change the options; where a person types, they stay for the next starts."""
    arguments = request.fill(SetArguments)
    if arguments.name is None:
        return _setting_table(context)
    if arguments.name == RESET:
        return _reset(context, arguments)
    known = known_settings()
    typed, equals, text = arguments.name.partition("=")
    if equals and "value" not in request.values:  # as other programs have it
        return set_option(context, replace(request, values={"name": typed, "value": text}))
    name = setting_name(arguments.name)
    if name not in known:
        raise unknown("option", arguments.name, (*known, RESET), "set")
    section, declared = known[name]
    if "value" in request.values:  # which is None where it was typed as none
        text = _NONE if arguments.value is None else arguments.value
        _set_value(context, section, declared, text)
    return _setting_row(context, section, declared)


def _reset(context: Context, arguments: SetArguments) -> Table | None:
    """Bring every option but private back to its default, once the person has agreed."""
    if arguments.value is not None:
        raise UsageError(
            "reset brings back every option", f"`set {arguments.value} default` brings back one"
        )
    if not (arguments.yes or context.ask("Bring every option back to its default?", "--yes")):
        return None
    settings = context.settings
    settings.sampling.clear()
    settings.interface = Interface(private=context.private)
    names = ((section, name) for name, (section, _) in known_settings().items())
    keep_changes(context, {each: None for each in names if each != (INTERFACE, "private")})
    return _setting_table(context)


def _set_value(context: Context, section: str, declared: Option, text: str) -> None:
    settings, name = context.settings, declared.name
    is_default = text == DEFAULT
    value = declared.default if is_default else checked_value(section, declared, text)
    if section == INTERFACE:
        interface = change(settings.interface, {name: value})
        context.set_private(interface.private)
        settings.interface = interface
    elif is_default:
        settings.sampling.pop(name, None)
    else:
        settings.sampling[name] = value
    _keep_value(context, section, declared, _written(value) if not is_default else None)


def _keep_value(context: Context, section: str, declared: Option, value: object) -> None:
    """Write a value into the configuration, None for the default; what is fleeting is not kept."""
    name = declared.typed_name
    if name not in FLEETING:
        keep_changes(context, {(section, name): value})
    elif context.single:
        file = path_text(context.environment.config)
        context.add_note(f"{name} does not stay, unless you write it into {file} yourself")


def _written(value: object) -> object:
    """A value as TOML can hold it, which has no null."""
    return _NONE if value is None else value


def _setting_table(context: Context) -> Table:
    known = known_settings().values()
    return Table(tuple(_setting_row(context, *each) for each in known), SETTING_COLUMNS)


def _setting_row(context: Context, section: str, declared: Option) -> SettingRow:
    if section == INTERFACE:
        value = _shown(getattr(context.settings.interface, declared.name))
        return SettingRow(declared.typed_name, value, _shown(declared.default), declared.help)
    given = context.settings.sampling
    default = _NEW_SEED if declared.name == "seed" else _MODEL_DECIDES
    value = _shown(given[declared.name]) if declared.name in given else default
    return SettingRow(declared.typed_name, value, default, declared.help)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return _NONE if value is None else str(value)
