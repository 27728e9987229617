"""Killed at seeded moments of add, export, import, talk and repair: a start finds all whole."""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from charplay.testing.world import variables_for
from tests.campaign.talking import copied_home, typed_words
from tests.campaign.test_full_disk import DEEDS, base, contents
from tests.campaign.watching import chunks

__all__ = ["base"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL here")
SCRIPT = Path(__file__).with_name("kill_at.py")
KILLED = ("corpora add", "models add", "models export", "talk", "export json", "export html",
          "save", "import", "repair", "set")  # fmt: skip
EACH, NEVER = 10, 10**9


def started(home, room, words):
    """The process of a deed that is killed before its write `room` + 1."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(home), str(room), *words],
        env=variables_for(home) | {"PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=SCRIPT.parent.parent.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def writes(base):
    """How many writes a deed does, counted once."""

    @cache
    def count(deed):
        home = copied_home(base / "talked", base / "counted")
        done = started(home, NEVER, [word.format(folder=base) for word in DEEDS[deed]])
        assert done.returncode == 0, done.stderr
        clear(base)
        return int(done.stdout.split()[-1]), contents(home)

    return count


@pytest.mark.parametrize("seed", chunks(30, 500, EACH))
def test_whatever_moment_it_is_killed_at_a_start_finds_all_whole(base, writes, seed):
    moments = random.Random(seed)
    for number in range(EACH):
        deed = moments.choice(KILLED)
        count, after = writes(deed)
        kill_once(base, deed, moments.randrange(count), after, f"case {seed}-{number}")


def kill_once(base, deed, room, after, case):
    case = f"{case}: {deed}, killed before write {room + 1}"
    home = copied_home(base / "talked", base / "home")
    clear(base)
    before = contents(home)
    done = started(home, room, [word.format(folder=base) for word in DEEDS[deed]])
    assert done.returncode == -signal.SIGKILL, (case, done.stdout, done.stderr)
    grow_old(home)
    assert typed_words(home, "sessions").status == 0, case
    left = [p for p in home.rglob(".*") if re.search(r"\.[0-9a-f]{16}", p.name)]
    assert not left, (case, left)
    now = contents(home)
    for path in {**before, **now}:
        assert now.get(path) in (before.get(path), after.get(path)), (case, path)
    with closing(sqlite3.connect(home / "sessions.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], case
        assert db.execute("PRAGMA foreign_key_check").fetchall() == [], case
    for words in (["models"], ["corpora"], ["tree"], ["kept", "--all"], ["jobs"]):
        assert typed_words(home, *words).status == 0, (case, words)
    again = [word.format(folder=base) for word in DEEDS[deed]]
    clear(base)
    assert typed_words(home, *again).status in (0, 2), (case, "and once more it goes")


def clear(folder):
    """Without what a deed wrote beside the home, and what a kill left there."""
    for path in (*folder.glob("out.*"), *folder.glob(".out.*")):
        path.unlink()


def grow_old(home):
    """Have what was left be older than what another process might write now."""
    for path in home.rglob("*"):
        os.utime(path, (time.time() - 60,) * 2, follow_symlinks=False)
