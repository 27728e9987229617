"""What may stand next in a command that is being typed: options, and values of which of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from charplay.commands.command import Command
from charplay.commands.reader import known_flags
from charplay.commands.words import Word
from charplay.errors import UsageError
from charplay.options import END_OF_OPTIONS, Option


@dataclass(frozen=True)
class Expected:
    """What may stand next.

    values: the options of which a value may stand there; flags: the options that may be typed
    there by their flags; given: what was typed so far, by option name.
    """

    values: tuple[Option, ...] = ()
    flags: tuple[Option, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


def expect(command: Command, words: Sequence[Word]) -> Expected:
    """What may stand after the words that follow a command's name."""
    walk = _Walk(command.positional, known_flags(command))
    for word in words:
        walk.pass_word(word)
    return walk.expected()


def expect_leading(command: Command, words: Sequence[Word]) -> tuple[Expected, list[Word]]:
    """What may stand among the options before a shell's command, and the words from it on."""
    walk = _Walk((), command.flags)
    for place, word in enumerate(words):
        if not word.is_flag and walk.awaited is None:
            return walk.expected(), list(words[place:])
        walk.pass_word(word)
    return walk.expected(), []


class _Walk:
    """A walk along the words typed so far; awaited: the option whose value must come next."""

    def __init__(self, positional: Sequence[Option], flags: Mapping[str, Option]) -> None:
        self._positional, self._flags = positional, flags
        self._given: dict[str, str] = {}
        self._several: Option | None = None
        self._only_positional = False
        self.awaited: Option | None = None

    def pass_word(self, word: Word) -> None:
        """Go past a word."""
        if self.awaited:
            self._take(self.awaited, word.text)
            self._several = self.awaited if self.awaited.many else None
            self.awaited = None
        elif word.text == END_OF_OPTIONS and not self._only_positional:
            self._only_positional = True
        elif word.is_flag and not self._only_positional:
            self._pass_flag(word.text)
        elif not (self._several and _fits(self._several, word.text)):
            self._several = None
            if placed := self._next_positional():
                self._take(placed, word.text)

    def _pass_flag(self, text: str) -> None:
        name, equals, value = text.partition("=")
        option = self._flags.get(name)
        self._several = None
        if option is None:
            return
        if equals or option.is_switch:
            self._take(option, value)
        else:
            self.awaited = option

    def _take(self, option: Option, text: str) -> None:
        self._given[option.name] = text

    def _next_positional(self) -> Option | None:
        for option in self._positional:
            if option.many or option.verbatim or option.name not in self._given:
                return option
        return None

    def expected(self) -> Expected:
        """What may stand where the walk has come to."""
        if self.awaited:
            return Expected((self.awaited,), (), self._given)
        values = tuple(filter(None, (self._several, self._next_positional())))
        if self._only_positional:
            return Expected(values, (), self._given)
        return Expected(values, self._free_flags(), self._given)

    def _free_flags(self) -> tuple[Option, ...]:
        """The options that can still be typed, each once."""
        options = dict.fromkeys(self._flags.values())
        return tuple(each for each in options if each.many or each.name not in self._given)


def _fits(option: Option, text: str) -> bool:
    """Whether a word can be one more value of an option."""
    if option.kind == "str":
        return False
    try:
        option.parse(text)
    except UsageError:
        return False
    return True
