"""What `sessions check` finds beside the rows, and what a repair leaves behind and on the disk."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing

import pytest

from charplay.errors import StorageError
from charplay.sessions.database import Database
from charplay.sessions.mending import check_store, repair_store
from charplay.sessions.schema import MIGRATIONS
from charplay.sessions.store import Store
from tests.sessions.conftest import add_talk


@pytest.fixture
def file(tmp_path, clock):
    """The store of a session `talk` with turns 1 - 2 - 3, each with a state."""
    store = Store(tmp_path / "sessions.db", clock)
    add_talk(store)
    store.close()
    return tmp_path / "sessions.db"


def change(file, *statements):
    """Change a store as another program does."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def names_in(file):
    return sorted(path.name for path in file.parent.glob("*.db"))


# What does not belong in a store, with what is told of it.
FOREIGN = [
    (
        "CREATE TRIGGER t BEFORE INSERT ON turns BEGIN SELECT RAISE(IGNORE); END",
        "the trigger 't' is none of charplay's",
    ),
    ("CREATE VIEW said AS SELECT prompt FROM turns", "the view 'said' is none of charplay's"),
    (
        "CREATE UNIQUE INDEX once ON turns (branch)",
        "the index 'once' is none of charplay's",
    ),
]


@pytest.mark.parametrize(("made", "told"), FOREIGN)
def test_what_is_not_of_the_schema_is_told_and_a_repair_leaves_it_out(
    home, poet, start, charplay, made, told
):
    start("abc")
    change(home / "sessions.db", made)
    said = start("fed", ":undo")
    assert told in said.err
    assert "sessions repair" in said.err
    assert "went back before turn 1" in said.out, "nothing is kept, and all works"
    check = charplay("sessions", "check")
    assert (check.status, told in check.err) == (1, True)
    repaired = charplay("sessions", "repair")
    assert repaired.status == 0
    assert f"mended or left out: {told}" in repaired.out
    assert start("fed").err == ""
    assert "is sound: sessions (1), turns (2)" in charplay("sessions", "check").out


def test_an_index_that_has_the_name_of_ours_is_told_where_it_is_another(file):
    change(file, "DROP INDEX by_use", "CREATE UNIQUE INDEX by_use ON turns (number)")
    assert check_store(file).faults == ("the index 'by_use' is none of charplay's",)


def test_statistics_that_sqlite_keeps_are_no_fault(file):
    change(file, "ANALYZE")
    assert check_store(file).faults == ()


def test_no_function_of_a_program_runs_from_what_a_store_describes(file):
    database = Database(file, MIGRATIONS, wait=1)
    with closing(database):
        called = []
        database.connection.create_function("spy", 0, lambda: called.append(1))
        database.connection.execute("CREATE VIEW v AS SELECT spy() AS x")
        with pytest.raises(StorageError, match="unsafe use of spy"):
            database.rows("SELECT x FROM v")
    assert called == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes as POSIX has them")
@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("ending", ["-wal", "-journal", "-shm"])
def test_what_stands_beside_a_store_and_is_no_file_is_told(
    home, poet, start, charplay, clock, ending, kind
):
    start("abc")
    beside = home / f"sessions.db{ending}"
    if kind == "pipe":
        os.mkfifo(beside)
    else:
        beside.symlink_to("/dev/zero")
    told = f"sessions.db{ending}: it is no file"
    assert told in start("fed").err
    for action in ("check", "repair"):
        said = charplay("sessions", action)
        assert (said.status, told in said.err) == (1, True)
    with pytest.raises(StorageError, match=told):
        repair_store(home / "sessions.db", clock)
    beside.unlink()
    assert "turns (1)" in charplay("sessions", "check").out


