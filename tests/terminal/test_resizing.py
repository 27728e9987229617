"""A window that is resized: what was drawn stays, what follows is as wide as the window is then."""

import os
import re
import select
import struct
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from charplay.commands.models import MODEL_COLUMNS, ModelRow
from charplay.commands.results import Table
from charplay.commands.training import Training
from charplay.plan import TextChoice, TrainingRun
from charplay.terminal.cli import run
from charplay.terminal.render import live
from charplay.terminal.render.console import make_console
from charplay.terminal.render.frame import Frame
from charplay.terminal.render.views import show
from charplay.training.events import Evaluated, Finished, Progress, Reported, Sampled, Started
from tests.conftest import make_environment, variables_for
from tests.terminal.screen import Screen

SIZES = st.tuples(st.integers(20, 300), st.integers(2, 100))
ROW = ModelRow(
    True, "dinosaurs", "names", "numpy", "dinosaurs", 1.5, 1.7, 31_650, "", "own", "5" * 64
)
RUN = TrainingRun("dinosaurs", TextChoice("dinosaurs"), "numpy")
STARTED = Started("dinosaurs", "dinosaurs", "names", 15_151, 1_714, 27, 7_643, 900)
FINISHED = Finished(900, "done", 1.5694, 1.7051, "best", 7.5)
ABOVE = "what stood there before"


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory):
    return tmp_path_factory.mktemp("nowhere")


@pytest.fixture(autouse=True)
def no_clock(monkeypatch):
    """The view is drawn when a test says so."""
    monkeypatch.setattr(live, "_SECONDS", 3600)


def console_on(screen, home):
    environment = make_environment(home, tty=True, TERM="xterm-256color")
    environment = replace(environment, stdout=screen, terminal_size=screen.size)
    return make_console(environment)


def test_a_table_is_as_wide_as_the_window_is_when_it_is_drawn(nowhere):
    screen = Screen(120)
    console = console_on(screen, nowhere)
    table = Table((ROW,), MODEL_COLUMNS)
    for columns in (120, 60, 100):
        screen.resize(columns)
        show(table, console)
    wide, narrow, again = (line for line in screen.lines if set(line) == {"─"})
    assert cell_len(narrow) <= 60 < cell_len(again) == cell_len(wide) <= 100


@pytest.mark.parametrize("columns", [None, "40", "nonsense", "9" * 5000])
def test_a_pipe_has_no_width_whatever_is_set(world, columns):
    environment = world(**({"COLUMNS": columns} if columns else {}))
    console = make_console(environment)
    assert console.room is None
    console.print("long " * 100)
    show(Table((replace(ROW, model="m" * 300),), MODEL_COLUMNS), console)
    written = environment.stdout.getvalue()
    assert "m" * 8 in written
    assert written.startswith("long " * 99)


def test_a_terminal_that_knows_its_size_is_believed_before_columns(world):
    screen = Screen(50, 7)
    environment = replace(
        world(tty=True, COLUMNS="90", LINES="30"), stdout=screen, terminal_size=screen.size
    )
    assert make_console(environment).size == (50, 7)
    unknown = replace(environment, terminal_size=lambda stream: os.terminal_size((0, 0)))
    assert make_console(unknown).size == (90, 30)
    assert make_console(replace(unknown, variables={})).size == (80, 24)


def test_a_row_that_is_begun_ends_at_the_old_width_and_the_next_has_the_new_one(nowhere):
    screen = Screen(30)
    frame = Frame(console_on(screen, nowhere))
    frame.write("Shall I compare ")
    screen.resize(40)
    frame.write("thee to a winter's night and to a day?")
    frame.end(Text("poet · 7/1"))
    assert screen.lines[:-1] == [
        "╭────────────────────────────╮",
        "│ Shall I compare thee to a  │",
        "│     winter's night and to a day?     │",
        "╰─ poet · 7/1 ─────────────────────────╯",
    ]


def test_a_row_that_is_begun_ends_early_where_the_window_gets_narrower(nowhere):
    screen = Screen(40, reflows=False)
    frame = Frame(console_on(screen, nowhere))
    frame.write("Shall I compare ")
    screen.resize(30)
    frame.write("thee to a winter's night?")
    frame.end(Text("poet · 7/1"))
    assert screen.lines[1:-1] == [
        "│ Shall I compare thee to a  │",
        "│     winter's night?        │",
        "╰─ poet · 7/1 ───────────────╯",
    ]


WORDS = st.lists(
    st.sampled_from(["a", "I", "thee", "winter's", "漢字", "night,", "\n"]), max_size=30
)


@given(st.lists(st.tuples(st.integers(20, 300), WORDS), min_size=1, max_size=6))
def test_a_frame_that_is_resized_at_random_loses_no_letter(nowhere, pieces):
    screen = Screen(pieces[0][0])
    frame = Frame(console_on(screen, nowhere))
    for columns, words in pieces:
        screen.resize(columns)
        frame.write("".join(f"{word} " for word in words))
    frame.end(Text("poet · 7/1"))
    shown = re.sub(r"[│╭╮╰╯─\s]", "", "".join(screen.lines))
    typed = "".join(word for _, words in pieces for word in words)
    assert shown == re.sub(r"\s", "", typed) + "poet·7/1"
    assert cell_len(screen.lines[-2]) <= screen.columns


