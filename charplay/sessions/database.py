"""One SQLite file: transactions, and its errors in words for a person."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from charplay.errors import CharplayError, SessionGoneError, StorageError
from charplay.files import make_private_folder, open_private, storage_errors
from charplay.sessions.schema import apply_migrations, read_version

_FILE_ENDINGS = ("", "-wal", "-shm")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)

_STEPS_A_PAUSE = 10_000
_WRITABLE = "set CHARPLAY_HOME to a folder you can write, or start with --no-session"


class Database:
    """A connection to the store's file, or to memory where `file` is None.

    Every call raises StorageError for what SQLite cannot do, and SessionGoneError where the
    session was deleted or the file is damaged; a damaged file is renamed first. A file that is
    there and cannot be written is `read_only`: all of it can be read.
    """

    def __init__(self, file: Path | None, migrations: Sequence[str], wait: float) -> None:
        self.file = file
        if file:
            with storage_errors(f"cannot create {file.parent}"):
                make_private_folder(file.parent)
            # Of SQLite's own making it could be read by others, and so could the files beside it.
            with suppress(OSError):  # SQLite tells it better
                open_private(file).close()
        self.read_only = file is not None and file.is_file() and not _can_write(file)
        with self._translated_errors():
            # Transactions are begun by hand: isolation_level=None.
            self.connection = sqlite3.connect(
                self._address, timeout=wait, isolation_level=None, uri=self.read_only
            )
            # A long query lets Python act on Ctrl-C, which ends it; SQLite itself would not.
            self.connection.set_progress_handler(lambda: 0, _STEPS_A_PAUSE)
            try:
                self._prepare(migrations)
            except BaseException:
                self.connection.close()
                raise

    @property
    def _address(self) -> str | Path:
        """What SQLite is to open."""
        if self.file is None:
            return ":memory:"
        if not self.read_only:
            return self.file
        # Beside a log that a killed process left, SQLite reads both; alone, the file is all there
        # is, and SQLite could not make the files with which it waits for others.
        alone = not Path(f"{self.file}-wal").exists()
        return f"{self.file.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"

    def _prepare(self, migrations: Sequence[str]) -> None:
        found = read_version(self.connection)
        if found > len(migrations):
            raise StorageError(
                f"{self.file} was written by a newer charplay (schema {found}, "
                f"this one knows {len(migrations)})",
                "upgrade: pip install --upgrade charplay; or start with --no-session",
            )
        self.connection.execute("PRAGMA foreign_keys = ON")
        if self.file and not self.read_only:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
        apply_migrations(self.connection, migrations)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection within one transaction: all of it is written, or nothing."""
        with self._translated_errors(), self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows that a query gives."""
        with self._translated_errors():
            return self.connection.execute(query, values).fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The first column of the first row, of a query that always gives one."""
        with self._translated_errors():
            return read_value(self.connection, query, *values)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise SessionGoneError(
                "this session is no longer in the store, so nothing was saved",
                "the next turn begins a new session",
            ) from error
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
                raise KeyboardInterrupt from error
            raise self._explain_error(error) from error

    def _explain_error(self, error: sqlite3.DatabaseError) -> CharplayError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            return SessionGoneError(
                f"{self.file} is damaged; it was set aside as {self._set_aside()}",
                "from now on sessions are kept in a new file",
            )
        if self.read_only and code == sqlite3.SQLITE_READONLY:
            return StorageError(f"{self.file} is read-only, so nothing is saved", _WRITABLE)
        if code in _BUSY:
            return StorageError(
                f"another process has locked {self.file}", "try again when it is done"
            )
        if code == sqlite3.SQLITE_FULL:
            hint = "the disk is full: free some space and try again"
        elif code in _READ_ONLY:
            hint = _WRITABLE
        else:
            hint = "check that the disk works and has free space"
        return StorageError(f"cannot use {self.file}: {error}", hint)

    def _set_aside(self) -> Path:
        """Rename a damaged file, so that the next start makes a new one; the name it has now."""
        assert self.file is not None
        number = 1
        while (aside := self.file.with_name(f"{self.file.stem}.damaged-{number}.db")).exists():
            number += 1
        with storage_errors(f"cannot set {self.file} aside"):
            for ending in _FILE_ENDINGS:
                with suppress(FileNotFoundError):
                    Path(f"{self.file}{ending}").rename(f"{aside}{ending}")
        return aside


def _can_write(file: Path) -> bool:
    """Whether a file can be written, and the files beside it that SQLite makes."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def read_value(connection: sqlite3.Connection, query: str, *values: object) -> Any:
    """As `Database.value`, within a transaction, which translates the errors itself."""
    return connection.execute(query, values).fetchone()[0]
