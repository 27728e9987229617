"""A session as JSON, to move it to another place: all its turns, without the models' states."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from charplay.errors import CharplayError
from charplay.sessions.checking import (
    UNKNOWN_TIME,
    check_tree,
    read_reply,
    read_session,
    read_turn,
    show_value,
)
from charplay.sessions.tree import SessionRecord, Turn

FORMAT = 1


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
            shown = show_value(values["format"])
            raise ValueError(f"its format is {shown}, this charplay reads {FORMAT}")
        turns = list(map(_imported_turn, values["turns"]))
        check_tree(turns)
        return _imported_session(values, turns), turns
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


def _imported_session(values: dict[str, Any], turns: Sequence[Turn]) -> SessionRecord:
    """The session of a file; its key and times are the store's, a run's path means nothing here."""
    here = {"key": 1, "live": None, "made": UNKNOWN_TIME, "used": UNKNOWN_TIME}
    session = read_session({**values, **here})
    if session.turn is not None and session.turn not in {known.number for known in turns}:
        raise ValueError(f"it was left at turn {session.turn}, which is missing")
    return replace(session, key=0, made="", used="")


def _imported_turn(values: dict[str, Any]) -> Turn:
    said = values["said"]
    if not isinstance(said["replies"], list):
        raise ValueError("the answers of a turn are no list")
    return read_turn({**said, **values}, map(read_reply, said["replies"]))
