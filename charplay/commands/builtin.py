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
from charplay.commands.program import command_clashes
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
    foreign = []
    for name, data in registry.commands.items():
        origin, command = registry.commands.origin(name), Command.from_data(data)
        problem = "charplay has already" if name in commands else _clash_of(command)
        if problem:
            told = f"offers the command {name!r}, which {problem}"
            registry.faults.append(Fault(origin, told))
            continue
        commands[name] = command
        if not origin.is_ours:
            foreign.append(name)
    return Commands(list(commands.values()), foreign)


def _clash_of(command: Command) -> str:
    """Why a command cannot be used beside charplay's own options; empty where it can."""
    return next((f"cannot be used: {clash}" for clash in command_clashes(command)), "")
