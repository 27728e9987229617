"""The errors that reach a person: one line of what happened, one of what to type next."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import IntEnum


class ExitStatus(IntEnum):
    """What the shell is told when charplay ends."""

    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2
    INTERRUPTED = 130


class CharplayError(Exception):
    """Something went wrong that a person can do something about.

    `message` says what happened; `hint` says what to type or do next. A command in a hint is
    written in backquotes, without a mark before it, as in "`tree` shows the turns".
    """

    status = ExitStatus.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CharplayError):
    """The words typed do not make a command."""

    status = ExitStatus.WRONG_USAGE


class CorpusError(CharplayError):
    """A text cannot be read, or does not fit the plan it is meant for."""


class ModelFileError(CharplayError):
    """A model file is missing, damaged, changed, or not a model."""


class BackendMissingError(ModelFileError):
    """A model file is whole, and the backend that can load it is not installed."""


class TrainingError(CharplayError):
    """Training cannot go on."""


class StorageError(CharplayError):
    """The data home, or a file in it, cannot be read or written."""


class PluginError(CharplayError):
    """A plugin failed, or gave something that does not fit the contract."""


class MisfitError(PluginError):
    """Something that a plugin gave does not keep the contract."""

    def __init__(self, method: str, expected: str, came: str) -> None:
        super().__init__(f"{method} should give {expected}; it gave {came}")


class SessionGoneError(StorageError):
    """A session, or the whole store of them, is not there any more."""


_LONGEST_SHOWN = 60
_MOST_LISTED = 8
_COMMAND = re.compile(r"`([^`]+)`")


def unknown(
    what: str, name: str, known: Iterable[str], listing: str = "", typed: str = "{}"
) -> UsageError:
    """An error for a name that nothing has, with the nearest ones that something has.

    `listing` is the command that lists what there is; `typed` says how a name is typed, where it
    is a command: "`{}`".
    """
    known = sorted(known)
    close = nearest_names(name, known)
    if close:
        hint = f"did you mean {' or '.join(map(typed.format, close))}?"
    elif listing:
        hint = f"`{listing}` lists what there is"
    elif known:
        hint = f"there {'is' if len(known) == 1 else 'are'} {list_first(known)}"
    else:
        hint = "there is none at all"
    shown = name if len(name) <= _LONGEST_SHOWN else name[:_LONGEST_SHOWN] + "…"
    return UsageError(f"there is no {what} {quoted(shown)}", hint)


def list_first(words: Iterable[str], most: int = _MOST_LISTED, between: str = ", ") -> str:
    """The first of some words, and how many more there are: `a, b, c and 1,041 more`."""
    listed = list(words)
    shown = between.join(listed[:most])
    left = len(listed) - most
    return f"{shown} and {left:,} more" if left > 0 else shown


def quoted(text: object) -> str:
    r"""A value in quotation marks, with a backslash as it is typed: `'Ze\xff'`."""
    return repr(text).replace(r"\\", "\\")


def nearest_names(name: str, known: Sequence[str]) -> list[str]:
    """At most three known names that are like a name, or begin with it."""
    # The dashes that all options share say nothing of what was meant.
    bare = {other.lstrip("-"): other for other in known}
    matches = get_close_matches(name.lower().lstrip("-"), bare)
    close = [bare[match] for match in matches]
    close += [other for other in known if name and other.startswith(name) and other not in close]
    return close[:3]


def show_commands(text: str, prefix: str) -> str:
    """A hint with each command, marked by backquotes, as it is typed here: `:tree`."""
    return _COMMAND.sub(lambda match: prefix + match[1], text)
