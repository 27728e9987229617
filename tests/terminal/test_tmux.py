"""charplay in a real terminal, as a person has it: keys pressed, screens looked at."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

import pytest

from charplay import open_session
from tests.conftest import variables_for
from tests.sessions.conftest import put_model

DRAWN_TOGETHER = 512  # names at most
PATIENCE_SECONDS = 120
MARK = "❯"
CHARPLAY = (sys.executable, "-m", "charplay")

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("tmux"), reason="tmux is not installed"
)


def _without_control(name, flags):
    """A terminal that does not become the one that controls this process."""
    return os.open(name, flags | os.O_NOCTTY)


class Tmux:
    """A terminal of its own that charplay runs in."""

    def __init__(self, socket, home, columns=80, rows=24, command=CHARPLAY, mark=MARK, waits=True):
        self._socket, self._mark = socket, mark
        variables = variables_for(home, LC_ALL="C.UTF-8", TERM="xterm")
        size = ("-x", str(columns), "-y", str(rows))
        self._call("new-session", "-d", *size, *command, env=variables)
        if waits:
            self.wait_for_prompt()

    def _call(self, *words, **more):
        tmux = ("tmux", "-u", "-S", str(self._socket), "-f", os.devnull)
        return subprocess.run(
            (*tmux, *words), capture_output=True, text=True, encoding="utf-8", timeout=60, **more
        )

    @property
    def running(self):
        return self._call("has-session").returncode == 0

    def screen(self):
        """The rows of the screen, without the blanks at their ends, nor empty rows below."""
        rows = self._call("capture-pane", "-p").stdout.split("\n")
        return [row.rstrip() for row in "\n".join(rows).rstrip().split("\n")]

    def history(self):
        """The rows of the screen and of what has scrolled off it."""
        rows = self._call("capture-pane", "-p", "-J", "-S", "-").stdout.rstrip().split("\n")
        return [row.rstrip() for row in rows]

    def wait_until(self, fits, what):
        """The screen, as soon as it fits; however long a slow machine takes, within reason."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            screen = self.screen()
            if fits(screen):
                return screen
            time.sleep(0.05)
        shown = "\n".join(screen)
        raise AssertionError(f"{what} was not to be seen on this screen:\n{shown}")

    def wait_for_prompt(self, text=""):
        """The screen, once it has that text and waits for a line."""
        return self.wait_until(
            lambda rows: rows[-1] == self._mark and any(text in row for row in rows), f"{text!r}"
        )

    def press(self, *keys):
        """Keys by tmux's names, such as Enter or C-c."""
        self._call("send-keys", *keys)

    def type(self, text):
        self._call("send-keys", "-l", text)
        end = text.replace(" ", "")[-10:]
        self.wait_until(
            lambda rows: "".join(rows).replace(" ", "").endswith(end), f"{text!r} typed"
        )

    def type_line(self, line):
        """Type a line and Enter, whatever is to be seen."""
        self._call("send-keys", "-l", line)
        self.press("Enter")

    def say(self, line, until):
        """The screen once a line is typed, done, and the text is there."""
        self.type(line)
        self.press("Enter")
        return self.wait_for_prompt(until)

    def resize(self, columns, rows):
        """Give the window another size; tmux may take a moment to tell the program's terminal."""
        self._call("resize-window", "-x", str(columns), "-y", str(rows))
        name = self._call("display-message", "-p", "#{pane_tty}").stdout.strip()
        with open(name, "rb", buffering=0, opener=_without_control) as terminal:
            self.wait_until(
                lambda _: os.get_terminal_size(terminal.fileno()) == (columns, rows), "that size"
            )

    def close(self):
        self._call("kill-server")


def configure(home, **interface):
    """Options that stay, in a data home."""
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in interface.items())
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = home / "config.toml"
    file.write_text("[interface]\n" + "".join(lines))
    file.chmod(0o600)


