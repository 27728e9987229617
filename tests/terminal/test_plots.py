"""Losses as curves in a terminal: never wider than it, in any encoding, without colour too."""

import os
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from charplay.commands.plotting import LossPlot
from charplay.commands.training import Training
from charplay.plan import TextChoice, TrainingRun
from charplay.terminal.render.canvas import PlotCanvas
from charplay.terminal.render.console import make_console
from charplay.terminal.render.views import show
from charplay.training.curves import LossPoint
from charplay.training.events import Evaluated, Finished, Progress, Started

ESCAPE = re.compile(r"\x1b\[[\d;]*m")
BRAILLE = re.compile("[\u2801-\u28ff]")


def curve(run=3, model="mine", curve="training", count=60, above=0.0, part=0):
    return tuple(
        LossPoint(run, model, curve, part, n, 100 * n, n / 4, 1.5 + above + 2 / n)
        for n in range(1, count + 1)
    )


ONE = (*curve(), *curve(curve="held_out", above=0.2)[9::10])
SEVERAL = (*ONE, *curve(5, above=0.4), *curve(5, curve="held_out", above=0.6)[9::10])


@pytest.fixture
def drawn(world):
    """The lines of a value in a terminal of a size, or in a pipe."""

    def draw(value, columns=80, rows=24, encoding="utf-8", **variables):
        environment = world(tty=columns is not None, **{"TERM": "xterm", **variables})
        size = os.terminal_size((columns or 80, rows))
        environment = replace(environment, terminal_size=lambda stream: size)
        environment.stdout.encoding = encoding
        show(value, make_console(environment))
        return environment.stdout.getvalue().splitlines()

    return draw


def plain(lines):
    return [ESCAPE.sub("", line) for line in lines]


@pytest.mark.parametrize("columns", [10, 15, 16, 17, 20, 21, 26, 33, 40, 41, 59, 80, 120, 200])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_no_line_is_wider_than_the_terminal(drawn, columns, term):
    for against in ("updates", "characters", "time"):
        for points in (ONE, SEVERAL, ONE[:1], curve(model="恐竜" * 20)):
            lines = plain(drawn(LossPlot(against, points), columns, TERM=term))
            assert max(map(cell_len, lines)) <= columns


@pytest.mark.parametrize("rows", [10, 24, 60])
def test_a_plot_of_one_run_fits_the_screen_with_the_prompt_below(drawn, rows):
    lines = drawn(LossPlot("updates", ONE), 80, rows)
    assert len(lines) < max(rows, 12)


def test_a_plot_as_it_is_seen(drawn):
    points = [LossPoint(3, "mine", "training", 0, n, 0, 0, 3 - n / 50) for n in range(101)]
    held = [LossPoint(3, "mine", "held_out", 0, n, 0, 0, 3 - n / 100) for n in (25, 50, 75, 100)]
    seen = LossPlot("updates", (*points, *held))
    assert [line.rstrip() for line in plain(drawn(seen, 30, 14))] == [
        "mine (run 3): loss in nats per",
        "character",
        "3 ┤⠙⠲⢤⡀  ●",
        "  │   ⠈⠑⠲⢤⡀     ●",
        "  │       ⠈⠑⠲⢄⡀        ●",
        "2 ┤           ⠈⠑⠦⢄⡀          ●",
        "  │               ⠈⠑⠦⢄⡀",
        "  │                   ⠈⠓⠦⢄⡀",
        "1 ┤                       ⠈⠓⠦⣄",
        "  └┬─────────────────────────┬",
        "   0                       100",
        "                       updates",
        "── training 1.000",
        "● held out 2.000",
    ]
    bare = drawn(seen, 30, 14, TERM="dumb")
    assert bare[2] == "3 +':.."
    assert bare[9:] == [
        "  ++-------------------------+",
        "   0                       100",
        "                       updates",
        ".. training 1.000",
        "o held out 2.000",
    ]


@pytest.mark.parametrize(
    ("encoding", "variables"),
    [("ascii", {}), ("iso-8859-1", {}), ("cp1252", {}), ("utf-8", {"TERM": "dumb"}),
     ("utf-8", {"TERM": "linux"})],
)  # fmt: skip
def test_without_braille_it_is_drawn_in_ascii(drawn, encoding, variables):
    for points in (ONE, SEVERAL):
        text = "\n".join(plain(drawn(LossPlot("updates", points), 80, 24, encoding, **variables)))
        assert text.isascii()
        assert " 1.5" in text or "2.0" in text


