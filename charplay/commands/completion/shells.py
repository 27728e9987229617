"""`completion`: what a shell needs to complete charplay's commands."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from charplay.commands.completion.suggesting import Candidate, suggest_words
from charplay.commands.completion.world import world_of
from charplay.commands.context import Context
from charplay.commands.program import CHARPLAY
from charplay.commands.request import Request
from charplay.options import option


@dataclass(frozen=True)
class WordsArguments:
    """What `completion words` takes."""

    words: tuple[str, ...] = option(
        (),
        "the words after the program's name, the last one as far as it is typed",
        metavar="WORD …",
        positional=True,
    )


@dataclass(frozen=True)
class LineArguments:
    """What `completion line` takes."""

    line: str = option("", "the line, as far as it is typed", positional=True, verbatim=True)
    part: str = option("", "the last part of it, whose place a candidate takes", metavar="TEXT")


def print_script(context: Context, request: Request) -> str:
    """The script that a shell reads once; the action has the shell's name."""
    _, shell = request.path
    script = files("charplay.commands.completion") / "scripts" / f"charplay.{shell}"
    return script.read_text(encoding="utf-8").rstrip()


def complete_words(context: Context, request: Request) -> Iterator[str]:
    """The candidates for the last of a shell's words, each followed by its help."""
    words = request.fill(WordsArguments).words
    return _lines(suggest_words(words, world_of(context), CHARPLAY))


def complete_line(context: Context, request: Request) -> Iterator[str]:
    """The candidates for the end of a shell's line, as far as they go beyond what it has.

    `--part` is the last part of the word typed, whose place a candidate takes.
    """
    arguments = request.fill(LineArguments)
    _, *words = split_shell_line(arguments.line)
    typed = words[-1] if words else ""
    *_, part = split_shell_line(f"x {arguments.part}")
    before = typed.removesuffix(part)
    found = suggest_words(words, world_of(context), CHARPLAY)
    return _lines(found, before)


def split_shell_line(line: str) -> list[str]:
    """A shell's line as words, the last one as far as it is typed, empty after a blank."""
    for closed in (line, f'{line}"', f"{line}'", f"{line}\\"):
        try:
            words = shlex.split(f"{closed}_" if closed == line else closed)
        except ValueError:  # a quote is open
            continue
        return [*words[:-1], words[-1].removesuffix("_")] if closed == line else words
    return line.split()


def _lines(candidates: Iterable[Candidate], before: str = "") -> Iterator[str]:
    for each in candidates:
        if each.word.startswith(before):
            yield each.word.removeprefix(before)
            yield each.help
