"""The tables of turns and of their answers."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from charplay.errors import CharplayError, StorageError, UsageError
from charplay.sessions.checking import GREATEST_NUMBER, UnsoundError, grow_tree, show_value
from charplay.sessions.database import Database, read_value
from charplay.sessions.faults import REPAIR
from charplay.sessions.rows import (
    REPLY_COLUMNS,
    TURN_COLUMNS,
    Row,
    insert_turn,
    reply_from_row,
    turn_from_row,
)
from charplay.sessions.session_table import SessionTable
from charplay.sessions.state_table import Snapshot, insert_snapshot
from charplay.sessions.tree import TRUNK, Favourite, Reply, SessionRecord, Turn, Utterance

# Of a damaged store a number may be anything.
_LAST = f"""SELECT coalesce(max(number), 0) FROM turns
    WHERE session = ? AND typeof(number) = 'integer' AND number < {GREATEST_NUMBER}"""
# From a turn to its parent and on to the first one. A parent always has a lower number: in a
# damaged store too the path comes to an end.
_PATH = """WITH RECURSIVE path (number, parent) AS (
    SELECT number, parent FROM turns WHERE session = ? AND number = ?
    UNION ALL
    SELECT turns.number, turns.parent FROM turns JOIN path ON turns.number = path.parent
    WHERE turns.session = ? AND turns.number < path.number
)"""
_BEGINNING = 80
_REPLY_NAMES = REPLY_COLUMNS.split(", ")


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
        """One turn; UsageError where there is none, StorageError where it cannot be read."""
        turns = self._select(key, "number = ?", number)
        if not turns:
            raise UsageError(f"there is no turn {number}", "`tree` shows the turns")
        turn = turns[0][1]
        if turn is None:
            raise StorageError(f"turn {number} cannot be read", REPAIR)
        if self._fits(key, turn):
            return turn
        return next(sound for sound in self.all(key) if sound.number == number)

    def _fits(self, key: int, turn: Turn) -> bool:
        """Whether a turn fits the one that it follows."""
        before = None
        if turn.parent is not None:
            query = f"SELECT {TURN_COLUMNS} FROM turns WHERE session = ? AND number = ?"
            rows = self._database.rows(query, key, turn.parent)
            before = self._read_turn(key, rows[0], ()) if rows else None
            if before is None or before.number >= turn.number:
                return False
        after = before.anchor if before else None
        return turn.anchor == (turn.number if turn.said.moves else after)

    def all(self, key: int) -> list[Turn]:
        """All turns of a session that can be read, as one tree; the oldest first."""
        found = self._select(key, "TRUE")
        return grow_tree(
            (turn for _, turn in found if turn),
            {row[0]: row[1] for row, _ in found},
            lambda turn, fault: self._note(key, turn.number, fault),
        )

    def left_at(self, record: SessionRecord) -> Turn | None:
        """The turn at which a session was left; where that cannot be read, the last that can."""
        if record.turn is None:
            return None
        try:
            return self.get(record.key, record.turn)
        except CharplayError:
            last = next(reversed(self.all(record.key)), None)
            place = f"turn {last.number}" if last else "its beginning"
            self._note(
                record.key, record.turn, f"it cannot be read; the session goes on at {place}"
            )
            return last

    def _select(self, key: int, condition: str, *values: object) -> list[tuple[Row, Turn | None]]:
        """The turns of a session of which a condition is true, each beside its row."""
        replies: dict[object, list[Reply]] = {}
        turn_condition = condition.replace("number", "turn")
        query = f"""SELECT {REPLY_COLUMNS} FROM replies WHERE session = ? AND {turn_condition}
            ORDER BY rowid"""
        for row in self._database.rows(query, key, *values):
            if reply := self._read_reply(key, row):
                replies.setdefault(row[0], []).append(reply)
        query = f"""SELECT {TURN_COLUMNS} FROM turns WHERE session = ? AND {condition}
            ORDER BY number"""
        rows = self._database.rows(query, key, *values)
        return [(row, self._read_turn(key, row, replies.get(row[0], ()))) for row in rows]

    def _read_turn(self, key: int, row: Row, replies: Iterable[Reply]) -> Turn | None:
        """The turn of a row; None where it cannot be read, which is noted."""
        try:
            return turn_from_row(row, replies, lambda fault: self._note(key, row[0], fault))
        except UnsoundError as error:
            self._note(key, row[0], f"it cannot be read: {error}")
            return None

    def _read_reply(self, key: int, row: Row) -> Reply | None:
        """The answer of a row; None where it cannot be read, which is noted."""
        turn, number, *_ = row
        where = f"answer {show_value(number)}"
        try:
            return reply_from_row(row, lambda fault: self._note(key, turn, f"{where}: {fault}"))
        except UnsoundError as error:
            self._note(key, turn, f"{where} cannot be read: {error}")
            return None

    def _note(self, key: int, turn: object, fault: str) -> None:
        name = self._sessions.name_of(key)
        self._database.faults.add(f"session {name}, turn {show_value(turn)}: {fault}")

    def beginnings(self, key: int) -> list[tuple[int, str]]:
        """The number of each turn and how its first text begins, the newest first.

        Much less is read than all turns are.
        """
        query = """SELECT number, substr(prompt || coalesce((SELECT text FROM replies
            WHERE replies.session = turns.session AND turn = turns.number LIMIT 1), ''), 1, ?)
            FROM turns WHERE session = ? ORDER BY number DESC"""
        rows = self._database.rows(query, _BEGINNING, key)
        return [(n, text) for n, text in rows if isinstance(n, int) and isinstance(text, str)]

    def texts(self, key: int, anchor: int | None) -> list[str]:
        """The text that each turn adds to the conversation, from the first turn to `anchor`."""
        query = f"""{_PATH} SELECT turns.prompt, (
                SELECT text FROM replies
                WHERE session = turns.session AND turn = turns.number ORDER BY rowid DESC LIMIT 1
            ) FROM path JOIN turns ON turns.session = ? AND turns.number = path.number
            WHERE turns.moves ORDER BY turns.number"""
        rows = self._database.rows(query, key, anchor, key, key)
        texts = [(prompt, "" if answer is None else answer) for prompt, answer in rows]
        return ["".join(each) for each in texts if all(isinstance(part, str) for part in each)]

    def last_of_branch(self, key: int, branch: str) -> int | None:
        """The number of a branch's last turn; None where there is no such branch."""
        query = "SELECT max(number) FROM turns WHERE session = ? AND branch = ?"
        number = self._database.value(query, key, branch)
        return number if isinstance(number, int) else None

    def branches(self, key: int) -> list[str]:
        """The names of a session's branches, the oldest first."""
        query = "SELECT branch FROM turns WHERE session = ? GROUP BY branch ORDER BY min(number)"
        return [b for (b,) in self._database.rows(query, key) if isinstance(b, str)]

    def count(self, key: int) -> int:
        """How many turns a session has."""
        number: int = self._database.value("SELECT count(*) FROM turns WHERE session = ?", key)
        return number

    def next_number(self, key: int) -> int:
        """The number of the turn that comes next."""
        last: int = self._database.value(_LAST, key)
        return last + 1

    def keep(self, key: int, answers: Iterable[tuple[int, int]], kept: bool = True) -> None:
        """Mark answers, by turn and number, as favourites, or no longer."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE replies SET kept = ? WHERE session = ? AND turn = ? AND number = ?",
                [(kept, key, turn, number) for turn, number in answers],
            )

    def kept(self, key: int | None) -> list[Favourite]:
        """The favourites of a session, or of all sessions for None; the oldest first."""
        columns = [f"replies.{name}" for name in _REPLY_NAMES]
        columns += [f"turns.{name}" for name in TURN_COLUMNS.split(", ")]
        query = f"""SELECT key, name, {", ".join(columns)} FROM replies
            JOIN turns ON turns.session = replies.session AND turns.number = replies.turn
            JOIN sessions ON key = replies.session
            WHERE kept AND (? IS NULL OR key = ?) ORDER BY turns.made, replies.number"""
        rows = self._database.rows(query, key, key)
        return list(filter(None, (self._favourite(*row) for row in rows)))

    def _favourite(self, key: int, name: str, *row: Any) -> Favourite | None:
        """An answer with its turn, from a row of both; None where either cannot be read."""
        reply = self._read_reply(key, row[: len(_REPLY_NAMES)])
        turn = self._read_turn(key, row[len(_REPLY_NAMES) :], ())
        return Favourite.of(str(name), turn, reply) if turn and reply else None

    def followers(self, key: int, turn: int | None) -> list[int]:
        """The numbers of the turns that follow a turn, or the beginning; the oldest first."""
        query = "SELECT number FROM turns WHERE session = ? AND parent IS ? ORDER BY number"
        return [n for (n,) in self._database.rows(query, key, turn) if isinstance(n, int)]

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
    number = read_value(connection, _LAST, session.key) + 1
    if number >= GREATEST_NUMBER:
        raise StorageError("this session takes no more turns", "`session NAME` begins another")
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
