"""Curves of losses as they are seen, sign by sign."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.plotting import LossPlot
from charplay.commands.settings import Interface
from charplay.terminal.render.plots import show_small_plot
from charplay.training.curves import LossPoint
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


def curve(run=3, model="mine", kind="training", count=20, above=0.0, part=0):
    return tuple(
        LossPoint(run, model, kind, part, 50 * n, 1000 * n, n / 4, 1.5 + above + 2 / n)
        for n in range(1, count + 1)
    )


ONE = (
    *curve(),
    *curve(kind="validation", above=0.2)[4::5],
    *curve(kind="held_out", above=0.3)[-1:],
)
SEVERAL = (*ONE, *curve(5, "other", above=0.4), *curve(5, "other", "held_out", above=0.6)[4::5])


def test_a_plot_of_one_run_in_colour(seen):
    shown = """\
mine (run 3): loss in nats per character (losses up to 3.5
are above)
2.50 ┤     ⟨cyan⟩⠘⟨⟩⟨cyan⟩⡄⟨⟩
     │      ⟨cyan⟩⢣⟨⟩
     │      ⟨cyan⟩⠘⟨⟩⟨cyan⟩⡄⟨⟩
2.25 ┤       ⟨cyan⟩⢣⟨⟩
     │       ⟨cyan⟩⠘⟨⟩⟨cyan⟩⡄⟨⟩
     │        ⟨cyan⟩⠘⟨⟩⟨cyan⟩⡄⟨⟩   ⟨bold yellow⟩●⟨⟩
     │         ⟨cyan⟩⠘⟨⟩⟨cyan⟩⡄⟨⟩
2.00 ┤          ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⡀⟨⟩
     │            ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⡀⟨⟩            ⟨bold yellow⟩●⟨⟩                         ⟨bold magenta⟩◆⟨⟩
     │              ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠑⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⣀⟨⟩                      ⟨bold yellow⟩●⟨⟩
1.75 ┤                  ⟨cyan⟩⠉⟨⟩⟨cyan⟩⠑⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⢄⟨⟩⟨cyan⟩⣀⟨⟩                              ⟨bold yellow⟩●⟨⟩
     │                       ⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⡀⟨⟩
     │                                 ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠑⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩
     └┬──────────────────────────┬──────────────────────────
      0                         500                  updates
⟨cyan⟩──⟨⟩ training 1.600   ⟨bold yellow⟩●⟨⟩ validation 1.800   ⟨bold magenta⟩◆⟨⟩ held out 1.900
⟨dim⟩note: one⟨⟩
"""
    assert seen(LossPlot("updates", ONE, ("one",)), 60, rows=20) == shown


def test_a_plot_of_several_runs_in_colour(seen):
    shown = """\
loss in nats per character (losses up to 3.9 are above)
    │    ⟨cyan⟩⢸⟨⟩⟨yellow⟩⠘⟨⟩⟨yellow⟩⡄⟨⟩
    │     ⟨cyan⟩⡇⟨⟩⟨yellow⟩⠘⟨⟩⟨yellow⟩⡄⟨⟩
    │     ⟨cyan⟩⢇⟨⟩ ⟨yellow⟩⠱⟨⟩⟨yellow⟩⡀⟨⟩
2.5 ┤     ⟨cyan⟩⢸⟨⟩  ⟨yellow⟩b⟨⟩⟨yellow⟩⢄⟨⟩   ⟨yellow⟩B⟨⟩
    │      ⟨cyan⟩⢣⟨⟩   ⟨yellow⟩⠑⟨⟩⟨yellow⟩⢄⟨⟩
    │      ⟨cyan⟩⠈⟨⟩⟨cyan⟩⡆⟨⟩    ⟨yellow⟩⠉⟨⟩⟨yellow⟩⠢⟨⟩⟨yellow⟩⢄⟨⟩⟨yellow⟩⣀⟨⟩           ⟨yellow⟩B⟨⟩
    │       ⟨cyan⟩⠘⟨⟩⟨cyan⟩⡄⟨⟩       ⟨yellow⟩⠉⟨⟩⟨yellow⟩⠑⟨⟩⟨yellow⟩⠢⟨⟩⟨yellow⟩⠤⟨⟩⟨yellow⟩b⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⡀⟨⟩                 ⟨yellow⟩B⟨⟩            ⟨yellow⟩B⟨⟩
    │        ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⡀⟨⟩  ⟨cyan⟩A⟨⟩         ⟨yellow⟩⠈⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠒⟨⟩⟨yellow⟩⠒⟨⟩⟨yellow⟩⠢⟨⟩⟨yellow⟩⠤⟨⟩⟨yellow⟩⠤⟨⟩⟨yellow⟩⠤⟨⟩⟨yellow⟩b⟨⟩⟨yellow⟩⠤⟨⟩⟨yellow⟩⢄⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⣀⟨⟩⟨yellow⟩⡀⟨⟩
