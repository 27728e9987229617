"""Help, made from the commands' data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from charplay.commands.command import Command, flag_and_value
from charplay.commands.results import Column, Table
from charplay.options import Option


@dataclass(frozen=True)
class CommandRow:
    """A command in the list."""

    command: str
    summary: str


@dataclass(frozen=True)
class OptionHelp:
    """An argument as help shows it; group: its heading, if it has one."""

    name: str
    help: str
    domain: str
    default: Any
    group: str = ""


@dataclass(frozen=True)
class CommandHelp:
    """All about one command or action."""

    name: str
    usage: str
    summary: str
    options: tuple[OptionHelp, ...]
    actions: tuple[CommandRow, ...]
    examples: tuple[str, ...]


def command_table(commands: Iterable[Command], note: str = "") -> Table:
    """The commands with their summaries."""
    rows = tuple(CommandRow(command.name, command.summary) for command in commands)
    return Table(rows, (Column("command"), Column("summary", shrink="fold")), note=note)


def describe_command(command: Command, path: Sequence[str]) -> CommandHelp:
    """The help of a command; `path` is its name, after its command's if it is an action."""
    above = "".join(f"{name} " for name in path[:-1])
    return CommandHelp(
        name=" ".join(path),
        usage=f"{above}{command.usage}",
        summary=command.summary,
        options=tuple(map(_describe_option, command.options)),
        actions=tuple(CommandRow(action.name, action.summary) for action in command.actions),
        examples=command.examples,
    )


def _describe_option(option: Option) -> OptionHelp:
    return OptionHelp(
        option.placeholder if option.positional else flag_and_value(option),
        option.help,
        option.domain,
        option.default if option.has_default else None,
        f"{option.group} options" if option.group else "",
    )
