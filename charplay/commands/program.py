"""The command `charplay` itself: what may stand before one of its commands."""

from dataclasses import dataclass

from charplay.commands.command import Command
from charplay.commands.reader import COMMON_OPTIONS, RESULT_OPTIONS
from charplay.options import option, options_of
from charplay.plugins.clashes import OptionClash, find_clashes

# Options before the command whose names a command may give another meaning.
_SHARED_NAMES = ("command", "model", "new")


@dataclass(frozen=True)
class GlobalOptions:
    """The options before the command, beside those that every command takes."""

    command: tuple[str, ...] = option(
        (), "run a line as if typed in the REPL; may be repeated", short="-c", metavar="LINE"
    )
    stop_on_error: bool = option(False, "do no further line after one that fails")
    model: str | None = option(
        None, "talk to this model, by name, digest or path", short="-m", completes="model"
    )
    threads: int | None = option(None, "how many processor threads to use", minimum=1, maximum=1024)
    session: str | None = option(
        None, "save the conversation in this session", metavar="NAME", completes="session"
    )
    new: bool = option(False, "save the conversation in a new session")
    no_session: bool = option(False, "do not save the conversation")
    plugin: tuple[str, ...] = option(
        (), "use a plugin that is not installed; may be repeated", metavar="FILE", completes="file"
    )
    no_plugins: bool = option(False, "use no plugins but charplay's own")
    quiet: bool = option(False, "show no greeting, notes or captions", short="-q")
    debug: bool = option(False, "show the traceback of an error")
    version: bool = option(False, "show the version", short="-V")


CHARPLAY = Command(
    "charplay",
    "Train, talk to and take apart small character-level language models.",
    arguments=(*options_of(GlobalOptions), *COMMON_OPTIONS),
)


def command_clashes(command: Command) -> tuple[OptionClash, ...]:
    """The options of a command, and of its actions, with names that are charplay's own."""
    program = [each for each in options_of(GlobalOptions) if each.name not in _SHARED_NAMES]
    taken = {"every command": RESULT_OPTIONS, "charplay itself": program}
    own = find_clashes(command.options, taken)
    return (*own, *(clash for action in command.actions for clash in command_clashes(action)))
