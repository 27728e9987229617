"""Lines without a colon that may be meant as commands: `help`, `quit`, `names -n 5`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from charplay.commands.command import OTHER_COMMANDS, OTHER_WORDS, Command, Commands
from charplay.commands.words import first_word
from charplay.errors import UsageError

COMMAND_MARK = ":"
COMMENT_MARK = "#"
_ESCAPE = "\\"
# What no sentence goes on with: an option, numbers, a setting, the name of a file.
_FLAG = re.compile(r"\s--?[a-z]")
_PLAIN_ARGUMENT = re.compile(r"[0-9][0-9\s,/-]*|\S+=\S+|\S+\.[a-z]{2,5}")
# What people ask for help with, beside commands.
_HELPED = ("me", "keys", "tour")


@dataclass(frozen=True)
class MeantCommand:
    """A line of plain text that is likely meant as a command, and that command with its colon."""

    typed: str
    line: str

    @property
    def escaped(self) -> str:
        """How the text is written that is no command."""
        return _ESCAPE + self.typed

    @property
    def question(self) -> str:
        """What to ask the person who typed it."""
        what = "quit charplay" if self.line == f"{COMMAND_MARK}quit" else f"do {self.line}"
        return f"{what}? y/N, or {self.escaped} to say it: "

    @property
    def note(self) -> str:
        """What to tell where nobody can be asked."""
        return f"{self.typed} went to the model as text; the command is {self.line}"


def meant_command(commands: Commands, line: str) -> MeantCommand | None:
    """The command that a plain line is likely meant as: one alone on its line, or with options.

    What follows may also be an action of it, numbers, a setting or a file. And there are
    `/command …`, as other programs have it, and `help` with what there is help for.
    """
    typed = line.strip()
    word = typed.casefold().removeprefix("/").removesuffix("()")
    meant = OTHER_WORDS.get(word, word if word in commands else "")
    first, _, rest = typed.partition(" ")
    if not meant and first.startswith("/"):
        name = first[1:].casefold()
        known = OTHER_COMMANDS.get(name, name if name in commands else "")
        meant = f"{known} {rest}".strip() if known else ""
    if not meant and first in commands and _follows(commands[first], rest):
        meant = typed
    if not meant and first.casefold() == "help" and (rest in commands or rest in _HELPED):
        meant = f"help {rest}".removesuffix(" me")
    return MeantCommand(typed, COMMAND_MARK + meant) if meant else None


def _follows(command: Command, rest: str) -> bool:
    """Whether words stand after a command as they would in no sentence."""
    actions = {action.name for action in command.actions}
    return bool(
        _FLAG.search(f" {rest}")
        or _PLAIN_ARGUMENT.fullmatch(rest)
        or rest.partition(" ")[0] in actions
    )


def spoken_text(commands: Commands, line: str) -> str:
    """The text that a line is, without a backslash that keeps it from being something else."""
    return line[1:] if line.startswith(_ESCAPE) and _is_marked(commands, line[1:]) else line


def _is_marked(commands: Commands, line: str) -> bool:
    """Whether a line is no plain text, or could be meant as a command."""
    if line.startswith(_ESCAPE):
        return _is_marked(commands, line[1:])
    marked = line.startswith((COMMAND_MARK, COMMENT_MARK))
    return marked or _begins_with_command(commands, line) or bool(meant_command(commands, line))


def _begins_with_command(commands: Commands, line: str) -> bool:
    return first_word(line) in commands


def is_comment(line: str) -> bool:
    """Whether a line of a script says nothing to anybody but its reader."""
    return line.startswith(COMMENT_MARK)


def check_colons(commands: Commands, lines: Iterable[str]) -> None:
    """UsageError for a line of `-c` that begins with a command without its colon."""
    for line in lines:
        meant = meant_command(commands, line)
        if meant or _begins_with_command(commands, line):
            command = meant.line if meant else COMMAND_MARK + line.strip()
            raise UsageError(
                f"a command in a line of -c begins with a colon: {command}",
                f"type the colon, or say the text: {_ESCAPE}{line.strip()}",
            )


def agrees(answer: str) -> bool:
    """Whether an answer to a yes-or-no question is yes."""
    return _answered(answer) in ("y", "yes")


def declines(answer: str) -> bool:
    """Whether an answer to a yes-or-no question is no, as nothing at all is."""
    return _answered(answer) in ("", "n", "no")


def _answered(answer: str) -> str:
    return first_word(answer).lower().strip(".,!;")
