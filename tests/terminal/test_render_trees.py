"""Sessions as they are seen: their tree, where they go on, what was done with them."""

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.keeping import MarkedAnswers
from charplay.commands.position import SessionPosition
from charplay.commands.sessions import SessionDone
from charplay.commands.settings import Interface
from charplay.commands.turns import Tree, TreeRow
from charplay.sessions.tree import Favourite
from charplay.terminal.render.position import shorten_line
from tests.terminal.transcript import transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


TURN = TreeRow(1, None, "main", (), False, False, False, False, 0, 7, "birds", "", "it  says")
ROWS = (
    replace(TURN, on_path=True),
    replace(TURN, turn=2, parent=1, forks=(True,), begins=True, on_path=True, glimpse="x" * 90),
    replace(TURN, turn=3, parent=2, forks=(True,), current=True, on_path=True, kept=2),
    replace(TURN, turn=12, parent=1, forks=(False,), begins=True, named=True, branch="b\x07"),
    replace(TURN, turn=13, parent=12, forks=(False, True), begins=True, kept=1),
    replace(TURN, turn=14, parent=13, forks=(False, True)),
)


def test_a_tree_has_a_row_for_each_turn(seen):
    shown = """\
⟨bold⟩○ 1 ⟨⟩it says
⟨dim⟩├─⟨⟩⟨bold⟩○ 2 ⟨⟩xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
⟨dim⟩│ ⟨⟩⟨bold⟩● 3 ⟨⟩⟨yellow⟩★ ⟨⟩it says
⟨dim⟩└─⟨⟩ 12 ⟨bold⟩[b␇] ⟨⟩it says
⟨dim⟩  ├─⟨⟩ 13 ⟨yellow⟩★ ⟨⟩it says
⟨dim⟩  │ ⟨⟩ 14 it says
"""
    assert seen(Tree("s1", ROWS), 60) == shown


def test_a_tree_whose_beginning_forks_has_a_mark_for_it(seen):
    rows = (
        replace(TURN, forks=(True,), begins=True),
        replace(TURN, turn=2, forks=(False,), begins=True),
    )
    shown = """\
⟨dim⟩○⟨⟩
⟨dim⟩├─⟨⟩ 1 it says
⟨dim⟩└─⟨⟩ 2 it says
"""
    assert seen(Tree("s1", rows)) == shown
    assert "○" not in seen(Tree("s1", (TURN, replace(rows[1], parent=1))))


def test_a_tree_is_read_aloud_in_words(seen):
    rows = (*ROWS[:1], *ROWS[2:4], replace(TURN, begins=True))
    shown = """\
turn 1: it  says
turn 3 after 2, kept, the session is here: it  says
turn 12 after 1 in b␇: it  says
turn 1: it  says
"""
    assert seen(Tree("s1", rows), interface=Interface(plain=True)) == shown


def test_a_tree_of_nothing_says_what_to_do(seen):
    assert seen(Tree("s1", ())) == "there is no turn yet; say something\n"


def test_the_lines_of_forks_take_two_fifths_of_the_screen(seen):
    deep = replace(TURN, turn=9, parent=8, forks=(True, False, True, False, True), begins=True)
    goes_on = replace(deep, begins=False)
    guides = {}
    for columns in (25, 24, 19, 4):
        lines = seen(Tree("s1", (deep, goes_on)), columns, NO_COLOR="1").splitlines()
        guides[columns] = [line.split("9")[0] for line in lines]
    assert guides == {
        25: ["│   │   ├─ ", "│   │   │  "],
        24: ["│   │ ├─ ", "│   │ │  "],
        19: ["│   ├─ ", "│   │  "],
        4: ["├─ ", "│  "],
    }


def test_what_a_turn_says_has_eight_columns_at_least(seen):
    tree = Tree("s1", (replace(TURN, glimpse="abcdefghijkl"),))
    assert [seen(tree, columns) for columns in (10, 11, 12)] == [
        " 1 abcdefg…\n",
        " 1 abcdefg…\n",
        " 1 abcdefgh…\n",
    ]


def test_where_a_session_goes_on_is_told_in_two_lines(seen):
    position = SessionPosition("back", "s1", 3, "branch", "the last \n line  of it")
    shown = """\
back: session s1, after turn 3, in branch
⟨dim⟩the last line of it⟨⟩
"""
    assert seen(position) == shown
    assert (
        seen(replace(position, turn=0, branch=None, last_line=""))
        == "back: session s1, at the beginning\n"
    )
    assert seen(position, 20, NO_COLOR="1").splitlines()[-1] == "…e last line of it"


def test_what_was_done_with_a_session_is_told(seen):
    assert seen(SessionDone("begun", "s1")) == "session ⟨bold⟩s1⟨⟩ begun\n"
    assert seen(SessionDone("begun", "s1", "a\x07")) == "session ⟨bold⟩s1⟨⟩ begun (a␇)\n"


def test_answers_that_are_kept_are_told_one_by_one(seen):
    one = Favourite("Tyr\nand Odin", "", "7/1", "birds", "s1", 1, "")
    value = MarkedAnswers(True, (one, replace(one, text="x" * 61, label="7/2")))
    shown = """\
kept: Tyr and Odin · 7/1
kept: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… · 7/2
"""
    assert seen(value) == shown
    assert (
        seen(replace(value, kept=False, answers=(one,))) == "no longer kept: Tyr and Odin · 7/1\n"
    )


@pytest.mark.parametrize(
    ("text", "cells", "end", "short"),
    [
        ("abc", 3, False, "abc"), ("abcd", 3, False, "ab…"), ("ab cd", 4, False, "ab…"),
        ("abcd", 3, True, "…cd"), ("漢漢", 3, True, "…漢"), ("漢漢", 3, False, "漢…"),
        ("ab", 1, False, "…"), ("ab", 0, False, "…"), ("ab", 1, True, "…"), ("ab", 0, True, "…"),
        ("ab", -9, True, "…"), ("a", 0, True, "a"), ("a\x07", 2, True, "a␇"),
    ],
)  # fmt: skip
def test_a_line_is_shortened_to_what_has_room(text, cells, end, short):
    assert shorten_line(text, cells, end=end) == short


def test_the_end_of_a_line_keeps_the_marks_on_its_letters():
    letter = "e" + "\u0301" * 7
    assert shorten_line(letter * 30, 10, end=True) == "…" + letter * 9
