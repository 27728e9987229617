"""A store that cannot be written: what is in it can be listed, read, searched and exported."""

import ctypes
import json
import re
import subprocess
import sys

import pytest

from charplay.errors import StorageError
from charplay.sessions import database
from charplay.sessions.store import Store
from tests.conftest import Said, variables_for
from tests.sessions.conftest import saying
from tests.sessions.test_store import assert_says_what_to_do, grown

_DROP_FROM_BOUNDS, _ANY_FILE = 24, (1, 2)


def obey_rights():
    """Have this process obey the rights of files, which root does not."""
    for capability in _ANY_FILE:
        ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0)


@pytest.fixture
def closed_store(tmp_path, clock, monkeypatch):
    """A store with a session, opened again where it cannot be written."""
    file = tmp_path / "sessions.db"
    store = Store(file, clock)
    grown(store)
    store.close()
    monkeypatch.setattr(database, "_can_write", lambda file: False)
    store = Store(file, clock)
    yield store
    store.close()


def test_all_that_is_in_it_can_be_read_and_nothing_is_made_beside_it(closed_store, tmp_path):
    found = closed_store.sessions.latest()
    assert closed_store.read_only
    assert [one.name for one in closed_store.sessions.matching("turn 1")] == ["talk"]
    assert [turn.said.prompt for turn in closed_store.turns.all(found.key)] == [
        "turn 0", "turn 1", "turn 2",
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["sessions.db"]


def test_what_needs_writing_says_so(closed_store):
    found = closed_store.sessions.latest()
    turn = closed_store.turns.get(found.key, 3)
    for write in (
        lambda: closed_store.sessions.rename("talk", "other"),
        lambda: closed_store.sessions.delete("talk"),
        lambda: closed_store.turns.add(found, saying(), turn, None),
        lambda: closed_store.turns.keep(found.key, [(1, 1)], True),
    ):
        with pytest.raises(StorageError, match="is read-only, so nothing is saved") as caught:
            write()
        assert_says_what_to_do(caught.value)


def test_a_person_moves_about_in_it_and_nothing_is_written(closed_store):
    found = closed_store.sessions.latest()
    closed_store.sessions.set_position(found.key, 1, None)
    assert closed_store.sessions.latest() == found


def test_what_a_killed_process_left_in_its_log_is_read_too(tmp_path, clock, monkeypatch):
    """The log is read together with the file; a copy of both is what the kill leaves."""
    there, here = tmp_path / "there", tmp_path / "here"
    store = Store(there / "sessions.db", clock)
    grown(store)
    here.mkdir()
    for path in there.iterdir():
        (here / path.name).write_bytes(path.read_bytes())
    store.close()
    monkeypatch.setattr(database, "_can_write", lambda file: False)
    store = Store(here / "sessions.db", clock)
    assert store.turns.count(store.sessions.latest().key) == 3
    store.close()


@pytest.fixture
def read_only(poet, start):
    """Runs charplay on a home with a session that its process cannot write."""
    start("abc", "fed", ":sessions rename talk-1 winter")
    paths = [poet, *poet.rglob("*")]
    for path in paths:
        path.chmod(path.stat().st_mode & 0o555)

    def call(*words):
        done = subprocess.run(
            [sys.executable, "-m", "charplay", *words],
            capture_output=True, env=variables_for(poet), timeout=120, preexec_fn=obey_rights,
        )  # fmt: skip
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    yield call
    for path in paths:
        path.chmod(0o700)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="capabilities are Linux's")
def test_a_home_that_cannot_be_written_shows_its_sessions(read_only, tmp_path):
    lines = (
        ":undo", ":tree", ":sessions search fed", f":export {tmp_path}/winter.json",
        ":sessions rename winter other", ":keep 1", "abc",
    )  # fmt: skip
    said = read_only("--session", "winter", *(word for line in lines for word in ("-c", line)))
    assert "went back before turn 2" in said.out
    assert "●1 [main] abc" in said.out
    assert re.search(r"winter +poet +2 ", said.out), "the list of sessions"
    assert len(json.loads((tmp_path / "winter.json").read_text())["turns"]) == 2
    told = said.err.splitlines()
    assert told[0].endswith("sessions.db is read-only: what is said is not kept")
    assert [line for line in told if line.startswith("error: ")] == [
        f"error: {tmp_path}/home/sessions.db is read-only, so nothing is saved"
    ] * 3
    new = read_only("-c", "abc", "-c", ":tree", "-c", ":session winter", "-c", ":tree")
    assert new.status == 0
    assert "●1 [main] abc" in new.out
    assert "●2 fed" in new.out
