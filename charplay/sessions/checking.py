"""The one place where values of a session come in: rows of a store, and files that were exported.

A row and an object of JSON are both a mapping of names to values, and nothing in it is trusted. A
file is refused for the first unsound value. What a store holds is mended as far as possible: what a
turn cannot do without sets the turn aside, any other value is replaced, and each fault is told.
"""

import math
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from charplay.errors import CharplayError, quoted
from charplay.sessions.choice import TURN_COMMANDS
from charplay.sessions.tree import (
    TRUNK,
    Reply,
    SessionRecord,
    Turn,
    Utterance,
    check_session_name,
)
from charplay.undecoded import escape_undecoded

Values = Mapping[str, Any]
Tell = Callable[[str], None]

GREATEST_NUMBER = 2**53
UNKNOWN_TIME = "1970-01-01T00:00:00+00:00"
_ESSENTIAL = object()
_LONGEST_SHOWN, _LONGEST_NAME, _LONGEST_SIGN = 40, 300, 40
_MOST_OPTIONS, _GREATEST_VALUE = 100, 2**64
_YEARS = range(1970, 9999)
_DIGEST = re.compile("[0-9a-f]{0,64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.+Z-]{1,30})?")


class UnsoundError(ValueError):
    """A value that charplay has not written."""


def read_session(values: Values, tell: Tell | None = None) -> SessionRecord:
    """A session; `tell` is called for each value that was replaced.

    Raises UnsoundError for a value that it cannot be without, and without `tell` for any.
    """
    return SessionRecord(**_read_fields(values, _SESSION, tell))


def read_turn(values: Values, replies: Iterable[Reply], tell: Tell | None = None) -> Turn:
    """A turn with its answers, alone: `check_tree` and `grow_tree` see it among the others.

    values: those of the turn and of its utterance. Of answers with one number, all but the first
    are given another. Otherwise as `read_session`.
    """
    place, said = _read_fields(values, _TURN, tell), _read_fields(values, _UTTERANCE, tell)
    if said["moves"] is None:
        said["moves"] = place["anchor"] == place["number"]
    numbered = _number_once(replies, tell) if tell else replies
    return Turn(**place, said=Utterance(**said, replies=tuple(numbered)))


def _number_once(replies: Iterable[Reply], tell: Tell) -> Iterable[Reply]:
    found: dict[int, Reply] = {}
    for reply in replies:
        number = reply.number
        if number in found:
            number = _free_number(found)
            tell(f"answer {reply.number} stands there twice; the second is answer {number}")
        found[number] = replace(reply, number=number)
    return found.values()


def _free_number(taken: Container[int], above: int = 0) -> int:
    return next(number for number in count(above + 1) if number not in taken)


def read_reply(values: Values, tell: Tell | None = None) -> Reply:
    """An answer, as `read_session`."""
    return Reply(**_read_fields(values, _REPLY, tell))


def check_tree(turns: Sequence[Turn]) -> None:
    """Raise UnsoundError unless every turn comes after its parent and fits it."""
    anchors: dict[int | None, int | None] = {None: None}
    for turn in turns:
        numbers = {reply.number for reply in turn.said.replies}
        sound = (
            turn.number not in anchors
            and turn.parent in anchors
            and (turn.parent or 0) < turn.number
            and turn.anchor == (turn.number if turn.said.moves else anchors[turn.parent])
            and len(numbers) == len(turn.said.replies)
        )
        if not sound:
            raise UnsoundError(f"turn {turn.number} does not fit the others")
        anchors[turn.number] = turn.anchor


def grow_tree(
    turns: Iterable[Turn], parents: Mapping[Any, Any], tell: Callable[[Turn, str], None]
) -> list[Turn]:
    """The turns as one sound tree, by number.

    A turn whose parent cannot be read follows the nearest one before that, by `parents`: for each
    number in the store what stands as its parent there. Of turns with one number, all but the first
    are given another.
    """
    ordered = sorted(turns, key=lambda turn: turn.number)
    taken = {turn.number for turn in ordered}
    grown: dict[int, Turn] = {}
    for turn in ordered:
        number = turn.number
        if number in grown:
            number = _free_number(taken, number)
            taken.add(number)
            tell(turn, f"it stands there twice; the second is turn {number}")
        parent = _nearest_before(turn, parents, grown)
        anchor = number if turn.said.moves else grown[parent].anchor if parent else None
        if parent != turn.parent:
            place = f"turn {parent}" if parent else "the beginning"
            tell(turn, f"it cannot follow turn {turn.parent}; it follows {place}")
        grown[number] = replace(turn, number=number, parent=parent, anchor=anchor)
    return [turn for _, turn in sorted(grown.items())]


