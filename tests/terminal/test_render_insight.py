"""What a model expects and what it chose, as it is seen."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.insight.choices import Choice
from charplay.insight.probabilities import NextCharacter, NextCharacters
from charplay.insight.whys import Why
from charplay.terminal.render.probabilities import percent
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


# What comes next.


CHARACTERS = (
    NextCharacter(1, " ", 0.5, 1.0, 0.8, (0.75, 0.25)),
    NextCharacter(2, "\n", 0.25, 2.0, 0.2, (0.00005, 0.0)),
    NextCharacter(3, "c", 0.05, 4.32, 0.0, (0.1, 0.1)),
)
NEXT = NextCharacters(
    "birds",
    "a b ",
    "temperature 0.5",
    CHARACTERS,
    1.5,
    0.722,
    1234,
    0.2,
    0.00001,
    ("lstm", "n-gram"),
    ("one",),
)
PLAIN_NEXT = replace(
    NEXT,
    options="",
    parts=(),
    notices=(),
    others=0,
    characters=tuple(replace(row, parts=()) for row in CHARACTERS),
)


def test_what_comes_next_under_a_mix_with_cuts(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
after a b␣
drawn at temperature 0.5
⟨bold⟩                          model               drawn                     lstm     n-gram⟨⟩
⟨bold⟩rank   character   bits   %                   %                         %        %⟨⟩
───────────────────────────────────────────────────────────────────────────────────────
   1   ␣           1.00    50.00 ██████████    80.00 ████████████████    75.00    25.00
   2   ⏎           2.00    25.00 █████         20.00 ████                <0.01        –
   3   c           4.32     5.00 █                 –                     10.00    10.00
the other 1,234 have 20.00 % together, <0.01 % as drawn
uncertainty: 1.50 bits, like 2.8 equal choices; as drawn 0.72 bits, like 1.6 equal choices
"""
    assert seen(NEXT, 100) == shown


def test_what_comes_next_under_one_model(seen):
    shown = """\
after a b␣
⟨bold⟩                          model⟨⟩
⟨bold⟩rank   character   bits   %⟨⟩
───────────────────────────────────────────
   1   ␣           1.00    50.00 ██████████
   2   ⏎           2.00    25.00 █████
   3   c           4.32     5.00 █
uncertainty: 1.50 bits, like 2.8 equal choices
"""
    assert seen(PLAIN_NEXT) == shown
    shown = """\
at the beginning
                          model
rank   character   bits   %
───────────────────────────────────────────
   1   ␣           1.00    50.00 ██████████
   2   ⏎           2.00    25.00 █████
   3   c           4.32     5.00 █
the other 9 have 20.00 % together
uncertainty: 1.50 bits, like 2.8 equal choices
"""
    assert seen(replace(PLAIN_NEXT, text="", others=9), None) == shown


def test_bars_give_way_and_then_the_parts_of_a_mix(seen):
    shown = {}
    for columns in (82, 66, 65, 60, 50, 41, 33):
        lines = seen(NEXT, columns, NO_COLOR="1").splitlines()
        rule = next(n for n, line in enumerate(lines) if line.startswith("──"))
        shown[columns] = lines[rule - 1 : rule + 2 : 2]
    assert shown == {
        82: [
            "rank   character   bits   %                %                   %        %",
            "   1   ␣           1.00    50.00 ██████▎    80.00 ██████████    75.00    25.00",
        ],
        66: [
            "rank   character   bits   %        %        %        %",
            "   1   ␣           1.00    50.00    80.00    75.00    25.00",
        ],
        65: [
            "rank   character   bits   %        %        %        %",
            "   1   ␣           1.00    50.00    80.00    75.00    25.00",
        ],
        60: [
            "rank   character   bits   %        %        %        %",
            "   1   ␣           1.00    50.00    80.00    75.00    25.00",
        ],
        50: [
            "rank character bits %      %      %      %",
            "   1 ␣         1.00  50.00  80.00  75.00  25.00",
        ],
        41: ["rank character bits %      %      %", "   1 ␣         1.00  50.00  80.00  75.00"],
        33: ["rank character bits %      %", "   1 ␣         1.00  50.00  80.00"],
    }


