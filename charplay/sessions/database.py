"""One SQLite file: transactions, and its errors in words for a person."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from charplay.errors import CharplayError, SessionGoneError, StorageError
from charplay.files import (
    PRIVATE_FILE,
    make_private_folder,
    open_private,
    path_text,
    storage_errors,
)
from charplay.sessions.checking import show_value
from charplay.sessions.faults import REPAIR, Faults
from charplay.sessions.schema import (
    added_parts,
    apply_migrations,
    migrated_columns,
    migrated_parts,
    read_version,
    table_columns,
)

# What is raised for a file that is broken; SQLite may have no text even to say what is wrong.
BROKEN = (sqlite3.DatabaseError, UnicodeDecodeError)
# The last is memory that processes share.
FILE_ENDINGS = ("", "-wal", "-journal", "-shm")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)

_STEPS_A_PAUSE = 10_000
_ELSEWHERE = "move it away, or set CHARPLAY_HOME to another folder"
_WRITABLE = "set CHARPLAY_HOME to a folder you can write, or start with --no-session"


class Database:
    """A connection to the store's file, or to memory where `file` is None.

    Every call raises StorageError for what SQLite cannot do, and SessionGoneError where the
    session was deleted or the file is damaged; a damaged file is renamed first. A file that is
    there and cannot be written is `read_only`: all of it can be read.
    """

    def __init__(self, file: Path | None, migrations: Sequence[str], wait: float) -> None:
        self.file, self.faults = file, Faults()
        if file:
            check_kind(file)
            with storage_errors(f"cannot create {file.parent}"):
                make_private_folder(file.parent)
            with suppress(OSError):  # SQLite tells it better
                _keep_private(file)
        self.read_only = file is not None and file.is_file() and not _can_write(file)
        with self._translated_errors():
            self.connection = self._connect(wait)
            # A byte that is no text was not written so; the text around it can still be read.
            self.connection.text_factory = decode_text
            # A long query lets Python act on Ctrl-C, which ends it; SQLite itself would not.
            self.connection.set_progress_handler(lambda: 0, _STEPS_A_PAUSE)
            try:
                self._prepare(migrations)
            except BaseException:
                self.connection.close()
                raise

    def _connect(self, wait: float) -> sqlite3.Connection:
        # Transactions are begun by hand: isolation_level=None.
        if self.file and self.read_only:
            return connect_reading(self.file, wait)
        return sqlite3.connect(self.file or ":memory:", timeout=wait, isolation_level=None)

    def _prepare(self, migrations: Sequence[str]) -> None:
        check_version(self.connection, migrations, self._shown, self._refuse)
        self.connection.execute("PRAGMA trusted_schema = OFF")
        self.connection.execute("PRAGMA foreign_keys = ON")
        if self.file and not self.read_only:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
        apply_migrations(self.connection, migrations)

    @property
    def _shown(self) -> str:
        return path_text(self.file) if self.file else "the store in memory"

    def _refuse(self, fault: str) -> NoReturn:
        raise StorageError(f"{self._shown}: {fault}", REPAIR)

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
        except BROKEN as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
                raise KeyboardInterrupt from error
            raise self._explain_error(error) from error

    def _explain_error(self, error: Exception) -> CharplayError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED or isinstance(error, UnicodeDecodeError):
            return SessionGoneError(
                f"{self._shown} is damaged; it was set aside as {path_text(self._set_aside())}",
                f"from now on sessions are kept in a new file; {REPAIR}",
            )
        if self.read_only and code == sqlite3.SQLITE_READONLY:
            return StorageError(f"{self._shown} is read-only, so nothing is saved", _WRITABLE)
        if code in _BUSY:
            return StorageError(
                f"another process has locked {self._shown}", "try again when it is done"
            )
        if code == sqlite3.SQLITE_FULL:
            hint = "the disk is full: free some space and try again"
        elif code in _READ_ONLY:
            hint = _WRITABLE
        else:
            hint = "check that the disk works and has free space"
        return StorageError(f"cannot use {self._shown}: {_one_line(error)}", hint)

    def _set_aside(self) -> Path:
        """Rename a damaged file, so that the next start makes a new one; the name it has now."""
        assert self.file is not None
        with storage_errors(f"cannot set {self._shown} aside"):
            return rename_store(self.file, "damaged")


def check_version(
    connection: sqlite3.Connection,
    migrations: Sequence[str],
    shown: str,
    tell: Callable[[str], None],
) -> None:
    """Tell what a store lacks or has beyond its version; StorageError for what only others read."""
    found, tables = read_version(connection), table_columns(connection)
    if found > len(migrations):
        raise StorageError(
            f"{shown} was written by a newer charplay (schema {found}, "
            f"this one knows {len(migrations)})",
            "upgrade: pip install --upgrade charplay; or start with --no-session",
        )
    made = migrations[: max(0, found)] or migrations
    ours = migrated_columns(made)
    if found == 0 and tables and not set(ours) & set(tables):
        raise StorageError(f"{shown} is a database of another program", _ELSEWHERE)
    if found < 0 or (found == 0 and tables):
        tell(f"its version cannot be {found}")
    for table, columns in ours.items() if tables or found else ():
        missing = [column for column in columns if column not in tables.get(table, ())]
        if missing:
            tell(f"the table {table} {'has no ' + missing[0] if table in tables else 'is missing'}")
    # A trigger, or an index of what may be there once, would change or refuse what is written.
    for kind, name, _ in sorted(added_parts(connection) - migrated_parts(made), key=repr):
        tell(f"the {kind} {show_value(name)} is none of charplay's")


def rename_store(file: Path, what: str, store: Path | None = None) -> Path:
    """Give a store's file, and what SQLite keeps beside it, a free name that says what it is now.

    store: the file after which it is named, itself unless given.
    """
    aside = free_name(store or file, what)
    for ending in FILE_ENDINGS:
        with suppress(FileNotFoundError):
            Path(f"{file}{ending}").rename(f"{aside}{ending}")
    return aside


def free_name(file: Path, what: str) -> Path:
    """The first name beside a store's that is free: `sessions.damaged-1.db`."""
    number = 1
    while os.path.lexists(free := file.with_name(f"{file.stem}.{what}-{number}{file.suffix}")):
        number += 1
    return free


