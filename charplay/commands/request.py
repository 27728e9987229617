"""What a person asked for: a command with its typed arguments, read once from what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from charplay.commands.command import Command
from charplay.commands.words import END_OF_OPTIONS
from charplay.options import Option, build

if TYPE_CHECKING:
    from charplay.sessions.tree import Turn

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """A command, its typed arguments by name, and the format in which to write the result.

    path: the names of the command and, where it has actions, of its action; values: what was
    given, the rest is at its defaults; retried: the turn that is asked again, if one is.
    """

    path: tuple[str, ...]
    command: Command
    values: Mapping[str, Any] = field(default_factory=dict)
    format: str | None = None
    help: bool = False
    retried: Turn | None = None

    def fill(self, cls: type[T]) -> T:
        """The arguments as an instance of their options class."""
        groups = {option.name: option.group for option in self.command.options if option.group}
        direct = {name: value for name, value in self.values.items() if name not in groups}
        made = build(cls, direct, "option")
        grouped: dict[str, dict[str, Any]] = {}
        for name, group in groups.items():
            if name in self.values:
                grouped.setdefault(group, {})[name] = self.values[name]
        return replace(made, **grouped)  # type: ignore[type-var]

    def with_values(self, values: Mapping[str, Any]) -> Request:
        """The same request with other values."""
        return replace(self, values=values)

    def asked_again(self, turn: Turn, options: Mapping[str, Any]) -> Request:
        """The same request, with those options, beside a turn of the session."""
        return replace(self, values={**self.values, **options}, retried=turn)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that ask for the same again, without options of sampling; plain text has none.

        Sampling is kept beside them, whole: the options in a model's file may change.
        """
        if not self.path:
            return ()
        options: list[str] = []
        positional: list[str] = []
        for option in self.command.options:
            value = self.values.get(option.name, option.default)
            if option.group == "sampling" or value == option.default:
                continue
            (positional if option.positional else options).extend(_typed_words(option, value))
        if any(word.startswith("-") for word in positional):
            return (*self.path, *options, END_OF_OPTIONS, *positional)
        return (*self.path, *positional, *options)


def _typed_words(option: Option, value: Any) -> list[str]:
    """A value as it is typed, with its flag unless it is positional."""
    words = [str(one) for one in (value if option.many else (value,))]
    flag = f"--{option.typed_name}"
    if option.positional:
        return words
    if option.is_switch:
        return [flag if value else f"{flag}=off"]
    if words[0].startswith("-"):
        return [f"{flag}={words[0]}", *words[1:]]
    return [flag, *words]
