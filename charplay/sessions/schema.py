"""The tables of the store. To change them, add a migration; never edit one."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

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


def table_columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """The columns of each table of a store or of any other file of SQLite."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND typeof(name) = 'text'"
    tables = connection.execute(query).fetchall()
    return {
        name: [
            column for _, column, *_ in connection.execute(f"PRAGMA table_info({_quoted(name)})")
        ]
        for (name,) in tables
    }


def added_parts(connection: sqlite3.Connection) -> set[tuple[str, object, object]]:
    """(type, name, text) of what was made beside the tables: indices, triggers and views."""
    query = (
        "SELECT type, name, sql FROM sqlite_master "
        "WHERE type IN ('index', 'trigger', 'view') AND sql IS NOT NULL"
    )
    return set(connection.execute(query))


def migrated_parts(migrations: Sequence[str] = MIGRATIONS) -> set[tuple[str, object, object]]:
    """The parts that a store has after the migrations, as `added_parts` gives them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply_migrations(connection, migrations)
        return added_parts(connection)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def table_texts() -> dict[str, str]:
    """How each table of a store of this version is described."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply_migrations(connection)
        return dict(connection.execute(query).fetchall())


def migrated_columns(migrations: Sequence[str] = MIGRATIONS) -> dict[str, list[str]]:
    """The columns that each table has after the migrations."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply_migrations(connection, migrations)
        columns = table_columns(connection)
    return {table: names for table, names in columns.items() if not table.startswith("sqlite")}


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
