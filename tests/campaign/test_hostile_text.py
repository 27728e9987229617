"""Hostile text through every command of the table, at a terminal: no raw control reaches it."""

import contextlib
import os
import subprocess
import sys

import pytest

from charplay.commands.builtin import all_commands
from charplay.sessions.choice import SessionChoice
from charplay.testing.world import variables_for
from tests.campaign.talking import VIEWS, memory_folder, typed_lines
from tests.campaign.watching import raw_controls, watched_call
from tests.sessions.conftest import put_model

pytestmark = pytest.mark.campaign

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eabc\u2066\x7f\x08"
HOSTILE += "\u2028d\u2029\ufeff\u200b\U000e0041\U000e007f"
LETTERS = "".join(sorted(set("\n " + HOSTILE)))
# They wait for a person, or leave.
UNASKED = {"edit", "quit", "pick"}
FORMATS = ("text", "json", "csv", "jsonl", "lines")


def paths_of(commands):
    """Each command of the table, and each of its actions."""
    for command in commands.values():
        yield (command.name,), command
        yield from (((command.name, action.name), action) for action in command.actions)


@pytest.fixture(scope="module")
def home(registry):
    """A home in which models know hostile characters, and said them in sessions."""
    with memory_folder() as folder:
        home = folder / "home"
        backend = registry.backends.find("numpy")
        put_model(home, backend, "namer", "names", seed=1, letters=LETTERS)
        put_model(home, backend, letters=LETTERS)
        (folder / "list.txt").write_text(f"{HOSTILE}\nbab\n{HOSTILE[::-1]}\n" * 30)
        watched_call(home, ["corpora", "add", folder / "list.txt", "--name", "hostile"])
        typed_lines(home, registry, [f"a{HOSTILE}", HOSTILE], SessionChoice("winter"))
        talk = [
            ":keep 1",
            ":model namer",
            "a\x1b\x9b",
            ":keep 1",
            ":names --starts \x1b",
            ":keep 1",
        ]
        typed_lines(home, registry, talk, SessionChoice("winter"))
        yield home


def words_of(path, command):
    """Ways to ask for a command with hostile words."""
    yield list(path)
    yield [*path, HOSTILE]
    yield [*path, HOSTILE, HOSTILE, HOSTILE]
    yield [*path, "namer", HOSTILE]
    yield [*path, "poet", HOSTILE]
    yield [*path, "@" + HOSTILE]
    yield [*path, f"--{HOSTILE}", "a"]
    for option in command.options:
        if not option.positional and not option.is_switch:
            yield [*path, f"--{option.typed_name}={HOSTILE}"]


def test_no_raw_control_comes_from_any_command(home, registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path, command in paths_of(all_commands(registry)):
        if path[0] in UNASKED:
            continue
        for words in words_of(path, command):
            watched_call(home, words, tty=True)
        watched_call(home, [*path, "--help"], tty=True)


@pytest.mark.parametrize("format", FORMATS)
def test_no_raw_control_comes_from_a_result_in_any_format(home, format, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (
        ["names", "namer", "-n", "20"], ["sample", "poet", "-n", "3"], ["models"], ["tree"],
        ["sessions"], ["kept", "--all"], ["corpora"], ["corpora", "show", "hostile"],
        ["probs", "--model", "poet", HOSTILE], ["why"], ["score", "--model", "namer", HOSTILE],
        ["surprise", "--model", "poet", HOSTILE], ["neurons", "--model", "poet", HOSTILE],
        ["state"], ["models", "show", "poet"], ["plugins"], ["jobs"], ["recipes"],
    ):  # fmt: skip
        watched_call(home, [*words, "--format", format], tty=True)


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals here")
def test_no_raw_control_reaches_a_pseudo_terminal(home):
    lines = [
        *VIEWS, ":models", ":models show poet", ":corpora", ":corpora show hostile",
        ":names namer -n 20", f":probs --model poet {HOSTILE}", f":surprise -m poet {HOSTILE}",
        f":neurons -m poet {HOSTILE}", ":why", f":{HOSTILE}", f":session {HOSTILE}", HOSTILE,
    ]  # fmt: skip
    words = [word for line in lines for word in ("-c", line)]
    near, far = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "charplay", "--session", "winter", *words],
        stdin=subprocess.DEVNULL, stdout=far, stderr=far,
        env=variables_for(home, TERM="xterm", COLUMNS="80"),
    )  # fmt: skip
    os.close(far)
    shown = all_bytes(near).decode()
    assert process.wait(60) in (0, 1, 2)
    assert "Traceback" not in shown
    assert "hostile" in shown
    assert "\u241b" in shown  # the sign for Escape
    assert not raw_controls(shown)


def all_bytes(descriptor):
    """What comes out of a pseudo-terminal until its other end is closed."""
    found = b""
    with contextlib.suppress(OSError):  # Linux tells the end by an error
        while some := os.read(descriptor, 65_536):
            found += some
    os.close(descriptor)
    return found


def test_hostile_text_is_exact_in_a_pipe_and_escaped_at_a_terminal(home):
    words = ["kept", "--all", "--format", "csv"]
    piped, shown = watched_call(home, words).out, watched_call(home, words, tty=True).out
    assert "\x1b" in piped
    assert "\u241b" in shown
    assert "\\u001b" in watched_call(home, ["kept", "--all", "--format", "json"], tty=True).out


def test_no_raw_control_comes_from_a_talk(home, registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("winter", "summer"):
        lines = [HOSTILE, f"a{HOSTILE}", *VIEWS, f":search {HOSTILE}", f":{HOSTILE}", ":undo",
                 f":branch {HOSTILE}", f":goto {HOSTILE}", f":session {HOSTILE}",
                 f":export {HOSTILE}.md", f":export {HOSTILE}/x.md", ":retry"]  # fmt: skip
        typed_lines(home, registry, lines, SessionChoice(name))


@pytest.mark.parametrize(
    "words",
    [["--model", HOSTILE], ["--session", HOSTILE], ["--plugin", HOSTILE, "names"],
     ["--plugin", f"{HOSTILE}.py", "models"], [f"--{HOSTILE}"], ["-c", HOSTILE],
     ["-c", f":{HOSTILE}"], ["--threads", HOSTILE], ["--format", HOSTILE, "models"],
     ["--model", f"./{HOSTILE}", "-c", ":tree"], [HOSTILE]],
)  # fmt: skip
def test_no_raw_control_comes_from_what_charplay_refuses(home, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    watched_call(home, words, tty=True)


def test_a_home_and_files_with_hostile_names_are_shown_safely(registry, tmp_path, monkeypatch):
    strange = tmp_path / HOSTILE
    put_model(strange, registry.backends.find("numpy"))
    monkeypatch.chdir(tmp_path)
    os.chmod(strange, 0o755)
    typed_lines(strange, registry, ["abc", *VIEWS, ":undo"])
    (strange / "sessions.db").write_bytes(b"no store" * 100)
    for words in (["models"], ["tree"], ["sessions", "check"], ["sessions", "repair"],
                  ["set", "temperature", "2"], ["nonsense"], ["sessions", "import", strange],
                  ["train", strange / "x"], ["-c", "abc"],
                  ["export", strange / "x.md"]):  # fmt: skip
        watched_call(strange, words, tty=True)
    typed_lines(strange, registry, ["abc", ":sessions check"])
