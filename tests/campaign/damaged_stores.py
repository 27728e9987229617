"""Damages to a store, written from its format: each a change of the file that a seed chooses."""

import os
import random
import sqlite3
from contextlib import closing, suppress

TABLES = {
    "sessions": ("key", "name", "model", "digest", "live", "turn", "branch", "made", "used"),
    "turns": (
        "session", "number", "parent", "anchor", "branch", "made", "prompt", "seed", "model",
        "digest", "options", "folded", "dropped", "words", "moves",
    ),
    "replies": ("session", "turn", "number", "text", "stopped", "kept"),
    "states": ("session", "turn", "digest", "pending", "arrays"),
}  # fmt: skip
CONTROLS = "\x1b]0;x\x07\x1b[31m\x9b2J\u202eabc\u2066\n\r\t\x00\x7f"
VALUES = (
    None, 0, 1, 2, 3, -1, 7, 2**53 - 1, 2**53, 2**63 - 1, -(2**63), 0.5, float("inf"), 1e308,
    "", "x", "abc", "1", "-1", "9" * 30, "1e400", "NaN", "[]", "{}", "null", "true", '["train"]',
    '["names", "--against", "/etc/passwd"]', '["sample", "--prompt", "@/etc/passwd"]',
    '["names"', '{"temperature": 1e999}', '{"temperature": NaN, "seed": "x/y"}',
    '{"max_chars": 1e30, "top_k": [[]]}', '{"a": ' + "[" * 5000 + "]" * 5000 + "}",
    "[" * 100_000, CONTROLS, "\ud7ff\U0010ffff", "../../etc/passwd", "/dev/zero", "/etc/passwd",
    "{loss:>99999999}", "%s%n", "=1+1", "<script>alert(1)</script>", '" onmouseover="alert(1)',
    "2024-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "yesterday",
    b"", b"\x00", b"\xff\xfe", b"x" * 100, b"\x80\x04\x95", b"\x08" + b"\x00" * 7 + b"{}      ",
    "y" * 200_000, b"z" * 200_000,
)  # fmt: skip
NOT_TEXT = (b"\xff", b"abc\xc3", b"\xed\xa0\x80x", b"a\x00\xf8b")


def damage(file, seed):
    """Damage a store in one to three ways; what was done, in words."""
    chosen = random.Random(seed)
    ways = [
        chosen.choices(list(WAYS), list(WAYS.values()))[0]
        for _ in range(chosen.choice((1, 1, 2, 3)))
    ]
    done = []
    for way in ways:
        if not file.is_file() or file.stat().st_size == 0:  # a pipe, or nothing to damage
            break
        with suppress(sqlite3.DatabaseError, OSError, ValueError, IndexError):
            done.append(f"{way.__name__}: {way(file, chosen)}")
    return "; ".join(done)


def _lax(file):
    """A connection that takes any value in any column, and any reference."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    return connection


def _rows(connection, table):
    return [row for (row,) in connection.execute(f"SELECT rowid FROM {table}")]


def value(file, chosen):
    """One cell."""
    table = chosen.choice(list(TABLES))
    column = chosen.choice(TABLES[table])
    new = chosen.choice(VALUES)
    expression = "?"
    if chosen.random() < 0.1:
        new, expression = chosen.choice(NOT_TEXT), "CAST(? AS TEXT)"
    with closing(_lax(file)) as connection:
        rows = _rows(connection, table)
        _allow_null(connection)
    with closing(_lax(file)) as connection:
        row = chosen.choice(rows)
        connection.execute(
            f"UPDATE {table} SET {column} = {expression} WHERE rowid = ?", (new, row)
        )
    return f"{table} {row} {column} = {str(new)[:60]!r}"


def _allow_null(connection):
    """Take NOT NULL from the description of each table."""
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '')")
    (known,) = connection.execute("PRAGMA schema_version").fetchone()
    connection.execute(f"PRAGMA schema_version = {known + 1}")


def reference(file, chosen):
    """A turn's parent or anchor, or where a session was left."""
    with closing(_lax(file)) as connection:
        table, column = chosen.choice(
            (("turns", "parent"), ("turns", "anchor"), ("sessions", "turn"), ("turns", "number"))
        )
        new = chosen.choice((1, 2, 3, 4, 5, 6, 99, None, -1, 0))
        row = chosen.choice(_rows(connection, table))
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
    return f"{table} {row} {column} = {new}"


def cycle(file, chosen):
    """Turns that follow one another in a ring, or all of them at once."""
    with closing(_lax(file)) as connection:
        if chosen.random() < 0.5:
            connection.execute("UPDATE turns SET parent = number, anchor = number")
            return "each follows itself"
        connection.execute(
            "UPDATE turns SET parent = (SELECT max(number) FROM turns t "
            "WHERE t.session = turns.session) WHERE parent IS NULL"
        )
    return "the first follows the last"


def lost_rows(file, chosen):
    """Rows that are gone."""
    with closing(_lax(file)) as connection:
        table = chosen.choice(list(TABLES))
        rows = _rows(connection, table)
        gone = chosen.sample(rows, chosen.randint(1, len(rows)))
        connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(row,) for row in gone])
    return f"{len(gone)} of {table}"


