"""The tree of turns as it is drawn: by age, wherever the session goes on from."""

from hypothesis import given
from hypothesis import strategies as st

from charplay.sessions.tree import Turn, draw_tree
from tests.sessions.conftest import saying


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
