"""The columns of the store's tables, and turns and answers to and from their rows."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, TypeAlias

from charplay.sessions.checking import Tell, read_reply, read_session, read_turn
from charplay.sessions.tree import Reply, SessionRecord, Turn
from charplay.undecoded import escape_undecoded

Row: TypeAlias = tuple[Any, ...]

SESSION_COLUMNS = "key, name, model, digest, live, turn, branch, made, used"
TURN_COLUMNS = (
    "number, parent, anchor, branch, made, prompt, seed, model, digest, options, folded, dropped, "
    "words, moves"
)
REPLY_COLUMNS = "turn, number, text, stopped, kept"
_SESSION_NAMES = SESSION_COLUMNS.split(", ")
_TURN_NAMES = TURN_COLUMNS.split(", ")
_REPLY_NAMES = REPLY_COLUMNS.split(", ")


def session_from_row(row: Row, tell: Tell) -> SessionRecord:
    """A session, from a row of SESSION_COLUMNS; UnsoundError where it cannot be read."""
    return read_session(dict(zip(_SESSION_NAMES, row, strict=True)), tell)


def turn_from_row(row: Row, replies: Iterable[Reply], tell: Tell) -> Turn:
    """A turn, from a row of TURN_COLUMNS and from its replies; UnsoundError where it cannot be."""
    values = dict(zip(_TURN_NAMES, row, strict=True))
    parsed = {name: _parse_json(values[name]) for name in ("seed", "options", "words")}
    return read_turn({**values, **parsed, "moves": _flag(values["moves"])}, replies, tell)


def reply_from_row(row: Row, tell: Tell) -> Reply:
    """An answer, from a row of REPLY_COLUMNS; UnsoundError where it cannot be read."""
    values = dict(zip(_REPLY_NAMES, row, strict=True))
    return read_reply({**values, "kept": _flag(values["kept"])}, tell)


def _parse_json(value: Any) -> Any:
    """What a text of JSON holds; any other value as it is, for the check to tell."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _flag(value: Any) -> Any:
    """A truth value, which SQLite keeps as a number; any other value as it is."""
    return bool(value) if isinstance(value, int) and value in (0, 1) else value


def insert_session(connection: sqlite3.Connection, record: SessionRecord) -> None:
    """Write a session within a transaction."""
    values = [getattr(record, name) for name in _SESSION_NAMES]
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO sessions ({SESSION_COLUMNS}) VALUES ({marks})", values)


def insert_turn(connection: sqlite3.Connection, session: int, turn: Turn) -> None:
    """Write a turn with its replies within a transaction."""
    said = turn.said
    values = (
        *(session, turn.number, turn.parent, turn.anchor, turn.branch, turn.made),
        # As text, since a seed may be larger than SQLite's integers.
        *(said.prompt, str(said.seed), said.model, said.digest),
        *(_compact_json(said.options), said.folded, said.dropped),
        *(_compact_json(list(map(escape_undecoded, said.words))), said.moves),
    )
    marks = ", ".join("?" * len(values))
    storable = [escape_undecoded(value) if isinstance(value, str) else value for value in values]
    connection.execute(f"INSERT INTO turns (session, {TURN_COLUMNS}) VALUES ({marks})", storable)
    connection.executemany(
        f"INSERT INTO replies (session, {REPLY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (session, turn.number, r.number, escape_undecoded(r.text), r.stopped, r.kept)
            for r in said.replies
        ),
    )


def _compact_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
