"""Talks, exports and imports in children that are killed at random moments, many a second.

    python kill_often.py HOME KILLS SEED

Each child starts as the REPL does, on what the ones before left, and tells of each thing that it
has done. After each kill, and once more at the end, what was told is compared with what is there.
A process of its own, since it forks: nothing in it may have started a thread.
"""

import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from charplay.commands.dispatch import perform_line
from charplay.environment import Environment
from charplay.plugins.finder import find_plugins
from charplay.sessions.choice import SessionChoice
from charplay.sessions.portable import session_from_json
from charplay.terminal.shell import Shell

# A kill comes after so many things told, and then within so many seconds: some time in the next.
MOST_DONE = 5
LONGEST = 0.008
TURNS_OF_IMPORTED = 15


def child(home, registry, told, number):
    """Start, and go on talking, exporting and importing until the end comes."""
    environment = Environment.of_process()
    shell = Shell(environment, registry)
    shell.begin_session(SessionChoice(), last=True)
    assert shell.context.session.store.file, "the store of the ones before must open"
    os.write(told, b"started\n")
    for step in range(10_000):
        for _ in perform_line(shell.context, "abc").value.events:
            pass
        session = shell.context.session
        os.write(told, f"turn {session.record.key} {session.turn.number}\n".encode())
        name = f"{number}-{step}"
        perform_line(shell.context, f":export {home / name}.json")
        os.write(told, f"file {name}.json\n".encode())
        perform_line(shell.context, f":sessions import {home / 'carried.json'} --name i-{name}")
        os.write(told, f"session i-{name}\n".encode())


def warm_up(registry):
    """Import, before there are children, all that a child needs."""
    shell = Shell(Environment.of_process(), registry)
    shell.begin_session(SessionChoice(nowhere=True))
    for _ in perform_line(shell.context, "abc").value.events:
        pass
    shell.close()


def check(home, lines):
    """See that all that was told is there, and that all that is there is whole."""
    db = sqlite3.connect(home / "sessions.db")
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if db.execute("PRAGMA user_version").fetchone() == (0,):
        assert not lines, "killed before the store was made"
        return
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    for line in lines:
        what, *words = line.split()
        if what == "turn":
            query = "SELECT count(*) FROM turns WHERE session = ? AND number = ?"
            assert db.execute(query, words).fetchone() == (1,), line
        elif what == "session":
            query = "SELECT count(*) FROM sessions WHERE name = ?"
            assert db.execute(query, words).fetchone() == (1,), line
        elif what == "file":
            assert (home / words[0]).exists(), line
    query = """SELECT count(*) FROM turns JOIN sessions ON key = session
        WHERE name LIKE 'i-%' GROUP BY session"""
    assert {count for (count,) in db.execute(query)} <= {TURNS_OF_IMPORTED}
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("DELETE FROM sessions WHERE name LIKE 'i-%'")
    db.commit()
    db.close()
    for path in home.glob("*-*.json"):
        session_from_json(path.read_text(encoding="utf-8"))
        path.unlink()


def main(home, kills, seed):
    registry = find_plugins()
    warm_up(registry)
    moments = random.Random(seed)
    done = 0
    for number in range(kills):
        reading, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                child(home, registry, told, number)
            finally:
                os._exit(1)
        os.close(told)
        with os.fdopen(reading, "rb") as pipe:
            before = [pipe.readline() for _ in range(moments.randrange(MOST_DONE))]
            time.sleep(moments.uniform(0, LONGEST))
            os.kill(pid, signal.SIGKILL)
            lines = b"".join([*before, *pipe]).decode().split("\n")[:-1]
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status), "it must not have ended by itself"
        check(home, lines)
        done += len(lines)
    sys.stdout.write(f"{kills} kills, {done} things done before them, all there\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
