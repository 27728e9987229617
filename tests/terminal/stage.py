"""A shell with one command of a plugin, which does whatever a test wants of it."""

from dataclasses import replace

from charplay.commands.command import Command
from charplay.plugins.registry import Origin, Registry
from charplay.terminal.shell import Shell
from tests.conftest import MemoryStream, make_environment

AVIARY = Origin("aviary", "birds", "2")
HERE = __name__
DOES = {}


def does(context, request):
    """The handler of the command `sing`."""
    return DOES["it"](context)


class Delayed(MemoryStream):
    """A terminal that shows what was flushed alone."""

    seen = ""

    def flush(self):
        self.seen = self.getvalue()


class Stage:
    """A shell with the command `sing`, which does what it is told to."""

    def __init__(self, home, origin=AVIARY, tty=False, stdin="", **more):
        variables = {name: more.pop(name) for name in list(more) if name.isupper()}
        environment = make_environment(home, stdin, tty=tty, **variables)
        self.out = Delayed(tty=tty)
        self.environment = replace(environment, stdout=self.out)
        registry = Registry()
        command = Command("sing", "sing", f"{HERE}:does", draws=True)
        registry.commands.add("sing", command.to_data, origin)
        registry.faults.extend(more.pop("faults", []))
        self.shell = Shell(self.environment, registry, **more)

    @property
    def err(self):
        return self.environment.stderr.getvalue()

    def sing(self, song, line=":sing"):
        """The status of the command that does this."""
        DOES["it"] = song
        return self.shell.perform_line(line)


def raising(error):
    def song(context):
        raise error

    return song
