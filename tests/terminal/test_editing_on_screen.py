"""Editing as a person sees it, in a real terminal."""

import itertools
import os
import shutil
import sys
import time

import pytest

from tests.terminal.test_repl import Terminal
from tests.terminal.test_tmux import MARK, Tmux, configure

needs_tmux = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("tmux"), reason="tmux is not installed"
)


@pytest.fixture
def tmux(home, tmp_path, monkeypatch):
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys\n"
        "file = open(sys.argv[1], 'r+')\n"
        "text = file.read()\n"
        "print('editing', input('> '))\n"
        "file.write('anna')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    configure(home, status=False)
    terminal = Tmux(tmp_path / "tmux", home)
    yield terminal
    terminal.close()


def last_rows(rows, number):
    return [row.replace("\xa0", " ") for row in rows[-number:]]


@needs_tmux
def test_lines_searches_shown_rests_and_an_editor_on_the_screen(tmux):
    tmux.say(":set seed 7", "seed is 7")
    tmux.say(":names drugs -n 1", "7/1")

    tmux.type("Ty")
    tmux.press("M-Enter")
    tmux.wait_until(lambda rows: rows[-1] == "·", "a second line")
    tmux.type("ra")
    tmux.press("Up")
    tmux.press("X")
    tmux.wait_until(lambda rows: last_rows(rows, 2) == [f"{MARK} TyX", "· ra"], "two lines")
    tmux.press("C-c")
    tmux.wait_until(lambda rows: rows[-1] == MARK, "a new line")

    tmux.press(":", "n", "a")
    tmux.wait_until(lambda rows: rows[-1] == f"{MARK} :names drugs -n 1", "the rest of a line")
    tmux.press("Right", "Enter")
    rows = tmux.wait_until(
        lambda rows: sum(row.endswith("7/1") for row in rows) == 2 and rows[-1] == MARK, "a name"
    )

    tmux.press("C-r")
    tmux.wait_until(lambda rows: "reverse-i-search" in rows[-1], "a search")
    tmux.press(*"seed")
    tmux.wait_until(lambda rows: rows[-1].endswith(":set seed 7"), "the line that is searched")
    tmux.press("C-g")
    tmux.wait_until(lambda rows: rows[-1] == MARK, "an empty line")

    tmux.press("C-l")
    tmux.wait_until(lambda rows: rows == [MARK], "an empty screen")
    tmux.type("Bo")
    tmux.press("C-g")
    tmux.wait_until(lambda rows: rows[-1] == ">", "the editor")
    tmux.press("C-c")
    tmux.wait_until(lambda rows: "error: the editor" in "".join(rows), "what became of it")
    tmux.wait_until(lambda rows: rows[-1] == f"{MARK} Bo", "the text again")
    tmux.press("C-g")
    tmux.wait_until(lambda rows: rows[-1] == ">", "the editor")
    tmux.press(*"echoed")
    tmux.wait_until(lambda rows: rows[-1] == "> echoed", "what is typed in the editor")
    tmux.press("Enter")
    rows = tmux.wait_until(lambda rows: rows[-1] == f"{MARK} Boanna", "the edited text")
    shown = [row for row in rows if row.startswith((MARK, "error: ", "editing"))]
    assert [row.split()[0] for row in shown] == ["error:", "editing", MARK], "each once"


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_no_key_is_lost_or_doubled_that_is_pressed_while_a_run_ends(home):
    home.mkdir()
    terminal = Terminal(home)
    try:
        terminal.wait_for("❯")
        terminal.type(":train dinosaurs --quick --name mine\r")
        terminal.wait_for("run 1 trains mine")
        typed = ":"
        terminal.type(":")
        for letter in itertools.cycle("abcdefghijklmnopqrstuvwxyz"):
            terminal.type(letter)
            typed += letter
            terminal.read_waiting()
            if len(typed) % 20 == 0:  # which the terminal would take for itself
                terminal.type("\x7f")
                typed = typed[:-1] + "-"
                terminal.type("-")
            if "is done" in terminal.seen or len(typed) > 4_000:
                break
            time.sleep(0.005)
        terminal.wait_for("is done")
        terminal.type("end\r")
        terminal.wait_for("there is no command")
        terminal.wait_for("❯")
    finally:
        terminal.close()
    assert (home / "history").read_text().endswith(f"+{typed}end\n")
