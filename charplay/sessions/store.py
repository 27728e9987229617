"""The store: all sessions of a data home in one SQLite file.

A turn is one transaction. With the write-ahead log, a turn that was written survives however the
process ends. A power cut may lose the last turns, but never damages the store
(`synchronous=NORMAL`).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from charplay.sessions.database import Database
from charplay.sessions.rows import insert_turn
from charplay.sessions.schema import MIGRATIONS
from charplay.sessions.session_table import SessionTable
from charplay.sessions.state_table import Snapshot, StateTable, insert_snapshot
from charplay.sessions.tree import SessionRecord, Turn
from charplay.sessions.turn_table import TurnTable

_WAIT_SECONDS = 5.0


class Store:
    """One store, by its tables: `sessions`, `turns` (with their answers) and `states`.

    file: None keeps everything in memory; now: tells the time, with its time zone; wait: how many
    seconds another process may hold the file before a call gives up.
    """

    def __init__(
        self,
        file: Path | None,
        now: Callable[[], datetime],
        migrations: Sequence[str] = MIGRATIONS,
        wait: float = _WAIT_SECONDS,
    ) -> None:
        def timestamp() -> str:
            return now().isoformat(timespec="microseconds")

        self._database = Database(file, migrations, wait)
        self.sessions = SessionTable(self._database, timestamp)
        self.turns = TurnTable(self._database, self.sessions, timestamp)
        self.states = StateTable(self._database)

    @property
    def file(self) -> Path | None:
        """The file; None for a store in memory."""
        return self._database.file

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: a call that would raises StorageError."""
        return self._database.read_only

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def take_in(
        self,
        record: SessionRecord,
        turns: Iterable[Turn],
        states: Iterable[tuple[int, Snapshot]],
    ) -> None:
        """Keep a session of another store with its turns and states, all of it or nothing."""
        with self._database.transaction() as connection:
            taken_in = self.sessions.take_in(connection, record)
            for turn in turns:
                insert_turn(connection, taken_in.key, turn)
            for number, snapshot in states:
                insert_snapshot(connection, taken_in.key, number, snapshot)

    def digests(self) -> set[str]:
        """The digests of the models that some session or turn needs."""
        query = "SELECT digest FROM sessions UNION SELECT digest FROM turns"
        return {digest for (digest,) in self._database.rows(query) if isinstance(digest, str)}

    def take_faults(self) -> str:
        """What was found unsound since it was last told, in one line; empty for nothing."""
        return self._database.faults.take()
