"""Bars, and lines on a canvas, dot by dot."""

# what is seen stands here as it is seen

from functools import partial

import pytest

from charplay.terminal.render.bars import share_bar, sparkline
from charplay.terminal.render.canvas import PlotCanvas
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


# Bars.


def test_a_bar_is_as_long_as_its_share_to_an_eighth_of_a_column():
    shares = (-1, 0, 1 / 64, 1 / 32, 0.124, 0.126, 0.5, 0.99, 1, 2)
    assert [share_bar(share, 8) for share in shares] == [
        "",
        "",
        "▏",
        "▎",
        "█",
        "█",
        "████",
        "███████▉",
        "████████",
        "████████",
    ]
    assert [share_bar(share, 4, ascii_only=True) for share in (-1, 0.1, 0.13, 0.5, 1, 2)] == [
        "",
        "",
        "#",
        "##",
        "####",
        "####",
    ]


def test_a_small_curve_has_a_height_for_each_value():
    assert sparkline([1, 2, 3, 8, 4.5]) == "▁▂▃█▅"
    assert sparkline([1, 2, 3, 8, 4.5], ascii_only=True) == "_.-@+"
    assert (sparkline([]), sparkline([3, 3]), sparkline([-2, -1])) == ("", "▁▁", "▁█")


# The canvas.


def drawn(*lines, columns=4, rows=2, ascii_only=False):
    """What is on a canvas after some lines, each of places and a style, and perhaps a sign."""
    canvas = PlotCanvas(columns, rows, ascii_only)
    for line in lines:
        canvas.draw_line(*line)
    return canvas


def plain(canvas):
    return [row.plain for row in canvas.lines()]


def test_a_line_is_made_of_dots_of_braille():
    assert plain(drawn(([(0, 0), (1, 1)], ""))) == ["  ⡠⠊", "⡠⠊  "]
    assert plain(drawn(([(0, 1), (0.3, 0), (1, 0.5)], ""))) == ["⢣   ", "⠘⡤⠔⠊"]
    assert plain(drawn(([(0.5, 0.5)], ""))) == ["    ", "  ⠁ "]
    assert plain(drawn(([], ""))) == ["    ", "    "]
    assert plain(drawn(([(0.2, 0.2), (0.2, 0.2)], ""))) == plain(drawn(([(0.2, 0.2)], "")))
    dots = [(x / 3, y / 7) for x in range(4) for y in range(8)]
    alone = [plain(drawn(([dot], ""), columns=2)) for dot in dots]
    shown = "".join("".join(rows).strip() for rows in alone)
    assert shown == ("⡀⠄⠂⠁" * 2 + "⢀⠠⠐⠈" * 2) * 2


def test_a_line_in_ascii_is_high_or_low_in_its_row():
    assert plain(drawn(([(0, 0), (1, 1)], ""), ascii_only=True)) == ["  .'", ".'  "]
    both = drawn(([(0, 1), (1, 1)], ""), ([(0, 0.7), (1, 0.7)], ""), ascii_only=True)
    assert plain(both) == ["::::", "    "]


def test_what_is_drawn_later_is_on_top():
    canvas = drawn(([(0, 1), (1, 1)], "red"), ([(0.4, 1), (0.6, 1)], "bold", "x"))
    canvas.put_mark(1, 1, "o", "dim")
    canvas.put_mark(0, 0, "o", "")
    first, second = canvas.lines()
    assert (first.plain, [(s.start, s.end, s.style) for s in first.spans]) == (
        "⠉xxo",
        [(0, 1, "red"), (1, 2, "bold"), (2, 3, "bold"), (3, 4, "dim")],
    )
    assert second.plain == "o   "


def test_places_are_in_the_rows_and_columns_where_they_are_drawn():
    canvas = drawn(columns=5, rows=3)
    assert [canvas.row_of(y) for y in (1, 0.65, 0.6, 0.35, 0.3, 0)] == [0, 1, 1, 1, 2, 2]
    assert [canvas.column_of(x) for x in (0, 0.16, 0.17, 0.5, 0.84, 1)] == [0, 0, 1, 2, 4, 4]
    bare = drawn(columns=5, rows=3, ascii_only=True)
    assert [bare.row_of(y) for y in (1, 0.5, 0)] == [0, 1, 2]
    assert [bare.column_of(x) for x in (0, 0.5, 1)] == [0, 2, 4]
