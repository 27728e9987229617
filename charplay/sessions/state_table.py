"""The table of models' states: a cache, since a state can be rebuilt from the session's text."""

import sqlite3
from dataclasses import dataclass

from charplay.sessions.database import Database
from charplay.sessions.rows import Row


@dataclass(frozen=True)
class Snapshot:
    """A model's state after a turn.

    digest: of the model; pending: the token that the model reads next; arrays: its state, as
    safetensors.
    """

    digest: str
    pending: int
    arrays: bytes


class StateTable:
    """Snapshots by session, turn and model."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: int, turn: int, digest: str) -> Snapshot | None:
        """The state of a model after a turn; None where none was kept."""
        rows = self._database.rows(
            "SELECT digest, pending, arrays FROM states "
            "WHERE session = ? AND turn = ? AND digest = ?",
            *(key, turn, digest),
        )
        return snapshot_from_row(rows[0]) if rows else None

    def put(self, key: int, turn: int, snapshot: Snapshot) -> None:
        """Keep a model's state after a turn, in place of an earlier one."""
        with self._database.transaction() as connection:
            insert_snapshot(connection, key, turn, snapshot)


def snapshot_from_row(row: Row) -> Snapshot | None:
    """A state, from its digest, token and arrays; None where these are no such values."""
    digest, pending, arrays = row
    sound = isinstance(digest, str) and isinstance(pending, int) and isinstance(arrays, bytes)
    return Snapshot(digest, pending, arrays) if sound else None


def insert_snapshot(
    connection: sqlite3.Connection, key: int, turn: int, snapshot: Snapshot
) -> None:
    """Write a state within a transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO states (session, turn, digest, pending, arrays) "
        "VALUES (?, ?, ?, ?, ?)",
        (key, turn, snapshot.digest, snapshot.pending, snapshot.arrays),
    )
