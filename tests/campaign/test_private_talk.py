"""A private talk leaves nothing: every file of the home is searched; and rights under any umask."""

import os
import stat

import pytest

from tests.campaign.talking import memory_folder, talked_home, typed_lines, typed_words
from tests.campaign.watching import watched_call

pytestmark = pytest.mark.campaign

SECRET = "fadedbadcab"  # of letters that the models know
LINES = [
    SECRET, f"{SECRET}ab", ":undo", ":redo", ":retry", f":sample --prompt {SECRET}",
    f":names --prompt {SECRET}", f":score {SECRET}", f":probs {SECRET}", f":surprise {SECRET}",
    f":neurons {SECRET}", f":branch {SECRET}", f":goto {SECRET}", ":keep 1", ":kept", ":tree",
    f":session {SECRET}", f":sessions search {SECRET}", f":sessions rename winter {SECRET}x/",
    f":nonsense {SECRET}", f":model {SECRET}", ":model namer",
    SECRET, f":train {SECRET}", f":set stop {SECRET}", f":macro {SECRET} :names {SECRET}",
    ":sessions check", ":sessions repair", f":poem {SECRET}", f":compare {SECRET} {SECRET}",
]  # fmt: skip


@pytest.fixture
def home(registry):
    with memory_folder() as folder:
        yield talked_home(folder / "home", registry)


@pytest.mark.parametrize("how", ["switched on", "from the start"])
def test_nothing_of_a_private_talk_is_in_any_file(home, registry, monkeypatch, how):
    monkeypatch.chdir(home.parent)
    if how == "switched on":
        typed_lines(home, registry, ["abc", ":set private on", *LINES])
    else:
        words = [word for line in LINES for word in ("-c", line)]
        watched_call(home, ["--no-session", *words])
    for path in home.parent.rglob("*"):
        shown = os.fsencode(path.relative_to(home.parent))
        held = path.read_bytes() if path.is_file() else b""
        assert SECRET.encode() not in shown + held, path
    assert typed_words(home, "sessions", "search", SECRET).out == ""


def test_all_that_is_kept_is_its_owners_alone_whatever_the_umask(registry, tmp_path):
    before = os.umask(0)
    try:
        with memory_folder() as folder:
            home = talked_home(folder / "home", registry)
            (folder / "list.txt").write_text("bab\ncab\n" * 20)
            typed_words(home, "corpora", "add", folder / "list.txt")
            typed_words(home, "set", "temperature", "2")
            typed_words(home, "nonsense")
            (home / "sessions.db").write_bytes(b"no store " * 1000)
            typed_words(home, "-c", "abc")
            typed_words(home, "--new", "-c", "abc")
            typed_words(home, "sessions", "repair")
            for path in (home, *home.rglob("*")):
                assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    finally:
        os.umask(before)
