"""Long results and the person's pager."""

import shlex
import sys
from dataclasses import replace

import pytest

from charplay.commands.results import EventStream
from charplay.terminal.pager import find_pager, is_whole, page_text
from tests.conftest import make_environment

# Its prompt is in words, as a colon is ours.
LESS = ["less", "-RFX", "-P-- blank goes on, q goes back --"]


def python_pager(code):
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


@pytest.mark.parametrize(
    ("pager", "words"),
    [
        ("cat -n", ["cat", "-n"]),
        ("no-such-pager-anywhere", None),
        ("' not closed", LESS),
        ("", LESS),
        ("less", LESS),
        ("less -S", ["less", "-S"]),
    ],
)
def test_the_person_says_by_what_they_page(pager, words, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: name in ("cat", "less") or None)
    assert find_pager({"PAGER": pager}) == words


def test_a_pager_reads_the_text_to_the_letter(home, tmp_path):
    file = tmp_path / "read"
    code = f"import sys; open({str(file)!r}, 'wb').write(sys.stdin.buffer.read())"
    text = "\x1b[1mbold\x1b[0m é 名\n" * 5000
    assert page_text(text, shlex.split(python_pager(code)), make_environment(home))
    assert file.read_text(encoding="utf-8") == text


def test_a_pager_that_is_left_at_once_is_no_error(home):
    assert page_text("line\n" * 100_000, [sys.executable, "-c", ""], make_environment(home))


def test_a_pager_that_cannot_be_started_leaves_the_text_to_us(home, tmp_path):
    file = tmp_path / "pager"
    file.write_text("no program")
    assert not page_text("text", [str(file)], make_environment(home))


def test_ctrl_c_is_for_the_pager(home):
    counted = []
    environment = make_environment(home)
    interrupts = environment.interrupts
    environment = replace(environment, interrupts=lambda: counted.append(1) or interrupts())
    assert page_text("text", [sys.executable, "-c", ""], environment)
    assert counted


def test_what_comes_as_it_is_made_is_never_paged():
    assert not is_whole(EventStream(iter(())))
    assert not is_whole(iter(()))
    assert is_whole(["a line"])
    assert is_whole("a line")


def test_a_pager_has_the_persons_variables_and_is_told_to_be_careful(home, tmp_path):
    file = tmp_path / "read"
    names = "os.environ['LESSSECURE'], os.environ['BIRD']"
    code = f"import os; open({str(file)!r}, 'w').write(' '.join(({names})))"
    assert page_text("", shlex.split(python_pager(code)), make_environment(home, BIRD="wren"))
    assert file.read_text() == "1 wren"


def test_a_pager_reads_what_the_output_can_hold(home, tmp_path):
    file = tmp_path / "read"
    code = f"import sys; open({str(file)!r}, 'wb').write(sys.stdin.buffer.read())"
    environment = make_environment(home)
    environment.stdout.encoding = "latin-1"
    assert page_text("é 名", shlex.split(python_pager(code)), environment)
    assert file.read_bytes() == b"\xe9 ?"
