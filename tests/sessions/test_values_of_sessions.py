"""Values of sessions, at each limit and beside it, and trees that are made of them."""

import pytest

from charplay.sessions.checking import (
    UNKNOWN_TIME,
    UnsoundError,
    check_tree,
    grow_tree,
    read_number,
    read_reply,
    read_session,
    read_turn,
    show_value,
)
from charplay.sessions.tree import Reply, SessionRecord, Turn, Utterance
from tests.sessions.conftest import saying

REPLY = {"text": "cd", "number": 1, "stopped": "length", "kept": False}
SESSION = {
    "key": 1, "name": "talk", "model": "poet", "digest": "00", "live": None, "turn": None,
    "branch": None, "made": "2024-01-01", "used": "2024-01-01T10:00:00+00:00",
}  # fmt: skip
TURN = {
    "number": 2, "parent": 1, "anchor": 2, "branch": "main", "made": "2024-01-01", "prompt": "ab",
    "seed": 7, "model": "poet", "digest": "00", "options": {}, "folded": "", "dropped": "",
    "words": [], "moves": True,
}  # fmt: skip


def test_whole_values_are_what_they_say():
    assert read_session(SESSION) == SessionRecord(
        1, "talk", "poet", "00", made="2024-01-01", used="2024-01-01T10:00:00+00:00"
    )
    assert read_reply(REPLY) == Reply("cd", 1, "length")
    said = Utterance("ab", (), 7, "poet", "00", moves=True)
    assert read_turn(TURN, []) == Turn(2, 1, 2, "main", "2024-01-01", said)


