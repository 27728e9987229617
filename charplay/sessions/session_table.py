"""The table of sessions."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace

from charplay.errors import UsageError
from charplay.sessions.database import Database, read_value
from charplay.sessions.rows import SESSION_COLUMNS, insert_turn
from charplay.sessions.tree import SessionRecord, Turn


class SessionTable:
    """Sessions by name, each with its model and with the position where it was left."""

    def __init__(self, database: Database, timestamp: Callable[[], str]) -> None:
        self._database, self._timestamp = database, timestamp

    def find(self, name: str) -> SessionRecord | None:
        """The session of that name; None where there is none."""
        return next(iter(self._select("WHERE name = ?", name)), None)

    def latest(self) -> SessionRecord | None:
        """The session used last; None in an empty store."""
        return next(iter(self._select("ORDER BY used DESC LIMIT 1")), None)

    def names(self) -> list[str]:
        """The names of all sessions, in alphabetical order."""
        return [name for (name,) in self._database.rows("SELECT name FROM sessions ORDER BY name")]

    def matching(self, text: str = "") -> list[SessionRecord]:
        """The sessions in which a text occurs, or all sessions; the last used first."""
        sessions = self._select("ORDER BY used DESC")
        if not text:
            return sessions
        keys = self._keys_containing(text)
        return [session for session in sessions if session.key in keys]

    def _select(self, clause: str, *values: object) -> list[SessionRecord]:
        query = f"SELECT {SESSION_COLUMNS} FROM sessions {clause}"
        return [SessionRecord(*row) for row in self._database.rows(query, *values)]

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
        query = "SELECT key, made FROM sessions WHERE name = ?"
        begun = connection.execute(query, (draft.name,)).fetchone()
        if begun:
            return replace(draft, key=begun[0], made=begun[1])
        return self._insert(connection, draft, now)

    def _insert(
        self, connection: sqlite3.Connection, draft: SessionRecord, now: str
    ) -> SessionRecord:
        # Never a key that was used before: another REPL may still be in a session deleted since.
        key = read_value(connection, "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence")
        name = draft.name or f"{'talk' if self._database.file else 'unkept'}-{key}"
        while read_value(connection, "SELECT count(*) FROM sessions WHERE name = ?", name):
            name += "+"
        made = replace(draft, key=key, name=name, made=now, used=now)
        values = (key, name, made.model, made.digest, made.live, made.turn, made.branch, now, now)
        connection.execute(
            f"INSERT INTO sessions ({SESSION_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values
        )
        return made

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
