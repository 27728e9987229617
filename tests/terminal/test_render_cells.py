"""Scales, and texts whose characters are coloured or marked, as they are seen."""

# ruff: noqa: E501  # what is seen stands here as it is seen

import math
from functools import partial

import pytest

from charplay.terminal.render.cells import CharacterCells, character_figure, text_end
from charplay.terminal.render.scales import SURPRISE, Scale
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


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