2.0 ┤          ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⢄⟨⟩⟨cyan⟩⡀⟨⟩                            ⟨yellow⟩⠈⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩b⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠉⟨⟩⟨yellow⟩⠑⟨⟩⟨yellow⟩⠒⟨⟩
    │             ⟨cyan⟩⠈⟨⟩⟨cyan⟩a⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⢄⟨⟩⟨cyan⟩⣀⟨⟩         ⟨cyan⟩A⟨⟩             ⟨cyan⟩A⟨⟩            ⟨cyan⟩◆⟨⟩
    │                  ⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⢄⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩a⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⡀⟨⟩                         ⟨cyan⟩A⟨⟩
    │                            ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠑⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩a⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩a⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩
    └┬──────────────────────────┬───────────────────────────
     0                       10,000               characters
mine (run 3):   ⟨cyan⟩a⟨⟩ training 1.600   ⟨cyan⟩A⟨⟩ validation 1.800
⟨cyan⟩◆⟨⟩ held out 1.900
other (run 5):   ⟨yellow⟩b⟨⟩ training 2.000   ⟨yellow⟩B⟨⟩ held out 2.200
"""
    assert seen(LossPlot("characters", SEVERAL), 60, rows=20) == shown


def test_a_plot_of_several_runs_in_ascii(seen):
    shown = """\
loss in nats per character (losses up to 3.9 are above)
    |    abb
    |    a b
    |     a bb
2.5 +     a  bb    B
    |      a   bb
    |      aa    bbb            B
    |        a      bbbbbbbb                 B             B
    |         aa   A        bbbbbbbbbbbbbbbbbbbbbb
2.0 +           aaa                               bbbbbbbbbb
    |              aaaa         A            A             #
    |                  aaaaaaaaaaa
    |                             aaaaaaaaaaaaaaaaaaaaaaaaaa
    ++---------------------+--------------------+-----------
     0                     2                    4    seconds
mine (run 3):   a training 1.600   A validation 1.800
# held out 1.900
other (run 5):   b training 2.000   B held out 2.200
"""
    assert seen(LossPlot("time", SEVERAL), 60, rows=20, TERM="linux", NO_COLOR="1") == shown


def test_a_plot_is_five_rows_high_at_least_and_twenty_at_most(seen):
    for rows, height in ((10, 5), (12, 5), (13, 6), (27, 20), (28, 20), (90, 20)):
        said = seen(LossPlot("updates", curve()), 40, rows=rows, NO_COLOR="1")
        assert len([line for line in said.splitlines() if "│" in line or "┤" in line]) == height


def test_a_plot_of_sixteen_columns_has_curves_and_one_of_fewer_has_not(seen):
    shown = """\
mine (run 3):
loss in nats per
character
(losses up to
3.5 are above)
2.5 ┤ ⡇
    │ ⢸
2.0 ┤ ⠈●
    │  ⠑⢄ ●  ● ◆
    │    ⠉⠒⠢⠤⠤⣀⣀
    └┬─────────┬
     0     1,000
         updates
── training
1.600
● validation
1.800
◆ held out 1.900
"""
    assert seen(LossPlot("updates", ONE), 16, rows=12, NO_COLOR="1") == shown
    shown = """\
mine (run 3):
loss in nats
per character
(losses up to
3.5 are above)
── training
1.600
● validation
1.800
◆ held out
1.900
"""
    assert seen(LossPlot("updates", ONE), 15, rows=12, NO_COLOR="1") == shown


def test_a_plot_that_is_read_aloud_is_its_legend(seen):
    shown = """\
