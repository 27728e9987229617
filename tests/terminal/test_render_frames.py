"""Verse in its frame as it is seen, row by row."""

# what is seen stands here as it is seen

import os
import re
from dataclasses import replace
from functools import partial

import pytest
from rich.text import Text

from charplay.terminal.render.console import make_console
from charplay.terminal.render.frame import Frame
from tests.terminal.test_render_answers import VERSE, pieces, spoken
from tests.terminal.transcript import readable, terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


def test_verse_is_framed_on_a_terminal(seen):
    events = (VERSE, *pieces(1, "compare\nthee\n", "to "), *pieces(2, "go", stopped="length"))
    shown = """\
⟨dim⟩╭────────────────────────────╮⟨⟩
⟨dim⟩│ ⟨⟩⟨bold⟩Shall I⟨⟩⟨bold⟩ ⟨⟩compare⟨dim⟩            │⟨⟩
⟨dim⟩│ ⟨⟩thee⟨dim⟩                       │⟨⟩
⟨dim⟩│ ⟨⟩to⟨dim⟩                         │⟨⟩
⟨dim⟩╰─ ⟨⟩⟨dim⟩poet · 7/1⟨⟩⟨dim⟩ ───────────────╯⟨⟩
⟨dim⟩╭────────────────────────────╮⟨⟩
⟨dim⟩│ ⟨⟩⟨bold⟩Shall I⟨⟩⟨bold⟩ ⟨⟩go⟨dim⟩…⟨⟩⟨dim⟩                │⟨⟩
⟨dim⟩╰─ ⟨⟩⟨dim⟩poet · 7/2⟨⟩⟨dim⟩ ───────────────╯⟨⟩
"""
    assert seen(spoken(*events), 30) == shown


def test_a_frame_is_eighty_columns_wide_at_most(seen):
    for columns, widest in ((79, 79), (80, 80), (81, 80), (200, 80)):
        said = seen(spoken(replace(VERSE, prompt=""), *pieces(1, "x")), columns, NO_COLOR="1")
        assert {len(re.sub("⟨.*?⟩", "", line)) for line in said.splitlines()} == {widest}


def framed(home, *texts, columns=20, signature="me", **variables):
    console = make_console(terminal(home, columns, NO_COLOR="1", **variables))
    frame = Frame(console)
    for text in texts:
        frame.write(text)
    frame.end(Text(signature))
    return re.sub("⟨(dim)?⟩", "", readable(console.file.getvalue()))


def test_a_word_that_does_not_fit_goes_on_in_the_next_row(home):
    shown = """\
╭──────────────────╮
│ one two three    │
│ four five        │
╰─ me ─────────────╯
"""
    assert framed(home, "one two three four five") == shown
    shown = """\
╭──────────────────╮
│ one two three    │
│ four five    six │
╰─ me ─────────────╯
"""
    assert framed(home, "one two three fou", "r five\tsix") == shown


def test_a_word_that_is_on_the_screen_is_taken_back_where_it_does_not_fit(home):
    shown = """\
╭──────────────────╮
│ one two three f⟨2D⟩    │
│ four five        │
╰─ me ─────────────╯
"""
    assert framed(home, "one two three f", "our five") == shown
    shown = """\
╭──────────────────╮
│ abcdefghijklmnop │
│ q                │
╰─ me ─────────────╯
"""
    assert framed(home, "a", "bcdefghijklmnop", "q") == shown


def test_a_row_ends_early_where_the_window_gets_narrower_and_the_next_one_fits(home):
    columns = [20]
    environment = replace(terminal(home), terminal_size=lambda s: os.terminal_size((columns[0], 9)))
    console = make_console(environment)
    frame = Frame(console)
    for text, width in (
        ("one two thr", 14),
        ("ee four", 14),
        (" five\nsix", 20),
        (" seven eig", 12),
        ("h", 9),
    ):
        frame.write(text)
        columns[0] = width
    frame.end(Text("me"))
    shown = """\
╭──────────────────╮
│ one two thr │
│ ee four    │
│ five       │
│ six seven  │
│ eigh  │
╰─ me ──╯
"""
    assert re.sub("⟨(dim)?⟩", "", readable(console.file.getvalue())) == shown


