"""`macro`: names for lines."""

from collections.abc import Mapping
from dataclasses import dataclass

from charplay.commands.arguments import MacroArguments
from charplay.commands.command import Command
from charplay.commands.configuration import MACROS
from charplay.commands.context import Context
from charplay.commands.macro_lines import check_macro_name
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.commands.staying import keep_changes
from charplay.commands.words import split_off
from charplay.errors import unknown

_COLUMNS = (Column("macro"), Column("line", shrink="fold"))
_EMPTY = "there are no macros yet; `macro NAME = LINE` makes one"


@dataclass(frozen=True)
class MacroRow:
    """A macro and the line that it stands for."""

    macro: str
    line: str


def define_macro(context: Context, request: Request) -> Table:
    """List the macros; show, set or remove one."""
    definition = _without_quotes(request.fill(MacroArguments).definition)
    name, equals, line = (part.strip() for part in definition.partition("="))
    if not name and not equals:
        return _macro_table(context.macros)
    if not equals:
        return show_macro(context, name)
    if not line:
        return _remove_macro(context, name)
    check_macro_name(context.commands, name)
    context.macros[name] = line
    keep_changes(context, {(MACROS, name): line})
    return _macro_table({name: line})


def _without_quotes(definition: str) -> str:
    """What is in the quotes that a whole definition has, as a shell would want it."""
    words, rest = split_off(definition, 1)
    return words[0].text if words and words[0].quoted and not rest.strip() else definition


def show_macro(context: Context, name: str) -> Table:
    """A macro and its line."""
    if name not in context.macros:
        raise unknown("macro", name, context.macros, "macro")
    return _macro_table({name: context.macros[name]})


def _remove_macro(context: Context, name: str) -> Table:
    show_macro(context, name)
    del context.macros[name]
    keep_changes(context, {(MACROS, name): None})
    return _macro_table(context.macros)


def _macro_table(macros: Mapping[str, str]) -> Table:
    return Table(tuple(MacroRow(*each) for each in sorted(macros.items())), _COLUMNS, _EMPTY)


def listed_macros(macros: Mapping[str, str]) -> list[Command]:
    """The macros as help lists them, in a family of their own."""
    return [Command(name, line, family="macros") for name, line in sorted(macros.items())]
