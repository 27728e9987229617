"""The table of commands: charplay's own, declared as data, then those of plugins.

No handler is imported here, and the options of a command are read when they are first needed.
"""

from dataclasses import replace

from charplay.commands.command import Command, Commands
from charplay.commands.families.conversation import CONVERSATION
from charplay.commands.families.general import GENERAL
from charplay.commands.families.insight import INSIGHT
from charplay.commands.families.library import HOUSEKEEPING
from charplay.commands.families.making import MAKING
from charplay.commands.families.study import STUDY
from charplay.plugins.registry import Fault, Registry

FAMILIES = {
    "making": MAKING,
    "conversation": CONVERSATION,
    "insight": (*INSIGHT, *STUDY),
    "library": HOUSEKEEPING,
    "general": GENERAL,
}
BUILTIN = tuple(
    replace(command, family=family) for family, some in FAMILIES.items() for command in some
)


def all_commands(registry: Registry) -> Commands:
    """Every command; one of a plugin that clashes with one of ours is that plugin's fault."""
    commands = {command.name: command for command in BUILTIN}
    for name, offered in registry.commands.items():
        origin = registry.commands.origin(name)
        if not isinstance(offered, Command):
            registry.faults.append(Fault(origin, f"offers {name!r}, which is not a Command"))
        elif name in commands:
            problem = f"offers the command {name!r}, which charplay has already"
            registry.faults.append(Fault(origin, problem))
        else:
            commands[name] = offered
    return Commands(list(commands.values()))
