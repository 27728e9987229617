"""Units and states as they are seen: in colours, or with marks below each character."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.insight.ablation import AblatedAnswer, Ablation
from charplay.insight.finding import Finding, Findings
from charplay.insight.states import ArrayDistance, StateDistances, StatePicture
from charplay.insight.units import UnitReading, UnitValues
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


def unit(*values, name="cell.0:1"):
    return UnitValues(name, tuple(map(float, values)), max(map(abs, values)))


def test_a_unit_over_a_text_is_marked_where_there_are_no_colours(seen):
    reading = UnitReading(
        "birds", "ab\n c", (unit(0, 1, 0.5, 2, 1), unit(1, -2, 0, 0.1, 2)), ("one",)
    )
    shown = """\
note: one
below each character: cell.0:1, 1 to 9 up to 2
ab⏎
 42
 c
94

below each character: cell.0:1, 1 to 9 up to 2; a to i below zero
ab⏎
4i
 c
 9
"""
    assert seen(reading, NO_COLOR="1") == shown


def test_a_unit_over_a_text_is_coloured(seen):
    shown = """\
⟨dim⟩cell.0:1: ⟨⟩⟨bold #000000 on #9fd4ff⟩ -1.7 ⟨⟩⟨#000000 on #4a9bf0⟩ -1.4 ⟨⟩⟨#ffffff on #0c62b4⟩ -1.1 ⟨⟩⟨#d2e9ff on #0f4a86⟩ -0.86 ⟨⟩⟨#c2e0ff on #14375a⟩ -0.57 ⟨⟩⟨#c0d9f4 on #16263a⟩ -0.29 ⟨⟩ 0 ⟨#f4d9c0 on #3a2416⟩ 0.29 ⟨⟩⟨#ffe0c2 on #5a3114⟩ 0.57 ⟨⟩⟨#ffe9d2 on #86400f⟩ 0.86 ⟨⟩⟨#ffffff on #b4500c⟩ 1.1 ⟨⟩⟨#000000 on #f0782d⟩ 1.4 ⟨⟩
⟨bold #000000 on #ffc04d⟩1.7 ⟨⟩
a⟨#ffe9d2 on #86400f⟩b⟨⟩⟨bold #000000 on #ffc04d⟩c⟨⟩⟨bold #000000 on #9fd4ff⟩d⟨⟩⏎
"""
    assert seen(UnitReading("birds", "abcd\n", (unit(0, 1, 2, -2, 0),))) == shown
    shown = """\
⟨dim⟩cell.0:1: ⟨⟩ 0 ⟨#f4d9c0 on #3a2416⟩ 0.17 ⟨⟩⟨#ffe0c2 on #5a3114⟩ 0.34 ⟨⟩⟨#ffe9d2 on #86400f⟩ 0.51 ⟨⟩⟨#ffffff on #b4500c⟩ 0.69 ⟨⟩⟨#000000 on #f0782d⟩ 0.86 ⟨⟩⟨bold #000000 on #ffc04d⟩ 1 ⟨⟩
a⟨bold #000000 on #ffc04d⟩b⟨⟩
"""
    assert seen(UnitReading("birds", "ab", (unit(0, 1.2345),))) == shown


def test_a_unit_that_does_nothing_has_a_scale_too(seen):
    shown = """\
below each character: cell.0:1, 1 to 9 up to 1e-09
ab

