"""Units, states and scales as they are seen: in colours, or with marks below each character."""

# ruff: noqa: E501  # what is seen stands here as it is seen

import math
from dataclasses import replace
from functools import partial

import pytest

from charplay.insight.ablation import AblatedAnswer, Ablation
from charplay.insight.finding import Finding, Findings
from charplay.insight.states import ArrayDistance, StateDistances, StatePicture
from charplay.insight.units import UnitReading, UnitValues
from charplay.terminal.render.cells import CharacterCells, character_figure, text_end
from charplay.terminal.render.scales import SURPRISE, Scale
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


# Scales.


def test_the_mark_of_a_value_is_its_ninths_of_the_highest():
    scale = Scale(18.0)
    values = (0, 0.99, 1.01, 3, 17, 18, 18.9, 19.1, 21, -1.01, -18, -40)
    assert [scale.mark(value) for value in values] == [
        " ",
        " ",
        "1",
        "2",
        "8",
        "9",
        "9",
        "+",
        "+",
        "a",
        "i",
        "i",
    ]
    assert [SURPRISE.mark(value) for value in (0.4, 0.6, 1.4, 8.9, 9.4, 9.6, 12, -3)] == [
        " ",
        "1",
        "1",
        "9",
        "9",
        "+",
        "+",
        "c",
    ]


def test_a_value_that_is_no_number_is_as_hot_as_it_gets():
    assert (SURPRISE.mark(math.nan), SURPRISE.mark(math.inf), Scale(1).mark(-math.inf)) == (
        "+",
        "+",
        "i",
    )
    assert (SURPRISE.style(math.nan), SURPRISE.style(math.inf)) == ("heat.6", "heat.6")


def test_the_style_of_a_value_is_one_of_six_levels_hot_or_cold():
    values = (0, 0.99, 1.0, 1.99, 2.0, 5.99, 6.0, 6.99, 7.0, 99, -0.99, -1.0, -7.0, -99)
    assert [SURPRISE.style(value) for value in values] == [
        "",
        "",
        "heat.1",
        "heat.1",
        "heat.2",
        "heat.5",
        "heat.6",
        "heat.6",
        "heat.6",
        "heat.6",
        "",
        "cold.1",
        "cold.6",
        "cold.6",
    ]


def test_a_scale_of_small_values_is_hot_above_zero():
    assert (Scale(0.5).style(0.3), Scale(0.5).mark(0.3)) == ("heat.4", "5")


def test_the_legend_of_a_scale_has_its_levels_or_its_marks(seen):
    def legends(console):
        console.print(SURPRISE.legend(console, "bi\x07ts"), soft_wrap=True)
        console.print(Scale(3.5).legend(console, "value", signed=True), soft_wrap=True)
        console.print(Scale(3.5).legend(console, "value"), soft_wrap=True)

    shown = """\
below each character: bi␇ts, 1 to 9, + for more
below each character: value, 1 to 9 up to 3.5; a to i below zero
below each character: value, 1 to 9 up to 3.5
"""
    assert seen(legends, 80, NO_COLOR="1") == shown
    shown = """\
⟨dim⟩bi␇ts: ⟨⟩ 0 ⟨#f4d9c0 on #3a2416⟩ 1 ⟨⟩⟨#ffe0c2 on #5a3114⟩ 2 ⟨⟩⟨#ffe9d2 on #86400f⟩ 3 ⟨⟩⟨#ffffff on #b4500c⟩ 4 ⟨⟩⟨#000000 on #f0782d⟩ 5 ⟨⟩⟨bold #000000 on #ffc04d⟩ 6 ⟨⟩
⟨dim⟩value: ⟨⟩⟨bold #000000 on #9fd4ff⟩ -3 ⟨⟩⟨#000000 on #4a9bf0⟩ -2.5 ⟨⟩⟨#ffffff on #0c62b4⟩ -2 ⟨⟩⟨#d2e9ff on #0f4a86⟩ -1.5 ⟨⟩⟨#c2e0ff on #14375a⟩ -1 ⟨⟩⟨#c0d9f4 on #16263a⟩ -0.5 ⟨⟩ 0 ⟨#f4d9c0 on #3a2416⟩ 0.5 ⟨⟩⟨#ffe0c2 on #5a3114⟩ 1 ⟨⟩⟨#ffe9d2 on #86400f⟩ 1.5 ⟨⟩⟨#ffffff on #b4500c⟩ 2 ⟨⟩⟨#000000 on #f0782d⟩ 2.5 ⟨⟩⟨bold #000000 on #ffc04d⟩ 3 ⟨⟩
⟨dim⟩value: ⟨⟩ 0 ⟨#f4d9c0 on #3a2416⟩ 0.5 ⟨⟩⟨#ffe0c2 on #5a3114⟩ 1 ⟨⟩⟨#ffe9d2 on #86400f⟩ 1.5 ⟨⟩⟨#ffffff on #b4500c⟩ 2 ⟨⟩⟨#000000 on #f0782d⟩ 2.5 ⟨⟩⟨bold #000000 on #ffc04d⟩ 3 ⟨⟩
"""
    assert seen(legends, 80) == shown