def _nearest_before(
    turn: Turn, parents: Mapping[Any, Any], grown: Mapping[int, Turn]
) -> int | None:
    """The number of the nearest turn before one that can be read; each step goes to a lower one."""
    number, parent = turn.number, turn.parent
    while isinstance(parent, int) and parent < number:
        if parent in grown:
            return parent
        number, parent = parent, parents.get(parent)
    return None


@dataclass(frozen=True)
class _Field:
    """How a value is checked, and what stands in place of one that is unsound."""

    check: Callable[[Any], Any]
    otherwise: Any = _ESSENTIAL


def _read_fields(values: Values, fields: Mapping[str, _Field], tell: Tell | None) -> dict[str, Any]:
    return {name: _read_field(values[name], name, field, tell) for name, field in fields.items()}


def _read_field(value: Any, name: str, field: _Field, tell: Tell | None) -> Any:
    try:
        return field.check(value)
    except (ValueError, TypeError, OverflowError, RecursionError, CharplayError) as error:
        fault = f"{name} cannot be {show_value(value)}"
        if tell is None or field.otherwise is _ESSENTIAL:
            raise UnsoundError(fault) from error
        tell(fault)
        return field.otherwise


def show_value(value: object) -> str:
    """A value in one short line, whatever it is."""
    try:
        shown = quoted(value[:_LONGEST_SHOWN] if isinstance(value, str | bytes) else value)
    except (ValueError, RecursionError):  # a number too long to write, a list too deep
        return "what it is"
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


def _checked(condition: bool, value: Any) -> Any:
    if not condition:
        raise UnsoundError
    return value


def read_number(value: Any) -> int:
    """A number of a session, a turn or an answer; UnsoundError for anything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    number: int = _checked(whole and 0 < value < GREATEST_NUMBER, value)
    return number


def _seed(value: Any) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    seed: int = _checked(whole and 0 <= value < 2**64, value)
    return seed


def _flag(value: Any) -> bool:
    flag: bool = _checked(isinstance(value, bool), value)
    return flag


def _text(value: Any) -> str:
    return escape_undecoded(_checked(isinstance(value, str), value))


def _short(value: Any) -> str:
    text = _text(value)
    return str(_checked(len(text) <= _LONGEST_NAME, text))


def _stopped(value: Any) -> str:
    text = _text(value)
    return str(_checked(len(text) <= _LONGEST_SIGN and text.isprintable(), text))


def _digest(value: Any) -> str:
    return str(_checked(bool(_DIGEST.fullmatch(value)), value))


def _time(value: Any) -> str:
    sound = _TIME.fullmatch(value) and datetime.fromisoformat(value).year in _YEARS
    return str(_checked(bool(sound), value))


def _options(value: Any) -> dict[str, Any]:
    _checked(isinstance(value, dict) and len(value) <= _MOST_OPTIONS, value)
    return {_short(name): _option(each) for name, each in value.items()}


def _option(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _checked(math.isfinite(value) and abs(value) < _GREATEST_VALUE, value)
    return _text(value)


def _words(value: Any) -> tuple[str, ...]:
    words = tuple(map(_text, _checked(isinstance(value, list | tuple), value)))
    return tuple(_checked(not words or words[0] in TURN_COMMANDS, words))


def _or_none(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else check(value)


_SESSION = {
    "key": _Field(read_number),
    "name": _Field(lambda value: check_session_name(value, "a session")),
    "model": _Field(_short, ""),
    "digest": _Field(_digest, ""),
    "live": _Field(_or_none(_text), None),
    "turn": _Field(_or_none(read_number), None),
    "branch": _Field(_or_none(lambda value: check_session_name(value, "a branch")), None),
    "made": _Field(_time, UNKNOWN_TIME),
    "used": _Field(_time, UNKNOWN_TIME),
}
_TURN = {
    "number": _Field(read_number),
    "parent": _Field(_or_none(read_number), None),
    "anchor": _Field(_or_none(read_number), None),
    "branch": _Field(lambda value: check_session_name(value, "a branch"), TRUNK),
    "made": _Field(_time, UNKNOWN_TIME),
}
_UTTERANCE = {
    "prompt": _Field(_text),
    "seed": _Field(_seed, 0),
    "model": _Field(_short, ""),
    "digest": _Field(_digest, ""),
    "options": _Field(_options, {}),
    "folded": _Field(_text, ""),
    "dropped": _Field(_text, ""),
    "words": _Field(_words, ()),
    "moves": _Field(_flag, None),
}
_REPLY = {
    "text": _Field(_text),
    "number": _Field(read_number),
    "stopped": _Field(_stopped, ""),
    "kept": _Field(_flag, False),
}