"""
    assert seen(UnitReading("birds", "ab", (unit(0, 0),)), NO_COLOR="1") == shown


PICTURE = StatePicture(
    "birds",
    3,
    "cell.0",
    1234,
    "a漢c\nd",
    (unit(0, 1, 2, 0, -2), unit(1, 0, 0, 0, 0, name="cell.0:12")),
    ("one",),
)


def test_the_state_of_a_model_has_a_row_for_each_unit(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
cell.0 of birds after turn 3: 2 of its 1,234 units, those that change most
⟨dim⟩value: ⟨⟩⟨bold #000000 on #9fd4ff⟩ -1.7 ⟨⟩⟨#000000 on #4a9bf0⟩ -1.4 ⟨⟩⟨#ffffff on #0c62b4⟩ -1.1 ⟨⟩⟨#d2e9ff on #0f4a86⟩ -0.86 ⟨⟩⟨#c2e0ff on #14375a⟩ -0.57 ⟨⟩⟨#c0d9f4 on #16263a⟩ -0.29 ⟨⟩ 0 ⟨#f4d9c0 on #3a2416⟩ 0.29 ⟨⟩⟨#ffe0c2 on #5a3114⟩ 0.57 ⟨⟩⟨#ffe9d2 on #86400f⟩ 0.86 ⟨⟩⟨#ffffff on #b4500c⟩ 1.1 ⟨⟩⟨#000000 on #f0782d⟩ 1.4 ⟨⟩⟨bold #000000 on #ffc04d⟩ ⟨⟩
⟨bold #000000 on #ffc04d⟩1.7 ⟨⟩
          a漢c⏎d
cell.0:1   ⟨#ffe9d2 on #86400f⟩4 ⟨⟩⟨bold #000000 on #ffc04d⟩9⟨⟩ ⟨bold #000000 on #9fd4ff⟩i⟨⟩
cell.0:12 ⟨#ffe9d2 on #86400f⟩4⟨⟩
"""
    assert seen(PICTURE) == shown
    shown = """\
cell.0 of birds: 2 of its 1,234 units, those that change most
below each character: value, 1 to 9 up to 2; a to i below zero
          a漢c⏎d
cell.0:1   4 9 i
cell.0:12 4
"""
    assert seen(replace(PICTURE, turn=None, notices=()), NO_COLOR="1") == shown


def test_the_state_of_a_model_is_parted_where_it_is_wider_than_the_screen(seen):
    shown = """\
note: one
cell.0 of
birds after
turn 3: 2 of
its 1,234
units, those
that change
most
below each
character:
value, 1 to 9
up to 2; a to
i below zero
          a漢c
cell.0:1   4 9
cell.0:12 4
          ⏎d
cell.0:1   i
cell.0:12
"""
    assert seen(PICTURE, 14, NO_COLOR="1") == shown
    assert seen(PICTURE, 13, NO_COLOR="1").splitlines()[11:] == [
        "up to 2; a to",
        "i below zero",
        "          a漢",
        "cell.0:1   4",
        "cell.0:12 4",
        "          c⏎d",
        "cell.0:1  9 i",
        "cell.0:12",
    ]
    assert seen(PICTURE, 3, NO_COLOR="1").splitlines()[-3:] == [
        "          d",
        "cell.0:1  i",
        "cell.0:12",
    ]


def test_the_state_of_a_model_in_a_pipe_is_eighty_columns_wide(seen):
    long = replace(PICTURE, text="a" * 81, units=(unit(*([1] * 81), name="c"),), notices=())
    assert [len(line) for line in seen(long, None).splitlines()[2:]] == [80, 80, 5, 5]


def test_the_state_over_a_long_text_is_in_parts_as_wide_as_the_screen(seen):
    long = replace(PICTURE, text="abcdefghij", units=(unit(*range(10), name="c"),), notices=())
    assert seen(long, 6, NO_COLOR="1").splitlines()[-6:] == [
        "  abcd",
        "c  123",
        "  efgh",
        "c 4567",
        "  ij",
        "c 89",
    ]
    marks = " 123456789"
    narrow = [
        line for letter, mark in zip("abcdefghij", marks) for line in (f"  {letter}", f"c {mark}")
    ]
    assert seen(long, 2, NO_COLOR="1").splitlines()[-20:] == [line.rstrip() for line in narrow]


def test_a_character_wider_than_the_room_is_a_part_of_its_own(seen):
    wide = replace(PICTURE, text="漢", units=(unit(1, name="c"),), notices=())
    assert seen(wide, 3, NO_COLOR="1").splitlines()[-4:] == ["to", "1", "  漢", "c 9"]


FINDING = Finding("cell.0:1", "vowels", 0.987, 0.123, 0.456)
FINDINGS = Findings(
    "birds", (FINDING, replace(FINDING, follows="line ends " * 3)), 1234, 5678, ("a", "b"), ("one",)
)


