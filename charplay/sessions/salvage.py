"""All that can still be read of a store, however its file is damaged; the file stays as it is."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from charplay.files import open_private, path_text, storage_errors
from charplay.leftovers import temporary_folder
from charplay.readable import open_readable
from charplay.sessions.checking import UNKNOWN_TIME, UnsoundError, read_number, show_value
from charplay.sessions.database import (
    BROKEN,
    FILE_ENDINGS,
    Database,
    check_kind,
    check_version,
    connect_reading,
    decode_text,
)
from charplay.sessions.faults import Faults
from charplay.sessions.rows import SESSION_COLUMNS, session_from_row
from charplay.sessions.schema import MIGRATIONS, migrated_columns, table_columns, table_texts
from charplay.sessions.session_table import SessionTable
from charplay.sessions.state_table import Snapshot, snapshot_from_row
from charplay.sessions.states import is_whole
from charplay.sessions.tree import SessionRecord, Turn
from charplay.sessions.turn_table import TurnTable

_MOST_LINES = 10
# Copies a store's file with its log to a path where nothing is; OSError where that fails.
Copy: TypeAlias = Callable[[Path, Path], None]


@dataclass(frozen=True)
class SalvagedSession:
    """A session with the turns that can be read, and the models' states by turn."""

    record: SessionRecord
    turns: tuple[Turn, ...]
    states: tuple[tuple[int, Snapshot], ...]


class Salvage(Database):
    """The rows of a store's file in tables that take any value; `faults` has what is unsound.

    Raises StorageError for a file that is no store, or one of a newer charplay.
    """

    def __init__(self, file: Path, copy_file: Copy | None = None) -> None:
        self.file, self.read_only, self.faults = None, True, Faults()
        self.connection = sqlite3.connect("", isolation_level=None)  # on the disk, and unnamed
        self.connection.text_factory = decode_text
        with self._translated_errors():
            for table, columns in migrated_columns().items():
                self.connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
            for indexed in ("turns (session, number)", "replies (session, turn)"):
                self.connection.execute(f"CREATE INDEX of_{indexed[:5]} ON {indexed}")
            self._fill(file, copy_file or copy_store)
        self._sessions = SessionTable(self, str)
        self._turns = TurnTable(self, self._sessions, str)

    def _fill(self, file: Path, copy_file: Copy) -> None:
        """Read a copy of the file, since its schema may have to be mended first."""
        check_kind(file)
        with temporary_folder() as folder:
            copy = Path(folder, file.name)
            with storage_errors(f"cannot read {path_text(file)}"):
                copy_file(file, copy)
            try:
                self._check_file(copy, path_text(file))
                self._read_tables(copy)
            except BROKEN as error:
                self.faults.add(f"the file cannot be read: {error}")

    def _check_file(self, copy: Path, shown: str) -> None:
        with _opened(copy) as connection:
            try:
                check_version(connection, MIGRATIONS, shown, self.faults.add)
                query = f"PRAGMA integrity_check({_MOST_LINES})"
                for (line,) in connection.execute(query).fetchall():
                    if line != "ok":
                        self.faults.add(f"the file: {' '.join(str(line).split())}")
            except BROKEN as error:
                self.faults.add(f"the file: {error}")

    def _read_tables(self, copy: Path) -> None:
        with _opened(copy) as connection:
            _mend_schema(connection)
        with _opened(copy) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            there = table_columns(connection)
            for table, columns in migrated_columns().items():
                known = [column for column in columns if column in there.get(table, ())]
                if known:
                    self._read_table(connection, table, known)

    def _read_table(self, wreck: sqlite3.Connection, table: str, columns: list[str]) -> None:
        """Read a table at once, and where that breaks off, row by row."""
        names, marks = ", ".join(columns), ", ".join("?" * (len(columns) + 1))
        insert = f"INSERT OR IGNORE INTO {table} (rowid, {names}) VALUES ({marks})"
        try:
            rows = wreck.execute(f"SELECT rowid, {names} FROM {table} NOT INDEXED")
            self.connection.executemany(insert, rows)
        except (*BROKEN, OverflowError) as error:
            self.faults.add(f"a part of the table {table} cannot be read: {error}")
            for row in _row_numbers(wreck, table):
                values = [_read_value(wreck, table, column, row) for column in columns]
                self.connection.execute(insert, (row, *values))

    def sessions(self) -> Iterator[SalvagedSession]:
        """Every session of which anything is there."""
        query = "SELECT key FROM sessions UNION SELECT session FROM turns ORDER BY 1"
        for (key,) in self.rows(query):
            try:
                number = read_number(key)
            except UnsoundError:
                self.faults.add(f"what is of a session of key {show_value(key)} is left out")
                continue
            turns = tuple(self._turns.all(number))
            record = self._record(number, turns)
            yield SalvagedSession(record, turns, tuple(self._states(number, turns)))

    def _record(self, key: int, turns: tuple[Turn, ...]) -> SessionRecord:
        """The session as its row has it, or as its last turn tells; its name is empty then."""
        rows = self.rows(f"SELECT {SESSION_COLUMNS} FROM sessions WHERE key = ?", key)
        where = f"session {self._sessions.name_of(key)}"
        try:
            if not rows:
                raise UnsoundError("it is not in the list of sessions")
            record = session_from_row(rows[0], lambda fault: self.faults.add(f"{where}: {fault}"))
        except UnsoundError as error:
            self.faults.add(f"{where}: {error}; it is kept under another name")
            last = turns[-1].said if turns else None
            model, digest = (last.model, last.digest) if last else ("", "")
            number = turns[-1].number if turns else None
            record = SessionRecord(key, "", model, digest, None, number)
            record = replace(record, made=UNKNOWN_TIME, used=UNKNOWN_TIME)
        left = self._turns.left_at(record)
        return replace(record, turn=left.number if left else None)

    def _states(self, key: int, turns: tuple[Turn, ...]) -> Iterator[tuple[int, Snapshot]]:
        """The states of models after turns that can be read; the others are made anew."""
        known = {turn.number for turn in turns}
        query = "SELECT turn, digest, pending, arrays FROM states WHERE session = ? ORDER BY rowid"
        for turn, *row in self.rows(query, key):
            snapshot = snapshot_from_row(tuple(row))
            if snapshot and turn in known and is_whole(snapshot):
                yield turn, snapshot
            else:
                where = f"session {self._sessions.name_of(key)}, turn {show_value(turn)}"
                self.faults.add(f"{where}: its state cannot be read; it is made anew")


