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
from tests.campaign.test_full_disk import base, contents, words_of
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
        home, (words, out) = copied_home(base / "talked", base / "counted"), words_of(deed, base)
        done = started(home, NEVER, words)
        assert done.returncode == 0, done.stderr
        return int(done.stdout.split()[-1]), contents(home), contents(out)

    return count


@pytest.mark.parametrize("seed", chunks(30, 500, EACH))
def test_whatever_moment_it_is_killed_at_a_start_finds_all_whole(base, writes, seed):
    moments = random.Random(seed)
    for number in range(EACH):
        deed = moments.choice(KILLED)
        count, *after = writes(deed)
        kill_once(base, deed, moments.randrange(count), *after, f"case {seed}-{number}")


def kill_once(base, deed, room, after, written, case):
    case = f"{case}: {deed}, killed before write {room + 1}"
    home, (words, out) = copied_home(base / "talked", base / "home"), words_of(deed, base)
    before = contents(home)
    done = started(home, room, words)
    assert done.returncode == -signal.SIGKILL, (case, done.stdout, done.stderr)
    for folder in (home, out):
        grow_old(folder)
    for name in set(os.listdir(out)) & {path.name for path in written}:
        assert (out / name).read_bytes() == written[Path(name)], (case, name)
    assert typed_words(home, "sessions").status == 0, case
    left = [p for p in home.rglob(".*") if re.search(r"\.[0-9a-f]{16}", p.name)]
    assert not left, (case, left)
    now = contents(home)
    for path in {**before, **now}:
        assert now.get(path) in (before.get(path), after.get(path)), (case, path)
    with closing(sqlite3.connect(home / "sessions.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], case
        assert db.execute("PRAGMA foreign_key_check").fetchall() == [], case
    for look in (["models"], ["corpora"], ["tree"], ["kept", "--all"], ["jobs"]):
        assert typed_words(home, *look).status == 0, (case, look)
    for name in written:
        (out / name).unlink(missing_ok=True)
    assert typed_words(home, *words).status in (0, 2), (case, "and once more it goes")
    assert set(contents(out)) == set(written), (case, "what was left beside it is gone")


def grow_old(folder):
    """Have what was left be older than what another process might write now."""
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - 60,) * 2, follow_symlinks=False)
