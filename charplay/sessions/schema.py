"""The tables of the store. To change them, add a migration; never edit one."""

import sqlite3
from collections.abc import Sequence

# The migration at index n brings a store from version n to version n + 1.
MIGRATIONS = (
    """
    CREATE TABLE sessions (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        model TEXT NOT NULL,
        digest TEXT NOT NULL,
        live TEXT,
        turn INTEGER,
        branch TEXT,
        made TEXT NOT NULL,
        used TEXT NOT NULL
    );
    CREATE INDEX by_use ON sessions (used);
    CREATE TABLE turns (
        session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        parent INTEGER,
        anchor INTEGER,
        branch TEXT NOT NULL,
        made TEXT NOT NULL,
        prompt TEXT NOT NULL,
        seed TEXT NOT NULL,
        model TEXT NOT NULL,
        digest TEXT NOT NULL,
        options TEXT NOT NULL,
        folded TEXT NOT NULL,
        dropped TEXT NOT NULL,
        words TEXT NOT NULL,
        moves INTEGER NOT NULL,
        PRIMARY KEY (session, number),
        FOREIGN KEY (session, parent) REFERENCES turns (session, number),
        FOREIGN KEY (session, anchor) REFERENCES turns (session, number)
    );
    CREATE INDEX by_parent ON turns (session, parent);
    CREATE INDEX by_anchor ON turns (session, anchor);
    CREATE INDEX by_branch ON turns (session, branch, number);
    CREATE TABLE replies (
        session INTEGER NOT NULL,
        turn INTEGER NOT NULL,
        number INTEGER NOT NULL,
        text TEXT NOT NULL,
        stopped TEXT NOT NULL,
        kept INTEGER NOT NULL,
        PRIMARY KEY (session, turn, number),
        FOREIGN KEY (session, turn) REFERENCES turns (session, number) ON DELETE CASCADE
    );
    CREATE TABLE states (
        session INTEGER NOT NULL,
        turn INTEGER NOT NULL,
        digest TEXT NOT NULL,
        pending INTEGER NOT NULL,
        arrays BLOB NOT NULL,
        PRIMARY KEY (session, turn, digest),
        FOREIGN KEY (session, turn) REFERENCES turns (session, number) ON DELETE CASCADE
    );
    """,
)


def read_version(connection: sqlite3.Connection) -> int:
    """The version of a store; 0 for an empty one."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


def apply_migrations(
    connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS
) -> None:
    """Bring a store to the newest version, all of it or nothing.

    Of two processes that start at once, the second waits and finds nothing left to do.
    """
    if read_version(connection) == len(migrations):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for number in range(read_version(connection), len(migrations)):
            # Not executescript, which would commit before it begins.
            for statement in filter(str.strip, migrations[number].split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
