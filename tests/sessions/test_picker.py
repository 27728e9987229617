"""Writing by hand in a session: what was picked is a turn like any other."""

import pytest

from charplay import open_session
from charplay.commands.settings import Interface
from tests.sessions.conftest import put_model
from tests.terminal.test_repl import CTRL_C, ENTER, typed_into


def test_what_was_picked_is_a_turn_that_is_gone_on_from_and_undone(home, numpy_backend):
    put_model(home, numpy_backend)
    said = typed_into(
        home, ":pick ab ", ENTER, "cde", ENTER, "fab\r", ":undo\r", ":undo\r", ":redo\r"
    )
    assert said.err == ""
    assert "cde" in said.out
    with open_session("talk-1", home=home) as session:
        first, second = session.turns()
        assert (first.said.prompt, first.answers, first.said.moves) == ("ab ", ("cde",), True)
        assert first.said.words[0] == "pick"
        assert second.parent == first.number
        assert session.text == "ab cde"


def test_the_state_after_a_picked_turn_is_that_of_its_text(home, numpy_backend):
    put_model(home, numpy_backend)
    typed_into(home, ":pick ab ", ENTER, "cde", ENTER)
    with open_session("talk-1", home=home) as session:
        inner = session._session
        opened = inner.open_model()
        kept = inner.place(opened)
        rebuilt = inner._places._rebuild_place(inner.record.key, inner.anchor, opened)
        assert kept.pending == rebuilt.pending
        for name, array in kept.state.items():
            assert array == pytest.approx(rebuilt.state[name], abs=1e-6)


def test_what_is_left_is_no_turn(home, numpy_backend):
    put_model(home, numpy_backend)
    said = typed_into(home, ":pick", ENTER, "cde", CTRL_C, ":pick", ENTER, ENTER)
    assert said.out.count("nothing was picked") == 2
    with open_session("talk-1", home=home) as session:
        assert session.turns() == []


def test_a_name_is_picked_with_its_beginning(home, numpy_backend):
    put_model(home, numpy_backend, kind="names")
    said = typed_into(home, ":pick ab", ENTER, "cd", ENTER, ":why\r")
    assert "abcd" in said.out
    assert "by hand" in said.out
    with open_session("talk-1", home=home) as session:
        (turn,) = session.turns()
        assert (turn.answers, turn.said.moves) == (("abcd",), False)


def test_a_pipe_is_told_that_somebody_has_to_choose(charplay, with_model):
    said = charplay("pick", "Ty")
    assert said.status == 2
    assert said.err.count("\n") == 2
    assert "pick needs a terminal" in said.err
    assert "charplay probs TEXT" in said.err


def test_a_screen_reader_gets_lines(home, numpy_backend):
    put_model(home, numpy_backend)
    said = typed_into(home, ":pick\r", "ab\r", ENTER, interface=Interface(plain=True))
    assert "a number chooses" in said.out
    with open_session("talk-1", home=home) as session:
        assert session.turns()[0].answers == ("ab",)
