"""The table of sessions."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

from charplay.errors import StorageError, UsageError, quoted
from charplay.sessions.checking import GREATEST_NUMBER, UnsoundError, show_value
from charplay.sessions.database import Database, read_value
from charplay.sessions.faults import REPAIR
from charplay.sessions.rows import (
    SESSION_COLUMNS,
    Row,
    insert_session,
    insert_turn,
    session_from_row,
)
from charplay.sessions.tree import LONGEST_NAME, SessionRecord, Turn

_SELECT = f"SELECT {SESSION_COLUMNS} FROM sessions"
# Of a damaged store a key may be anything.
_NEXT_KEY = f"""SELECT max(
    coalesce((SELECT max(seq) FROM sqlite_sequence
              WHERE typeof(seq) = 'integer' AND seq < {GREATEST_NUMBER}), 0),
    coalesce((SELECT max(key) FROM sessions WHERE key < {GREATEST_NUMBER}), 0)) + 1"""


class SessionTable:
    """Sessions by name, each with its model and with the position where it was left."""

    def __init__(self, database: Database, timestamp: Callable[[], str]) -> None:
        self._database, self._timestamp = database, timestamp

    def find(self, name: str) -> SessionRecord | None:
        """The session of that name; None where there is none, StorageError if it is unsound."""
        rows = self._database.rows(f"{_SELECT} WHERE name = ?", name)
        found = next(filter(None, map(self._read, rows)), None)
        if rows and found is None:
            raise StorageError(f"the session {quoted(name)} cannot be read", REPAIR)
        return found

    def latest(self) -> SessionRecord | None:
        """The session used last of those that can be read; None in an empty store."""
        last = self._select("ORDER BY used DESC LIMIT 1")
        return next(iter(last or self._select("ORDER BY used DESC")), None)

    def names(self) -> list[str]:
        """The names of all sessions, in alphabetical order."""
        names = self._database.rows("SELECT name FROM sessions ORDER BY name")
        return [name for (name,) in names if isinstance(name, str)]

    def name_of(self, key: int) -> str:
        """What to call a session when something in it is told."""
        rows = self._database.rows("SELECT name FROM sessions WHERE key = ?", key)
        return show_value(rows[0][0]) if rows else f"of key {key}"

    def matching(self, text: str = "") -> list[SessionRecord]:
        """The sessions in which a text occurs, or all sessions; the last used first."""
        sessions = self._select("ORDER BY used DESC")
        if not text:
            return sessions
        keys = self._keys_containing(text)
        return [session for session in sessions if session.key in keys]

    def _select(self, clause: str, *values: object) -> list[SessionRecord]:
        rows = self._database.rows(f"{_SELECT} {clause}", *values)
        return list(filter(None, map(self._read, rows)))

    def _read(self, row: Row) -> SessionRecord | None:
        """The session of a row; None where it cannot be read, which is noted."""
        where = f"session {show_value(row[1])}"
        try:
            return session_from_row(
                row, lambda fault: self._database.faults.add(f"{where}: {fault}")
            )
        except UnsoundError as error:
            self._database.faults.add(f"{where} cannot be read: {error}")
            return None

    def _keys_containing(self, text: str) -> set[int]:
        """The sessions with a prompt or an answer that contains a text, in any case."""
        query = """SELECT DISTINCT turns.session FROM turns LEFT JOIN replies
            ON replies.session = turns.session AND turn = turns.number
            WHERE prompt || coalesce(text, '') LIKE ? ESCAPE '!' OR text LIKE ? ESCAPE '!'"""
        literal = "".join(f"!{c}" if c in "%_!" else c for c in text)
        return {key for (key,) in self._database.rows(query, *[f"%{literal}%"] * 2)}

    def add(self, record: SessionRecord, turns: Iterable[Turn]) -> SessionRecord:
        """Keep a session with its turns, all of it or nothing; the session as it was kept."""
        with self._database.transaction() as connection:
            added = self._insert(connection, record, self._timestamp())
            for turn in turns:
                insert_turn(connection, added.key, turn)
        return added

    def begin(
        self, connection: sqlite3.Connection, draft: SessionRecord, now: str
    ) -> SessionRecord:
        """A session at its first turn, within the transaction that writes the turn.

        If another process has begun a session of that name in the meantime, the turn joins it.
        """
        begun = self.find(draft.name)
        if begun:
            return replace(draft, key=begun.key, made=begun.made)
        return self._insert(connection, draft, now)

    def _insert(
        self, connection: sqlite3.Connection, draft: SessionRecord, now: str
    ) -> SessionRecord:
        # Never a key that was used before: another REPL may still be in a session deleted since.
        key = read_value(connection, _NEXT_KEY)
        name = draft.name or f"{'talk' if self._database.file else 'unkept'}-{key}"
        made = replace(draft, key=key, name=_free_name(connection, name), made=now, used=now)
        insert_session(connection, made)
        return made

    def take_in(self, connection: sqlite3.Connection, record: SessionRecord) -> SessionRecord:
        """A session of another store, with its times and where possible its key and name; within
        the transaction that writes its turns."""
        taken = read_value(connection, "SELECT count(*) FROM sessions WHERE key = ?", record.key)
        key = read_value(connection, _NEXT_KEY) if taken else record.key
        name = _free_name(connection, record.name or f"talk-{key}")
        taken_in = replace(record, key=key, name=name)
        insert_session(connection, taken_in)
        return taken_in

    def rename(self, name: str, to: str) -> None:
        """Give a session another name; UsageError where another session has it."""
        if to in self.names():
            raise UsageError(f"there is a session {to} already", "choose another name")
        with self._database.transaction() as connection:
            connection.execute("UPDATE sessions SET name = ? WHERE name = ?", (to, name))

    def delete(self, name: str) -> None:
        """Delete a session with all its turns."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE name = ?", (name,))

    def set_position(self, key: int, turn: int | None, branch: str | None) -> None:
        """Write down where a session was left; it becomes the one used last.

        In a store that is read only, who reads may move about, and the next start knows nothing.
        """
        if self._database.read_only:
            return
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE sessions SET turn = ?, branch = ?, used = ? WHERE key = ?",
                (turn, branch, self._timestamp(), key),
            )

    def set_model(self, record: SessionRecord) -> None:
        """Write down which model a session talks with; it becomes the one used last."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE sessions SET model = ?, digest = ?, live = ?, used = ? WHERE key = ?",
                (record.model, record.digest, record.live, self._timestamp(), record.key),
            )


def _free_name(connection: sqlite3.Connection, name: str) -> str:
    """The name, or the nearest one that no session has."""
    taken = "SELECT count(*) FROM sessions WHERE name = ?"
    numbers = count(1)
    while read_value(connection, taken, name):
        longer = len(name) < LONGEST_NAME
        name = f"{name}+" if longer else f"{name[: LONGEST_NAME // 2]}-{next(numbers)}"
    return name
