"""What a model expects, chose and finds surprising, as it is seen."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.surprising import SurpriseStream
from charplay.insight.choices import Choice
from charplay.insight.probabilities import NextCharacter, NextCharacters
from charplay.insight.surprise import (
    HardLine,
    ReadCharacters,
    ScoredLine,
    ScoredWord,
    Surprise,
    SurprisingPlace,
)
from charplay.insight.text_score import TextScore
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
    rows = (CHARACTERS[0], replace(CHARACTERS[1], bits=12.3))
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


# Surprise.


def surprising(*events, model="birds"):
    return SurpriseStream(iter(events), model)


SCORED = ScoredLine(1, "ab", 3, 2.0, 1.0, 12_345.6, True, (), ())
PLACE = SurprisingPlace(1234, 2, "a b", " ", 9.876, "\n")
FOUND = Surprise(
    1234, 2, 5678.9, 4.602, 3.19, (PLACE, replace(PLACE, before="")),
    (ScoredWord("ab", 1, 12.34), ScoredWord("w" * 70, 2, 1.0)),
    (HardLine(1, "ab", 4.567), HardLine(2, "x" * 70, 1.0)),
    (1.0, 2.0, 8.0), 411, False, ("one",),
)  # fmt: skip


def test_a_text_is_marked_line_by_line_and_what_stands_out_is_listed(seen):
    events = (
        ReadCharacters("ab\n", (0.2, 1.2, 7.4)), SCORED,
        ReadCharacters("c", (3.0,)), replace(SCORED, ends=False), ReadCharacters("d", (99.0,)),
        replace(SCORED, line_bits=4.0), FOUND,
    )  # fmt: skip
    shown = """\
below each character: bits, under birds, 1 to 9, + for more
ab⏎                                                                       12,346
 17
cd                                                                             4
3+
note: one

1,234 characters: 4.602 bits each (3.190 nats), 5,679 bits together
bits a character along the text, 411 at a time:
▁▂█ 1.0 to 8.0

the most surprising places:
place   line   after   character   bits   expected
──────────────────────────────────────────────────
1,234      2   a b     ␣           9.88   ⏎
1,234      2   –       ␣           9.88   ⏎

the most surprising words:
word                                                           line   bits
──────────────────────────────────────────────────────────────────────────
ab                                                                1   12.3
…wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww      2    1.0

the most surprising lines:
line  begins                                                    bits a character
────────────────────────────────────────────────────────────────────────────────
   1  ab                                                                    4.57
   2  …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx              1.00
      xxxx