def decode_text(data: bytes) -> str:
    r"""A text as SQLite gives it, with `\xff` for a byte that is no text."""
    return data.decode("utf-8", "backslashreplace")


def check_kind(file: Path) -> None:
    """StorageError for what is there and no file: SQLite would wait for a pipe, or write to it."""
    for ending in FILE_ENDINGS:
        _check_kind(Path(f"{file}{ending}"))


def _check_kind(file: Path) -> None:
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        if not file.is_symlink():
            return
        raise StorageError(f"{path_text(file)} leads to no file", _ELSEWHERE) from None
    except OSError:
        return  # SQLite tells it better
    if not stat.S_ISREG(mode):
        raise StorageError(f"cannot use {path_text(file)}: it is no file", _ELSEWHERE)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def connect_reading(file: Path, wait: float = 0) -> sqlite3.Connection:
    """A connection that only reads a store's file, and what a killed process left in its log."""
    # Beside a log SQLite reads both. Alone, a file in a folder that cannot be written is all there
    # is, and SQLite could not make the files with which it waits for others.
    alone = not (Path(f"{file}-wal").exists() or _can_write(file))
    address = f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    return sqlite3.connect(address, timeout=wait, isolation_level=None, uri=True)


def _keep_private(file: Path) -> None:
    """Make a file that only its owner can read, as SQLite's own and those beside it would not be.

    One that is there is not opened: to close it would cost this process the locks it has on it.
    """
    if not file.exists():
        open_private(file).close()
    elif _can_write(file):
        file.chmod(PRIVATE_FILE)


def _can_write(file: Path) -> bool:
    """Whether a file can be written, and the files beside it that SQLite makes."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def read_value(connection: sqlite3.Connection, query: str, *values: object) -> Any:
    """As `Database.value`, within a transaction, which translates the errors itself."""
    return connection.execute(query, values).fetchone()[0]
