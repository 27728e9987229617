"""A disk that is full at the n-th write, for every n: one line is told, the old content stays."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from charplay.testing.world import variables_for
from tests.campaign.full_disk import disk_with_room
from tests.campaign.talking import copied_home, memory_folder, talked_home, typed_words
from tests.sessions.conftest import put_model

pytestmark = pytest.mark.campaign

DEEDS = {
    "corpora add": ["corpora", "add", "{folder}/list.txt"],
    "corpora remove": ["corpora", "remove", "stored", "--yes"],
    "models add": ["models", "add", "{folder}/model.safetensors", "--name", "added"],
    "models export": ["models", "export", "poet", "{out}/out.safetensors"],
    "models rename": ["models", "rename", "poet", "bard"],
    "models remove": ["models", "remove", "old", "--yes"],
    "models prune": ["models", "prune", "--yes"],
    "talk": ["--session", "winter", "-c", "abc"],
    "keep": ["keep", "1"],
    "undo": ["undo"],
    "set": ["set", "temperature", "2"],
    "macro": ["macro", "zo = names namer"],
    "export json": ["export", "{out}/out.json"],
    "export html": ["export", "{out}/out.html"],
    "export csv": ["export", "{out}/out.csv"],
    "export md": ["export", "{out}/out.md"],
    "export jsonl": ["export", "{out}/out.jsonl"],
    "save": ["names", "namer", "-n", "3", "--save", "{out}/out.txt"],
    "plot": ["plot", "drugs", "{out}/out.svg"],
    "plugins new": ["plugins", "new", "tides"],
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
        backend = registry.backends.find("numpy")
        for seed in (3, 4):  # at the first one no name points any more
            put_model(home, backend, "old", seed=seed)
        put_model(home, backend)
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


def words_of(deed, base):
    """The words of a deed, and the empty folder that it writes its own files to."""
    out = base / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    return [word.format(folder=base, out=out) for word in DEEDS[deed]], out


def home_before(deed, base):
    """A home in which a deed is done: `set` makes the configuration, `macro` changes it."""
    home = copied_home(base / "talked", base / "home")
    if deed == "macro":
        (home / "config.toml").write_text("# mine\n[macros]\nty = 'trex'\n")
    return home


@pytest.mark.parametrize("deed", DEEDS)
def test_a_disk_that_is_full_at_any_write_leaves_what_was_there(base, deed, monkeypatch):
    room, done, found = 0, False, []
    before = contents(home_before(deed, base))
    while not done:
        home, (words, out) = home_before(deed, base), words_of(deed, base)
        monkeypatch.chdir(out)
        with disk_with_room(room, monkeypatch) as disk:
            said = typed_words(home, *words)
        done = disk.written <= room
        if said.status and deed != "an error":
            assert said.err.count("error: ") == 1, (deed, room, said.told)
            assert len(said.err.splitlines()) <= 2 + said.err.count("warning: ") * 2, said.told
        found.append((room, said.status, contents(home), contents(out)))
        left = [p for p in home.rglob(".*") if re.search(r"\.[0-9a-f]{16}", p.name)]
        assert not left, (deed, room, left)
        assert said.status == 0 or not os.listdir(out), (deed, room, os.listdir(out))
        with closing(sqlite3.connect(home / "sessions.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], (deed, room)
        room += 1
        assert room < 500, deed
    assert len(found) > 1, "at least one write fails"
    _, _, after, written = found[-1]
    assert bool(written) == ("{out}" in " ".join(DEEDS[deed]) or deed == "plugins new"), deed
    for room, status, now, outputs in found:
        for path, content in now.items():
            known = (before.get(path), after.get(path))
            partial = path.name.endswith(".txt") and path not in before  # its record is missing
            assert content in known or partial, (deed, room, path)
        assert set(before) & set(after) <= set(now), (deed, room)
        assert status or (now, outputs) == (after, written), (deed, room, "not all is done")


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