@pytest.fixture
def terminal(home, registry, tmp_path):
    backend = registry.backends.find("numpy")
    put_model(home, backend, "namer", kind="names")
    put_model(home, backend, "poet")
    configure(home, status=False)
    terminal = Tmux(tmp_path / "tmux", home)
    yield terminal
    terminal.close()


def shown_after(screen, line):
    """The rows below a line typed, that row too, up to the next prompt."""
    start = max(row for row, text in enumerate(screen) if text.startswith(f"{MARK} {line}"))
    return screen[start:-1]


def rows_of(prompt, turn):
    """The rows that prose takes which goes on after what was typed."""
    return f"{MARK} {prompt}{turn.answers[0]}…".split("\n")


def test_a_conversation_in_a_real_terminal_through_several_sizes(terminal, home):
    terminal.say(":set seed 7", "seed is 7")
    with open_session(home=home, model="poet") as apart:
        first, second = apart.say("abc", seed=7), apart.say("fed", seed=7)

    screen = terminal.say("abc", "poet · 7/1")
    expected = [row.rstrip() for row in rows_of("abc", first)]
    assert shown_after(screen, "abc") == [*expected, "poet · 7/1"]

    terminal.resize(40, 20)
    screen = terminal.say("fed", "poet · 7/1")
    expected = [row.rstrip() for row in rows_of("fed", second)]
    assert shown_after(screen, "fed") == [*expected, "poet · 7/1"]

    terminal.say(":undo", "went back before turn 2")
    line = ("hag " * 20).rstrip()
    screen = terminal.say(line, "poet · 7/1")
    rows = shown_after(screen, "hag")
    assert rows[2].startswith("g"), "the third row has the line's last letter and the answer"
    assert sum("hag hag" in row for row in rows) == 2, "and the line is not said again"

    terminal.resize(80, 24)
    terminal.say(":keep", "kept: hag")
    tree = shown_after(terminal.say(":tree", "└─●3 ★ [branch-3]"), ":tree")[1:]
    assert [row[:8] for row in tree] == ["○1 [main", "├─ 2 fed", "└─●3 ★ ["]

    terminal.resize(120, 40)
    terminal.type("half a line")
    terminal.press("C-c")
    terminal.wait_for_prompt("half a line")
    terminal.press("C-l")
    terminal.wait_until(lambda rows: rows == [MARK], "an empty screen")
    assert terminal.say(":redo", "there is no turn to redo here")[1:3] == [
        "error: there is no turn to redo here", "  → :tree shows the turns",
    ]  # fmt: skip
    terminal.type(":quit")
    terminal.press("Enter")
    end = time.monotonic() + PATIENCE_SECONDS
    while terminal.running and time.monotonic() < end:
        time.sleep(0.05)
    assert not terminal.running


def test_a_table_and_the_tree_follow_the_window_also_while_names_stream(terminal):
    """Every name is there once, in its order, whatever the window did meanwhile."""
    terminal.type(":names namer -n 300000 --seed 7")
    terminal.press("Enter")
    for columns, rows in ((60, 20), (100, 30), (40, 16), (80, 24)):
        terminal.resize(columns, rows)
        terminal.wait_until(lambda rows: any("of 300,000" in row for row in rows[-2:]), "a count")
    terminal.press("C-c")
    terminal.wait_for_prompt("stopped after")
    labels = [re.search(r" 7/(\d+)$", row) for row in terminal.history()]
    numbers = [int(label[1]) for label in labels if label]
    assert numbers == sorted(set(numbers))
    missing = set(range(numbers[0], numbers[-1] + 1)) - set(numbers)
    assert min(missing, default=numbers[-1]) > numbers[-1] - DRAWN_TOGETHER, (
        "Ctrl-C leaves out only those that were not ended; tmux forgets the first of many"
    )
    assert len(numbers) > 64

    for turn, (columns, rows) in enumerate(((40, 20), (80, 24), (120, 40)), 2):
        terminal.resize(columns, rows)
        terminal.press("C-l")
        terminal.wait_until(lambda rows: rows == [MARK], "an empty screen")
        terminal.say(":names namer -n 4 --seed 7", "7/4")
        table = shown_after(terminal.history(), ":names")[1:]
        assert max(map(len, table)) <= columns
        assert [row.split()[-1] for row in table[-4:]] == [f"7/{number}" for number in range(1, 5)]
        assert sum(set(row) == {"─"} for row in table) == 1
        terminal.say(":tree", f"●{turn}")
        tree = shown_after(terminal.history(), ":tree")[1:]
        assert max(map(len, tree)) <= columns
        assert [row for row in tree if "●" in row] == tree[-1:], "no row is broken"


