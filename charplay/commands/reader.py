"""From what was typed, a line or a shell's words, to a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charplay.commands.command import Command, Commands, flags_of
from charplay.commands.request import Request
from charplay.commands.settings import EXCEL, Interface
from charplay.commands.words import Word, first_word, split_before_text, split_words
from charplay.errors import UsageError, unknown
from charplay.options import END_OF_OPTIONS, Option, find_option, option, options_of

# The commands that list what can complete an argument.
_LISTINGS = {
    "model": "models",
    "corpus": "corpora",
    "recipe": "recipes",
    "backend": "backends",
    "session": "sessions",
    "turn": "tree",
    "command": "help",
    "setting": "set",
}


@dataclass(frozen=True)
class CommonOptions:
    """What every command understands beside `--format`, before its name too."""

    excel: bool = option(False, "write CSV for a spreadsheet of your language")
    help: bool = option(False, "explain the command", short="-h")


@dataclass(frozen=True)
class SaveOption:
    """What every command understands after its name."""

    save: str | None = option(
        None,
        "write the result to a new file: .txt, .csv, .json, .jsonl; a view as .svg or .html too",
        metavar="FILE",
        completes="file",
    )


_REDIRECTIONS = (">", ">>", "|")
COMMON_OPTIONS = (find_option(Interface, "format"), *options_of(CommonOptions))
RESULT_OPTIONS = (*COMMON_OPTIONS, *options_of(SaveOption))
_RESULT_FLAGS = flags_of(RESULT_OPTIONS)


def read_line(commands: Commands, line: str) -> Request | None:
    """The request of a command line without its mark; None where nothing is typed.

    One blank parts the command from what follows; any more may be the text's own.
    """
    if not line.strip():
        return None
    name, rest = _first_word(line.lstrip())
    command = commands.find(name)
    path: tuple[str, ...] = ()
    if command.actions:
        first, after = _first_word(rest.lstrip())
        if first and not first.startswith("-"):
            path, command, rest = (command.name,), command.action(first), after
        else:
            return read_words(commands, [Word(name), *split_words(rest)])
    return _make_request(command, path, _split_for(command, rest))


def read_words(commands: Commands, words: Sequence[Word]) -> Request:
    """The request of a shell's words, the first of them a command's name."""
    command = commands.find(words[0].text)
    if not command.actions:
        return _make_request(command, (), words[1:])
    action, rest = _take_action(command, words[1:])
    request = _make_request(action or command.actions[0], (command.name,), rest)
    if request.help and action is None:
        return replace(request, path=(command.name,), command=command)
    return request


def read_leading_options(
    command: Command, words: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """The options before a shell's command, and the words from the command on."""
    reading = Reading(command.flags, (), command.name, "--help")
    rest = reading.read([Word(word) for word in words], until_word=True)
    values = _typed_values(command.options, reading.values)
    return values | written_format(values), [word.text for word in rest]


def written_format(values: dict[str, Any]) -> dict[str, str]:
    """The format that `--format` or `--excel` asks for, taken out of typed values; or nothing."""
    given, excel = values.pop("format", None), values.pop("excel", False)
    if excel and given not in (None, "csv", EXCEL):
        raise UsageError(f"--excel writes CSV, and --format says {given}", "leave out one of them")
    written_as = EXCEL if excel else given
    return {} if written_as is None else {"format": written_as}


def _first_word(line: str) -> tuple[str, str]:
    """The first word of a line, and what follows the one blank after it."""
    name = first_word(line)
    return name, line[len(name) + 1 :]


def _split_for(command: Command, rest: str) -> list[Word]:
    """The words of a line after the command's name; a text stays one word, as it was typed."""
    return split_text(command, rest) if command.takes_text else split_words(rest)


def known_flags(command: Command) -> dict[str, Option]:
    """The options that may stand after a command's name, by their flags."""
    return {**command.flags, **_RESULT_FLAGS}


def split_text(command: Command, rest: str) -> list[Word]:
    """The words after the name of a command that takes a text; the text is the last of them."""
    flags = known_flags(command)
    return split_before_text(rest, lambda flag: flag in flags and not flags[flag].is_switch)


def _take_action(command: Command, words: Sequence[Word]) -> tuple[Command | None, list[Word]]:
    """The action that words name, if any, and the words without it; options may come first."""
    flags = {flag: known for action in command.actions for flag, known in action.flags.items()}
    flags |= _RESULT_FLAGS
    value_follows = False
    for place, word in enumerate(words):
        if word.is_flag:
            known = flags.get(word.text)
            value_follows = known is not None and not known.is_switch
        elif value_follows:
            value_follows = False
        elif word.text != END_OF_OPTIONS:
            return command.action(word.text), [*words[:place], *words[place + 1 :]]
    return None, list(words)


