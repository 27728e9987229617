"""What surprises a model, and what a text costs it, as it is seen."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.surprising import SurpriseStream
from charplay.insight.surprise import (
    HardLine,
    ReadCharacters,
    ScoredLine,
    ScoredWord,
    Surprise,
    SurprisingPlace,
)
from charplay.insight.text_score import TextScore
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


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
chance weighs much in 1 character: a longer text says more
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