def progress(update):
    return Progress(update, 900, 4, 1.8123, 1.9234, 563_091.4, 2.5, 5.0)


@given(st.lists(SIZES, min_size=1, max_size=8), st.booleans())
def test_a_live_view_that_is_resized_at_random_leaves_nothing_broken(nowhere, sizes, reflows):
    screen = Screen(*sizes[0], reflows=reflows)
    console = console_on(screen, nowhere)
    lines = [f"{letter}" * 17 for letter in "abc"]
    text = Text("\n".join(lines))
    console.print(ABOVE[:15])
    with live.LiveView(console, text) as view:
        for columns, rows in sizes:
            screen.resize(columns, rows)
            view.draw()
            shown = lines[: min(rows, len(lines))]
            assert screen.lines[1:] == shown, "each line once, and nothing beside them"
    assert screen.lines == [ABOVE[:15], ""]


@settings(max_examples=30)
@given(st.lists(SIZES, min_size=2, max_size=6), st.booleans())
def test_a_training_that_is_resized_at_random_ends_with_a_clean_screen(nowhere, sizes, reflows):
    screen = Screen(*sizes[0], reflows=reflows)
    console = console_on(screen, nowhere)

    def events():
        yield STARTED
        for number, (columns, rows) in enumerate(sizes, 1):
            screen.resize(columns, rows)
            yield progress(number * 10)
            yield Evaluated(number, 1.9042, True)
            yield Sampled(number, ("Atrosaurus", "Erin\noseurus"))
            yield Reported(number, f"line {number}")
        yield FINISHED

    show(Training(events(), 3, RUN), console)
    lines = [line for line in screen.lines if re.fullmatch(r"line \d", line)]
    assert lines == [f"line {number}" for number in range(1, len(sizes) + 1)]
    written = "".join("".join(screen.lines).split())
    assert "sleft" not in written, "no bar stays"
    assert "trainingdinosaursondinosaurs(names)" in written or not reflows, "what was above does"
    hidden, shown = "\x1b[?25l", "\x1b[?25h"
    assert screen.getvalue().rfind(shown) > screen.getvalue().rfind(hidden)


@pytest.mark.parametrize("rows", [2, 3, 24, 100])
@pytest.mark.parametrize("columns", [20, 40, 80, 300])
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_what_charplay_draws_fits_terminals_of_every_size(with_model, home, columns, rows, term):
    screen = Screen(columns, rows)
    environment = make_environment(home, tty=True, TERM=term, NO_COLOR="1")
    environment = replace(environment, stdout=screen, terminal_size=screen.size)
    for words in (["names", "-n", "3"], ["models", "show", "dinosaurs"], ["help", "names"]):
        assert run(words, environment) == 0
    text = "".join("".join(screen.lines).split())
    for word in ("trainedon", "--max-length", "namesthat"):
        assert word in text


@pytest.fixture
def window(home):
    """charplay in a real pseudo-terminal that can be resized."""
    pty = pytest.importorskip("pty")
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    near, far = pty.openpty()

    def resize(columns, rows=24):
        fcntl.ioctl(near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(found, seen=""):
        end = time.monotonic() + 60
        while not found(seen) and time.monotonic() < end:
            if select.select([near], [], [], 0.1)[0]:
                seen += os.read(near, 65536).decode("utf-8", "replace")
        assert found(seen), seen[-2000:]
        return seen

    resize(100)
    home.mkdir(exist_ok=True)
    variables = variables_for(home, TERM="xterm-256color", PROMPT_TOOLKIT_NO_CPR="1")
    words = [sys.executable, "-m", "charplay"]
    with subprocess.Popen(
        words, stdin=far, stdout=far, stderr=far, env=variables, start_new_session=True
    ) as process:
        os.close(far)
        yield lambda text: os.write(near, text.encode()), resize, read_until, process
        process.kill()
    os.close(near)


def test_a_real_window_that_is_resized_while_a_model_trains_and_while_a_table_follows(window):
    type_in, resize, read_until, process = window
    read_until(lambda seen: "❯" in seen)
    type_in(":train dinosaurs --wait --recipe course-dinosaurs --updates 10000000\r")
    read_until(lambda seen: seen.count("update") > 4)
    resize(40)
    # The first drawing may have been begun before.
    drawn = read_until(lambda seen: seen.count("\x1b[J") > 4).split("\x1b[J")[2:-1]
    for drawing in drawn:
        rows = re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", drawing).split("\r\n")
        assert max(map(cell_len, (row.strip("\r") for row in rows))) < 40
    process.send_signal(2)
    read_until(lambda seen: "is in the library" in seen and "❯" in seen)
    resize(61)
    type_in(":models\r")
    shown = read_until(lambda seen: "─" in seen and "\n" in seen.partition("─")[2])
    rule = next(line for line in shown.splitlines() if "───" in line)
    assert cell_len(re.sub(r"\x1b\[[?\d;]*[A-Za-z]|\r", "", rule)) <= 61
