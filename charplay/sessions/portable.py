"""A session as JSON, to move it to another place: all its turns, without the models' states."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from charplay.errors import CharplayError
from charplay.sessions.tree import Reply, SessionRecord, Turn, Utterance, check_session_name
from charplay.undecoded import escape_undecoded

FORMAT = 1
_GREATEST_NUMBER = 2**53


def session_to_json(session: SessionRecord, turns: Sequence[Turn]) -> str:
    """The session with all its turns, as JSON."""
    kept = ("name", "model", "digest", "turn", "branch", "made", "used")
    values = {name: value for name, value in asdict(session).items() if name in kept}
    said = [asdict(turn) | {"said": asdict(turn.said)} for turn in turns]
    page = json.dumps({"format": FORMAT, **values, "turns": said}, indent=1, ensure_ascii=False)
    return page.encode("utf-8", "backslashreplace").decode()  # half of a pair is escaped by JSON


def session_from_json(text: str) -> tuple[SessionRecord, list[Turn]]:
    """The session and its turns; CharplayError where the text is not one whole session."""
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or "turns" not in values:
            raise ValueError("it has no turns")
        if values["format"] != FORMAT:
            raise ValueError(f"its format is {values['format']!r}, this charplay reads {FORMAT}")
        turns = list(map(_read_turn, values["turns"]))
        _check_tree(turns)
        return _read_session(values, turns), turns
    except (ValueError, KeyError, TypeError, RecursionError, CharplayError) as error:
        raise CharplayError(
            f"this is not an exported session: {_explain_fault(error)}",
            "`export FILE.json` writes one",
        ) from error


def _explain_fault(error: Exception) -> str:
    """What is wrong with a file, in words for a person."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON, or not all of it (line {error.lineno})"
    if isinstance(error, TypeError | RecursionError):
        return "a part of it has another form"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _read_session(values: dict[str, Any], turns: Sequence[Turn]) -> SessionRecord:
    turn = _typed_value(values, "turn", int | None)
    if turn is not None and turn not in {known.number for known in turns}:
        raise ValueError(f"it was left at turn {turn}, which is missing")
    return SessionRecord(
        name=check_session_name(_typed_value(values, "name", str), "a session"),
        model=_typed_value(values, "model", str),
        digest=_typed_value(values, "digest", str),
        turn=turn,
        branch=_typed_value(values, "branch", str | None),
    )


def _read_turn(values: dict[str, Any]) -> Turn:
    said = values["said"]
    return Turn(
        number=_positive_number(values, "number"),
        parent=None if values["parent"] is None else _positive_number(values, "parent"),
        anchor=None if values["anchor"] is None else _positive_number(values, "anchor"),
        branch=check_session_name(_typed_value(values, "branch", str), "a branch"),
        made=_typed_value(values, "made", str),
        said=Utterance(
            prompt=_typed_value(said, "prompt", str),
            replies=tuple(map(_read_reply, said["replies"])),
            seed=_typed_value(said, "seed", int),
            model=_typed_value(said, "model", str),
            digest=_typed_value(said, "digest", str),
            options=_typed_value(said, "options", dict),
            folded=_typed_value(said, "folded", str),
            dropped=_typed_value(said, "dropped", str),
            words=tuple(escape_undecoded(str(word)) for word in said["words"]),
            moves=_typed_value(said, "moves", bool),
        ),
    )


def _read_reply(values: dict[str, Any]) -> Reply:
    return Reply(
        text=_typed_value(values, "text", str),
        number=_positive_number(values, "number"),
        stopped=_typed_value(values, "stopped", str),
        kept=_typed_value(values, "kept", bool),
    )


def _typed_value(values: dict[str, Any], name: str, kind: Any) -> Any:
    value = values[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{name} cannot be {str(value)[:40]!r}")
    return escape_undecoded(value) if isinstance(value, str) else value


def _positive_number(values: dict[str, Any], name: str) -> int:
    number: int = _typed_value(values, name, int)
    if not 0 < number < _GREATEST_NUMBER:
        raise ValueError(f"{name} cannot be {number}")
    return number


def _check_tree(turns: Sequence[Turn]) -> None:
    """Raise ValueError unless every turn comes after its parent and fits it."""
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