def test_a_pipe_has_a_plot_of_eighty_columns(drawn):
    lines = drawn(LossPlot("updates", ONE), None)
    assert max(map(cell_len, lines)) == 80
    assert not any(map(ESCAPE.search, lines))


def test_without_colour_training_and_held_out_losses_are_told_apart(drawn):
    lines = drawn(LossPlot("updates", ONE), NO_COLOR="1")
    assert not any("3" in code for line in lines for code in ESCAPE.findall(line)), "no colour"
    text = "\n".join(plain(lines))
    assert text.count("●") == 6 + 1, "each validation, and the legend"
    assert "── training 1.533" in text
    assert "● held out 1.733" in text


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_without_colour_runs_are_told_apart_by_letters(drawn, term):
    text = "\n".join(plain(drawn(LossPlot("updates", SEVERAL), NO_COLOR="1", TERM=term)))
    canvas = text.partition("updates")[0].partition("character")[2]
    assert all(canvas.count(letter) >= 3 for letter in "aAbB")
    assert "mine (run 3):   a training 1.533   A held out 1.733" in text
    assert "mine (run 5):   b training 1.933   B held out 2.133" in text


def test_the_first_drop_does_not_flatten_the_rest_and_that_is_told(drawn):
    steep = tuple(replace(p, loss=2 + 3 * 0.5**p.update - p.update / 200) for p in curve(count=100))
    lines = plain(drawn(LossPlot("updates", steep)))
    assert "(losses up to 3.5 are above)" in lines[0]
    assert sum(bool(BRAILLE.search(line[20:])) for line in lines) > 12


def test_a_foreign_name_does_not_act_on_the_terminal(drawn):
    lines = drawn(LossPlot("updates", curve(model="a\x1b[2J\x07")), NO_COLOR="1")
    assert "a␛[2J␇ (run 3)" in lines[0]


def line_of(*places, columns=4, rows=2, ascii_only=False):
    canvas = PlotCanvas(columns, rows, ascii_only)
    canvas.draw_line(places, "")
    return [row.plain for row in canvas.lines()]


def test_a_line_is_dots_from_end_to_end():
    assert line_of((0, 0), (1, 1)) == ["  ⡠⠊", "⡠⠊  "]
    assert line_of((0, 1), (1, 1)) == ["⠉⠉⠉⠉", "    "]
    assert line_of((0, 0), (1, 1), ascii_only=True) == ["  .'", ".'  "]
    assert line_of((0.5, 0.5)) != ["    ", "    "]


# At the end of training.


def training(count):
    run = TrainingRun("mine", TextChoice("list"), "numpy")
    events = [Started("mine", "list", "names", 900, 100, 27, 5000, count)]
    for n in range(1, count + 1):
        events.append(Progress(n, count, 1, 2.0, 1.5 + 2 / n, 10.0, n / 10, 0.0))
        if n % 10 == 0:
            events.append(Evaluated(n, 1.7 + 2 / n, True))
    events.append(Finished(count, "done", 1.5, 1.7, "best", 1.0))
    return Training(iter(events), 3, run)


def test_training_ends_with_a_small_plot(drawn):
    lines = plain(drawn(training(60), 80))
    held = next(i for i, line in enumerate(lines) if "Held-out loss" in line)
    plot = lines[held + 1 :]
    assert len(plot) <= 8
    assert sum(bool(re.match(" *[0-9.]+ ┤", line)) for line in plot) in (2, 3)
    assert "── training 1.533   ● held out 1.733" in plot[-1]


@pytest.mark.parametrize(
    ("count", "columns", "variables"),
    [(60, None, {}), (60, 39, {}), (60, 80, {"TERM": "dumb"}), (4, 80, {})],
)
def test_there_is_no_small_plot_where_it_would_not_be_read(drawn, count, columns, variables):
    assert not any(
        "┤" in line or "+" in line for line in drawn(training(count), columns, **variables)
    )
