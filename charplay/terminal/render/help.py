"""Help and settings as a person sees them."""

from collections.abc import Iterable
from itertools import groupby

from rich.padding import Padding
from rich.text import Text

from charplay.commands.help import CommandHelp, CommandList, OptionHelp
from charplay.commands.setting import SettingRow
from charplay.errors import show_commands
from charplay.terminal.render.console import CharplayConsole, foreign
from charplay.terminal.render.facts import show_facts


def show_setting(value: SettingRow, console: CharplayConsole) -> None:
    """An option as it is set."""
    console.print(Text.assemble((value.option, "bold"), " is ", foreign(value.value)))


def show_command_list(value: CommandList, console: CharplayConsole) -> None:
    """The families, each with the names of its commands."""
    families = ((family, ", ".join(names)) for family, names in value.families.items())
    show_facts(console, families, style="bold")
    console.aside.print_hint(value.note)


def show_command_help(value: CommandHelp, console: CharplayConsole) -> None:
    """All about one command, in the words that it is typed with here."""
    console.print_hint(f"`{value.usage}`", "bold")
    console.print(Padding(value.summary, (0, 0, 0, 2), expand=False))
    if value.actions:
        _show_section(console, "actions", ((row.command, row.summary) for row in value.actions))
    ungrouped_first = sorted(value.options, key=lambda option: option.group != "")
    for title, options in groupby(ungrouped_first, lambda option: option.group):
        _show_section(console, title, ((option.name, _option_text(option)) for option in options))
    if value.examples:
        console.print()
        console.print("examples", style="bold")
        for example in value.examples:
            console.print_hint(f"`{example}`", before="  ")


def _show_section(console: CharplayConsole, title: str, rows: Iterable[tuple[str, str]]) -> None:
    console.print()
    if title:
        console.print(title, style="bold")
    facts = ((name, show_commands(text, console.prefix)) for name, text in rows)
    show_facts(console, facts, indent=2)


def _option_text(option: OptionHelp) -> str:
    return f"{option.help}{option.told_default}"
