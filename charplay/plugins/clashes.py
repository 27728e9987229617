"""Names of options that two would answer to: a plugin's own, and those that are charplay's."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from charplay.options import Option


class OptionClash(NamedTuple):
    """An option whose name, or short flag, is taken; owner: what has it: "a training plan"."""

    name: str
    taken: str
    owner: str

    def __str__(self) -> str:
        kind = "flag" if self.taken.startswith("-") else "option"
        return f"the {kind} {self.taken} is also one of {self.owner}"


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
