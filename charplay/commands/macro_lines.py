"""The line that a macro stands for, with the words typed after its name put in."""

import re
from collections.abc import Mapping, Sequence

from charplay.commands.command import OTHER_WORDS, Commands
from charplay.commands.plain_words import COMMAND_MARK
from charplay.commands.words import Word, first_word, split_off, type_word
from charplay.errors import CharplayError, UsageError, quoted

MOST_NESTED = 20
_NAME = re.compile(r"[^\W\d_][\w-]*")
_PLACE = re.compile(r"\$([1-9*])(?!\d)")
_REST = "*"


def check_macro_name(commands: Commands, name: str) -> None:
    """UsageError for a name that no macro can have."""
    if name in commands or name in OTHER_WORDS:
        raise UsageError(f"{name} is a command already", "give the macro another name")
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"a macro cannot be called {quoted(name)}",
            "take letters, digits, - and _, beginning with a letter",
        )


def usable_macros(
    commands: Commands, macros: Mapping[str, str]
) -> tuple[dict[str, str], list[CharplayError]]:
    """The macros whose names can be typed, and what is wrong with the others."""
    usable, faults = {}, []
    for name, line in macros.items():
        try:
            check_macro_name(commands, name)
            usable[name] = line
        except UsageError as error:
            faults.append(CharplayError(f"in the configuration {error.message}", error.hint))
    return usable, faults


def expand_typed(commands: Commands, macros: Mapping[str, str], line: str) -> str:
    """The line that is meant by a typed one, macros in macros put in; without any, the same.

    A macro is meant by its whole name alone. Raises UsageError where words are missing, or one
    runs itself.
    """
    names: list[str] = []
    while (name := _macro_name(commands, macros, line)) is not None:
        if name in names or len(names) == MOST_NESTED:
            way = " → ".join((*names, name))
            problem = f"{name} runs itself" if name in names else "too many macros in macros"
            raise UsageError(f"{problem}: {way}", f"`macro {name} = LINE` changes it")
        names.append(name)
        rest = line.removeprefix(COMMAND_MARK).lstrip()[len(name) + 1 :]
        line = expand_macro(commands, name, macros[name], rest)
    return line


def _macro_name(commands: Commands, macros: Mapping[str, str], line: str) -> str | None:
    if not line.startswith(COMMAND_MARK):
        return None
    name = first_word(line.removeprefix(COMMAND_MARK))
    return name if name in macros and name not in commands else None


def expand_macro(commands: Commands, name: str, line: str, rest: str) -> str:
    """A macro's line with the words of `rest` for `$1` to `$9`, and all after them for `$*`.

    Without `$*` these come at the end. Raises UsageError where words are missing.
    """
    places = set(_PLACE.findall(line))
    needed = max((int(place) for place in places - {_REST}), default=0)
    words, left = split_off(rest, needed)
    if len(words) < needed:
        typed = " ".join((name, *["WORD"] * needed))
        raise UsageError(
            f"{name} needs {needed} word{'s' if needed > 1 else ''}, and stands for: {line}",
            f"type `{typed}`",
        )
    fill = _fill_text if _takes_text(commands, line) else _fill_words
    filled = fill(line, words, left)
    return filled if _REST in places or not left.strip() else f"{filled} {left}"


def _takes_text(commands: Commands, line: str) -> bool:
    """Whether a line is plain text, or a command that takes a text as it is typed."""
    if not line.startswith(COMMAND_MARK):
        return True
    name, action = (*line.removeprefix(COMMAND_MARK).split()[:2], "", "")[:2]
    try:
        command = commands.find(name)
        return (command.action(action) if command.actions else command).takes_text
    except UsageError:  # no command, but maybe a macro
        return False


def _fill_text(line: str, words: Sequence[Word], left: str) -> str:
    """The line with the words as they read."""
    return _PLACE.sub(
        lambda found: left if found[1] == _REST else words[int(found[1]) - 1].text, line
    )


def _fill_words(line: str, words: Sequence[Word], left: str) -> str:
    """The line with each of the words typed as one word, whatever is in it."""
    filled = []
    while line.strip():
        (word,), after = split_off(line, 1)
        typed = line[: len(line) - len(after)].strip()
        filled.append(_fill_word(word, typed, words, left))
        line = after
    return " ".join(filled)


def _fill_word(word: Word, typed: str, words: Sequence[Word], left: str) -> str:
    found = _PLACE.fullmatch(typed)
    if found:
        return left if found[1] == _REST else type_word(words[int(found[1]) - 1])
    if not _PLACE.search(word.text):
        return typed
    return type_word(Word(_fill_text(word.text, words, left), word.quoted))
