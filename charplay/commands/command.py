"""A command as plain data: its name, arguments, help, examples, and its handler by name.

Dispatch, help, usage, completion and the reference page use nothing but this data, so a
declaration may come from a file: `Command.from_data(command.to_data())` is the same command.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pkgutil import resolve_name
from typing import Any

from charplay.errors import UsageError, unknown
from charplay.options import Option, options_of

_WORD, _SHORT = re.compile(r"[^\W_][\w-]*"), re.compile(r"-[a-zA-Z]")
# What people type who know other programs, and the command that they mean.
OTHER_WORDS = {"exit": "quit", "bye": "quit", "?": "help", "tour": "help tour"}
# Likewise, after a colon or a slash; alone on a line it may be a text.
OTHER_COMMANDS = {
    **OTHER_WORDS,
    "save": "export",
    "load": "session",
    "clear": "session",
    "new": "session",
    "run": "model",
    "chat": "model",
    "info": "model",
    "show": "models",
    "list": "models",
    "ls": "models",
    "ps": "jobs",
}


@dataclass(frozen=True)
class Command:
    """A command, or one action of a command.

    handler: "module:function", imported when the command runs; the function gets a Context and a
    Request. arguments: its options, or "module:class" of the options class that declares them, read
    when they are first needed. actions: commands of their own, typed
    after the name; the first is meant where none is typed, and a command with actions has no
    handler. family: the heading under which help lists it. destroys: it removes something for good,
    so no error offers it to a person who mistyped. draws: its result is a picture, which `--save`
    writes as .svg or .html too. views: for types of results that the command
    brings along, "module:class" to the "module:function" that shows one in a terminal.
    """

    name: str
    summary: str
    handler: str = ""
    arguments: str | tuple[Option, ...] = ()
    examples: tuple[str, ...] = ()
    actions: tuple[Command, ...] = ()
    family: str = ""
    destroys: bool = False
    draws: bool = False
    views: Mapping[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """The declaration as plain values that JSON can hold."""
        return {
            "name": self.name,
            "summary": self.summary,
            "handler": self.handler,
            "arguments": [option.to_data() for option in self.options],
            "examples": list(self.examples),
            "actions": [action.to_data() for action in self.actions],
            "family": self.family,
            "destroys": self.destroys,
            "draws": self.draws,
            "views": dict(self.views),
        }

    def check(self) -> None:
        """Raise CharplayError where the declaration does not fit; no handler is imported."""
        for action in self.actions:
            if not _WORD.fullmatch(action.name):
                raise UsageError(f"its action {action.name!r} cannot be typed")
            action.check()
        if not _is_line(self.summary):
            raise UsageError("it has no summary", 'give it one: summary="what it does"')
        if not self.actions and not (_is_line(self.handler) and ":" in self.handler):
            raise UsageError(f"its handler is {self.handler!r}", 'name it as "module:function"')
        if not (_is_tuple(self.examples) and all(map(_is_line, self.examples))):
            raise UsageError("its examples are no lines", 'write examples=("line",)')
        _check_options(self.options)
        _check_once((action.name for action in self.actions), "action")

    def check_code(self) -> None:
        """Raise CharplayError where a function or a type that it names is not there."""
        for action in self.actions:
            action.check_code()
        if self.handler and not callable(_resolved(self.handler)):
            raise UsageError(f"its handler {self.handler} is no function")
        for shown, view in self.views.items():
            _resolved(shown)
            _resolved(view)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Command:
        """The command that `to_data` wrote, also after a trip through JSON."""
        return cls(
            name=data["name"],
            summary=data["summary"],
            handler=data["handler"],
            arguments=tuple(map(Option.from_data, data["arguments"])),
            examples=tuple(data["examples"]),
            actions=tuple(map(cls.from_data, data["actions"])),
            family=data["family"],
            destroys=data["destroys"],
            draws=data.get("draws", False),
            views=dict(data["views"]),
        )

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Its declared options, positional arguments among them."""
        if isinstance(self.arguments, str):
            return options_of(resolve_name(self.arguments))
        return self.arguments

    @cached_property
    def flags(self) -> dict[str, Option]:
        """What is typed with a name, by its flags."""
        return flags_of(self.options)

    @cached_property
    def positional(self) -> tuple[Option, ...]:
        """Its arguments that are typed without a name."""
        return tuple(option for option in self.options if option.positional)

    @property
    def takes_text(self) -> bool:
        """Whether the rest of the line after the options is one text, as it was typed."""
        return any(option.verbatim for option in self.options)

    @property
    def usage(self) -> str:
        """How it is written, in one line, without the names of its options."""
        if self.actions:
            return f"{self.name} [{'|'.join(action.name for action in self.actions)}] …"
        words = [_placeholder(option) for option in self.positional if not option.verbatim]
        texts = [option.placeholder for option in self.positional if option.verbatim]
        options = [] if len(self.positional) == len(self.options) else ["[OPTIONS]"]
        return " ".join([self.name, *words, *options, *texts])

    def action(self, name: str) -> Command:
        """The action of a name, or of a unique beginning of one."""
        typed = f"`{self.name} {{}}`"
        listing = f"help {self.name}"
        return find_by_beginning(name, self.actions, f"action of {self.name}", typed, listing)