"""
    assert seen(surprising(*events), NO_COLOR="1") == shown


def test_a_text_is_coloured_where_there_are_colours(seen):
    said = seen(surprising(ReadCharacters("ab\n", (0.2, 1.2, 7.4)), SCORED))
    assert said.splitlines()[1:] == [
        "a⟨#f4d9c0 on #3a2416⟩b⟨⟩⟨bold #000000 on #ffc04d⟩⏎⟨⟩                                                                       ⟨dim⟩12,346⟨⟩"
    ]


def test_what_stands_out_in_a_short_text_is_less(seen):
    short = replace(
        FOUND,
        characters=239,
        words=FOUND.words[:1],
        hardest_lines=FOUND.hardest_lines[:1],
        places=(),
        notices=(),
        interrupted=True,
    )
    assert seen(surprising(short), NO_COLOR="1").splitlines()[1:] == [
        "",
        "stopped after 239 characters: 4.602 bits each (3.190 nats), 5,679 bits together",
    ]
    assert "bits a character along the text, 411 at a time:" in seen(
        surprising(replace(short, characters=240))
    )


def test_what_stands_out_on_a_narrow_screen(seen):
    assert seen(surprising(FOUND), 40, NO_COLOR="1").splitlines()[9:] == [
        "",
        "the most surprising places:",
        "place line after character bits expected",
        "────────────────────────────────────────",
        "1,234    2 a b   ␣         9.88 ⏎",
        "1,234    2 –     ␣         9.88 ⏎",
        "",
        "the most surprising words:",
        "word                           line bits",
        "────────────────────────────────────────",
        "ab                                1 12.3",
        "…wwwwwwwwwwwwwwwwwwwwwwwwwwwww    2  1.0",
        "wwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
        "",
        "the most surprising lines:",
        "line begins             bits a character",
        "────────────────────────────────────────",
        "   1 ab                             4.57",
        "   2 …xxxxxxxxxxxxxxxxx             1.00",
        "     xxxxxxxxxxxxxxxxxx",
        "     xxxxxxxxxxxxxxxxxx",
        "     xxxxxx",
    ]


def test_the_bits_of_surprising_places_stand_on_the_right(seen):
    value = replace(FOUND, places=(PLACE, replace(PLACE, bits=12.3)), words=(), hardest_lines=())
    lines = seen(surprising(value), NO_COLOR="1").splitlines()[-2:]
    assert [line.split("␣")[1].split("⏎")[0] for line in lines] == [
        "            9.88   ",
        "           12.30   ",
    ]


def test_what_stood_before_a_place_folds_to_twelve_columns(seen):
    places = (replace(PLACE, before="one two three four five six"),)
    value = replace(FOUND, places=places, words=(), hardest_lines=())
    wide = seen(surprising(value), 80, NO_COLOR="1").splitlines()[-1]
    narrow = seen(surprising(value), 47, NO_COLOR="1").splitlines()[-4:]
    stacked = seen(surprising(value), 46, NO_COLOR="1").splitlines()[-6:]
    assert [wide, narrow, stacked] == [
        "1,234      2   …two three four five six   ␣           9.88   ⏎",
        [
            "───────────────────────────────────────────────",
            "1,234    2 …two three   ␣         9.88 ⏎",
            "           four five",
            "           six",
        ],
        [
            "1,234",
            "  line: 2",
            "  after: …two three four five six",
            "  character: ␣",
            "  bits: 9.88",
            "  expected: ⏎",
        ],
    ]


def test_a_curve_is_ascii_where_there_is_nothing_else(seen):
    assert "_.@ 1.0 to 8.0" in seen(surprising(FOUND), TERM="linux")


# Scores.


SCORE = TextScore(
    "birds", 1, 1.0, 1.4427, 2.718, 2.0, 1.5, 5, 1.25, 1.75, 0.5, 0.72, "an n-gram", False, ("one",)
)


def test_the_loss_on_a_text_stands_beside_others(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
birds: 1 character
⟨bold⟩                                       nats    bits⟨⟩
⟨bold⟩loss                                  /char   /char   bar⟨⟩
──────────────────────────────────────────────────────────────────────────
this text                             1.000   1.443   ██████████
while learning it, by an n-gram       0.500   0.721   █████
this text, best n-gram (order 5)      1.500   2.164   ███████████████
its own text, held out                1.250   1.803   ████████████▌
its own text, held out, best n-gram   1.750   2.525   █████████████████▌
every character as likely             2.000   2.885   ████████████████████
each character is as hard to guess as one among 2.7 equally likely characters;
with no knowledge it would be one among 7
it finds this text 20% easier than unseen text of the kind that it learned
that is 33% better than counting its own text
learning while it reads takes 50.0% off the loss
chance weighs much in 1 characters: a longer text says more
"""
    assert seen(SCORE) == shown


def test_the_loss_on_a_text_leaves_out_what_is_not_known(seen):
    bare = TextScore("birds", 1234, 1.0, 1.4427, 2.718, 2.0, counting=1.5, interrupted=True)
    shown = """\
birds: stopped after 1,234 characters
                             nats    bits
loss                        /char   /char   bar
────────────────────────────────────────────────────────────────
this text                   1.000   1.443   ##########
this text, best n-gram      1.500   2.164   ###############
every character as likely   2.000   2.885   ####################
each character is as hard to guess as one among 2.7 equally likely characters;
with no knowledge it would be one among 7
that is 33% better than counting its own text
"""
    assert seen(bare, TERM="linux", NO_COLOR="1") == shown


def test_losses_on_a_narrow_screen_have_no_bars(seen):
    assert seen(SCORE, 50, NO_COLOR="1").splitlines()[2:6] == [
        "                                      nats   bits",
        "loss                                 /char  /char",
        "─────────────────────────────────────────────────",
        "this text                            1.000  1.443",
    ]
