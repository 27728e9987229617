"""The tables of turns and of their answers."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace

from charplay.errors import UsageError
from charplay.sessions.database import Database, read_value
from charplay.sessions.rows import (
    REPLY_COLUMNS,
    TURN_COLUMNS,
    insert_turn,
    replies_from_rows,
    turn_from_row,
)
from charplay.sessions.session_table import SessionTable
from charplay.sessions.state_table import Snapshot, insert_snapshot
from charplay.sessions.tree import TRUNK, Favourite, Reply, SessionRecord, Turn, Utterance

_COUNT = "SELECT coalesce(max(number), 0) FROM turns WHERE session = ?"
# From a turn to its parent and on to the first one; a parent always has a lower number.
_PATH = """WITH RECURSIVE path (number, parent) AS (
    SELECT number, parent FROM turns WHERE session = ? AND number = ?
    UNION ALL
    SELECT turns.number, turns.parent FROM turns JOIN path ON turns.number = path.parent
    WHERE turns.session = ?
)"""


_BEGINNING = 80


class TurnTable:
    """Turns by session and number, with their answers."""

    def __init__(
        self, database: Database, sessions: SessionTable, timestamp: Callable[[], str]
    ) -> None:
        self._database, self._sessions, self._timestamp = database, sessions, timestamp

    def add(
        self,
        session: SessionRecord,
        utterance: Utterance,
        after: Turn | None,
        snapshot: Snapshot | None,
    ) -> tuple[SessionRecord, Turn]:
        """Keep an utterance after a turn, in one transaction; the session and the new turn.

        A new session is kept with its first turn. The new turn begins the branch `session.branch`
        where that is given and no turn has it yet. Else it continues the branch of the turn before
        it, if no other turn follows that one; if one does, it begins a branch `branch-N`, where N
        is its own number.
        """
        now = self._timestamp()
        with self._database.transaction() as connection:
            if not session.key:
                session = self._sessions.begin(connection, session, now)
            turn = _place_utterance(connection, session, utterance, after, now)
            insert_turn(connection, session.key, turn)
            if snapshot:
                insert_snapshot(connection, session.key, turn.number, snapshot)
            connection.execute(
                "UPDATE sessions SET turn = ?, branch = NULL, model = ?, digest = ?, live = ?, "
                "used = ? WHERE key = ?",
                (turn.number, session.model, session.digest, session.live, now, session.key),
            )
        return replace(session, turn=turn.number, branch=None, used=now), turn

    def get(self, key: int, number: int) -> Turn:
        """One turn; UsageError where the session has no turn of that number."""
        condition = "WHERE session = ? AND number = ?"
        rows = self._database.rows(f"SELECT {TURN_COLUMNS} FROM turns {condition}", key, number)
        if not rows:
            raise UsageError(f"there is no turn {number}", "`tree` shows the turns")
        query = f"SELECT {REPLY_COLUMNS} FROM replies WHERE session = ? AND turn = ? ORDER BY rowid"
        replies = replies_from_rows(self._database.rows(query, key, number))
        return turn_from_row(rows[0], replies.get(number, ()))

    def all(self, key: int) -> list[Turn]:
        """All turns of a session, the oldest first."""
        query = f"SELECT {REPLY_COLUMNS} FROM replies WHERE session = ? ORDER BY rowid"
        replies = replies_from_rows(self._database.rows(query, key))
        query = f"SELECT {TURN_COLUMNS} FROM turns WHERE session = ? ORDER BY number"
        rows = self._database.rows(query, key)
        return [turn_from_row(row, replies.get(row[0], ())) for row in rows]

    def beginnings(self, key: int) -> list[tuple[int, str]]:
        """The number of each turn and how its first text begins, the newest first.

        Much less is read than all turns are.
        """
        query = """SELECT number, substr(prompt || coalesce((SELECT text FROM replies
            WHERE replies.session = turns.session AND turn = turns.number LIMIT 1), ''), 1, ?)
            FROM turns WHERE session = ? ORDER BY number DESC"""
        return self._database.rows(query, _BEGINNING, key)

    def texts(self, key: int, anchor: int | None) -> list[str]:
        """The text that each turn adds to the conversation, from the first turn to `anchor`."""
        query = f"""{_PATH} SELECT turns.prompt, (
                SELECT text FROM replies
                WHERE session = turns.session AND turn = turns.number ORDER BY rowid DESC LIMIT 1
            ) FROM path JOIN turns ON turns.session = ? AND turns.number = path.number
            WHERE turns.moves ORDER BY turns.number"""
        rows = self._database.rows(query, key, anchor, key, key)
        return [prompt + (answer or "") for prompt, answer in rows]

    def last_of_branch(self, key: int, branch: str) -> int | None:
        """The number of a branch's last turn; None where there is no such branch."""
        query = "SELECT max(number) FROM turns WHERE session = ? AND branch = ?"
        number: int | None = self._database.value(query, key, branch)
        return number

    def branches(self, key: int) -> list[str]:
        """The names of a session's branches, the oldest first."""
        query = "SELECT branch FROM turns WHERE session = ? GROUP BY branch ORDER BY min(number)"
        return [branch for (branch,) in self._database.rows(query, key)]

    def count(self, key: int) -> int:
        """How many turns a session has."""
        number: int = self._database.value(_COUNT, key)
        return number

    def keep(self, key: int, answers: Iterable[tuple[int, int]], kept: bool = True) -> None:
        """Mark answers, by turn and number, as favourites, or no longer."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE replies SET kept = ? WHERE session = ? AND turn = ? AND number = ?",
                [(kept, key, turn, number) for turn, number in answers],
            )

    def kept(self, key: int | None) -> list[Favourite]:
        """The favourites of a session, or of all sessions for None; the oldest first."""
        columns = [f"turns.{name}" for name in TURN_COLUMNS.split(", ")]
        query = f"""SELECT name, replies.number, text, stopped, {", ".join(columns)}
            FROM replies JOIN turns ON turns.session = replies.session
            AND turns.number = replies.turn
            JOIN sessions ON key = replies.session
            WHERE kept AND (? IS NULL OR key = ?) ORDER BY turns.made, replies.number"""
        return [
            Favourite.of(
                session, turn_from_row(tuple(turn), ()), Reply(text, number, stopped, True)
            )
            for session, number, text, stopped, *turn in self._database.rows(query, key, key)
        ]

    def followers(self, key: int, turn: int | None) -> list[int]:
        """The numbers of the turns that follow a turn, or the beginning; the oldest first."""
        query = "SELECT number FROM turns WHERE session = ? AND parent IS ? ORDER BY number"
        return [number for (number,) in self._database.rows(query, key, turn)]

    def rename_model(self, name: str, to: str) -> None:
        """Have every turn and session that talks of a model call it by another name."""
        with self._database.transaction() as connection:
            for table in ("turns", "sessions"):
                connection.execute(f"UPDATE {table} SET model = ? WHERE model = ?", (to, name))


def _place_utterance(
    connection: sqlite3.Connection,
    session: SessionRecord,
    utterance: Utterance,
    after: Turn | None,
    now: str,
) -> Turn:
    """The turn that an utterance becomes: its number and its place in the tree."""
    number = read_value(connection, _COUNT, session.key) + 1
    return Turn(
        number=number,
        parent=after.number if after else None,
        anchor=number if utterance.moves else after.anchor if after else None,
        branch=_choose_branch(connection, session, after, number),
        made=now,
        said=utterance,
    )


def _choose_branch(
    connection: sqlite3.Connection, session: SessionRecord, after: Turn | None, number: int
) -> str:
    """The branch of the new turn `number`, as `TurnTable.add` says."""
    taken = "SELECT count(*) FROM turns WHERE session = ? AND branch = ?"
    if session.branch and not read_value(connection, taken, session.key, session.branch):
        return session.branch
    followers = "SELECT count(*) FROM turns WHERE session = ? AND parent IS ?"
    if read_value(connection, followers, session.key, after.number if after else None):
        return f"branch-{number}"
    return after.branch if after else TRUNK