def test_keys_pressed_while_a_command_runs_leave_no_trace_on_the_screen(terminal):
    """Ctrl-L would clear what the run has shown, and the terminal's own answers would be typed."""
    terminal.resize(80, 50)  # a fast machine prints more than 24 rows
    long = "--updates 1000000 --set sample-every=1000000"
    terminal.type(f":train dinosaurs --wait --recipe course-dinosaurs {long}")
    terminal.press("Enter")
    terminal.wait_until(lambda rows: any("Ctrl-C stops" in row for row in rows), "the live view")
    terminal.press("C-l")
    terminal.press("C-l")
    terminal.press("C-c")
    screen = terminal.wait_for_prompt("is in the library")
    assert screen[0].startswith("charplay "), "nothing was cleared"
    assert not any("^[" in row or "^L" in row for row in screen)
    terminal.say(":names course-dinosaurs -n 1 --seed 7", "7/1")


def test_a_line_typed_while_a_command_runs_is_done_after_it(terminal):
    terminal.type(":train dinosaurs --wait --quick")
    terminal.press("Enter", "C-l", *":names namer -n 1 --seed 5", "Enter")
    screen = terminal.wait_for_prompt("5/1")
    assert any("is in the library" in row for row in screen), (
        "what the run has shown is still there"
    )


def test_ctrl_z_goes_to_the_shell_from_the_prompt_and_does_nothing_while_a_command_runs(
    home, registry, tmp_path
):
    put_model(home, registry.backends.find("numpy"), "namer", kind="names")
    configure(home, status=False)
    shell = ("env", "PS1=$ ", "bash", "--norc", "--noprofile")
    terminal = Tmux(tmp_path / "tmux", home, command=shell, mark="$")
    try:
        terminal.type_line(" ".join(map(shlex.quote, CHARPLAY)))
        terminal.wait_until(lambda rows: rows[-1] == MARK, "the prompt")
        terminal.press("C-z")
        terminal.wait_until(
            lambda rows: rows[-1] == "$" and any("Stopped" in row for row in rows), "the shell"
        )
        terminal.type_line("fg")
        terminal.wait_until(lambda rows: rows[-1] == MARK, "the prompt again")
        terminal.type_line(":names namer -n 300000 --seed 7")
        terminal.wait_until(lambda rows: any("of 300,000" in row for row in rows), "a count")
        terminal.press("C-z")
        terminal.press("C-c")
        terminal.wait_until(lambda rows: rows[-1] == MARK, "the prompt, nothing typed")
    finally:
        terminal.close()


def test_a_text_is_picked_from_a_shell_key_by_key(home, registry, tmp_path):
    put_model(home, registry.backends.find("numpy"), "poet")
    kept = tmp_path / "kept"
    command = (
        f"{shlex.join((*CHARPLAY, 'pick', 'ab '))} > /dev/tty; echo $? > {shlex.quote(str(kept))}"
    )
    terminal = Tmux(tmp_path / "tmux", home, command=("sh", "-c", command), waits=False)
    try:
        terminal.wait_until(lambda rows: any("Tab a word" in row for row in rows), "the keys")
        terminal.press("c")
        terminal.wait_until(lambda rows: any("ab c" in row for row in rows), "the letter")
        terminal.press("Enter")
        end = time.monotonic() + PATIENCE_SECONDS
        while not (kept.exists() and kept.read_text()) and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        terminal.close()
    assert kept.read_text().strip() == "0"
