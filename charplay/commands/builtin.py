"""The whole table: charplay's own commands, then those of plugins."""

from charplay.commands import (
    corpora,
    general,
    generating,
    listing,
    models,
    naming,
    poem,
    sessions,
    training,
    turns,
)
from charplay.commands.table import Command, Commands
from charplay.plugins.registry import Fault, Registry

FAMILIES = (
    training,
    naming,
    poem,
    generating,
    turns,
    sessions,
    models,
    corpora,
    listing,
    general,
)


def all_commands(registry: Registry) -> Commands:
    """Every command there is; a plugin's that clashes with one of ours is a fault of its own."""
    commands = {command.name: command for family in FAMILIES for command in family.COMMANDS}
    for name, offered in registry.commands.items():
        origin = registry.commands.origin(name)
        if not isinstance(offered, Command):
            registry.faults.append(Fault(origin, f"offers {name!r}, which is not a Command"))
        elif name in commands:
            registry.faults.append(
                Fault(origin, f"offers the command {name!r}, which charplay has already")
            )
        else:
            commands[name] = offered
    return Commands(commands.values())