def test_bits_stand_on_the_right(seen):
    rows = (PLAIN_NEXT.characters[0], replace(PLAIN_NEXT.characters[1], bits=12.3))
    lines = seen(replace(PLAIN_NEXT, characters=rows), NO_COLOR="1").splitlines()
    assert [line[19:24] for line in lines if line[:5] in ("   1 ", "   2 ")] == [" 1.00", "12.30"]


def test_bars_of_one_model_are_sixteen_columns_or_what_there_is(seen):
    bars = {
        columns: seen(PLAIN_NEXT, columns, NO_COLOR="1").count("█") for columns in range(32, 52)
    }
    assert bars == {
        32: 0,
        33: 0,
        34: 0,
        35: 0,
        36: 0,
        37: 3,
        38: 4,
        39: 4,
        40: 6,
        41: 7,
        42: 7,
        43: 9,
        44: 9,
        45: 10,
        46: 12,
        47: 12,
        48: 14,
        49: 16,
        50: 16,
        51: 16,
    }


def test_a_bar_is_as_long_as_its_share_of_the_largest(seen):
    assert seen(PLAIN_NEXT, 80, TERM="linux").splitlines()[4:7] == [
        "   1   ␣           1.00    50.00 ##########",
        "   2   ⏎           2.00    25.00 #####",
        "   3   c           4.32     5.00 #",
    ]


def test_the_end_of_a_long_text_fits_beside_what_is_said_of_it(seen):
    long = replace(PLAIN_NEXT, text="x" * 100)
    assert seen(long, 40).splitlines()[0] == "after …" + "x" * 32
    assert seen(long, None).splitlines()[0] == "after …" + "x" * 72


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "     –"),
        (-0.1, "     –"),
        (0.00009, " <0.01"),
        (0.0001, "  0.01"),
        (0.5, " 50.00"),
        (1, "100.00"),
    ],
)
def test_a_share_is_told_in_six_columns(share, words):
    assert percent(share) == words


# Why.


DRAWN = Choice(
    2, "c", "drawn", 3, 0.05, 4.32, 0.04, " ", 0.5, 0.5123456, 0.5, 0.54, "\n", -0.0123456, "xy"
)
CHOICES = (
    Choice(1, "a", "given", 1, 0.9, 0.15, 0.9, "b", 0.1),
    DRAWN,
    Choice(3, "\n", "by hand", 2, 0.25, 2.0, 0.2, " ", 0.5),
    Choice(4, "d", "likeliest", 1, 0.5, 1.0, 0.5, "e", 0.00001),
)
WHY = Why(
    "birds",
    3,
    "7/1",
    "ac\nd",
    CHOICES,
    2,
    replace(PLAIN_NEXT, text="a", options="temperature 0.5"),
    ("one",),
)