mine (run 3): loss in nats per character (losses up to 3.5 are above)
⟨cyan⟩──⟨⟩ training 1.600   ⟨bold yellow⟩●⟨⟩ validation 1.800   ⟨bold magenta⟩◆⟨⟩ held out 1.900
"""
    assert seen(LossPlot("updates", ONE), interface=Interface(plain=True)) == shown


def test_a_legend_folds_between_its_curves_where_they_have_no_room(seen):
    wide = "mine (run 3):   a training 1.600   A validation 1.800   ◆ held out 1.900"
    folded = ["mine (run 3):   a training 1.600   A validation 1.800", "◆ held out 1.900"]
    for columns, legend in ((len(wide), [wide]), (len(wide) - 1, folded)):
        lines = seen(LossPlot("updates", SEVERAL), columns, NO_COLOR="1").splitlines()
        assert lines[-1 - len(legend) : -1] == legend
        assert "updates" in lines[-2 - len(legend)]


def test_numbers_of_the_axis_that_have_no_room_beside_the_unit_are_left_out(seen):
    shown = {}
    for columns in range(20, 50):
        lines = seen(LossPlot("updates", curve()), columns, NO_COLOR="1").splitlines()
        below = next(n for n, line in enumerate(lines) if "└" in line)
        shown.setdefault(tuple(" ".join(line.split()) for line in lines[below + 1 : -1]), columns)
    assert shown == {("0 1,000", "updates"): 20, ("0 500 updates",): 47}


def test_a_number_that_just_has_room_stands_beside_the_unit(seen):
    assert [
        seen(LossPlot("time", curve()), n, NO_COLOR="1").splitlines()[-3:-1] for n in (55, 54)
    ] == [
        [
            "    └┬───────────────────┬──────────────────┬──────────",
            "     0                   2                  4   seconds",
        ],
        [
            "    └┬──────────────────┬─────────────────────────────",
            "     0                  2                      seconds",
        ],
    ]


def letters_of(seen, count, columns):
    """The columns in which each of some level curves has its letter."""
    points = [
        replace(point, loss=float(2 * n + (point.update > 200)))
        for n in range(count)
        for point in curve(n, f"m{n}")
    ]
    said = seen(LossPlot("updates", tuple(points)), columns, rows=60, NO_COLOR="1")
    rows = [line.partition("┤")[2] or line.partition("│")[2] for line in said.splitlines()]
    return {
        letter: sorted({at for row in rows for at, each in enumerate(row) if each == letter})
        for letter in "abcdefghijklmnop"[:count]
    }


def test_each_of_several_runs_has_its_letter_in_columns_of_its_own(seen):
    assert letters_of(seen, 3, 44) == {"a": [2, 14, 26, 38], "b": [6, 18, 30], "c": [10, 22, 34]}
    assert letters_of(seen, 3, 42) == {"a": [2, 14, 26], "b": [6, 18, 30], "c": [10, 22, 34]}
    assert letters_of(seen, 14, 44) == {
        "a": [2, 14, 26, 38],
        "b": [3, 15, 27],
        "c": [4, 16, 28],
        "d": [5, 17, 29],
        "e": [6, 18, 30],
        "f": [7, 19, 31],
        "g": [8, 20, 32],
        "h": [9, 21, 33],
        "i": [10, 22, 34],
        "j": [11, 23, 35],
        "k": [12, 24, 36],
        "l": [13, 25, 37],
        "m": [14, 26, 38],
        "n": [15, 27],
    }


def test_a_run_of_twenty_seven_begins_the_letters_anew(seen):
    runs = [point for n in range(28) for point in curve(n, f"m{n}", count=6)]
    said = seen(LossPlot("updates", tuple(runs)), 120, rows=60, NO_COLOR="1").splitlines()
    assert [line for line in said if line.startswith(("m0 ", "m25 ", "m26 ", "m27 "))] == [
        "m0 (run 0):   a training 1.833",
        "m25 (run 25):   z training 1.833",
        "m26 (run 26):   a training 1.833",
        "m27 (run 27):   b training 1.833",
    ]


def test_a_small_plot_stands_below_a_training_that_is_long_enough(seen):
    def small(points, columns, **more):
        return seen(lambda console: show_small_plot(points, console), columns, **more)

    shown = """\
2.5 ┤      ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⡀⟨⟩
    │        ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⡀⟨⟩
2.0 ┤          ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠑⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⢄⟨⟩⟨cyan⟩⡀⟨⟩
    │              ⟨cyan⟩⠈⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩
    │                         ⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠉⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠒⟨⟩⟨cyan⟩⠢⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⠤⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩⟨cyan⟩⣀⟨⟩
    └┬────────────────────────────────┬─────────────────────────────────
     0                               500                         updates
⟨cyan⟩──⟨⟩ training 1.600
"""
    assert small(curve(), 80) == shown
    assert max(map(len, small(curve(), 40, NO_COLOR="1").splitlines())) == 40
    assert max(map(len, small(curve(), 200, NO_COLOR="1").splitlines())) == 72
    assert small(curve(), 39) == small(curve(), None) == small((), 80) == ""
    assert small(curve(count=4), 80) == ""
    assert small(curve(count=5), 80) != ""
    assert small(curve(), 80, interface=Interface(plain=True)) == ""


def test_a_line_of_one_point_has_its_letter_nowhere(seen):
    points = (*curve(1, "a", count=1), *curve(2, "b", count=1))
    shown = """\
loss in nats per character
3.75 ┤
     │
3.50 ┤                                 ⠠
     │
3.25 ┤
     └┬────────────────────────────────┬
      0                               50
                                 updates
a (run 1):   a training 3.500
b (run 2):   b training 3.500
"""
    assert seen(LossPlot("updates", points), 40, rows=12, NO_COLOR="1") == shown
