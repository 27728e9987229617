"""A disk that is full at the n-th write, for every n: one line is told, the old content stays."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from charplay.testing.world import variables_for
from tests.campaign.full_disk import disk_with_room
from tests.campaign.talking import copied_home, memory_folder, talked_home, typed_words

pytestmark = pytest.mark.campaign

DEEDS = {
    "corpora add": ["corpora", "add", "{folder}/list.txt"],
    "corpora remove": ["corpora", "remove", "stored", "--yes"],
    "models add": ["models", "add", "{folder}/model.safetensors", "--name", "added"],
    "models export": ["models", "export", "poet", "{folder}/out.safetensors"],
    "models rename": ["models", "rename", "poet", "bard"],
    "talk": ["--session", "winter", "-c", "abc"],
    "keep": ["keep", "1"],
    "undo": ["undo"],
    "set": ["set", "temperature", "2"],
    "export json": ["export", "{folder}/out.json"],
    "export html": ["export", "{folder}/out.html"],
    "export csv": ["export", "{folder}/out.csv"],
    "save": ["names", "namer", "-n", "3", "--save", "{folder}/out.txt"],
    "import": ["sessions", "import", "{folder}/winter.json", "--name", "spring"],
    "rename": ["sessions", "rename", "winter", "summer"],
    "delete": ["sessions", "delete", "winter", "--yes"],
    "repair": ["sessions", "repair"],
    "an error": ["nonsense"],
}
# SQLite and the log write as they like; what they hold is looked at by other means.
OWN = re.compile(r"(sessions\.(db|backup).*|charplay\.log.*)$")


@pytest.fixture(scope="module")
def base(registry):
    with memory_folder() as folder:
        home = talked_home(folder / "talked", registry)
        (folder / "list.txt").write_text("bab\ncab\n" * 20)
        (folder / "stored.txt").write_text("abba\ncaba\n" * 20)
        typed_words(home, "corpora", "add", folder / "stored.txt")
        typed_words(home, "models", "export", "poet", folder / "model.safetensors")
        typed_words(home, "--session", "winter", "-c", f":export {folder}/winter.json")
        with closing(sqlite3.connect(home / "sessions.db")) as db, db:
            db.execute("UPDATE turns SET seed = 'x' WHERE session = 1 AND number = 1")
        yield folder


def contents(home):
    return {
        path.relative_to(home): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not OWN.match(path.name)
    }


@pytest.mark.parametrize("deed", DEEDS)
def test_a_disk_that_is_full_at_any_write_leaves_what_was_there(base, deed, monkeypatch):
    words = [word.format(folder=base) for word in DEEDS[deed]]
    outputs = [base / f"out.{ending}" for ending in ("json", "html", "csv", "txt", "safetensors")]
    before, room, done = contents(base / "talked"), 0, False
    after = dict(before)
    found = []
    while not done:
        home = copied_home(base / "talked", base / "home")
        for output in outputs:
            output.unlink(missing_ok=True)
        with disk_with_room(room, monkeypatch) as disk:
            said = typed_words(home, *words)
        done = disk.written <= room
        if said.status and deed != "an error":
            assert said.err.count("error: ") == 1, (deed, room, said.told)
            assert len(said.err.splitlines()) <= 2 + said.err.count("warning: ") * 2, said.told
        found.append((room, contents(home), [path.exists() for path in outputs]))
        left = [p for p in home.rglob(".*") if re.search(r"\.[0-9a-f]{16}", p.name)]
        assert not left, (deed, room, left)
        with closing(sqlite3.connect(home / "sessions.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], (deed, room)
        room += 1
        assert room < 500, deed
    assert len(found) > 1, "at least one write fails"
    after = found[-1][1]
    for room, now, _ in found:
        for path, content in now.items():
            known = (before.get(path), after.get(path))
            partial = path.name.endswith(".txt") and path not in before  # its record is missing
            assert content in known or partial, (deed, room, path)
        assert set(before) & set(after) <= set(now), (deed, room)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    "words",
    [["--version"], ["--help"], ["models"], ["nonsense"], ["names", "-n", "3"], ["-c", ":tree"],
     ["models", "--format", "json"], ["help", "names"]],
)  # fmt: skip
@pytest.mark.parametrize("streams", ["out", "err", "both"])
def test_an_output_that_is_full_ends_without_a_traceback(tmp_path, words, streams):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "charplay", *words],
            stdin=subprocess.DEVNULL,
            stdout=full if streams != "err" else subprocess.PIPE,
            stderr=full if streams != "out" else subprocess.PIPE,
            env=variables_for(tmp_path / "home"),
            timeout=120,
        )
    told = (done.stderr or b"").decode()
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert done.returncode in (0, 1, 2)
    if streams == "out" and words != ["nonsense"] and words != ["-c", ":tree"]:
        assert done.returncode == 1
        assert told.startswith("error: the output cannot be written: No space left on device\n")
