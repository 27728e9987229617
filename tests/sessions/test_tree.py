"""The tree of turns as it is drawn: by age, wherever the session goes on from."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import UsageError
from charplay.sessions.tree import Favourite, Turn, check_session_name, draw_tree
from tests.sessions.conftest import saying

GLIMPSE = 100


def turns_after(*parents):
    """Turns 1, 2, 3, …, each after the turn named, or after the beginning."""
    return [
        Turn(number, parent, number, f"branch-{parent}", "", saying())
        for number, parent in enumerate(parents, start=1)
    ]


@st.composite
def trees(draw):
    count = draw(st.integers(1, 12))
    parents = [draw(st.sampled_from([None, *range(1, number)])) for number in range(1, count + 1)]
    return turns_after(*parents), draw(st.integers(1, count))


@given(trees())
def test_siblings_stand_by_age_and_every_turn_below_the_one_it_follows(tree):
    turns, current = tree
    lines = draw_tree(turns, current)
    rows = {line.turn.number: row for row, line in enumerate(lines)}
    assert sorted(rows) == [turn.number for turn in turns], "each turn has one line"
    for turn in turns:
        assert turn.parent is None or rows[turn.parent] < rows[turn.number]
        older = [other for other in turns[: turn.number - 1] if other.parent == turn.parent]
        assert all(rows[other.number] < rows[turn.number] for other in older)


@given(trees())
def test_nothing_moves_when_the_session_goes_on_from_another_turn(tree):
    turns, current = tree
    drawn = [(line.turn, line.forks, line.begins) for line in draw_tree(turns, current)]
    assert drawn == [(line.turn, line.forks, line.begins) for line in draw_tree(turns, None)]


@given(trees())
def test_the_way_to_the_current_turn_is_marked(tree):
    turns, current = tree
    path, number = set(), current
    while number:
        path.add(number)
        number = turns[number - 1].parent
    assert {line.turn.number for line in draw_tree(turns, current) if line.on_path} == path


@given(trees())
def test_a_turn_begins_a_fork_where_several_follow_and_the_last_of_them_closes_it(tree):
    turns, current = tree
    for line in draw_tree(turns, current):
        siblings = [turn.number for turn in turns if turn.parent == line.turn.parent]
        assert line.begins == (len(siblings) > 1)
        if line.begins:
            assert line.forks[-1] == (line.turn.number < siblings[-1])


def test_a_tree_of_many_forks_goes_no_further_to_the_right_than_it_can():
    parents = [None, *(2 * ((number - 2) // 2) + 1 for number in range(2, 400))]
    lines = draw_tree(turns_after(*parents), None)
    assert len(lines) == len(parents)
    assert max(len(line.forks) for line in lines) == 12


def turn_saying(prompt, *answers, **more):
    return Turn(4, 2, 4, "main", "2024", saying(prompt, *answers, **more))


def test_the_text_of_a_turn_is_its_prompt_and_its_last_answer_where_it_moves():
    assert saying("ab", "cd", "ef").text == "abef"
    assert saying("ab", "cd", moves=False).text == ""
    assert replace(saying("ab"), replies=()).text == "ab"


@pytest.mark.parametrize(
    ("words", "moves", "text", "whole"),
    [
        ((), True, "cd", "abcd"),
        ((), False, "cd", "cd"),
        (("names", "x"), False, "cd", "cd"),
        (("sample",), False, "cd", "abcd"),
        (("sample", "x", "y"), False, "cd", "abcd"),
        (("sample",), False, "ABcd", "ABcd"),
        (("x", "sample"), False, "cd", "cd"),
    ],
)
def test_an_answer_is_whole_with_its_opening(words, moves, text, whole):
    said = saying("ab", text, words=words, moves=moves)
    assert said.whole(said.replies[0]) == whole
    dropped = saying("a☃b", "abcd", words=("sample",), moves=False, dropped="☃")
    assert dropped.whole(dropped.replies[0]) == "abcd"


def test_a_glimpse_of_a_turn_is_its_beginning_in_one_line():
    assert turn_saying("a\nb  c", " d\n").glimpse == "a b c d"
    assert turn_saying("x", "Ann", "Bob  Lee", moves=False).glimpse == "Ann, Bob Lee"
    assert turn_saying("x" * (GLIMPSE - 1), "y").glimpse == "x" * (GLIMPSE - 1) + "y"
    assert turn_saying("x" * GLIMPSE, "y").glimpse == "x" * (GLIMPSE - 1) + "…"


def test_the_last_line_of_a_turn_is_not_blank():
    assert turn_saying("a\nb\n", " \n").last_line == "b"
    assert turn_saying("a", "b\n c \n\n", "Bob\n", moves=False).last_line == "Bob"
    assert turn_saying("\n", "\n").last_line == ""
    assert turn_saying("a", "Ann\n", "Bob\n", "\n", moves=False).last_line == ""
    assert turn_saying("ab", "Ann", moves=False).answers == ("Ann",)


def test_a_favourite_tells_of_its_answer():
    turn = turn_saying("ab", "cd", "ef", model="poet")
    assert Favourite.of("winter", turn, turn.said.replies[1]) == Favourite(
        "abef", "ab", "7/2", "poet", "winter", 4, "2024"
    )


def test_a_branch_is_named_where_it_is_another_than_above():
    turns = [replace(turn, branch=branch) for turn, branch in
             zip(turns_after(None, 1, 1, 3), ("main", "main", "b", "b"), strict=True)]  # fmt: skip
    assert [(line.turn.number, line.named) for line in draw_tree(turns, 4)] == [
        (1, True), (2, False), (3, True), (4, False),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a", "x" * 64, "a b", "é_1.+-"])
def test_a_name_that_can_be_typed_is_one(name):
    assert check_session_name(name, "a session") == name


@pytest.mark.parametrize("name", ["", "x" * 65, "a\n", "a/b"])
def test_a_name_that_cannot_be_is_told(name):
    with pytest.raises(UsageError) as caught:
        check_session_name(name, "a branch")
    assert caught.value.message.endswith(" cannot be the name of a branch")
    assert caught.value.hint == "use letters, digits, spaces and _ . + -, 64 characters at most"