def test_the_lower_side_fits_a_window_that_got_narrower(home):
    columns = [20]
    environment = replace(terminal(home), terminal_size=lambda s: os.terminal_size((columns[0], 9)))
    console = make_console(environment)
    frame = Frame(console)
    frame.write("a\n")
    columns[0] = 12
    frame.end(Text("me"))
    assert readable(console.file.getvalue()).endswith("│⟨⟩\n⟨dim⟩╰─ ⟨⟩me⟨dim⟩ ─────╯⟨⟩\n")


def test_a_row_of_blanks_is_an_empty_one(home):
    assert framed(home, "  \na").splitlines()[1:3] == [
        "│                  │",
        "│ a                │",
    ]


def test_no_letter_is_lost_on_a_screen_of_one_column(home):
    assert "漢" in framed(home, "漢", columns=1)


def test_a_word_of_more_than_half_a_row_is_cut_and_a_shorter_one_is_not(home):
    shown = """\
╭──────────────────╮
│ abcdefg          │
│ 123456789        │
╰─ me ─────────────╯
"""
    assert framed(home, "abcdefg" + " " + "12345678" + "9") == shown
    shown = """\
╭──────────────────╮
│ abcdef 123456789 │
│ 0                │
╰─ me ─────────────╯
"""
    assert framed(home, "abcdef" + " " + "123456789" + "0") == shown
    shown = """\
╭──────────────────╮
│ abcdefghijklmnop │
│ qrstuvwxyz       │
╰─ me ─────────────╯
"""
    assert framed(home, "abcdefghijklmnopqrstuvwxyz") == shown


def test_a_line_is_turned_over_with_a_margin_where_there_is_room(home):
    rows = [framed(home, "one two three four five", columns=n).splitlines()[2] for n in (20, 21)]
    assert rows == ["│ four five        │", "│     four five     │"]


def test_blanks_at_the_end_of_a_row_take_no_room(home):
    shown = """\
╭──────────────────╮
│ one two three fo │
│ x                │
│                  │
╰─ me ─────────────╯
"""
    assert framed(home, "one two three fo    ", "x\n\n") == shown


def test_a_joiner_at_the_end_of_verse_is_seen(home):
    assert framed(home, "ab\u200d").splitlines()[1] == "│ ab<U+200D>       │"


def test_a_signature_stands_in_the_frame_where_it_has_room(home):
    below = [framed(home, "a", signature="x" * n).split("│\n")[1] for n in (0, 14, 15, 16)]
    assert below == [
        "╰──────────────────╯\n",
        "╰─ xxxxxxxxxxxxxx ─╯\n",
        "╰─ xxxxxxxxxxxxxxx ╯\n",
        "╰──────────────────╯\nxxxxxxxxxxxxxxxx\n",
    ]


def test_a_frame_narrower_than_its_sides_has_a_letter_a_row(home):
    shown = """\
╭───╮
│ a │
│ b │
╰───╯
me
"""
    assert framed(home, "ab", columns=3) == shown


def test_a_frame_is_drawn_in_ascii_where_there_is_nothing_else(home):
    console = make_console(terminal(home, 10))
    console.file.encoding = "ascii"
    frame = Frame(console)
    frame.write("a")
    frame.end(Text(""))
    shown = """\
⟨dim⟩+--------+⟨⟩
⟨dim⟩| ⟨⟩a⟨dim⟩      |⟨⟩
⟨dim⟩+--------+⟨⟩
"""
    assert readable(console.file.getvalue()) == shown


def test_the_text_of_a_frame_keeps_its_styles_where_it_is_turned_over(home):
    console = make_console(terminal(home, 16))
    frame = Frame(console)
    frame.write("bold one ", "bold")
    frame.write("and plain")
    frame.end(Text("me", "dim"))
    shown = """\
⟨dim⟩╭──────────────╮⟨⟩
⟨dim⟩│ ⟨⟩⟨bold⟩bold one⟨⟩⟨bold⟩ ⟨⟩and⟨dim⟩ │⟨⟩
⟨dim⟩│ ⟨⟩plain⟨dim⟩        │⟨⟩
⟨dim⟩╰─ ⟨⟩⟨dim⟩me⟨⟩⟨dim⟩ ─────────╯⟨⟩
"""
    assert readable(console.file.getvalue()) == shown
