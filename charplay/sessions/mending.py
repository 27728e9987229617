"""A store checked as a whole, and made anew from what can be read of it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from charplay.errors import StorageError
from charplay.files import (
    PRIVATE_FILE,
    open_private,
    path_text,
    storage_errors,
    sync_folder,
    temporary_name,
)
from charplay.leftovers import hold_open
from charplay.sessions.database import BROKEN, FILE_ENDINGS, check_kind, free_name, rename_store
from charplay.sessions.salvage import Copy, Salvage, SalvagedSession, copy_in_use, copy_store
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
    sessions, faults = _read(file, copy_in_use) if os.path.lexists(file) else ([], [])
    return StoreCheck(
        sessions=len(sessions),
        turns=sum(len(one.turns) for one in sessions),
        states=sum(len(one.states) for one in sessions),
        faults=tuple(faults),
        set_aside=_set_aside(file),
    )


def repair_store(file: Path, now: Callable[[], datetime]) -> StoreRepair:
    """Make a store anew of all that can be read of it and of those set aside; each is kept beside.

    Whatever moment it is ended at, the store is the old one or the new one. What was set aside and
    is no store stays where it is. Raises StorageError where another process has the store open, or
    it cannot be read or written; then nothing is changed.
    """
    check_kind(file)  # before SQLite waits for it
    with _held(file) as held, storage_errors(f"cannot repair {path_text(file)}"):
        sessions, faults, backups = list[SalvagedSession](), list[str](), list[Path]()
        copy = partial(copy_in_use, held=held)
        if there := os.path.lexists(file):
            sessions, faults = _read(file, copy)
        unsound, taken_in = bool(faults), list[Path]()
        for path in _set_aside(file):
            try:
                found, wrong = _read(path, copy_store)
            except StorageError as error:
                faults.append(error.message)
                continue
            taken_in.append(path)
            sessions += found
            faults += wrong
        if there and (unsound or taken_in):
            backups.append(free_name(file, "backup"))
            open_private(backups[0]).close()
            copy(file, backups[0])
            _sync(backups[0])
        if unsound or taken_in:
            _write_anew(file, sessions, now)
        backups += [rename_store(path, "backup", file) for path in taken_in]
    return StoreRepair(
        len(sessions), sum(len(one.turns) for one in sessions), tuple(backups), tuple(faults)
    )


def _set_aside(file: Path) -> tuple[Path, ...]:
    """The damaged files beside a store of which nothing was taken yet."""
    found = file.parent.glob(f"{file.stem}.damaged-*{file.suffix}")
    return tuple(sorted(path for path in found if path.is_file()))


def _read(file: Path, copy_file: Copy) -> tuple[list[SalvagedSession], list[str]]:
    """The sessions of a store's file, and all faults in it."""
    with closing(Salvage(file, copy_file)) as salvage:
        return list(salvage.sessions()), list(salvage.faults)


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
        sync_folder(file.parent)
    finally:
        os.close(held)
        for ending in FILE_ENDINGS:
            with suppress(OSError):
                Path(f"{new}{ending}").unlink(missing_ok=True)


def _sync(file: Path) -> None:
    """Have the disk keep a file."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