SOUND = {
    "key": (1, 2**53 - 1), "name": ("a", "x" * 64), "model": ("", "x" * 300),
    "digest": ("", "0" * 64), "live": ("/a", None), "turn": (None, 1), "branch": (None, "darker"),
    "made": ("1970-01-01", "9998-12-31T23:59:59.5+01:00", "2024-01-01 10:00"),
}  # fmt: skip
UNSOUND = {
    "key": (0, -1, 2**53, True, "1", 1.0, None), "name": ("", "a\n", 5), "model": ("x" * 301, 5),
    "digest": ("0" * 65, "g"), "live": (5,), "turn": (0, "1"), "branch": ("", 5),
    "made": ("1969-12-31", "9999-01-01", "2024-13-01", "2024-01-01x", 5, "2024-01-01T" + "0" * 31),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_values_of_a_session_at_their_limits(name):
    for value in SOUND[name]:
        assert getattr(read_session({**SESSION, name: value}), name) == value
    for value in UNSOUND[name]:
        with pytest.raises(UnsoundError) as caught:
            read_session({**SESSION, name: value})
        assert str(caught.value) == f"{name} cannot be {show_value(value)}"


SAID = {
    "prompt": (("", "x"), (5, None, b"x")),
    "seed": ((0, 2**64 - 1), (-1, 2**64, True, "7", 1.5)),
    "options": (
        ({}, {str(n): n for n in range(100)}, {"a": None, "b": True, "c": 2.0**63, "d": "x"}),
        ([], {str(n): n for n in range(101)}, {"a": 2**64}, {"a": float("inf")}, {"a": [1]},
         {"x" * 301: 1}, {"a": -(2**64)}),
    ),
    "folded": (("é",), (5,)),
    "dropped": (("é",), (None,)),
    "moves": ((False,), (1, None, "x")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_values_of_what_was_said_at_their_limits(name):
    sound, unsound = SAID[name]
    for value in sound:
        assert getattr(read_turn({**TURN, name: value}, []).said, name) == value
    for value in unsound:
        with pytest.raises(UnsoundError):
            read_turn({**TURN, name: value}, [])


def test_words_of_a_turn_are_those_of_a_command_that_makes_one():
    assert read_turn({**TURN, "words": ["names", "x"]}, []).said.words == ("names", "x")
    for words in (["train"], "names", [5], {"names": 1}):
        with pytest.raises(UnsoundError):
            read_turn({**TURN, "words": words}, [])


@pytest.mark.parametrize(
    ("name", "sound", "unsound"),
    [
        ("text", ("", "a\nb"), (5,)),
        ("number", (1, 2**53 - 1), (0, 2**53, True)),
        ("stopped", ("", "x" * 40), ("x" * 41, "a\x1b", 5)),
        ("kept", (True, False), (1, None)),
    ],
)
def test_values_of_an_answer_at_their_limits(name, sound, unsound):
    for value in sound:
        assert getattr(read_reply({**REPLY, name: value}), name) == value
    for value in unsound:
        with pytest.raises(UnsoundError):
            read_reply({**REPLY, name: value})


def test_what_can_be_replaced_is_and_that_is_told():
    told = []
    values = {
        **TURN, "seed": -1, "options": [], "made": "x", "branch": "", "moves": 5, "parent": "x",
        "anchor": 0, "model": 5, "digest": 5, "words": 5, "folded": 5, "dropped": 5,
    }  # fmt: skip
    turn = read_turn(values, [], told.append)
    said = Utterance("ab", (), 0, "", "", moves=False)
    assert turn == Turn(2, None, None, "main", UNKNOWN_TIME, said)
    assert len(told) == 12
    assert "seed cannot be -1" in told
    assert read_turn({**values, "anchor": 2}, [], told.append).said.moves is True
    with pytest.raises(UnsoundError, match="prompt cannot be 5"):
        read_turn({**values, "prompt": 5}, [], told.append)
    session = {**SESSION, "model": 5, "digest": 5, "live": 5, "turn": 0, "branch": 5, "made": 5}
    assert read_session(session, told.append) == SessionRecord(
        1, "talk", made=UNKNOWN_TIME, used=SESSION["used"]
    )
    reply = read_reply({**REPLY, "stopped": 5, "kept": 5}, told.append)
    assert reply == Reply("cd", 1, "")


def test_answers_of_one_number_are_given_others():
    told = []
    replies = [Reply(text, number, "") for text, number in zip("abcd", (1, 1, 2, 1), strict=True)]
    turn = read_turn(TURN, replies, told.append)
    assert [(reply.text, reply.number) for reply in turn.said.replies] == [
        ("a", 1), ("b", 2), ("c", 3), ("d", 4),
    ]  # fmt: skip
    assert told == [
        "answer 1 stands there twice; the second is answer 2",
        "answer 2 stands there twice; the second is answer 3",
        "answer 1 stands there twice; the second is answer 4",
    ]
    assert [reply.number for reply in read_turn(TURN, replies).said.replies] == [1, 1, 2, 1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\n", "'a\\n'"),
        ("x" * 38, f"'{'x' * 38}'"),
        ("x" * 39, f"'{'x' * 39}…"),
        (b"x" * 99, f"b'{'x' * 38}…"),
        (10**5000, "what it is"),
        (None, "None"),
    ],
    ids=["a line end", "short", "long", "bytes", "a number too long to write", "nothing"],
)
def test_a_value_is_shown_in_a_short_line(value, shown):
    assert show_value(value) == shown
    with pytest.raises(UnsoundError):
        read_number(value)


def turn_of(number, parent, anchor=0, moves=True, **more):
    said = saying("ab", moves=moves, **more)
    return Turn(number, parent, number if anchor == 0 else anchor, "main", "2024", said)


@pytest.mark.parametrize(
    "turns",
    [
        [turn_of(1, 2), turn_of(2, None)],
        [turn_of(1, None), turn_of(1, None)],
        [turn_of(1, 1)],
        [turn_of(1, None), turn_of(2, 1, anchor=1)],
        [turn_of(1, None), turn_of(2, 1, anchor=2, moves=False)],
        [turn_of(1, None, replies=(Reply("a", 1, ""), Reply("b", 1, "")))],
    ],
)
def test_turns_that_do_not_fit_each_other_are_refused(turns):
    with pytest.raises(UnsoundError, match=r"turn [12] does not fit the others"):
        check_tree(turns)


def test_turns_that_fit_are_let_pass():
    check_tree([])
    check_tree(
        [turn_of(1, None), turn_of(2, 1, anchor=1, moves=False), turn_of(3, 2), turn_of(5, 2)]
    )


def test_a_tree_is_grown_of_what_there_is():
    told = []
    turns = [turn_of(4, 3), turn_of(1, None), turn_of(4, 1), turn_of(6, 4, moves=False),
             turn_of(7, 9), turn_of(8, 0)]  # fmt: skip
    grown = grow_tree(turns, {3: 2, 2: 1}, lambda turn, fault: told.append((turn.number, fault)))
    assert [(turn.number, turn.parent, turn.anchor) for turn in grown] == [
        (1, None, 1), (4, 1, 4), (5, 1, 5), (6, 4, 4), (7, None, 7), (8, None, 8),
    ]  # fmt: skip
    assert told == [
        (4, "it cannot follow turn 3; it follows turn 1"),
        (4, "it stands there twice; the second is turn 5"),
        (7, "it cannot follow turn 9; it follows the beginning"),
        (8, "it cannot follow turn 0; it follows the beginning"),
    ]