def copy_store(file: Path, to: Path) -> None:
    """Copy a store's file with its log; OSError where that fails."""
    for ending in FILE_ENDINGS[:-1]:
        new = Path(f"{to}{ending}")
        with suppress(FileNotFoundError), open_readable(Path(f"{file}{ending}")) as old:
            open_private(new).close()
            with new.open("wb") as stream:
                shutil.copyfileobj(old, stream)


def copy_in_use(file: Path, to: Path, held: sqlite3.Connection | None = None) -> None:
    """As `copy_store`, of a file that processes may have open; held: a connection that has it.

    SQLite itself copies as long as it can: a process that closes a file which it has open
    elsewhere loses its locks on it.
    """
    try:
        with ExitStack() as stack:
            source = held or stack.enter_context(closing(connect_reading(file)))
            target = stack.enter_context(closing(sqlite3.connect(to)))
            target.execute("PRAGMA synchronous = OFF")  # whoever keeps the copy syncs it
            source.backup(target, progress=_check_copied)
    except BROKEN:
        copy_store(file, to)


def _check_copied(status: int, remaining: int, total: int) -> None:
    """Raise DatabaseError where another process writes: without it the copy would try for ever."""
    if status not in (sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE):
        raise sqlite3.OperationalError("the file is locked")


def _opened(copy: Path) -> closing[sqlite3.Connection]:
    """A connection to a copy, which may be damaged anywhere, until the end of the block."""
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.text_factory = decode_text  # also for what describes the tables
    return closing(connection)


def _row_numbers(wreck: sqlite3.Connection, table: str) -> Iterator[int]:
    """The rows of a table from its beginning, and where that breaks off, from its end too."""
    seen = set[int]()  # a damaged table may lead to the same page again and again
    for order in ("ASC", "DESC"):
        query = f"SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid {order}"
        with suppress(*BROKEN):
            for (row,) in wreck.execute(query):
                if row not in seen:
                    seen.add(row)
                    yield row
            return


def _read_value(wreck: sqlite3.Connection, table: str, column: str, row: int) -> Any:
    """One value of a table; None where it cannot be read."""
    with suppress(*BROKEN, OverflowError):
        query = f"SELECT {column} FROM {table} NOT INDEXED WHERE rowid = ?"
        for (value,) in wreck.execute(query, (row,)):
            return value
    return None


def _mend_schema(connection: sqlite3.Connection) -> None:
    """Describe each table anew that is not described as charplay does, or not called so."""
    connection.execute("PRAGMA writable_schema = ON")
    described, ours = table_columns(connection), migrated_columns()
    for table, text in table_texts().items():
        if not set(ours[table]) <= set(described.get(table, ())):
            begins = f"CREATE TABLE {table} ("
            connection.execute(
                "UPDATE sqlite_master SET type = 'table', name = ?, tbl_name = ?, sql = ? "
                "WHERE name = ? OR substr(sql, 1, ?) = ?",
                (table, table, text, table, len(begins), begins),
            )
