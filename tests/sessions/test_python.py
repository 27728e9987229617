"""Sessions from Python; the examples of docs/python.md run in a test of their own."""

from functools import partial

import pytest

import charplay
from tests.sessions.conftest import put_model


def test_without_a_name_nothing_is_kept(home):
    with charplay.open_session(home=home) as session:
        assert len(session.say("Ann").answers) == 5
    assert not (home / "sessions.db").exists()


def test_as_many_names_answer_as_are_asked_for_and_a_retry_gives_as_many(home):
    with charplay.open_session(home=home) as session:
        assert len(session.say("Ann", n=3).answers) == 3
        assert len(session.retry().answers) == 3
        session.use("shakespeare")
        with pytest.raises(charplay.UsageError, match="one answer"):
            session.say("O", n=2)


def test_names_can_be_compared_with_another_list(home):
    words = {"n": 3, "seed": 7, "home": home}
    own, other = (
        charplay.names("drugs", **words, **more) for more in ({}, {"against": "surnames"})
    )
    assert [name.text for name in own] == [name.text for name in other]
    assert [name.nearest for name in own] != [name.nearest for name in other]
    with pytest.raises(charplay.UsageError, match="prose"):
        charplay.names("drugs", against="sonnets", home=home)


def test_what_cannot_be_is_a_charplay_error(home):
    with charplay.open_session("a", home=home) as session:
        for wrong in (
            lambda: session.say("Ann", temperature=-1),
            lambda: session.say("Ann", nonsense=1),
            lambda: session.use("nobody"),
            lambda: session.goto("nowhere"),
        ):
            with pytest.raises(charplay.CharplayError) as caught:
                wrong()
            assert caught.value.hint
    with pytest.raises(charplay.CharplayError):
        charplay.open_session("../a", home=home)


@pytest.mark.parametrize("n", [0, -1, True, "3", 2.5, 1_000_001])
def test_a_number_of_answers_that_cannot_be_is_told_and_leaves_no_turn(home, n):
    with charplay.open_session(home=home, model="drugs") as session:
        for ask in (session.say, partial(charplay.sample, model="drugs", home=home)):
            with pytest.raises(charplay.UsageError, match="whole number from 1 to 1,000,000"):
                ask("a", n=n)
        assert session.turns() == []


def test_what_is_no_text_is_told(home):
    with pytest.raises(charplay.UsageError, match="5 is no text"):
        charplay.sample(5, model="drugs", home=home)
    with pytest.raises(charplay.UsageError, match="is no corpus"):
        charplay.train(["Ann", "Bob"], home=home)


def test_a_closed_session_says_that_it_is_closed(home):
    session = charplay.open_session(home=home)
    session.close()
    for ask in (session.say, session.retry, session.undo, session.turns):
        with pytest.raises(charplay.CharplayError, match="closed"):
            ask()


def test_ctrl_c_in_a_program_is_raised_and_the_text_so_far_is_the_turn(poet, home, monkeypatch):
    import signal

    from charplay.generation.generator import Continuation

    step = Continuation.__next__

    def interrupted(continuation):
        if len(continuation.text) == 4:
            signal.raise_signal(signal.SIGINT)
        return step(continuation)

    monkeypatch.setattr(Continuation, "__next__", interrupted)
    with charplay.open_session("a", home=home) as session:
        with pytest.raises(KeyboardInterrupt):
            session.say("abc")
        assert session.turn.said.replies[0].stopped == "interrupted"
        assert len(session.text) == 3 + 5


def test_a_turn_keeps_the_first_answers_of_many(home, numpy_backend, talk, monkeypatch):
    monkeypatch.setattr("charplay.sessions.answering.ANSWERS_A_TURN", 3)
    put_model(home, numpy_backend, "namer", "names")
    turn = talk().say("a", n=5, seed=7)
    assert [reply.number for reply in turn.said.replies] == [1, 2, 3]
