"""Ctrl-G and `edit`: a text in the person's own editor, played by small programs."""

import os
import shlex
import subprocess
import sys

import pytest

from charplay.errors import CharplayError
from charplay.terminal.editor import _editor_command, edit_text
from charplay.terminal.long_texts import LONGEST_EDITED
from tests.conftest import make_environment
from tests.terminal.test_repl import CTRL_C, CTRL_G, ENTER, names_in, pasted, typed_into


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """A function that makes an editor, a program that has the file's `path`."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def make(program):
        script = tmp_path / "an editor.py"
        script.write_text(
            "import os, signal, sys\nfrom pathlib import Path\npath = Path(sys.argv[-1])\n"
            + program,
            encoding="utf-8",
        )
        return shlex.join([sys.executable, str(script)])

    yield make
    assert not list(temporary.iterdir()), "nothing is left behind"


def edited(home, text, command):
    return edit_text(text, make_environment(home, VISUAL=command))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a\n",
        "a\n\n",
        "\n",
        " a \n\n b\t",
        "\ufeffa",
        "é–🦖\u2028\x85",
        "a\rb",
        "\\",
        "a" * 100_000,
    ],
)
def test_a_text_that_the_editor_leaves_alone_comes_back_to_the_letter(home, editor, text):
    assert edited(home, text, editor("")) == text


@pytest.mark.parametrize(
    ("text", "saved", "back"),
    [
        ("a", b"b\n", "b"),
        ("a", b"b\n\n", "b\n"),
        ("a", b"b", "b"),
        ("", b"b\n", "b"),
        ("a\n", b"b\n", "b\n"),
        ("a\n", b"b", "b"),
        ("a", b"", ""),
        ("a", b"b\r\nc\r\n", "b\nc"),
        ("a", b"\xef\xbb\xbfb\n", "b"),
    ],
)
def test_one_final_newline_is_the_editors_unless_the_text_had_one(home, editor, text, saved, back):
    assert edited(home, text, editor(f"path.write_bytes({saved!r})")) == back


FAILURES = {
    "fails": ("sys.exit(3)", "failed with status 3"),
    "is killed": ("os.kill(os.getpid(), signal.SIGKILL)", "was ended by SIGKILL"),
    "fails as most do": ("sys.exit(1)", "failed with status 1"),
    "is killed by a signal without a name": ("os.kill(os.getpid(), 50)", "ended by signal 50"),
    "saves bytes": ("path.write_bytes(b'ab\\xff')", "not UTF-8, from byte 3 on"),
    "saves a picture": ("path.write_bytes(b'\\x00\\x01')", "is no text"),
    "removes the file": ("path.unlink()", "No such file"),
    "makes a folder of it": ("path.unlink(); path.mkdir()", "Is a directory"),
}


@pytest.mark.skipif(os.name != "posix", reason="signals and messages as POSIX has them")
@pytest.mark.parametrize(("program", "told"), FAILURES.values(), ids=FAILURES.keys())
def test_an_editor_that_fails_changes_nothing_and_is_told_in_one_line(home, editor, program, told):
    with pytest.raises(CharplayError, match=told):
        edited(home, "Tyr", editor(program))
    said = typed_into(home, ":edit Tyr\r", ENTER, VISUAL=editor(program))
    assert said.err.count("error: ") == 1
    assert (told in said.err, len(names_in(said))) == (True, 5)
    said = typed_into(home, "Tyr" + CTRL_G, ENTER, VISUAL=editor(program))
    assert (said.err.count("error: "), len(names_in(said))) == (1, 5)
    assert all(name.startswith("Tyr") for name in names_in(said))


@pytest.mark.parametrize(
    ("variables", "told", "variable"),
    [
        (
            {"VISUAL": "no-such-editor"},
            "no-such-editor cannot be started: No such file or directory",
            "VISUAL",
        ),
        ({"VISUAL": "'"}, "the editor ' cannot be started: No closing quotation", "VISUAL"),
        ({"EDITOR": "/", "VISUAL": " "}, "cannot be started", "EDITOR"),
        ({"PATH": ""}, "there is no editor", "EDITOR"),
    ],
)
def test_without_an_editor_the_hint_says_what_to_set(home, variables, told, variable):
    with pytest.raises(CharplayError, match=told) as raised:
        edit_text("a", make_environment(home, **variables))
    assert f"set {variable}" in raised.value.hint or f"or {variable}" in raised.value.hint


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_the_file_is_its_owners_alone_and_not_in_the_data_home(home, editor):
    said = "\n".join(
        [
            "rights = [oct(place.stat().st_mode & 0o777) for place in (path, path.parent)]",
            "path.write_text(' '.join(rights) + ' ' + str(path), encoding='utf-8')",
        ]
    )
    file, folder, path = edited(home, "", editor(said)).split(maxsplit=2)
    assert (int(file, 8), int(folder, 8)) == (0o600, 0o700)
    assert not path.startswith(str(home))


APPENDS = "path.write_bytes(path.read_bytes() + b'nn\\n')"


def test_nothing_is_sent_without_enter(home, editor):
    said = typed_into(home, ":edit A\r", CTRL_C, "A" + CTRL_G, CTRL_C, VISUAL=editor(APPENDS))
    assert (said.err, names_in(said)) == ("", [])


def test_an_edited_text_is_sent_with_enter(home, editor):
    for keys in (":edit A\r", "A" + CTRL_G):
        said = typed_into(home, keys, ENTER, VISUAL=editor(APPENDS))
        assert said.err == ""
        assert [name[:3] for name in names_in(said)] == ["Ann"] * 5


def test_edit_without_a_text_takes_the_last_text_and_no_command(home, editor):
    said = typed_into(home, "A\r", ":names -n 1\r", ":edit\r", ENTER, VISUAL=editor(APPENDS))
    assert (said.err, names_in(said)[-1][:3]) == ("", "Ann")
    said = typed_into(home / "other", ":edit\r", ENTER, VISUAL=editor("path.write_text('Bo')"))
    assert [name[:2] for name in names_in(said)] == ["Bo"] * 5


def test_edit_without_a_text_takes_none_from_private_once_that_is_over(home, editor):
    keys = (":set private on\r", "Zyx\r", ":set private off\r", ":edit\r", ENTER)
    said = typed_into(home, *keys, VISUAL=editor(APPENDS))
    begun = [name[:3] for name in names_in(said)]
    assert (begun.count("Zyx"), len(begun)) == (5, 10)


def test_five_megabytes_that_the_editor_saves_stand_at_the_prompt(home, editor):
    big = editor("path.write_text('Tyrann' * 900_000)")
    said = typed_into(home, ":set max-chars 3\r", ":edit\r", CTRL_C, VISUAL=big)
    assert (said.status, said.err) == (0, "")
    text = edited(home, "", big)
    assert len(text) == 5_400_000 > LONGEST_EDITED


def test_the_editor_gets_a_long_paste_in_full(home, editor, tmp_path):
    copy = tmp_path / "copy"
    copies = editor(f"Path({str(copy)!r}).write_bytes(path.read_bytes())")
    text = "Tyrann" * 10_000
    typed_into(home, "<" + pasted(text) + ">" + CTRL_G, CTRL_C, VISUAL=copies)
    assert copy.read_text() == f"<{text}>"


def test_a_script_a_pipe_and_a_shell_say_that_edit_needs_the_prompt(home):
    for words, lines in ((["edit", "A"], ""), ([], ":edit A\n")):
        done = subprocess.run(
            [sys.executable, "-m", "charplay", *words],
            input=lines,
            env={**os.environ, "CHARPLAY_HOME": str(home), "VISUAL": "false"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert "there is none here" in done.stderr


def test_the_editor_that_is_named_first_is_taken_and_else_one_that_is_there(tmp_path):
    program = tmp_path / "nano"
    program.write_text("#!/bin/sh")
    program.chmod(0o700)
    found = {"PATH": str(tmp_path)}
    assert _editor_command(found) == [str(program)]
    assert _editor_command({**found, "EDITOR": "ed -s 'a b'"}) == ["ed", "-s", "a b"]
    assert _editor_command({**found, "EDITOR": "ed", "VISUAL": "vi"}) == ["vi"]
    assert _editor_command({**found, "EDITOR": "ed", "VISUAL": " "}) == ["ed"]
