"""A store checked as a whole, and made anew from what can be read of it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from charplay.errors import StorageError
from charplay.files import PRIVATE_FILE, open_private, path_text, storage_errors, temporary_name
from charplay.leftovers import hold_open
from charplay.sessions.database import BROKEN, FILE_ENDINGS, check_kind, free_name, rename_store
from charplay.sessions.salvage import Salvage, SalvagedSession, copy_in_use
from charplay.sessions.store import Store


@dataclass(frozen=True)
class StoreCheck:
    """What a store holds, what is wrong with it, and the files that were set aside before."""

    sessions: int
    turns: int
    states: int
    faults: tuple[str, ...]
    set_aside: tuple[Path, ...]


@dataclass(frozen=True)
class StoreRepair:
    """What was kept, the files as they were before, and what was left out or replaced."""

    sessions: int
    turns: int
    backups: tuple[Path, ...]
    faults: tuple[str, ...]


def check_store(file: Path) -> StoreCheck:
    """Read all of a store; StorageError where it is no store, or none of this charplay's."""
    sessions, faults = _read_all([file] if os.path.lexists(file) else [], in_use=True)
    return StoreCheck(
        sessions=len(sessions),
        turns=sum(len(one.turns) for one in sessions),
        states=sum(len(one.states) for one in sessions),
        faults=faults,
        set_aside=_set_aside(file),
    )


def repair_store(file: Path, now: Callable[[], datetime]) -> StoreRepair:
    """Make a store anew of all that can be read of it and of those set aside; each is kept beside.

    Whatever moment it is ended at, the store is the old one or the new one. Raises StorageError
    where another process has the store open, or it cannot be written.
    """
    set_aside = _set_aside(file)
    with _held(file) as held, storage_errors(f"cannot repair {path_text(file)}"):
        backups = []
        if os.path.lexists(file):
            check_kind(file)
            backups.append(free_name(file, "backup"))
            open_private(backups[0]).close()
            copy_in_use(file, backups[0], held)
            _sync(backups[0])
        sessions, faults = _read_all([*backups, *set_aside])
        _write_anew(file, sessions, now)
        backups += [rename_store(left, "backup", file) for left in set_aside]
    return StoreRepair(
        len(sessions), sum(len(one.turns) for one in sessions), tuple(backups), faults
    )


def _set_aside(file: Path) -> tuple[Path, ...]:
    """The damaged files beside a store of which nothing was taken yet."""
    found = file.parent.glob(f"{file.stem}.damaged-*{file.suffix}")
    return tuple(sorted(path for path in found if path.is_file()))


def _read_all(
    files: list[Path], in_use: bool = False
) -> tuple[list[SalvagedSession], tuple[str, ...]]:
    """The sessions of several files, and all faults in them."""
    sessions, faults = list[SalvagedSession](), list[str]()
    for file in files:
        with closing(Salvage(file, in_use)) as salvage:
            sessions += salvage.sessions()
            faults += salvage.faults
    return sessions, tuple(faults)


@contextmanager
def _held(file: Path) -> Iterator[sqlite3.Connection | None]:
    """A store's file that no other process has open, for the time within; None for no file.

    Raises StorageError where another process has it.
    """
    if not file.is_file():
        yield None
        return
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            # What is in the log goes to the file; SQLite refuses while others have it open.
            connection.execute("PRAGMA journal_mode = DELETE")
            # The lock is kept beyond the transaction: in one, nothing could be copied.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except BROKEN as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise StorageError(
                    f"another process has {path_text(file)} open", "end it, then `sessions repair`"
                ) from error
        yield connection


def _write_anew(file: Path, sessions: list[SalvagedSession], now: Callable[[], datetime]) -> None:
    new = temporary_name(file)
    held = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        hold_open(held)
        with closing(Store(new, now)) as store:
            for session in sessions:
                store.take_in(session.record, session.turns, session.states)
        os.fsync(held)
        for ending in FILE_ENDINGS[1:]:  # of the old file; beside the new one they would harm it
            Path(f"{file}{ending}").unlink(missing_ok=True)
        os.replace(new, file)
    finally:
        os.close(held)
        for ending in FILE_ENDINGS:
            with suppress(OSError):
                Path(f"{new}{ending}").unlink(missing_ok=True)


def _sync(file: Path) -> None:
    """Have the disk keep a file."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
