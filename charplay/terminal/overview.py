"""What `charplay --help` tells: the options before a command, and the commands."""

from collections.abc import Sequence

from charplay.commands.builtin import all_commands
from charplay.commands.command import flag_and_value
from charplay.commands.program import CHARPLAY
from charplay.environment import Environment
from charplay.plugins.finder import find_plugins
from charplay.plugins.registry import Fault, one_each


def command_overview(environment: Environment) -> tuple[str, list[Fault]]:
    """How charplay is called, and its commands, as text; and what is wrong with plugins."""
    registry = find_plugins(environment)
    commands = all_commands(registry)
    options = [(flag_and_value(option), option.help) for option in CHARPLAY.options]
    lines = [
        "charplay [OPTIONS] [COMMAND …]",
        f"  {CHARPLAY.summary}",
        "  Without a command it starts the REPL, or runs the lines of standard input.",
        "",
        *_two_columns(options),
        "",
        *_two_columns([(command.name, command.summary) for command in commands.values()]),
        "",
        "charplay help COMMAND explains a command. Every command takes --save FILE, too.",
        "In the REPL, type a colon before a command: :names",
    ]
    return "\n".join(lines) + "\n", one_each(registry.faults)


def _two_columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    widest = max(len(name) for name, _ in rows)
    return [f"  {name:{widest}}  {text}" for name, text in rows]
