"""One declaration a command: name, arguments, help, examples, handler."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from charplay.commands.words import END_OF_OPTIONS, Word, split, split_before_text
from charplay.errors import UsageError, unknown
from charplay.options import Option, build, options_of

if TYPE_CHECKING:
    from charplay.commands.context import Context

HELP_FLAGS = ("--help", "-h")
FORMAT_FLAG = "--format"


@dataclass(frozen=True)
class Nothing:
    """The arguments of a command that has none."""


@dataclass(frozen=True)
class Command:
    """A command. `run` gets a context and an instance of `arguments`, a declared options class."""

    name: str
    summary: str
    run: "Callable[[Context, Any], object]"
    arguments: type = Nothing
    examples: tuple[str, ...] = ()

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Its arguments, as they were declared."""
        return options_of(self.arguments)

    @cached_property
    def named(self) -> dict[str, Option]:
        """Those arguments that are options, by what is typed for them."""
        options = [each for each in self.options if not each.positional]
        named = {f"--{each.words}": each for each in options}
        return named | {each.short: each for each in options if each.short}

    @property
    def usage(self) -> str:
        """How it is written, in one line."""
        positional = [each for each in self.options if each.positional]
        words = [f"[{_metavar(each)}]" for each in positional if not each.verbatim]
        texts = [_metavar(each) for each in positional if each.verbatim]
        return " ".join([self.name, *words, *(["[OPTIONS]"] if self.named else []), *texts])

    def words(self, line: str) -> list[Word]:
        """The words of a line, its own name left out.

        Where it takes a text, all that stands after the options is one word, as it was typed.
        """
        if any(each.verbatim for each in self.options):
            return split_before_text(line, self._takes_value)
        return split(line)

    def _takes_value(self, flag: str) -> bool:
        each = self.named.get(flag)
        return flag == FORMAT_FLAG or (each is not None and not each.flag)

    def parse(self, words: Sequence[Word]) -> Any:
        """The arguments in words; UsageError where they do not fit."""
        try:
            return self._built(_Reader(self, list(words)).read())
        except UsageError as error:
            raise UsageError(error.message, error.hint or f"help {self.name} shows how") from error

    def _built(self, values: dict[str, object]) -> Any:
        groups: dict[str, dict[str, Any]] = {}
        direct: dict[str, object] = {}
        by_name = {each.name: each for each in self.options}
        for name, value in values.items():
            each = by_name[name]
            if each.group:
                groups.setdefault(each.group, {})[name] = each.parse(value)
            else:
                direct[name] = value
        made: Any = build(self.arguments, direct, "option")
        for name, given in groups.items():
            getattr(made, name).update(given)
        return made


def flag_of(each: Option) -> str:
    """An option as it is typed, with what it takes."""
    name = f"{each.short}, --{each.words}" if each.short else f"--{each.words}"
    return name if each.flag else f"{name} {_metavar(each)}"


def words_of(arguments: Any) -> tuple[str, ...]:
    """The words that give such arguments again; what is as it would be anyway is left out."""
    options: list[str] = []
    positional: list[str] = []
    for each in options_of(type(arguments)):
        values = getattr(arguments, each.group) if each.group else vars(arguments)
        value = values.get(each.name, each.default)
        if value == each.default:
            continue
        words = [str(one) for one in (value if each.many else (value,))]
        if each.positional:
            positional += words
        elif each.flag:
            options.append(f"--{each.words}" if value else f"--{each.words}=off")
        elif words[0].startswith("-"):
            options.append(f"--{each.words}={words[0]}")
        else:
            options += [f"--{each.words}", *words]
    if any(word.startswith("-") for word in positional):
        return (*options, END_OF_OPTIONS, *positional)
    return (*positional, *options)


def _metavar(each: Option) -> str:
    if each.metavar:
        return each.metavar
    if each.choices:
        return "|".join(each.choices)
    return "N" if each.kind in (int, float) else each.words.upper()


class _Reader:
    """Reads words against a command's options: `--name value`, `--name=value`, `-n value`."""

    def __init__(self, command: Command, words: list[Word]) -> None:
        self._words = words
        self._positional = [each for each in command.options if each.positional]
        self._command, self._named = command.name, command.named
        self._values: dict[str, Any] = {}

    def read(self) -> dict[str, object]:
        only_positional = False
        while self._words:
            word = self._words.pop(0)
            if word.text == END_OF_OPTIONS and not word.quoted and not only_positional:
                only_positional = True
            elif word.is_flag and not only_positional:
                self._read_option(word.text)
            else:
                self._read_positional(word.text)
        return self._values

    def _read_option(self, text: str) -> None:
        name, equals, value = text.partition("=")
        each = self._named.get(name)
        if each is None:
            known = [*self._named, *HELP_FLAGS, FORMAT_FLAG]
            raise unknown("option", name, known, f"help {self._command}")
        if each.flag:
            self._store(each, value if equals else "on")
        elif equals:
            self._store(each, value)
        elif self._words and not self._words[0].is_flag:
            self._store(each, self._words.pop(0).text)
            while each.many and self._words and _belongs(each, self._words[0]):
                self._store(each, self._words.pop(0).text)
        else:
            raise UsageError(f"{name} needs a value", f"{name} is {each.domain}")

    def _read_positional(self, text: str) -> None:
        open_ones = [
            e for e in self._positional if e.many or e.verbatim or e.name not in self._values
        ]
        if not open_ones:
            raise UsageError(f"there is nothing for {text!r} to be")
        self._store(open_ones[0], text)

    def _store(self, each: Option, value: str) -> None:
        if each.many:
            self._values.setdefault(each.name, []).append(value)
        elif each.verbatim and each.name in self._values:
            self._values[each.name] += f" {value}"
        else:
            self._values[each.name] = value


def _belongs(each: Option, word: Word) -> bool:
    """Whether a further word can only be one more value of an option that takes several."""
    if word.is_flag:
        return False
    try:
        each.parse(word.text)
    except UsageError:
        return False
    return True


class Commands(Mapping[str, Command]):
    """The table."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands = {command.name: command for command in commands}

    def find(self, name: str) -> Command:
        """The command of a name or of a unique beginning of one."""
        if name in self._commands:
            return self._commands[name]
        matches = [known for known in self._commands if name and known.startswith(name)]
        if len(matches) == 1:
            return self._commands[matches[0]]
        if matches:
            raise UsageError(f"{name!r} begins several commands", f"did you mean {_or(matches)}?")
        raise unknown("command", name, self._commands, "help")

    def __getitem__(self, name: str) -> Command:
        return self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)


def _or(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" or {names[-1]}"