def _make_request(command: Command, above: tuple[str, ...], words: Sequence[Word]) -> Request:
    path = (*above, command.name)
    name = " ".join(path)
    try:
        reading = Reading(known_flags(command), command.positional, name, f"help {name}")
        reading.read(words)
        values = _typed_values((*command.options, *RESULT_OPTIONS), reading.values)
        written_as = written_format(values).get("format")
        wants_help, save = values.pop("help", False), values.pop("save", None)
        if not wants_help:
            _check_required(command, name, values)
        return Request(path, command, values, written_as, wants_help, save)
    except UsageError as error:
        raise UsageError(error.message, error.hint or f"`help {name}` shows how") from error


def _typed_values(arguments: Sequence[Option], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the types of their arguments; UsageError where one does not fit."""
    by_name = {argument.name: argument for argument in arguments}
    return {
        name: tuple(map(by_name[name].parse, value))
        if by_name[name].many
        else by_name[name].parse(value)
        for name, value in values.items()
    }


def _check_required(command: Command, name: str, values: Mapping[str, Any]) -> None:
    for argument in command.positional:
        if argument.required and values.get(argument.name) in (None, "", ()):
            kind = argument.completes.partition("|")[0]
            listing = _LISTINGS.get(kind)
            raise UsageError(
                f"{name} needs a {kind or argument.placeholder.lower()}",
                f"`{listing}` lists what there is" if listing else "",
            )


class Reading:
    """Words read against declared options: `--name value`, `--name=value`, `-n value`, `-n5`.

    `values` has the texts by option name: a list for an option that takes several. `listing` is
    the command that lists the options.
    """

    def __init__(
        self, flags: Mapping[str, Option], positional: Sequence[Option], name: str, listing: str
    ) -> None:
        self._flags, self._positional = flags, positional
        self._name, self._listing = name, listing
        self._words: list[Word] = []
        self.values: dict[str, Any] = {}

    def read(self, words: Sequence[Word], until_word: bool = False) -> list[Word]:
        """Read the words, or the options before the first word that is none; what is left."""
        self._words = list(words)
        only_positional = False
        while self._words:
            word = self._words[0]
            is_flag = word.is_flag and not only_positional
            if until_word and not is_flag:
                break
            self._words.pop(0)
            if word.text == END_OF_OPTIONS and not word.quoted and not only_positional:
                only_positional = True
            elif is_flag:
                self._read_option(word.text, greedy=not until_word)
            else:
                self._refuse_redirection(word)
                self._read_positional(word.text)
        return self._words

    def _read_option(self, text: str, greedy: bool) -> None:
        name, equals, value = self._divide_option(text)
        known = self._flags.get(name)
        if known is None:
            raise unknown("option", name, self._flags, self._listing)
        if known.positional and known.name in self.values:
            raise UsageError(f"the {known.typed_name} is given twice", "give it once")
        if known.is_switch:
            self._store(known, value if equals else "on")
        elif equals:
            self._store(known, value)
        elif self._words and not self._words[0].is_flag:
            self._store(known, self._words.pop(0).text)
            while greedy and known.many and self._words and _belongs(known, self._words[0]):
                self._store(known, self._words.pop(0).text)
        else:
            hint = f"{name} is {known.domain}"
            if self._words and known.kind == "str":
                hint += f"; one that begins with a dash is written {name}={self._words[0].text}"
            raise UsageError(f"{name} needs a value", hint)

    def _divide_option(self, text: str) -> tuple[str, str, str]:
        """(flag, equals or nothing, value): the value of `-n5` is attached to its flag."""
        known = self._flags.get(text[:2])
        attached = text[2:]
        if known and attached and not known.is_switch and f"-{text}" not in self._flags:
            is_number = attached[0].isdecimal()
            if is_number if known.kind in ("int", "float") else attached[0] != "=":
                return text[:2], "=", attached
        return text.partition("=")

    def _refuse_redirection(self, word: Word) -> None:
        """UsageError for a word that writes into a file in a shell, where it never comes here."""
        if word.text in _REDIRECTIONS and not word.quoted:
            raise UsageError(f"{word.text!r} is for a shell", "--save FILE writes a file here")

    def _read_positional(self, text: str) -> None:
        for argument in self._positional:
            if argument.many or argument.verbatim or argument.name not in self.values:
                self._store(argument, text)
                return
        taken = " and ".join(argument.placeholder for argument in self._positional)
        if not taken:
            raise UsageError(f"{self._name} takes no argument, and {text!r} is one")
        one = "one " if len(self._positional) == 1 else ""
        raise UsageError(f"{text!r} is one argument too many: {self._name} takes {one}{taken}")

    def _store(self, known: Option, value: str) -> None:
        if known.many:
            self.values.setdefault(known.name, []).append(value)
        elif known.verbatim and known.name in self.values:
            self.values[known.name] += f" {value}"
        else:
            self.values[known.name] = value


def _belongs(known: Option, word: Word) -> bool:
    """Whether a further word can only be one more value of an option that takes several."""
    if word.is_flag or known.kind == "str":
        return False
    try:
        known.parse(word.text)
    except UsageError:
        return False
    return True