def test_the_journal_of_a_store_goes_with_it(file, clock):
    """It is of the old pages: beside a new file SQLite would put them there."""
    change(file, "UPDATE turns SET seed = 'x' WHERE number = 2")
    data = bytearray(file.read_bytes())
    data[:16] = b"\0" * 16
    file.write_bytes(data)
    journal = file.with_name("sessions.db-journal")
    journal.write_bytes(b"what another process wrote")
    repair_store(file, clock)
    assert not journal.exists()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("CREATE TABLE bookmarks (title)", "is a database of another program"),
        (f"PRAGMA user_version = {len(MIGRATIONS) + 1}", "was written by a newer charplay"),
    ],
)
def test_a_repair_that_is_refused_leaves_nothing(tmp_path, clock, made, message):
    file = tmp_path / "sessions.db"
    change(file, made)
    before = file.read_bytes()
    for _ in range(2):
        with pytest.raises(StorageError, match=message):
            repair_store(file, clock)
    assert names_in(file) == ["sessions.db"]
    assert file.read_bytes() == before


def test_what_was_set_aside_and_is_no_store_is_told_and_the_store_is_repaired(file, clock):
    strange = file.with_name("sessions.damaged-1.db")
    change(strange, "CREATE TABLE bookmarks (title)")
    shutil.copy(file, file.with_name("sessions.damaged-2.db"))
    change(file, "UPDATE turns SET seed = 'x' WHERE number = 2")
    repair = repair_store(file, clock)
    assert f"{strange} is a database of another program" in repair.faults
    assert repair.turns == 6
    assert check_store(file).faults == ()
    kept = ["sessions.backup-1.db", "sessions.backup-2.db", strange.name, "sessions.db"]
    assert names_in(file) == kept
    again = repair_store(file, clock)
    assert (again.turns, again.backups) == (6, ())
    assert again.faults == (f"{strange} is a database of another program",)
    assert names_in(file) == kept, "of a sound store no copy is made"


def test_what_is_wrong_with_the_file_alone_is_told(file):
    """An index that lacks a row: each row can be read."""
    change(
        file,
        "CREATE TABLE parts AS SELECT * FROM sqlite_master WHERE name = 'by_parent'",
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_master WHERE name = 'by_parent'",
    )
    change(file, "UPDATE turns SET parent = 1 WHERE number = 3")
    change(
        file,
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master SELECT * FROM parts",
        "DELETE FROM sqlite_master WHERE name = 'parts'",
    )
    faults = check_store(file).faults
    assert "the file: row 3 missing from index by_parent" in faults
    assert all(fault.startswith("the file: ") for fault in faults)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE states SET arrays = x'00' WHERE turn = 2",
        "UPDATE states SET pending = 'x' WHERE turn = 2",
        "UPDATE states SET turn = 2, digest = x'00' WHERE turn = 2",
    ],
)
def test_a_state_that_cannot_be_read_is_told(file, damage):
    change(file, damage)
    check = check_store(file)
    assert check.faults == ("session 'talk', turn 2: its state cannot be read; it is made anew",)
    assert (check.turns, check.states) == (3, 2)


def test_a_state_of_no_turn_is_told(file):
    change(file, "UPDATE states SET turn = 9 WHERE turn = 2")
    assert "session 'talk', turn 9: its state cannot be read; it is made anew" in (
        check_store(file).faults
    )


@pytest.mark.skipif(os.name != "posix", reason="folders are synced where POSIX is")
def test_a_repair_is_on_the_disk_before_the_old_store_goes_and_after(file, clock, monkeypatch):
    """The copy, whole; then the new store, whole; then its name."""
    change(file, "UPDATE turns SET seed = 'x' WHERE number = 2")
    done, fsync, rename = [], os.fsync, os.replace

    def synced(descriptor):
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            assert os.path.samestat(found, file.parent.stat())
            done.append("the folder")
        else:
            [name] = [
                path.name for path in file.parent.iterdir() if os.path.samestat(path.stat(), found)
            ]
            done.append((name, found.st_size))
        fsync(descriptor)

    def renamed(source, target):
        done.append((os.path.basename(source), "renamed"))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    [backup] = repair_store(file, clock).backups
    copied, (new, size), (source, what), after = done
    assert copied == (backup.name, backup.stat().st_size)
    assert (size, source, what) == (file.stat().st_size, new, "renamed")
    assert after == "the folder"