def test_what_units_follow_is_a_table_with_what_chance_gives(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
looked in birds: 1,234 held-out characters, 5,678 values of units
for a, b
⟨bold⟩unit       follows                          strength   shuffled   untrained⟨⟩
───────────────────────────────────────────────────────────────────────────
cell.0:1   vowels                              +0.99       0.12        0.46
cell.0:1   line ends line ends line ends       +0.99       0.12        0.46
⟨dim⟩strength: correlation, from -1 to 1; beside it the largest of any unit with the ⟨⟩
⟨dim⟩text shuffled, and in untrained networks of this shape⟨⟩
"""
    assert seen(FINDINGS) == shown
    shown = """\
note: one
looked in birds: 1,234 held-out characters,
5,678 values of units
for a, b
unit     follows     strength shuffled untrained
────────────────────────────────────────────────
cell.0:1 vowels         +0.99     0.12      0.46
cell.0:1 line ends      +0.99     0.12      0.46
         line ends
         line ends
strength: correlation, from -1 to 1; beside it
the largest of any unit with the text shuffled,
and in untrained networks of this shape
"""
    assert seen(FINDINGS, 48, NO_COLOR="1") == shown


def test_where_no_unit_follows_anything_that_is_told(seen):
    shown = """\
looked in birds: 1,234 held-out characters, 5,678 values of units
for a, b
no unit follows any of these more than one of an untrained network does
"""
    assert seen(replace(FINDINGS, findings=(), notices=())) == shown


DISTANCES = StateDistances(
    "birds",
    3,
    4,
    (
        ArrayDistance("cell.0", 1234, 1.2345, 0.5, "cell.0:7", 0.25),
        ArrayDistance("h", 9, 0.0, None, "h:1", 0.0),
    ),
    ("one",),
)


def test_how_far_two_states_are_apart_is_told_array_by_array(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
the states of birds after turn 3 and turn 4
⟨bold⟩          size⟨⟩
⟨bold⟩array    units   distance   cosine   farthest   difference⟨⟩
──────────────────────────────────────────────────────────
cell.0   1,234      1.234    0.500   cell.0:7        0.250
h            9      0.000        –   h:1             0.000
⟨dim⟩cosine: 1 where both point the same way, 0 where they have nothing in common⟨⟩
"""
    assert seen(DISTANCES) == shown
    shown = """\
note: one
the states of birds after turn 3 and turn 4
        size
array  units distance cosine farthest difference
────────────────────────────────────────────────
cell.0 1,234    1.234  0.500 cell.0:7      0.250
h          9    0.000      – h:1           0.000
cosine: 1 where both point the same way, 0 where
they have nothing in common
"""
    assert seen(DISTANCES, 50, NO_COLOR="1") == shown
    assert seen(DISTANCES, 38, NO_COLOR="1").splitlines()[3:5] == [
        "        size",
        "array  units distance cosine farthest",
    ]
    assert seen(DISTANCES, 30, NO_COLOR="1").splitlines()[3:5] == [
        "        size",
        "array  units distance cosine",
    ]


def test_on_a_very_narrow_screen_the_size_of_an_array_gives_way(seen):
    assert seen(DISTANCES, 24, NO_COLOR="1").splitlines()[4:6] == [
        "────────────────────────",
        "cell.0     1.234   0.500",
    ]


ABLATION = Ablation(
    "birds",
    "cell.0:1",
    "",
    7,
    (AblatedAnswer("Tyr", "Ty"), AblatedAnswer("Odin", "Odn")),
    1.25,
    1.3,
    ("one",),
)


def test_answers_with_and_without_a_unit_stand_side_by_side(seen):
    shown = """\
⟨dim⟩note: one⟨⟩
⟨bold⟩birds                          without cell.0:1⟨⟩
Tyr                            Ty
Odin                           Odn
held-out loss 1.250 nats per character, without the unit
1.300 (+0.0500)
⟨dim⟩seed 7⟨⟩
"""
    assert seen(ABLATION, 60) == shown


def test_what_a_unit_is_worth_is_told_only_where_both_losses_are_known(seen):
    assert "held-out" not in seen(replace(ABLATION, whole_loss=None))
    assert "held-out" not in seen(replace(ABLATION, loss_without=None))
    assert "(-0.2500)" in seen(replace(ABLATION, loss_without=1.0))
