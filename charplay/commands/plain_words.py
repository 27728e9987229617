"""Lines without a colon that may be meant as commands: `help`, `quit`, `names -n 5`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from charplay.commands.command import OTHER_WORDS, Commands
from charplay.errors import UsageError

COMMAND_MARK = ":"
COMMENT_MARK = "#"
_ESCAPE = "\\"
_FLAG = re.compile(r"\s--?[a-z]")


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
    """The command that a plain line is likely meant as: one alone on its line, or with options."""
    typed = line.strip()
    word = typed.casefold().removeprefix("/").removesuffix("()")
    name = OTHER_WORDS.get(word, word)
    if name in commands:
        return MeantCommand(typed, COMMAND_MARK + name)
    first = typed.partition(" ")[0]
    if first in commands and _FLAG.search(typed):
        return MeantCommand(typed, COMMAND_MARK + typed)
    return None


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
    return (line.split(maxsplit=1) or [""])[0] in commands


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
    """Whether an answer to a yes-or-no question is yes; anything unclear is no."""
    return answer.strip().lower() in ("y", "yes")
