"""Talking, and moving about in what was said: every promise with real models, over restarts."""

import json
import signal
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charplay.errors import CharplayError, ModelFileError, UsageError
from charplay.generation.generator import Continuation
from charplay.sessions.choice import SessionChoice
from charplay.sessions.session import REBUILT
from tests.conftest import variables_for
from tests.sessions.conftest import arrays_of, put_model

# Characters that are read at once.
STRETCH = 4096
KILLED = """
import os, signal, sys
import charplay
session = charplay.open_session("talk")
session.say("abc", seed=1)
session.say("", seed=2)
session.goto(1)
session.branch("other")
session.say("bad", seed=3)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_undo_restores_the_place_bit_for_bit(home, backend, talk):
    put_model(home, backend)
    session = talk()
    session.say("abc", seed=1)
    before = arrays_of(session)
    session.say("fed", seed=2)
    assert arrays_of(session) != before
    session.undo()
    assert arrays_of(session) == before
    assert arrays_of(talk()) == before, "and so does another start"


def test_retry_with_the_same_seed_gives_the_same_text(home, backend, talk):
    put_model(home, backend)
    session = talk()
    session.say("abc", seed=1)
    first = session.say("dad", seed=5)
    assert session.retry(seed=5).answers == first.answers
    other = session.retry()
    assert (other.said.seed, other.parent) == (6, first.parent)
    assert other.answers != first.answers
    assert talk().retry(seed=5).answers == first.answers, "and so does another start"


def test_branch_save_kill_resume_goes_on_as_if_never_stopped(home, backend, talk):
    put_model(home, backend)
    unstopped = talk("unstopped")
    for text, seed in (("abc", 1), ("bad", 3), ("", 4), ("cab", 5)):
        last = unstopped.say(text, seed=seed)
    killed = subprocess.run([sys.executable, "-c", KILLED], env=variables_for(home), timeout=120)
    assert killed.returncode == -signal.SIGKILL
    resumed = talk()
    assert resumed.turn.branch == "other"
    resumed.say("", seed=4)
    resumed = talk()
    assert resumed.say("cab", seed=5).answers == last.answers
    assert resumed.text == unstopped.text
    assert arrays_of(resumed) == arrays_of(unstopped)


def test_the_next_start_goes_on_from_the_very_place(start, poet):
    start("abc", ":set seed 3", "", "fed")
    apart = start("", keeping=start_in("apart"))
    assert apart.err == ""
    once = start("abc", ":set seed 3", "", "fed", "hag", keeping=start_in("once"))
    start("abc", ":set seed 3", keeping=start_in("twice"))
    start(":set seed 3", "", keeping=start_in("twice"))
    start(":set seed 3", "fed", keeping=start_in("twice"))
    twice = start(":set seed 3", "hag", keeping=start_in("twice"))
    assert twice.lines[-1] == once.lines[-1] != ""


def start_in(name):
    return SessionChoice(name)


def test_the_next_start_resumes_the_last_session_and_new_begins_another(start, poet):
    start("abc", "fed")
    start("hag")
    start("cab", keeping=SessionChoice(new=True))
    rows = start(":sessions --format csv").lines
    assert [row.split(",")[1:4:2] for row in rows[1:]] == [["talk-2", "1"], ["talk-1", "3"]]


def test_a_pipe_keeps_nothing_unless_it_is_asked_to(charplay, poet):
    said = charplay(stdin="abc\n\n:undo\n:tree\n")
    assert (said.status, said.err) == (0, "")
    assert "went back before turn 2" in said.out
    assert not (poet / "sessions.db").exists()
    charplay("--session", "kept", stdin="abc\n")
    assert "kept" in charplay("sessions").out


def test_a_shell_command_keeps_nothing_unless_it_is_asked_to(charplay, poet):
    charplay("sample", "poet", "--prompt", "abc")
    assert not (poet / "sessions.db").exists()
    charplay("--session", "kept", "sample", "poet", "--prompt", "abc")
    assert "abc" not in charplay("undo").err
    assert charplay("session").out.startswith("current session: session kept, at the beginning")


def test_no_session_keeps_nothing(start, poet):
    said = start("abc", "", ":undo", keeping=SessionChoice(nowhere=True))
    assert "session unkept-1, after turn 1" in said.out
    assert start(":sessions").notes == "there is no session yet; say something\n"


def test_private_turns_aside_and_comes_back(start, poet, talk):
    said = start(
        "abc", ":set seed 3", ":set private on", "fed", ":undo", "fed", ":set private off", "fed"
    )
    assert said.err == ""
    assert "went back before turn 1: session unkept-1, at the beginning" in said.out
    answers = [line for line in said.lines if line.startswith("fed")]
    assert len(answers) == 3
    assert len(set(answers)) == 1, "it goes on from where the session stood, and back there"
    assert [turn.said.prompt for turn in talk("talk-1").turns()] == ["abc", "fed"]


def test_in_private_another_model_reads_the_conversation_and_takes_over_no_state(
    home, numpy_backend, start, talk
):
    """The states of the two models have the same form, so that nothing else would notice."""
    put_model(home, numpy_backend, "other", seed=1)
    put_model(home, numpy_backend, "poet")
    ask = (":set seed 4", ":set format json", "", "bad")
    said = start("abc", ":set private on", ":model other", *ask)
    assert said.err == ""
    apart = talk("apart", model="other")
    expected = [apart.say(text, seed=4).answers for text in (talk("talk-1").text, "bad")]
    answered = [json.loads(line)["answers"] for line in said.lines[-2:]]
    assert [tuple(answer["text"] for answer in answers) for answers in answered] == expected
    turned = (":set private on", ":model other", ":model poet")
    back = start(*turned, *ask, keeping=start_in("talk-1"))
    assert back.lines[-2:] == start(*ask, keeping=start_in("talk-1")).lines[-2:], "and back again"


def test_a_name_models_turn_leaves_the_place_where_it_was(home, numpy_backend, talk):
    put_model(home, numpy_backend, "namer", kind="names")
    session = talk()
    turn = session.say("ab", seed=1)
    assert len(turn.answers) == 5
    assert all(answer.startswith("ab") for answer in turn.answers)
    assert (turn.anchor, session.text) == (None, "")
    assert session.say("ab", seed=1).answers == turn.answers


def test_what_a_command_draws_is_a_turn_that_moves_nothing(start, poet, talk):
    start("abc", ":sample --prompt fed --seed 1", ":names surnames -n 2", ":set seed 2", "")
    turns = talk("talk-1").turns()
    assert [turn.said.moves for turn in turns] == [True, False, False, True]
    assert [turn.anchor for turn in turns] == [1, 1, 1, 4]
    plain = talk("plain")
    plain.say("abc", seed=7)
    assert plain.say("", seed=2).answers == turns[3].answers


def test_a_turn_tells_how_its_text_was_admitted(poet, talk):
    said = talk().say("àbxB", seed=1).said
    assert (said.prompt, said.folded, said.dropped) == ("àbxB", "à", "x")


def test_retry_asks_a_command_again_with_all_its_words(start, poet, talk):
    said = start(":names surnames -n 3 --starts Be --max-length 8 --seed 4", ":retry --format json")
    assert said.err == ""
    first, again = talk("talk-1").turns()
    assert again.said.words == first.said.words
    assert (again.parent, again.said.seed) == (None, 5)
    assert all(name.startswith("Be") and len(name) <= 8 for name in again.answers)


def test_retry_varies_what_it_is_told_to(poet, talk):
    session = talk()
    session.say("abc", seed=1, temperature=2, max_chars=30)
    turn = session.retry(temperature=0)
    assert turn.said.options["temperature"] == 0
    assert turn.said.options["max_chars"] == 30, "the rest is as it was"
    assert session.retry(temperature=0).answers == turn.answers


def test_a_retry_that_fails_leaves_the_session_where_it_stood(poet, talk):
    session = talk()
    session.say("abc", seed=1)
    with pytest.raises(CharplayError):
        session.retry(temperature=-1)
    assert session.turn.number == 1
    put = session._workspace.library.file("poet")
    put.rename(put.with_suffix(".gone"))
    with pytest.raises(ModelFileError, match="not in the library"):
        session.retry()
    assert session.turn.number == 1


def test_a_retry_that_comes_to_nothing_leaves_the_session_where_it_stood(home, numpy_backend, talk):
    put_model(home, numpy_backend, "other", letters="\n xyz")
    put_model(home, numpy_backend)
    session = talk()
    session.say("abc", seed=1)
    session.use("other")
    with pytest.raises(UsageError, match="knows none"):
        session.retry()
    assert session.turn.number == 1


@pytest.mark.parametrize("question", ["abcd", ":names --starts abcd", ":sample --prompt abcd"])
@pytest.mark.parametrize("options", ["--max-chars 0", "--max-chars 3", "--top-p 0", "--nonsense"])
def test_a_retry_that_is_refused_leaves_the_session_where_it_stood(
    home, numpy_backend, start, talk, question, options
):
    """Some options are refused when they are read, and some when the model is asked."""
    put_model(home, numpy_backend, "namer", kind="names")
    said = start("bad", question, f":retry {options}", ":session", "cab")
    assert said.err.count("error: ") == 1
    assert "session talk-1, after turn 2, in main" in said.out
    assert [turn.parent for turn in talk("talk-1").turns()] == [None, 1, 2]


@pytest.mark.parametrize("question", ["fed", ":sample --prompt fed", ":poem fed"])
def test_a_retry_that_breaks_while_it_is_answered_leaves_the_session_where_it_stood(
    start, poet, talk, monkeypatch, question
):
    draw = Continuation.__next__

    def break_at_the_fourth_character(continuation):
        if continuation.seed == 8 and len(continuation.text) == 3:
            raise RuntimeError("out of order")
        return draw(continuation)

    monkeypatch.setattr(Continuation, "__next__", break_at_the_fourth_character)
    said = start("abc", question, ":retry", ":session", "cab")
    assert said.err.count("error: charplay broke: out of order") == 1
    assert "session talk-1, after turn 2, in" in said.out
    _, _, last = talk("talk-1").turns()
    assert last.parent == 2
    unbroken = start("abc", question, "cab", keeping=SessionChoice(new=True))
    assert unbroken.lines[-2:] == said.lines[-2:], "and the model's place is what it was"


def test_names_that_break_while_they_are_drawn_again_leave_the_session_where_it_stood(
    home, numpy_backend, talk, monkeypatch
):
    put_model(home, numpy_backend, "namer", kind="names")
    session = talk()
    session.say("ab", seed=1)
    monkeypatch.setattr("charplay.generation.answers.draw_names", lambda *more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        session.retry()
    assert (session.turn.number, len(session.turns())) == (1, 1)


def test_there_is_nothing_to_undo_or_to_try_again_before_the_first_turn(poet, talk):
    session = talk()
    for ask in (session.undo, session.retry):
        with pytest.raises(UsageError):
            ask()


def test_adding_to_a_turn_that_has_one_after_it_makes_a_branch(poet, talk):
    session = talk()
    for text in ("abc", "bad"):
        session.say(text)
    session.undo()
    assert session.say("cab").branch == "branch-3"
    assert session.say("dad").branch == "branch-3"
    session.goto("main")
    assert session.turn.number == 2
    assert session.say("egg").branch == "main"
    session.goto("branch-3")
    assert session.turn.number == 4
    session.goto(0)
    assert (session.say("hag").branch, session.turn.parent) == ("branch-6", None)


def test_a_branch_can_be_named_and_its_name_is_kept_until_it_begins(poet, talk):
    session = talk()
    session.say("abc")
    session.branch("darker")
    assert talk().say("bad").branch == "darker"
    with pytest.raises(UsageError, match="already"):
        talk().branch("darker")
    with pytest.raises(UsageError, match="turn"):
        talk().branch("3")


@pytest.mark.parametrize("where", ["9", "nowhere", "-1", "9" * 500, "\0", "", "²"])
def test_a_turn_that_is_not_there_cannot_be_gone_to(poet, talk, where):
    session = talk()
    session.say("abc")
    with pytest.raises(UsageError):
        session.goto(where)
    assert session.turn.number == 1


def test_two_on_one_session_each_keep_their_place_and_lose_nothing(poet, talk):
    one, other = talk(), talk()
    one.say("abc", seed=1)
    other = talk()
    first = one.say("bad", seed=2)
    second = other.say("cab", seed=3)
    assert (first.parent, second.parent) == (1, 1)
    assert (first.branch, second.branch) == ("main", "branch-3")
    assert one.say("dad").parent == first.number
    assert other.say("egg").parent == second.number
    assert len(talk().turns()) == 5


def test_of_two_that_begin_a_branch_of_one_name_the_second_has_its_own(poet, talk):
    session = talk()
    session.say("abc")
    session.branch("darker")
    one, other = talk(), talk()
    assert [one.say("bad").branch, other.say("cab").branch] == ["darker", "branch-3"]


def test_two_that_begin_a_session_of_one_name_are_in_one_session(poet, talk):
    one, other = talk("winter"), talk("winter")
    one.say("abc")
    other.say("fed")
    assert [turn.parent for turn in talk("winter").turns()] == [None, None]
    assert talk("winter")._session.store.sessions.names() == ["winter"]


def test_model_reads_the_conversation_and_goes_on(home, numpy_backend, start, talk):
    put_model(home, numpy_backend, "other", seed=1, letters="\n abcdefghij")
    put_model(home, numpy_backend, "poet")
    start("abc", ":set seed 3", "")
    text = talk("talk-1").text
    said = start(":model other", ":set seed 4", "")
    assert f"it has read the {len(text)} characters of the session" in said.out
    apart = talk("apart", model="other")
    fresh = apart.say(text, seed=4)
    assert talk("talk-1").turn.answers == fresh.answers
    assert [turn.said.model for turn in talk("talk-1").turns()] == ["poet", "poet", "other"]


def test_back_with_a_model_its_own_states_are_still_there(home, numpy_backend, talk):
    put_model(home, numpy_backend, "other", seed=1)
    put_model(home, numpy_backend, "poet")
    session = talk()
    session.say("abc", seed=1)
    before = arrays_of(session)
    session.use("other")
    assert arrays_of(session) != before
    session.use("poet")
    assert arrays_of(session) == before


def test_what_a_model_does_not_know_of_the_conversation_is_told(home, numpy_backend, start):
    put_model(home, numpy_backend, "narrow", seed=1, letters="\n abc")
    put_model(home, numpy_backend, "poet")
    said = start("fed", ":model narrow")
    assert "left out, unknown to this model:" in said.notes


def test_an_old_session_keeps_the_weights_it_had(home, numpy_backend, start, talk):
    old = put_model(home, numpy_backend)
    start("abc", ":set seed 3", "")
    put_model(home, numpy_backend, seed=1)
    said = start(":retry --seed 3", ":tree")
    assert said.err == ""
    turns = talk("talk-1").turns()
    assert turns[-1].answers == turns[-2].answers
    assert {turn.said.digest for turn in turns} == {old}
    # Whoever comes back is told, and how to have the new ones.
    notices = talk("talk-1")._session.notices
    assert "was retrained" in notices[0]
    assert "`model poet`" in notices[0]


def test_a_shipped_model_is_copied_into_the_library_at_its_first_use(start, home):
    start("Ann", ":names drugs -n 1")
    assert len(list((home / "models").glob("*.safetensors"))) == 2


def test_missing_weights_are_told_and_another_model_goes_on(home, numpy_backend, start):
    put_model(home, numpy_backend)
    start("abc")
    for path in (home / "models").glob("*.safetensors"):
        path.unlink()
    put_model(home, numpy_backend, "other", seed=1)
    said = start("abc", ":model other", "abc")
    assert said.err.startswith("error: the weights of poet that this session talks with (")
    assert said.err.count("error") == 1
    assert "model NAME goes on with another" in said.err
    assert said.out.count("abc") >= 1


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM states",
        "UPDATE states SET arrays = x'00'",
        "UPDATE states SET pending = 1000",
        "UPDATE states SET pending = -2",
        "UPDATE states SET arrays = (SELECT arrays FROM states WHERE turn = 9)",
    ],
)
def test_a_missing_or_unfitting_state_is_read_again_from_the_text_and_said(
    home, numpy_backend, talk, damage
):
    put_model(home, numpy_backend, "wide", seed=1, hidden=7)
    put_model(home, numpy_backend, "poet")
    session = talk()
    for seed in range(8):
        session.say("abc", seed=seed)
    session.use("wide")
    session.say("abc", seed=8)
    session.goto(8)
    session.use("poet")
    _, before = arrays_of(session)
    session._session.store._database.connection.execute(damage)
    again = talk()
    _, after = arrays_of(again)
    assert again._session.notices == [REBUILT]
    assert before.keys() == after.keys()
    for name in before:
        assert close(before[name], after[name])
    assert talk()._session.place(again._session.open_model())
    assert talk()._session.notices == [], "and it is kept again"


@pytest.mark.parametrize("beyond", [1, 2, 5])
def test_a_text_longer_than_one_stretch_is_read_again_as_one_text(
    home, numpy_backend, talk, beyond
):
    """A state that is not carried over shows only in the first characters of a stretch."""
    put_model(home, numpy_backend)
    session = talk()
    session.say("abcdefgh" * 256, seed=1, max_chars=1)
    rest = STRETCH + beyond - len(session.text) - 1
    session.say("hag fed " * (rest // 8) + "b" * (rest % 8), seed=2, max_chars=1)
    assert len(session.text) == STRETCH + beyond
    _, before = arrays_of(session)
    session._session.store._database.connection.execute("DELETE FROM states")
    again = talk()
    _, after = arrays_of(again)
    assert again._session.notices == [REBUILT]
    for name in before:
        assert close(before[name], after[name])


def close(a, b):
    import numpy as np

    return np.allclose(np.frombuffer(a, np.float32), np.frombuffer(b, np.float32), atol=1e-5)


STEPS = st.one_of(
    st.tuples(st.just("say"), st.text("abcdefgh \n", max_size=6)),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("retry"), st.none()),
    st.tuples(st.just("branch"), st.none()),
    st.tuples(st.just("goto"), st.integers(0, 12)),
    st.tuples(st.just("start again"), st.none()),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
def test_wherever_one_goes_the_place_is_what_it_was_there(poet, talk, steps):
    """Against a table of what the place and the text were when each turn was said."""
    session = talk("property")
    session.goto(0)
    seen = {0: (arrays_of(session), session.text)}
    for step, argument in steps:
        try:
            if step == "say":
                session.say(argument, max_chars=3)
            elif step == "goto":
                session.goto(argument)
            elif step == "start again":
                session.close()
                session = talk("property")
            else:
                getattr(session, step)()
        except UsageError:
            continue
        number = session.turn.number if session.turn else 0
        now = (arrays_of(session), session.text)
        assert seen.setdefault(number, now) == now


def test_what_was_undone_is_not_gone_forward_to_once_something_new_was_said(start, poet):
    said = start("abc", "fed", ":undo", "bad", ":redo")
    assert "there is no turn to redo here" in said.err


@pytest.fixture
def two_poets(home, numpy_backend):
    """A home with the models `other` and `poet`, the latter chosen."""
    put_model(home, numpy_backend, "other", seed=1)
    put_model(home, numpy_backend)
    return home


def test_another_model_that_reads_the_text_is_no_state_that_was_missing(start, two_poets):
    said = start("abc", ":probs --model other", ":probs")
    assert "rebuilt" not in said.told
    assert said.err == ""


def test_a_session_that_begins_with_another_models_sample_talks_with_the_usual_one(
    start, two_poets
):
    said = start(":sample --model other", ":sessions --format csv")
    assert said.lines[-1].split(",")[1:4] == ["talk-1", "poet", "1"]
