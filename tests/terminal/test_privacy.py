"""Private means that nothing is left; the rest is left to its owner alone."""

import os
import stat

import pytest

from charplay.commands.settings import Interface
from charplay.sessions.choice import SessionChoice
from charplay.terminal.shell import Shell
from tests.conftest import make_environment
from tests.sessions.conftest import put_model
from tests.terminal.test_repl import typed_into

SECRET = "zyxsecret"
LINES = [
    f"{SECRET}\r",
    f":nonsense {SECRET}\r",
    f":model {SECRET}\r",
    f":names --prompt @{SECRET}\r",
    f":sample --prompt {SECRET}\r",
    ":keep 1\r",
    ":undo\r",
    ":redo\r",
    ":retry\r",
    ":sessions\r",
    ":kept --all\r",
    f":sessions search {SECRET}\r",
    f":export {SECRET}/x.md\r",
    f":session {SECRET}\r",
    f":sessions import {SECRET}\r",
    f":train {SECRET}\r",
    f":set stop {SECRET}\r",
]


@pytest.fixture(autouse=True)
def folder_of_its_own(tmp_path, monkeypatch):
    """What is typed names files without a folder."""
    monkeypatch.chdir(tmp_path)


def files_in(home):
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


def private_repl(home, *keys):
    """A REPL that was started with --no-session."""
    return typed_into(
        home, *keys, keeping=SessionChoice(nowhere=True), interface=Interface(private=True)
    )


def test_a_repl_that_keeps_no_session_leaves_no_home(home):
    said = private_repl(home, *LINES, ":model drugs\r", "Tyr\r")
    assert said.err.count("error: ") >= 5
    assert "unkept-1" in said.out
    assert not home.exists()


@pytest.mark.parametrize("words", [("names", SECRET), ("-c", SECRET), ("sample", "--nonsense")])
def test_a_shell_command_that_keeps_no_session_leaves_no_home(charplay, home, words):
    charplay("--no-session", *words)
    assert not home.exists()


def test_private_in_the_middle_keeps_nothing_of_what_follows(home, registry):
    put_model(home, registry.backends.find("numpy"))
    typed_into(home, "abc\r")
    before = files_in(home)
    said = typed_into(home, ":set private on\r", *LINES, ":model drugs\r")
    assert "unkept-1" in said.out
    after = files_in(home)
    history = home / "history"
    assert after[history].startswith(before[history])
    assert after[history].count(b"\n+") == 2, "the line that turns private on is the last"
    assert not [path for path, data in after.items() if SECRET.encode() in data]
    assert {path for path in after if after[path] != before.get(path)} == {history}


def test_what_follows_private_off_is_kept_again(home, registry):
    put_model(home, registry.backends.find("numpy"))
    typed_into(home, "abc\r", ":set private on\r", f"{SECRET}\r", ":set private off\r", "fed\r")
    history = (home / "history").read_text()
    assert SECRET not in history
    assert "+fed" in history
    said = typed_into(home, ":sessions --format csv\r")
    assert ",2," in said.lines[-1], "abc and fed are the turns"


def test_a_broken_command_is_logged_unless_private_is_on(home, registry, monkeypatch):
    monkeypatch.setattr("charplay.commands.turns.show_tree", lambda *more: 1 / 0)
    for private, line in ((True, ":set private on"), (False, ":set private off")):
        environment = make_environment(home)
        shell = Shell(environment, registry)
        shell.perform_lines([line, ":tree"])
        shell.close()
        assert "charplay broke" in environment.stderr.getvalue()
        assert ("--debug" in environment.stderr.getvalue()) == private
        assert (home / "charplay.log").exists() == (not private)


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
@pytest.mark.parametrize(
    "mask", [0o000, *(pytest.param(mask, marks=pytest.mark.campaign) for mask in (0o022, 0o077))]
)
def test_every_file_of_a_full_run_is_its_owners_alone(home, tmp_path, mask, monkeypatch):
    text = tmp_path / "mine.txt"
    text.write_text("".join(f"zor{a}{b}\n" for a in "abcdefgh" for b in "abcdefgh"))
    seen = {}
    close = Shell.close

    def look_and_close(shell):
        paths = (home, *home.rglob("*"))
        seen.update({path: (path.is_dir(), path.stat().st_mode) for path in paths})
        close(shell)

    monkeypatch.setattr(Shell, "close", look_and_close)
    keys = (
        "Tyr\r", ":keep 1\r", f":corpora add {text}\r",
        f":train {text} --quick --wait\r", ":model mine\r",
        "zo\r", ":names -n 2\r", ":models rename mine ours\r", ":nonsense\r",
        f":export {tmp_path}/talk.json\r", f":sessions import {tmp_path}/talk.json --name other\r",
        f":models export ours {tmp_path}/ours.safetensors\r",
        f":models add {tmp_path}/ours.safetensors --name added\r", ":poem O thou\r",
    )  # fmt: skip
    before = os.umask(mask)
    try:
        said = typed_into(home, *keys)
        paths = (home, *home.rglob("*"))
        seen.update({path: (path.is_dir(), path.stat().st_mode) for path in paths})
    finally:
        os.umask(before)
    assert said.err.count("error: ") == 1, said.err
    names = {path.name for path in seen}
    assert names >= {"history", "charplay.log", "sessions.db", "sessions.db-wal", "events.jsonl"}
    wrong = {
        str(path): oct(mode)
        for path, (folder, mode) in seen.items()
        if stat.S_IMODE(mode) != (0o700 if folder else 0o600)
    }
    assert wrong == {}
    exported = stat.S_IMODE((tmp_path / "talk.json").stat().st_mode)
    assert exported == 0o666 & ~mask, "what is passed on is as the umask says"


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_home_that_was_open_is_closed_and_that_is_said_once(charplay, with_model):
    with_model.chmod(0o755)
    (with_model / "models").chmod(0o755)
    said = charplay("models")
    note = f"note: files in {with_model} were open to others; now they are yours alone\n"
    assert said.notes.count(note) == 1
    assert note not in charplay("models").told