def version(file, chosen):
    """Another version than it is."""
    new = chosen.choice((0, -1, -5, 2, 99, 2**31 - 1, -(2**31)))
    with closing(_lax(file)) as connection:
        connection.execute(f"PRAGMA user_version = {new}")
    return str(new)


def sequence(file, chosen):
    """The number of the last session."""
    new = chosen.choice((0, -1, 2**63 - 1, "abc", None, 0.5, b"x"))
    with closing(_lax(file)) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = ?", (new,))
    return repr(new)


def tables(file, chosen):
    """Tables and columns that are missing, others, or more."""
    table = chosen.choice(list(TABLES))
    column = chosen.choice(TABLES[table])
    statements = (
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} RENAME TO foreign_{table}",
        f"ALTER TABLE {table} RENAME COLUMN {column} TO other",
        f"CREATE TABLE more AS SELECT * FROM {table}",
        f"CREATE TRIGGER acts AFTER INSERT ON {table} BEGIN DELETE FROM sessions; END",
        f"CREATE VIEW seen AS SELECT * FROM {table}",
        f"ALTER TABLE {table} ADD COLUMN more TEXT",
        f"DROP TABLE {table}; CREATE TABLE {table} (a, b, c)",
        f"DROP TABLE {table}; CREATE VIEW {table} AS SELECT 1 AS key, 2 AS name",
        "DROP INDEX by_use; DROP INDEX by_parent",
        "DROP TABLE states; DROP TABLE replies; DROP TABLE turns; DROP TABLE sessions",
    )
    statement = chosen.choice(statements)
    with closing(_lax(file)) as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        for each in statement.split("; ") if "TRIGGER" not in statement else (statement,):
            connection.execute(each)
    return statement


def bits(file, chosen):
    """Bits of the file that flipped, in its description of the tables or anywhere."""
    data = bytearray(file.read_bytes())
    begin = data.find(b"CREATE TABLE")
    near = chosen.random() < 0.5 and begin >= 0
    places = []
    for _ in range(chosen.choice((1, 1, 1, 4, 40))):
        place = (
            chosen.randrange(begin, min(begin + 3500, len(data)))
            if near
            else chosen.randrange(len(data))
        )
        data[place] ^= 1 << chosen.randrange(8)
        places.append(place)
    file.write_bytes(data)
    return f"at {places}"


def cut(file, chosen):
    """A file that ends early, or goes on."""
    data = file.read_bytes()
    if chosen.random() < 0.3:
        file.write_bytes(data + chosen.randbytes(chosen.randrange(10_000)))
        return "longer"
    length = chosen.choice((0, 1, 16, 99, 100, 4096, chosen.randrange(len(data))))
    file.write_bytes(data[:length])
    return f"after {length}"


def pages(file, chosen):
    """A page of zeros, of noise, or of another page."""
    data = bytearray(file.read_bytes())
    count = len(data) // 4096
    page, other = chosen.randrange(count), chosen.randrange(count)
    new = chosen.choice(
        (bytes(4096), chosen.randbytes(4096), bytes(data[other * 4096 : (other + 1) * 4096]))
    )
    data[page * 4096 : (page + 1) * 4096] = new
    file.write_bytes(data)
    return f"page {page}"


def log(file, chosen):
    """A log beside it that is not its own."""
    with open(f"{file}-wal", "wb") as stream:
        stream.write(
            chosen.choice((b"", b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x82" + chosen.randbytes(9000)))
        )
    return "foreign"


def state(file, chosen):
    """A model's state."""
    with closing(_lax(file)) as connection:
        rows = connection.execute("SELECT rowid, arrays FROM states").fetchall()
        row, arrays = chosen.choice(rows)
        broken = bytearray(arrays)
        if chosen.random() < 0.5:
            for _ in range(chosen.randint(1, 30)):
                broken[chosen.randrange(len(broken))] ^= 1 << chosen.randrange(8)
        else:
            del broken[chosen.randrange(len(broken)) :]
        pending = chosen.choice((-2, -1, 0, 3, 10**9, 2**63 - 1, "x"))
        connection.execute(
            "UPDATE states SET arrays = ?, pending = ? WHERE rowid = ?",
            (bytes(broken), pending, row),
        )
    return f"{row}, pending {pending}"


def kind(file, chosen):
    """Something that is no file, or not what it was."""
    what = chosen.choice(
        ("folder", "link", "lost link", "ring", "pipe", "empty", "text", "closed", "device")
    )
    aside = file.with_name("moved.db")
    if what == "closed":
        file.chmod(0o400)
        return what
    if what != "text":
        file.rename(aside)
    match what:
        case "folder":
            file.mkdir()
        case "link":
            file.symlink_to(aside)
        case "lost link":
            file.symlink_to(file.with_name("nowhere.db"))
        case "ring":
            file.symlink_to(file)
        case "pipe":
            os.mkfifo(file)
        case "empty":
            file.touch()
        case "text":
            file.write_text("no store at all " * 300)
        case "device":
            file.symlink_to("/dev/zero")
    return what


WAYS = {
    value: 40, reference: 10, cycle: 2, lost_rows: 6, version: 3, sequence: 2, tables: 8, bits: 14,
    cut: 4, pages: 5, log: 2, state: 5, kind: 4,
}  # fmt: skip