def test_why_an_answer_has_its_characters(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
turn 3 · birds · 7/1
a⟨#ffffff on #b4500c⟩c⟨⟩⟨#ffe0c2 on #5a3114⟩⏎⟨⟩
⟨#f4d9c0 on #3a2416⟩d⟨⟩
⟨dim⟩bits: ⟨⟩ 0 ⟨#f4d9c0 on #3a2416⟩ 1 ⟨⟩⟨#ffe0c2 on #5a3114⟩ 2 ⟨⟩⟨#ffe9d2 on #86400f⟩ 3 ⟨⟩⟨#ffffff on #b4500c⟩ 4 ⟨⟩⟨#000000 on #f0782d⟩ 5 ⟨⟩⟨bold #000000 on #ffc04d⟩ 6 ⟨⟩

the least expected:
⟨bold⟩                                            instead share⟨⟩
⟨bold⟩place   character   bits   rank   instead   %⟨⟩
─────────────────────────────────────────────────────────
    2   c           4.32      3   ␣         50.00
    3   ⏎           2.00      2   ␣         50.00
    4   d           1.00      1   e         <0.01

character 2 of 4: c
after a
rank 3, 4.32 bits: the model gave it 5.00 %
at temperature 0.5 it was drawn with 4.00 %
the form asked for refused x y before it
the number 0.512346 fell into its share, from 0.500000 to 0.540000
0.012346 lower, and it would have been ⏎
⟨bold⟩                          model              drawn⟨⟩
⟨bold⟩rank   character   bits   %                  %⟨⟩
─────────────────────────────────────────────────────────────────
   1   ␣           1.00    50.00 ████████▏    80.00 █████████████
   2   ⏎           2.00    25.00 ████         20.00 ███▎
   3   c           4.32     5.00 ▊                –
"""
    assert seen(WHY, 70) == shown


def told_of(seen, value, columns=100):
    """What is told of the one character, before the table."""
    said = seen(value, columns, NO_COLOR="1").splitlines()
    begin = next(n for n, line in enumerate(said) if line.startswith("character "))
    return said[begin : next(n for n in range(begin, len(said)) if said[n].startswith("  "))]


def test_how_each_kind_of_character_was_chosen(seen):
    assert [told_of(seen, replace(WHY, place=place))[3:] for place in (1, 3, 4)] == [
        ["you gave it: the model only read it"],
        ["it was picked by hand, or drawn on the way"],
        ["the likeliest is always taken here: no number chose it"],
    ]


def test_what_a_number_nearly_chose_is_told_where_it_is_known(seen):
    def drawn(**more):
        choice = replace(DRAWN, **more)
        expected = replace(WHY.expected, options="", text="")
        return told_of(seen, replace(WHY, choices=(choice,), expected=expected))

    assert drawn(refused="") == [
        "character 2 of 4: c",
        "at the beginning",
        "rank 3, 4.32 bits: the model gave it 5.00 %",
        "the number 0.512346 fell into its share, from 0.500000 to 0.540000",
        "0.012346 lower, and it would have been ⏎",
    ]
    assert "0.012300 higher, and it would have been ⏎" in drawn(nearly_by=0.0123)
    assert "0.000000 higher, and it would have been ⏎" in drawn(nearly_by=0.0)
    assert not any("would have been" in line for line in drawn(nearly=None))
    assert not any("would have been" in line for line in drawn(nearly_by=None))


def test_at_most_the_five_least_expected_characters_that_were_chosen_are_listed(seen):
    choices = tuple(replace(DRAWN, place=n, bits=float(n % 4), rank=n) for n in range(1, 8))
    value = replace(WHY, choices=choices, text="ccccccc")
    lines = seen(value, NO_COLOR="1").splitlines()
    begin = lines.index("the least expected:")
    assert [line.split()[0] for line in lines[begin + 4 : begin + 10] if line] == [
        "3",
        "7",
        "2",
        "6",
        "1",
    ]


def test_an_answer_that_was_given_whole_has_nothing_least_expected(seen):
    given = tuple(replace(choice, came="given") for choice in CHOICES)
    said = seen(replace(WHY, choices=given), NO_COLOR="1")
    assert "\n\nall of it was given\n\n" in said
    assert "instead" not in said


def test_of_two_characters_the_text_is_shown_and_their_bits_stand_on_the_right(seen):
    choices = (DRAWN, replace(DRAWN, place=3, bits=12.3))
    lines = seen(replace(WHY, choices=choices), NO_COLOR="1").splitlines()
    assert lines[2:4] == ["cc", "4+"]
    assert [line[20:25] for line in lines if line[:6] in ("    3 ", "    2 ")] == ["12.30", " 4.32"]


def test_what_an_answer_is_called_is_one_line_that_the_terminal_wraps(seen):
    said = seen(replace(WHY, model="a model of a long name"), 30, NO_COLOR="1")
    assert said.splitlines()[1] == "turn 3 · a model of a long name · 7/1"


def test_one_character_alone_is_told_without_the_text(seen):
    assert seen(replace(WHY, choices=(DRAWN,)), NO_COLOR="1").splitlines()[1:3] == [
        "turn 3 · birds · 7/1",
        "character 2 of 4: c",
    ]


def test_what_stood_before_a_character_fits_in_a_line(seen):
    value = replace(WHY, choices=(DRAWN,), expected=replace(WHY.expected, text="x" * 100))
    assert told_of(seen, value, 40)[1] == "after …" + "x" * 32
    assert told_of(seen, value, None)[1] == "after …" + "x" * 72
