"""Names of options that two would answer to: a plugin's own, and those that are charplay's."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from charplay.options import Option, options_of
from charplay.plan import Plan, Stage, TextChoice


class OptionClash(NamedTuple):
    """An option whose name, or short flag, is taken; owner: what has it: "a training plan"."""

    name: str
    taken: str
    owner: str

    def __str__(self) -> str:
        kind = "flag" if self.taken.startswith("-") else "option"
        return f"the {kind} {self.taken} is also one of {self.owner}"


def backend_clashes(config: Any) -> tuple[OptionClash, ...]:
    """The options of a backend's `Config` whose names `--set` already uses for a training run."""
    owners: dict[str, Any] = {"a training plan": Plan, "a stage": Stage, "a text": TextChoice}
    taken = {owner: options_of(options) for owner, options in owners.items()}
    return find_clashes(options_of(config), taken)


def find_clashes(
    options: Iterable[Option], taken: Mapping[str, Iterable[Option]]
) -> tuple[OptionClash, ...]:
    """The options with a name or a short flag of others, which are given by their owner's name."""
    owners = {
        word: owner for owner, theirs in taken.items() for one in theirs for word in _words(one)
    }
    return tuple(
        OptionClash(option.typed_name, word, owners[word])
        for option in options
        for word in _words(option)
        if word in owners
    )


def _words(option: Option) -> tuple[str, ...]:
    """What an option is typed by."""
    return (option.typed_name, option.short) if option.short else (option.typed_name,)
