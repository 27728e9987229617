"""Colours for commands while they are typed."""

import re
from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from charplay.commands.command import Command, Commands
from charplay.commands.plain_words import COMMAND_MARK, is_comment
from charplay.commands.words import Word

_LONGEST_COLOURED = 10_000
_STRING = r"""(?:"(?:\\.|[^"\\])*"|'[^']*')(?!\S)"""
# A word, a quoted string, an option with its value, or blanks between them.
_PART = re.compile(rf"\s+|{_STRING}|--?[^\s=]+=(?={_STRING})|\S+")
_NUMBER = re.compile(r"[-+]?\d+([./]\d+)?")

Styled = tuple[str, str]


class CommandLexer(Lexer):
    """Styles what begins with a colon; plain text has no colour."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The styled parts of each line."""
        lines = document.lines
        if not lines[0].startswith((COMMAND_MARK, "#")):
            return lambda number: [("", lines[number])]
        return lambda number: list(style_line(self._commands, lines[number]))


def style_line(commands: Commands, line: str) -> Iterator[Styled]:
    """The parts of a line, each with the class of what it is."""
    if is_comment(line):
        yield "class:comment", line
        return
    if not line.startswith(COMMAND_MARK):
        yield "", line
        return
    yield "class:command", COMMAND_MARK
    parts = _PART.findall(line[:_LONGEST_COLOURED].removeprefix(COMMAND_MARK))
    yield from _style_parts(commands, parts)
    yield "", line[_LONGEST_COLOURED:]


def _style_parts(commands: Commands, parts: Iterable[str]) -> Iterator[Styled]:
    """The first word is a command, the second an action where the command has some."""
    expected: Iterable[Command] = commands.values()
    style = "command"
    for part in parts:
        if part.isspace():
            yield "", part
        elif expected and not part.startswith("-"):
            found = _meant(part, expected) or (style == "command" and part in commands.macros)
            unknown = f"class:unknown-{style}" if style == "command" else ""
            yield f"class:{style}" if found else unknown, part
            actions = found.actions if isinstance(found, Command) and style == "command" else ()
            expected, style = actions, "action"
        else:
            expected = ()
            yield _argument_style(part), part


def _meant(name: str, commands: Iterable[Command]) -> Command | None:
    """The command of a name or of a unique beginning of one."""
    begun = [command for command in commands if command.name.startswith(name)]
    exact = [command for command in begun if command.name == name]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def _argument_style(part: str) -> str:
    if part[0] in "\"'" and len(part) > 1 and part[-1] == part[0]:
        return "class:string"
    if Word(part).is_flag:
        return "class:option"
    if part.startswith("@") and len(part) > 1:
        return "class:file"
    return "class:number" if _NUMBER.fullmatch(part) else ""
