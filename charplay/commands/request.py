"""What a person asked for: a command with its typed arguments, read once from what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from charplay.commands.command import Command
from charplay.options import build, typed_words

if TYPE_CHECKING:
    from charplay.sessions.tree import Turn

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """A command, its typed arguments by name, and the format in which to write the result.

    path: the names of the command and, where it has actions, of its action; values: what was
    given, the rest is at its defaults; save: the file to write the result to, if any; retried: the
    turn that is asked again, if one is.
    """

    path: tuple[str, ...]
    command: Command
    values: Mapping[str, Any] = field(default_factory=dict)
    format: str | None = None
    help: bool = False
    save: str | None = None
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
        options = [option for option in self.command.options if option.group != "sampling"]
        return (*self.path, *typed_words(options, self.values))
