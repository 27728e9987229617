"""The store: every session of a data home in one SQLite file.

A turn is one transaction. With the write-ahead log a committed turn outlives the process however
it ends; a power cut may cost the last turns, but leaves the store whole (`synchronous=NORMAL`).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from charplay.errors import CharplayError, SessionGoneError, StorageError, UsageError
from charplay.files import storage_errors
from charplay.sessions.rows import FOUND, REPLY, TURN, insert_turn, replies_of, turn_of
from charplay.sessions.schema import MIGRATIONS, migrate, version
from charplay.sessions.tree import TRUNK, Favourite, SessionRecord, Turn, Utterance

FILE = "sessions.db"
_WAIT_SECONDS = 5.0
_BESIDE = ("", "-wal", "-shm")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


@dataclass(frozen=True)
class Snapshot:
    """A model's state after a turn, as bytes, and the token that it has yet to read."""

    digest: str
    pending: int
    arrays: bytes


class Store:
    """Sessions, turns, answers and states; `file` None keeps them in memory only.

    `now` tells the time; `wait` is how many seconds another process may hold the store.
    """

    def __init__(
        self,
        file: Path | None,
        now: Callable[[], datetime],
        migrations: Sequence[str] = MIGRATIONS,
        wait: float = _WAIT_SECONDS,
    ) -> None:
        self.file, self._now = file, now
        if file:
            with storage_errors(f"cannot make {file.parent}"):
                file.parent.mkdir(parents=True, exist_ok=True)
        with self._errors():
            self._db = sqlite3.connect(file or ":memory:", timeout=wait, isolation_level=None)
            try:
                self._prepare(migrations)
            except BaseException:
                self._db.close()
                raise

    def _prepare(self, migrations: Sequence[str]) -> None:
        found = version(self._db)
        if found > len(migrations):
            raise StorageError(
                f"{self.file} was written by a newer charplay (schema {found}, "
                f"this one knows {len(migrations)})",
                "upgrade: pip install --upgrade charplay; or keep nothing: --no-session",
            )
        self._db.execute("PRAGMA foreign_keys = ON")
        if self.file:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        migrate(self._db, migrations)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _time(self) -> str:
        return self._now().isoformat(timespec="microseconds")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self._errors(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._errors():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What SQLite says, in one line for a person; a damaged store is set aside."""
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise SessionGoneError(
                "this session is not in the store any more, and this was not kept",
                "what is said from now on is, in a new one",
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.DatabaseError) -> CharplayError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            return SessionGoneError(
                f"{self.file} is damaged; it was set aside as {self._set_aside()}",
                "sessions are kept in a new one from now on",
            )
        if code in _BUSY:
            return StorageError(
                f"another process holds {self.file}, and this one has waited long enough",
                "try again when that one is done",
            )
        if code == sqlite3.SQLITE_FULL:
            hint = "the disk is full: free some space and try again"
        elif code in _READ_ONLY:
            hint = "set CHARPLAY_HOME to a folder you can write, or keep nothing: --no-session"
        else:
            hint = "see that the disk is whole and has room"
        return StorageError(f"cannot use {self.file}: {error}", hint)

    def _set_aside(self) -> Path:
        """Move a damaged store out of the way, under a name that nothing has."""
        assert self.file is not None
        number = 1
        while (aside := self.file.with_name(f"{self.file.stem}.damaged-{number}.db")).exists():
            number += 1
        with storage_errors(f"cannot set {self.file} aside"):
            for end in _BESIDE:
                with suppress(FileNotFoundError):
                    Path(f"{self.file}{end}").rename(f"{aside}{end}")
        return aside

    # Sessions.

    def find(self, name: str) -> SessionRecord | None:
        """The session of a name."""
        rows = self._rows(f"SELECT {FOUND} FROM sessions WHERE name = ?", name)
        return SessionRecord(*rows[0]) if rows else None

    def latest(self) -> SessionRecord | None:
        """The session last used."""
        rows = self._rows(f"SELECT {FOUND} FROM sessions ORDER BY used DESC LIMIT 1")
        return SessionRecord(*rows[0]) if rows else None

    def names(self) -> list[str]:
        """The names of all sessions."""
        return [name for (name,) in self._rows("SELECT name FROM sessions ORDER BY name")]

    def create(self, draft: SessionRecord) -> SessionRecord:
        """Keep a session that has no turn yet; one without a name is given one."""
        with self._writing() as db:
            return self._create(db, draft, self._time())

    def _create(self, db: sqlite3.Connection, draft: SessionRecord, now: str) -> SessionRecord:
        # Never a key that was used before: another REPL may still stand in a session deleted since.
        key = _one(db, "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence")
        name = draft.name or f"{'talk' if self.file else 'unkept'}-{key}"
        while _one(db, "SELECT count(*) FROM sessions WHERE name = ?", name):
            name += "+"
        made = replace(draft, key=key, name=name, made=now, used=now)
        values = (key, name, made.model, made.digest, made.live, made.turn, made.branch, now, now)
        db.execute(f"INSERT INTO sessions ({FOUND}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        return made

    def _begin(self, db: sqlite3.Connection, draft: SessionRecord, now: str) -> SessionRecord:
        """A session at its first turn; another process may have begun the one of its name."""
        query = "SELECT key, made FROM sessions WHERE name = ?"
        begun = db.execute(query, (draft.name,)).fetchone()
        if begun:
            return replace(draft, key=begun[0], made=begun[1])
        return self._create(db, draft, now)

    def rename(self, name: str, to: str) -> None:
        """Give a session another name; UsageError where that is taken."""
        if to in self.names():
            raise UsageError(f"there is a session {to} already", "give another name")
        with self._writing() as db:
            db.execute("UPDATE sessions SET name = ? WHERE name = ?", (to, name))

    def delete(self, name: str) -> None:
        """Forget a session with all its turns."""
        with self._writing() as db:
            db.execute("DELETE FROM sessions WHERE name = ?", (name,))

    def stand(self, key: int, turn: int | None, branch: str | None) -> None:
        """Note where a session was left, which is now the one last used."""
        with self._writing() as db:
            db.execute(
                "UPDATE sessions SET turn = ?, branch = ?, used = ? WHERE key = ?",
                (turn, branch, self._time(), key),
            )

    def move(self, session: SessionRecord) -> None:
        """Note that a session, the one last used, now talks with another model."""
        with self._writing() as db:
            db.execute(
                "UPDATE sessions SET model = ?, digest = ?, live = ?, used = ? WHERE key = ?",
                (session.model, session.digest, session.live, self._time(), session.key),
            )

    # Turns.

    def add(
        self,
        session: SessionRecord,
        said: Utterance,
        after: Turn | None,
        snapshot: Snapshot | None,
    ) -> tuple[SessionRecord, Turn]:
        """Keep what was said after a turn, and the session with it if it is new.

        It goes on in the branch of the turn before where it is the first to come after that, else
        it begins one: `session.branch`, or one named after the turn.
        """
        now = self._time()
        with self._writing() as db:
            if not session.key:
                session = self._begin(db, session, now)
            number = _one(db, "SELECT max(number) FROM turns WHERE session = ?", session.key) or 0
            turn = Turn(
                number=number + 1,
                parent=after.number if after else None,
                anchor=number + 1 if said.moves else after.anchor if after else None,
                branch=_branch(db, session, after, number + 1),
                made=now,
                said=said,
            )
            insert_turn(db, session.key, turn)
            if snapshot:
                _put(db, session.key, turn.number, snapshot)
            db.execute(
                "UPDATE sessions SET turn = ?, branch = NULL, model = ?, digest = ?, live = ?, "
                "used = ? WHERE key = ?",
                (turn.number, session.model, session.digest, session.live, now, session.key),
            )
        return replace(session, turn=turn.number, branch=None, used=now), turn

    def turn(self, key: int, number: int) -> Turn:
        """One turn; UsageError where the session has none of that number."""
        rows = self._rows(f"SELECT {TURN} FROM turns WHERE session = ? AND number = ?", key, number)
        if not rows:
            raise UsageError(f"there is no turn {number}", "tree shows those that there are")
        replies = replies_of(
            self._rows(
                f"SELECT {REPLY} FROM replies WHERE session = ? AND turn = ? ORDER BY rowid",
                key,
                number,
            )
        )
        return turn_of(rows[0], replies.get(number, ()))

    def turns(self, key: int) -> list[Turn]:
        """All turns of a session, in the order in which they came."""
        replies = replies_of(
            self._rows(f"SELECT {REPLY} FROM replies WHERE session = ? ORDER BY rowid", key)
        )
        rows = self._rows(f"SELECT {TURN} FROM turns WHERE session = ? ORDER BY number", key)
        return [turn_of(row, replies.get(row[0], ())) for row in rows]

    def texts(self, key: int, anchor: int | None) -> list[str]:
        """What each turn of the path to one adds to the conversation's text."""
        query = f"""{_PATH} SELECT turns.prompt, (
                SELECT text FROM replies
                WHERE session = turns.session AND turn = turns.number ORDER BY rowid DESC LIMIT 1
            ) FROM path JOIN turns ON turns.session = ? AND turns.number = path.number
            WHERE turns.moves ORDER BY turns.number"""
        rows = self._rows(query, key, anchor, key, key)
        return [prompt + (answer or "") for prompt, answer in rows]

    def tip(self, key: int, branch: str) -> int | None:
        """The number of the last turn of a branch."""
        query = "SELECT max(number) FROM turns WHERE session = ? AND branch = ?"
        found: int | None = self._rows(query, key, branch)[0][0]
        return found

    def branches(self, key: int) -> list[str]:
        """The names of a session's branches, in the order in which they began."""
        query = "SELECT branch FROM turns WHERE session = ? GROUP BY branch ORDER BY min(number)"
        return [branch for (branch,) in self._rows(query, key)]

    def count(self, key: int) -> int:
        """How many turns a session has."""
        query = "SELECT coalesce(max(number), 0) FROM turns WHERE session = ?"
        found: int = self._rows(query, key)[0][0]
        return found

    def keep(self, key: int, turn: int, number: int) -> None:
        """Mark an answer as a favourite."""
        with self._writing() as db:
            db.execute(
                "UPDATE replies SET kept = 1 WHERE session = ? AND turn = ? AND number = ?",
                (key, turn, number),
            )

    def kept(self, key: int | None) -> list[Favourite]:
        """The favourites of a session, or of all of them, in the order in which they came."""
        query = """SELECT text, prompt, seed || '/' || replies.number, turns.model, name,
                turns.number, turns.made
            FROM replies JOIN turns ON turns.session = replies.session
            AND turns.number = replies.turn
            JOIN sessions ON key = replies.session
            WHERE kept AND (? IS NULL OR key = ?) ORDER BY turns.made, replies.number"""
        return [Favourite(*row) for row in self._rows(query, key, key)]

    def listed(self, text: str = "") -> list[SessionRecord]:
        """The sessions, the last used first; of a text, those in which it stands somewhere."""
        query = f"SELECT {FOUND} FROM sessions ORDER BY used DESC"
        found = [SessionRecord(*row) for row in self._rows(query)]
        holding = self._holding(text) if text else None
        return [each for each in found if holding is None or each.key in holding]

    def _holding(self, text: str) -> set[int]:
        """The sessions in which a text was written or answered, whatever the case."""
        query = """SELECT DISTINCT turns.session FROM turns LEFT JOIN replies
            ON replies.session = turns.session AND turn = turns.number
            WHERE prompt || coalesce(text, '') LIKE ? ESCAPE '!' OR text LIKE ? ESCAPE '!'"""
        literal = "".join(f"!{c}" if c in "%_!" else c for c in text)
        return {key for (key,) in self._rows(query, *[f"%{literal}%"] * 2)}

    def take_in(self, session: SessionRecord, turns: Iterable[Turn]) -> SessionRecord:
        """Keep a session from elsewhere, all of it or nothing."""
        with self._writing() as db:
            made = self._create(db, session, self._time())
            for turn in turns:
                insert_turn(db, made.key, turn)
        return made

    # States.

    def snapshot(self, key: int, turn: int, digest: str) -> Snapshot | None:
        """The state kept of a model after a turn."""
        rows = self._rows(
            "SELECT digest, pending, arrays FROM states "
            "WHERE session = ? AND turn = ? AND digest = ?",
            *(key, turn, digest),
        )
        return Snapshot(*rows[0]) if rows else None

    def put(self, key: int, turn: int, snapshot: Snapshot) -> None:
        """Keep a state that was read again from the text."""
        with self._writing() as db:
            _put(db, key, turn, snapshot)

    def digests(self) -> set[str]:
        """The models that some session or turn talks with."""
        query = "SELECT digest FROM sessions UNION SELECT digest FROM turns"
        return {digest for (digest,) in self._rows(query)}


# From a turn to its parent, and on; every turn's parent has a lesser number.
_PATH = """WITH RECURSIVE path (number, parent) AS (
    SELECT number, parent FROM turns WHERE session = ? AND number = ?
    UNION ALL
    SELECT turns.number, turns.parent FROM turns JOIN path ON turns.number = path.parent
    WHERE turns.session = ?
)"""


def _one(db: sqlite3.Connection, query: str, *values: object) -> Any:
    return db.execute(query, values).fetchone()[0]


def _branch(db: sqlite3.Connection, session: SessionRecord, after: Turn | None, number: int) -> str:
    """The branch that a new turn is in."""
    taken = "SELECT count(*) FROM turns WHERE session = ? AND branch = ?"
    if session.branch and not _one(db, taken, session.key, session.branch):
        return session.branch
    followers = "SELECT count(*) FROM turns WHERE session = ? AND parent IS ?"
    parent = after.number if after else None
    if _one(db, followers, session.key, parent):
        return f"branch-{number}"
    return after.branch if after else TRUNK


def _put(db: sqlite3.Connection, key: int, turn: int, snapshot: Snapshot) -> None:
    db.execute(
        "INSERT OR REPLACE INTO states (session, turn, digest, pending, arrays) "
        "VALUES (?, ?, ?, ?, ?)",
        (key, turn, snapshot.digest, snapshot.pending, snapshot.arrays),
    )
