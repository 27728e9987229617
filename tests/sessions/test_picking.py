"""Answers as a person names them."""

import pytest

from charplay.errors import UsageError
from charplay.sessions.picking import pick_answers
from charplay.sessions.tree import Turn
from tests.sessions.conftest import saying


def turn(number, *answers, **more):
    return Turn(number, None, None, "main", "", saying("", *answers, moves=False, **more))


LAST = turn(5, "Novasol", "Zelfiran", "Van Helsing", "Novatrex", "Été", seed=9)
FIRST = turn(2, "Novasol", "Ankora")


def picked(typed, near=LAST, others=(FIRST,)):
    found = pick_answers(typed.split(), near, others, "keep")
    return [f"{one.turn.said.seed}/{one.reply.number}" for one in found]


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("3", ["9/3"]),
        ("1 3", ["9/1", "9/3"]),
        ("1,3", ["9/1", "9/3"]),
        ("1, 3", ["9/1", "9/3"]),
        ("3 1 3", ["9/3", "9/1"]),
        ("2-4", ["9/2", "9/3", "9/4"]),
        ("4-2", ["9/2", "9/3", "9/4"]),
        ("2 - 4", ["9/2", "9/3", "9/4"]),
        ("2–4", ["9/2", "9/3", "9/4"]),
        ("1,4-9", ["9/1", "9/4", "9/5"]),
        ("9/2", ["9/2"]),
        ("9/2-3", ["9/2", "9/3"]),
        ("7/2", ["7/2"]),
        ("Novasol", ["9/1"]),
        ("novasol", ["9/1"]),
        ("Van Helsing", ["9/3"]),
        ("van  helsing", ["9/3"]),
        ("trex", ["9/4"]),
        ("été", ["9/5"]),
        ("Ankora", ["7/2"]),
        ("1 Ankora", ["9/1", "7/2"]),
        ("Novasol, Zelfiran", ["9/1", "9/2"]),
    ],
)
def test_an_answer_is_found_by_what_is_seen_of_it(typed, labels):
    assert picked(typed) == labels


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("9", "turn 5 has no answer 9"),
        ("0", "turn 5 has no answer 0"),
        ("6-9", "turn 5 has no answer 6-9"),
        ("8/1", "the session has no answer 8/1"),
        ("1 9", "turn 5 has no answer 9"),
        ("nobody", "no answer has the text 'nobody'"),
        ("1 nobody", "no answer has the text 'nobody'"),
        ("²", "no answer has the text '²'"),
        ("-", "no answer has the text '-'"),
        ("9" * 5000, "no answer has the text"),
        ("nova", "2 answers of turn 5 hold 'nova'"),
        ("", "which of the 5 answers?"),
    ],
)
def test_what_is_missing_or_unclear_is_told_with_what_to_type(typed, message):
    with pytest.raises(UsageError) as caught:
        picked(typed)
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_the_only_answer_needs_no_name():
    assert picked("", turn(3, "one")) == ["7/1"]


def test_a_name_that_is_a_number_is_an_answers_number_first():
    assert picked("2", turn(3, "2", "two")) == ["7/2"]


def test_a_poem_is_found_by_a_line_of_it_its_opening_too():
    poem = Turn(1, None, 1, "main", "", saying("Shall I", " compare\nthee", moves=True))
    assert picked("shall i compare", poem) == picked("compare thee", poem) == ["7/1"]


def test_other_turns_are_read_only_where_the_last_one_has_no_such_answer():
    def others():
        raise AssertionError("read in vain")
        yield

    assert picked("2-3", LAST, others()) == ["9/2", "9/3"]
    assert picked("Novasol", LAST, others()) == ["9/1"]


def test_of_a_thousand_answers_a_hint_names_a_few():
    with pytest.raises(UsageError) as caught:
        picked("5000", turn(3, *map(str, range(1000))))
    assert caught.value.hint.startswith("turn 3 has 1, 2, 3, 4, 5, 6, 7, 8 and 992 more")