def _is_line(value: object) -> bool:
    """Whether something is a line of text without controls."""
    return isinstance(value, str) and value.isprintable() and value.strip() != ""


def _is_tuple(value: object) -> bool:
    return isinstance(value, list | tuple)


def _check_options(options: Iterable[Option]) -> None:
    """UsageError where an option cannot be typed, or nobody could tell what it is for."""
    options = tuple(options)
    for option in options:
        if not _is_line(option.help):
            raise UsageError(f"its option {option.typed_name} has no help")
        if option.short and not _SHORT.fullmatch(option.short):
            raise UsageError(
                f"its option {option.typed_name} has the short flag {option.short!r}",
                'write one as "-n"',
            )
    _check_once((flag for option in options if option.has_flags for flag in option.flags), "flag")


def _check_once(names: Iterable[str], what: str) -> None:
    """UsageError where two have one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UsageError(f"it has the {what} {name} twice")
        seen.add(name)


def _resolved(name: str) -> object:
    """What "module:name" names; UsageError where there is nothing."""
    try:
        return resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"it names {name!r}, which is not there: {error}") from error


def _placeholder(option: Option) -> str:
    return option.placeholder if option.required else f"[{option.placeholder}]"


def flag_and_value(option: Option) -> str:
    """An option as it is typed, with the word for its value."""
    flags = ", ".join(option.flags)
    return flags if option.is_switch else f"{flags} {option.placeholder}"


def flags_of(options: Iterable[Option]) -> dict[str, Option]:
    """The options that have flags, by each of these."""
    return {flag: option for option in options if option.has_flags for flag in option.flags}


def find_by_beginning(
    name: str,
    commands: Iterable[Command],
    what: str,
    typed: str,
    listing: str = "help",
    others: Iterable[str] = (),
) -> Command:
    """The command of a name or of a unique beginning of one; UsageError with the nearest.

    `what` is what such a command is called, `typed` how one is typed: "`{}`"; `listing` is the
    command that lists them; `others` are names that are offered too.
    """
    by_name = {command.name: command for command in commands}
    name = name if name in by_name else name.casefold()
    if name in by_name:
        return by_name[name]
    matches = [known for known in by_name if name and known.startswith(name)]
    if len(matches) == 1:
        return by_name[matches[0]]
    if matches:
        *first, last = map(typed.format, matches)
        choices = f"{', '.join(first)} or {last}"
        raise UsageError(f"{name!r} begins several commands", f"did you mean {choices}?")
    offered = [command.name for command in by_name.values() if not command.destroys]
    raise unknown(what, name, [*offered, *others], listing, typed)


class Commands(Mapping[str, Command]):
    """The table of commands, by name.

    macros: the names that a person gave to lines, which are offered where a name is unknown;
    foreign: the commands of others, which take no beginning away from one of ours.
    """

    macros: Collection[str] = ()

    def __init__(self, commands: Sequence[Command], foreign: Collection[str] = ()) -> None:
        self._commands = {command.name: command for command in commands}
        self._foreign = frozenset(foreign)

    def find(self, name: str) -> Command:
        """The command of a name or of a unique beginning of one; UsageError otherwise."""
        if name in OTHER_COMMANDS:
            raise UsageError(
                f"there is no command {name!r}", f"did you mean `{OTHER_COMMANDS[name]}`?"
            )
        ours = [each for own, each in self._commands.items() if own not in self._foreign]
        begun = [each for each in ours if each.name.startswith(name.casefold())]
        if name not in self._commands and len(begun) == 1:
            return find_by_beginning(name, ours, "command", "`{}`")
        return find_by_beginning(
            name, self._commands.values(), "command", "`{}`", others=self.macros
        )

    @property
    def views(self) -> dict[str, str]:
        """The views that commands bring along, by type."""
        return {kind: view for command in self.values() for kind, view in command.views.items()}

    def __getitem__(self, name: str) -> Command:
        return self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)
