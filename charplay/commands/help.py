"""Help, made from the commands' data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from charplay.commands.command import Command, flag_and_value
from charplay.commands.results import Column, Table
from charplay.options import Option, typed_word


@dataclass(frozen=True)
class CommandRow:
    """A command in the list."""

    command: str
    summary: str


@dataclass(frozen=True)
class ListedCommand(CommandRow):
    """A command in the list of all, and the family that it belongs to."""

    family: str


@dataclass(frozen=True)
class CommandList(Table):
    """All commands; the screen shows their families, which fit on it."""

    @property
    def families(self) -> dict[str, list[str]]:
        """The names of the commands of each family."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            found.setdefault(row.family, []).append(row.command)
        return found


@dataclass(frozen=True)
class OptionHelp:
    """An argument as help shows it; group: its heading, if it has one."""

    name: str
    help: str
    domain: str
    default: Any
    group: str = ""

    @property
    def told_default(self) -> str:
        """What is taken where nothing is typed, as it would be typed; empty for nothing."""
        if self.default is None:
            return ""
        values = self.default if isinstance(self.default, tuple) else (self.default,)
        return f" (default {' '.join(map(typed_word, values))})"


@dataclass(frozen=True)
class CommandHelp:
    """All about one command or action."""

    name: str
    usage: str
    summary: str
    options: tuple[OptionHelp, ...]
    actions: tuple[CommandRow, ...]
    examples: tuple[str, ...]


_OTHER_FAMILY = "plugins"
_COLUMNS = (Column("command"), Column("summary", shrink="fold"))


def list_commands(commands: Iterable[Command], note: str) -> CommandList:
    """All commands, those of a family one after another."""
    rows = [
        ListedCommand(command.name, command.summary, command.family or _OTHER_FAMILY)
        for command in commands
    ]
    families = list(dict.fromkeys(row.family for row in rows))
    rows.sort(key=lambda row: families.index(row.family))
    return CommandList(tuple(rows), (*_COLUMNS, Column("family")), note=note)


def list_family(commands: Iterable[Command], family: str) -> Table | None:
    """The commands of a family with their summaries; None where there is no such family."""
    rows = [row for row in list_commands(commands, "").rows if row.family == family]
    return Table(rows, _COLUMNS) if rows else None


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


def _ways_to_type(option: Option) -> list[str]:
    """An argument as it is typed: without a name, by a flag, or either way."""
    placed = [option.placeholder] if option.positional else []
    return [*placed, flag_and_value(option)] if option.has_flags else placed


def _describe_option(option: Option) -> OptionHelp:
    return OptionHelp(
        ", ".join(_ways_to_type(option)),
        option.help,
        option.domain,
        option.default if option.has_default else None,
        f"{option.group} options" if option.group else "",
    )
