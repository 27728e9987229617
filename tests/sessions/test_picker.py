"""Writing by hand, key by key: in the REPL through a pipe, and what is on the screen meanwhile."""

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from charplay import open_session
from charplay.commands.settings import Interface
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.generation.sampling import Philox
from charplay.insight.handwriting import Handwriting
from charplay.terminal.line_picker import pick_by_lines
from charplay.terminal.picker import HandwritingKeys, pick_by_keys
from tests.insight.known_model import table_model
from tests.sessions.conftest import put_model
from tests.terminal.test_repl import CTRL_C, CTRL_D, ENTER, pasted, typed_into

LEFT, RIGHT, UP, DOWN, END = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x1b[F"
BACKSPACE, TAB, ALT_ENTER, CTRL_V, CTRL_E = "\x7f", "\t", "\x1b\r", "\x16", "\x05"


def begin(kind="prose", letters="\n 12abcdefghijk", seed=5):
    model = table_model(letters, kind)
    return Handwriting(model, initial_place(model), Sampling(), Philox(seed))


def press(*keys, writing=None):
    """What was written by pressing keys, and whether it is kept."""
    writing = writing or begin()
    with create_pipe_input() as pipe:
        pipe.send_text("".join(keys))
        kept = pick_by_keys(writing, pipe, DummyOutput())
    return writing.text, kept


def ranked(*ranks):
    """The characters of ranks, chosen one after another."""
    writing = begin()
    for rank in ranks:
        writing.choose(rank)
    return writing.text


def drawn(*until):
    writing = begin()
    for each in until:
        writing.go_on(each)
    return writing.text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("1", ranked(1)),
        ("302", ranked(3, 10, 2)),
        (RIGHT * 3, ranked(1, 1, 1)),
        (DOWN + "2", ranked(12)),
        (DOWN + DOWN + UP + "2", ranked(2)),
        ("abc", "abc"),
        ("ab" + LEFT + "c", "ac"),
        ("ab" + BACKSPACE * 5 + "d", "d"),
        (CTRL_V + "1" + CTRL_V + "2" + "a", "12a"),
        (pasted("12 ab"), "12 ab"),
        ("a" + ALT_ENTER + "b", "a\nb"),
        (TAB, drawn("word")),
        (TAB * 2 + END, drawn("word", "word", "line")),
        (CTRL_E, drawn("line")),
        ("ax€b", "ab"),
    ],
)
def test_keys_write(keys, text):
    assert press(keys, ENTER) == (text, True)


def test_ctrl_d_keeps_and_ctrl_c_does_not():
    assert press("ab", CTRL_D) == ("ab", True)
    assert press("ab", CTRL_C) == ("ab", False)


def test_the_screen_has_the_text_the_ranks_and_the_keys():
    keys = HandwritingKeys(begin(), ascii_only=False)
    keys.write("ab é")
    lines = [line for _, line in keys.lines(80)]
    assert lines[0] == "ab e▏"
    assert lines[1].startswith(" 1  ")
    assert lines[10].startswith(" 0  ")
    assert any("Tab a word" in line for line in lines)


@pytest.mark.parametrize("columns", [80, 40, 12, 3])
def test_no_line_is_wider_than_the_screen(columns):
    keys = HandwritingKeys(begin(), ascii_only=True)
    keys.write("abc " * 50)
    assert all(len(line) < columns for _, line in keys.lines(columns))


def test_an_unknown_letter_is_told_until_the_next_key():
    keys = HandwritingKeys(begin(), ascii_only=False)
    keys.write("€\x1b")
    assert any("unknown to this model: €" in line for _, line in keys.lines(80))
    assert not any("\x1b" in line for _, line in keys.lines(80))
    keys.write("a")
    assert not any("unknown" in line for _, line in keys.lines(80))


def test_a_name_that_has_ended_says_so():
    keys = HandwritingKeys(begin("names", "\nabc"), ascii_only=False)
    keys.write("ab\n")
    assert any("has ended" in line for _, line in keys.lines(80))


# In a session.


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


# A line at a time.


def picked_by_lines(*lines, writing=None):
    writing, told, typed = writing or begin(), [], list(lines)
    assert pick_by_lines(writing, lambda question: typed.pop(0), told.append)
    assert not typed
    return writing.text, told


def test_lines_choose_write_step_back_and_go_on():
    assert picked_by_lines("2\n", "ab\n", "-\n", "=12\n", "\n")[0] == ranked(2) + "a12"
    assert picked_by_lines("+", "++", "")[0] == drawn("word", "line")


def test_each_question_has_the_text_and_the_ranks_before_it():
    _, told = picked_by_lines("ab", "0", "€", "")
    assert told[1] == ""
    assert told[3] == "ab"
    assert told[2].startswith("1 ")
    assert "unknown to this model: €" in told


def test_a_screen_reader_gets_lines(home, numpy_backend):
    put_model(home, numpy_backend)
    said = typed_into(home, ":pick\r", "ab\r", ENTER, interface=Interface(plain=True))
    assert "a number chooses" in said.out
    with open_session("talk-1", home=home) as session:
        assert session.turns()[0].answers == ("ab",)