# Characters in cells.


def rows(seen, text, columns, margin=0, note="", style="", **variables):
    """A text in cells, each marked with its place."""

    def show(console):
        cells = CharacterCells(console, margin)
        for place, character in enumerate(text):
            cells.add(character, style, str(place % 10))
        cells.end_line(note)
        cells.end_line()
        cells.end_line("end")

    return seen(show, columns, **{"NO_COLOR": "1", **variables})


def test_a_row_breaks_after_its_last_blank_where_that_is_near_its_end(seen):
    shown = """\
abcdef
0123456
ghijklmno
789012345
       end

"""
    assert rows(seen, "abcdef ghijklmno", 10) == shown
    shown = """\
abcd fghij
0123456789
 klmn
01234
       end

"""
    assert rows(seen, "abcd fghij klmn", 10) == shown
    shown = """\
abcde ghij
0123456789
k
0
       end

"""
    assert rows(seen, "abcde ghijk", 10) == shown
    shown = """\
abcdefghij
0123456789
k
0
       end

"""
    assert rows(seen, "abcdefghijk", 10) == shown


def test_a_row_that_is_just_full_is_one_row(seen):
    shown = """\
abcdefghij
0123456789
       end

"""
    assert rows(seen, "abcdefghij", 10) == shown
    shown = """\
abcdefgh漢
012345678
       end

"""
    assert rows(seen, "abcdefgh漢", 10) == shown
    shown = """\
abcdefghi
012345678
漢
9
       end

"""
    assert rows(seen, "abcdefghi漢", 10) == shown


def test_rows_without_a_margin_go_to_the_edge_of_the_screen(seen):
    def show(console):
        cells = CharacterCells(console)
        for character in "abcdefghij" * 2:
            cells.add(character, "", "x")
            if character == "j":
                cells.end_line()

    assert seen(show, 10, NO_COLOR="1") == "abcdefghij\nxxxxxxxxxx\n" * 2


def test_rows_have_eight_columns_at_least_and_a_margin_for_a_note(seen):
    shown = """\
abcdefgh
01234567
i
8
     end

"""
    assert rows(seen, "abcdefghi", 5) == shown
    shown = """\
abcdefghi   12
012345678
           end

"""
    assert rows(seen, "abcdefghi", 14, margin=5, note="12") == shown
    shown = """\
abcdefghij  12345
0123456789
           end

"""
    assert rows(seen, "abcdefghij", 14, margin=4, note="12345") == shown
    shown = """\
abc         ⟨dim⟩12⟨⟩
           ⟨dim⟩end⟨⟩
"""
    assert rows(seen, "abc", 14, margin=4, note="12", TERM="xterm", NO_COLOR="") == shown


def test_rows_in_a_pipe_are_eighty_columns_wide(seen):
    assert [len(line) for line in rows(seen, "a" * 81, None).splitlines()[:4]] == [80, 80, 1, 1]


def test_a_mark_of_a_wide_character_is_followed_by_a_blank(seen):
    shown = """\
a漢b◌́U+FE0F
01 234
                 end

"""
    assert rows(seen, "a漢b\u0301\ufe0f", 20) == shown


def test_a_text_in_cells_is_coloured_in_runs_of_one_style(seen):
    shown = """\
⟨#f4d9c0 on #3a2416⟩abc⟨⟩
                 ⟨dim⟩end⟨⟩
"""
    assert rows(seen, "abc", 20, style="heat.1", NO_COLOR="") == shown


@pytest.mark.parametrize(
    ("text", "columns", "end"),
    [
        ("abc", 3, "abc"), ("ab ", 3, "ab␣"), ("漢漢", 4, "漢漢"), ("a漢bc", 4, "…bc"), ("", 3, ""), ("abcd", 3, "…cd"), ("abcd ", 3, "…d␣"), ("漢漢", 3, "…漢"), ("漢漢", 5, "漢漢"),
        ("a\nb", 4, "a⏎b"), ("\u0301", 3, "◌\u0301"), ("漢漢漢", 5, "…漢漢"), ("a" * 9, 1, "…"),
    ],
)  # fmt: skip
def test_the_end_of_a_text_in_so_many_columns(text, columns, end):
    assert text_end(text, columns) == end


def test_a_blank_is_seen_in_a_table():
    assert [character_figure(c) for c in " a\n\u200d"] == ["␣", "a", "⏎", "U+200D"]
