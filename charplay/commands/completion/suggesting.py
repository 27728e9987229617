"""Candidates for the word that is being typed, from commands as data and the names that there are.

Nothing is read or imported here: `suggest` is a function of a line and a world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from charplay.commands.command import Command, Commands
from charplay.commands.completion.expecting import Expected, expect, expect_leading
from charplay.commands.plain_words import COMMAND_MARK
from charplay.commands.reader import split_text
from charplay.commands.words import (
    Word,
    first_word,
    quote_word,
    split_unfinished,
    unquote,
)
from charplay.errors import UsageError
from charplay.options import Option

FILE_MARK, MACRO = "@", "macro"


@dataclass(frozen=True)
class Candidate:
    """A word that fits: its text, and what it means.

    flag: an option that the word begins with, which is never quoted; replaces: how many characters
    before the cursor it takes the place of; is_open: whether more of the same word may follow, as
    after a folder.
    """

    text: str
    help: str = ""
    flag: str = ""
    replaces: int = 0
    is_open: bool = False

    @property
    def word(self) -> str:
        """The whole word."""
        return self.flag + self.text


@dataclass(frozen=True)
class World:
    """What there is to be named.

    names: the names of a kind, as in `Option.completes`, given what was typed so far by option
    name; files: the files and folders that a typed path begins, in the folder that it names.
    """

    commands: Commands
    names: Callable[[str, Mapping[str, str]], Iterable[Candidate]]
    files: Callable[[str], Iterable[Candidate]]


def suggest(line: str, world: World) -> list[Candidate]:
    """The candidates for the end of a line at the prompt; plain text has none."""
    last = line.rpartition("\n")[2]
    if not line.startswith(COMMAND_MARK) or not last.startswith(COMMAND_MARK):
        return []
    last = last.removeprefix(COMMAND_MARK)
    words, typed = split_unfinished(last)
    named = _find_named(words, world.commands)
    if named and named.command.takes_text:
        text = _text_typed(named.command, _after_words(last, named.words))
        if text is not None:
            return _placed(_text_candidates(named.command, text, world), text)
    return _placed(map(_quoted, _suggest_word(words, unquote(typed), world)), typed)


def suggest_words(words: Sequence[str], world: World, program: Command) -> list[Candidate]:
    """The candidates for the last of a shell's words, the program's name left out.

    `program` has the options that stand before a command.
    """
    *finished, typed = words or [""]
    expected, rest = expect_leading(program, [Word(word) for word in finished])
    if not rest and (expected.values or typed.startswith("-")):
        return _fitting(_option_candidates(expected, typed, world), typed)
    return _suggest_word(rest, typed, world)


@dataclass(frozen=True)
class _Named:
    """The command or action that a line names, by how many words; is_open: an action may follow."""

    command: Command
    words: int
    is_open: bool = False


def _find_named(words: Sequence[Word], commands: Commands) -> _Named | None:
    """What the finished words of a line name; None where they name nothing yet."""
    try:
        if not words:
            return None
        command = commands.find(words[0].text)
        if not command.actions:
            return _Named(command, 1)
        if len(words) == 1 or words[1].is_flag:
            return _Named(command.actions[0], 1, is_open=len(words) == 1)
        return _Named(command.action(words[1].text), 2)
    except UsageError:
        return None


def _after_words(line: str, count: int) -> str:
    """What follows the first words of a line and the one blank after them."""
    for _ in range(count):
        line = line.lstrip().partition(" ")[2]
    return line


def _text_typed(command: Command, rest: str) -> str | None:
    """The text that a command takes, as far as it is typed; None where options are still typed."""
    try:
        words = split_text(command, rest)
    except UsageError:  # a quote of an option's value is still open
        return None
    is_text = words and words[-1].quoted and rest.endswith(words[-1].text)
    return words[-1].text if is_text else None


def _text_candidates(command: Command, text: str, world: World) -> list[Candidate]:
    """The files that may stand for a text, which is taken to the letter."""
    option = next(each for each in command.options if each.verbatim)
    return _fitting(_values(option, text, {}, world), text)


def _suggest_word(words: Sequence[Word], typed: str, world: World) -> list[Candidate]:
    """The candidates for a word after those of a command line, not yet quoted."""
    if not words:
        commands = _command_candidates(world.commands.values())
        return _fitting((*commands, *world.names(MACRO, {})), typed)
    named = _find_named(words, world.commands)
    if named is None:
        meant = _command_of_macro(words[0], world)
        return _suggest_word([meant, *words[1:]], typed, world) if meant else []
    if named.is_open and not typed.startswith("-"):
        actions = world.commands.find(words[0].text).actions
        return _fitting(_command_candidates(actions), typed)
    expected = expect(named.command, words[named.words :])
    return _fitting(_option_candidates(expected, typed, world), typed)


def _command_of_macro(name: Word, world: World) -> Word | None:
    """The command that a macro stands for, whose words may follow it; None for no macro."""
    for macro in world.names(MACRO, {}):
        begun = first_word(macro.help.removeprefix(COMMAND_MARK))
        if macro.text == name.text and begun in world.commands:
            return Word(begun)
    return None


def _command_candidates(commands: Iterable[Command]) -> Iterator[Candidate]:
    for command in commands:
        yield Candidate(command.name, command.summary)


def _option_candidates(expected: Expected, typed: str, world: World) -> Iterator[Candidate]:
    """Flags where one is begun; values, or flags where no value can be named."""
    flag, equals, value = typed.partition("=")
    if typed.startswith("-") and expected.flags:
        if equals:
            yield from _values_of_flag(expected, flag, value, world)
        else:
            yield from _flag_candidates(expected.flags)
        return
    values = [
        each for option in expected.values for each in _values(option, typed, expected.given, world)
    ]
    yield from values
    if not values and not typed:
        yield from _flag_candidates(expected.flags)


def _values_of_flag(expected: Expected, flag: str, value: str, world: World) -> Iterator[Candidate]:
    for option in expected.flags:
        if flag in option.flags:
            for each in _values(option, value, expected.given, world):
                yield replace(each, flag=f"{flag}=")


def _flag_candidates(flags: Iterable[Option]) -> Iterator[Candidate]:
    for option in flags:
        if option.has_flags:
            yield Candidate("", option.help, flag=option.flags[-1])


def _values(
    option: Option, typed: str, given: Mapping[str, str], world: World
) -> Iterator[Candidate]:
    """The values that an option can have, as far as they can be named."""
    for choice in option.choices:
        yield Candidate(choice)
    if option.is_switch:
        yield from (Candidate("on"), Candidate("off"))
    for kind in filter(None, option.completes.split("|")):
        if kind == "file":
            yield from world.files(typed)
        elif kind == f"{FILE_MARK}file":
            if typed.startswith(FILE_MARK):
                for file in world.files(typed.removeprefix(FILE_MARK)):
                    yield replace(file, text=FILE_MARK + file.text)
        else:
            yield from world.names(kind, given)


def _fitting(candidates: Iterable[Candidate], typed: str) -> list[Candidate]:
    """Those that begin with what is typed, in any case; those in the same case come first."""
    folded = typed.casefold()
    fitting = {
        each.word: each for each in candidates if each.word.casefold().startswith(folded)
    }.values()
    return sorted(fitting, key=lambda each: not each.word.startswith(typed))


def _quoted(candidate: Candidate) -> Candidate:
    """The candidate as a word of a line; a folder's quote stays open for what is in it."""
    quoted = quote_word(candidate.text) if candidate.text else ""
    if candidate.is_open and quoted != candidate.text:
        quoted = quoted[:-1]
    return replace(candidate, text=quoted)


def _placed(candidates: Iterable[Candidate], typed: str) -> list[Candidate]:
    """The candidates in the place of what is typed."""
    return [replace(each, replaces=len(typed)) for each in candidates]
