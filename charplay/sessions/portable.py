"""A session as JSON, to be taken elsewhere: all its turns, without the models' states."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from charplay.errors import CharplayError
from charplay.sessions.tree import Reply, SessionRecord, Turn, Utterance, check_called

FORMAT = 1
_GREATEST = 2**53


def to_json(session: SessionRecord, turns: Sequence[Turn]) -> str:
    """The session with all its turns."""
    kept = ("name", "model", "digest", "turn", "branch", "made", "used")
    values = {name: value for name, value in asdict(session).items() if name in kept}
    said = [asdict(turn) | {"said": asdict(turn.said)} for turn in turns]
    return json.dumps({"format": FORMAT, **values, "turns": said}, indent=1, ensure_ascii=False)


def from_json(text: str) -> tuple[SessionRecord, list[Turn]]:
    """The session and its turns; CharplayError for what is no whole session."""
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or "turns" not in values:
            raise ValueError("it holds no turns")
        if values["format"] != FORMAT:
            raise ValueError(f"it has format {values['format']!r}, and this reads {FORMAT}")
        turns = [_turn(each) for each in values["turns"]]
        _check_tree(turns)
        return _session(values, turns), turns
    except (ValueError, KeyError, TypeError, RecursionError, CharplayError) as error:
        raise CharplayError(
            f"this is no exported session: {_reason(error)}", "export one: export FILE.json"
        ) from error


def _reason(error: Exception) -> str:
    """What is wrong with a file, in words for a person."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON, or not all of it (line {error.lineno})"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _session(values: dict[str, Any], turns: Sequence[Turn]) -> SessionRecord:
    turn, branch = _typed(values, "turn", int | None), _typed(values, "branch", str | None)
    if turn is not None and turn not in {each.number for each in turns}:
        raise ValueError(f"turn {turn}, where it was left, is missing")
    return SessionRecord(
        name=check_called(_typed(values, "name", str), "a session"),
        model=_typed(values, "model", str),
        digest=_typed(values, "digest", str),
        turn=turn,
        branch=branch,
    )


def _turn(values: dict[str, Any]) -> Turn:
    said = values["said"]
    return Turn(
        number=_number(values, "number"),
        parent=None if values["parent"] is None else _number(values, "parent"),
        anchor=None if values["anchor"] is None else _number(values, "anchor"),
        branch=check_called(_typed(values, "branch", str), "a branch"),
        made=_typed(values, "made", str),
        said=Utterance(
            prompt=_typed(said, "prompt", str),
            replies=tuple(map(_reply, said["replies"])),
            seed=_typed(said, "seed", int),
            model=_typed(said, "model", str),
            digest=_typed(said, "digest", str),
            options=_typed(said, "options", dict),
            folded=_typed(said, "folded", str),
            dropped=_typed(said, "dropped", str),
            words=tuple(map(str, said["words"])),
            moves=_typed(said, "moves", bool),
        ),
    )


def _reply(values: dict[str, Any]) -> Reply:
    return Reply(
        text=_typed(values, "text", str),
        number=_number(values, "number"),
        stopped=_typed(values, "stopped", str),
        kept=_typed(values, "kept", bool),
    )


def _typed(values: dict[str, Any], name: str, kind: Any) -> Any:
    value = values[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{name} cannot be {str(value)[:40]!r}")
    return value


def _number(values: dict[str, Any], name: str) -> int:
    number: int = _typed(values, name, int)
    if not 0 < number < _GREATEST:
        raise ValueError(f"{name} cannot be {number}")
    return number


def _check_tree(turns: Sequence[Turn]) -> None:
    """ValueError unless every turn stands after the one that it follows."""
    anchors: dict[int | None, int | None] = {None: None}
    for turn in turns:
        numbers = {reply.number for reply in turn.said.replies}
        sound = (
            turn.number not in anchors
            and turn.parent in anchors
            and (turn.parent or 0) < turn.number
            and turn.anchor == (turn.number if turn.said.moves else anchors[turn.parent])
            and len(numbers) == len(turn.said.replies)
            and 0 <= turn.said.seed < 2**64
        )
        if not sound:
            raise ValueError(f"turn {turn.number} does not fit the others")
        anchors[turn.number] = turn.anchor
