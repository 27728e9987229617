"""The loop of the REPL: its greeting, what each line goes through, questions, and leaving."""

import gc
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from charplay import __version__
from charplay.commands.command import Command
from charplay.commands.settings import Interface
from charplay.plugins.registry import Origin, Registry
from charplay.sessions.choice import SessionChoice
from charplay.terminal import repl as loop
from charplay.terminal.long_texts import LONGEST_EDITED
from charplay.terminal.repl import Repl, run_repl
from charplay.terminal.shell import Shell
from tests.conftest import make_environment
from tests.sessions.conftest import put_model
from tests.terminal.screen import Screen, drawn_on
from tests.terminal.stage import DOES, HERE
from tests.terminal.test_repl import CTRL_C, CTRL_D, CTRL_G, ENTER, names_in, pasted, typed_into

FIRST = "try :names, :train dinosaurs or :help tour"


def plainly(home, *lines, keeping=SessionChoice(), stdin=None, **more):
    """What a REPL says on a dumb terminal, which edits these lines itself."""
    environment = make_environment(home, "".join(lines), tty=True, TERM="dumb")
    if stdin:
        environment = replace(environment, stdin=stdin)
    shell = Shell(environment, **more)
    try:
        assert run_repl(shell, keeping) == 0
    finally:
        shell.close()
    return environment.stdout.getvalue(), environment.stderr.getvalue()


# The greeting.


def greeting(home, **more):
    return typed_into(home, **more).lines


def test_an_empty_home_and_one_with_a_model_are_greeted_in_a_line(home, registry):
    assert greeting(home)[0].startswith(f"charplay {__version__}")
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    assert greeting(home) == [f"charplay {__version__}, talking to namer; :help lists the commands"]


def test_where_one_is_in_a_session_is_told_after_the_greeting(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    begins = "note: your next words begin the session winter"
    assert greeting(home, keeping=SessionChoice("winter"))[1:] == [begins]
    typed_into(home, "ab\r", keeping=SessionChoice("winter"))
    assert greeting(home)[1:] == ["going on: session winter, after turn 1, in main", "ab"]
    put_model(home, registry.backends.find("ngram"), "other", kind="names")
    told = greeting(home)[0]
    assert told == f"charplay {__version__}, talking to namer; :help lists the commands"


def test_who_wants_it_quiet_is_not_greeted(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    typed_into(home, "ab\r")
    assert greeting(home, interface=Interface(quiet=True)) == []


def test_what_a_session_says_of_itself_is_told_once_in_its_greeting(home, registry, monkeypatch):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    typed_into(home, "ab\r")
    monkeypatch.setattr(
        "charplay.sessions.session.Session.take_notices", lambda session: ("it is old",)
    )
    assert greeting(home)[1:] == [
        "going on: session talk-1, after turn 1, in main", "ab", "note: it is old",
    ]  # fmt: skip


def test_the_last_session_is_gone_on_with_and_a_model_may_be_named(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    typed_into(home, "ab\r")
    assert "talk-1, after turn 1" in greeting(home)[1]
    assert len(greeting(home, keeping=SessionChoice(new=True))) == 1


# On a terminal that edits lines itself.


def test_on_a_dumb_terminal_lines_are_done_and_the_end_leaves(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    out, err = plainly(home, ":set lines 3\n", ":set lines\n")
    assert "error: " not in err
    assert out.count("❯ ") == 3
    assert out.endswith("lines is 3\n❯ ")


def test_on_a_dumb_terminal_a_question_is_asked_again_until_it_is_answered(home):
    out, err = plainly(home, ":set lines 3\n", ":set reset\n", "what?\n", "y\n", ":set lines\n")
    assert "error: " not in err
    assert out.count("[y/N] ") == 2
    assert out.count("answer y for yes, or n for no\n") == 1
    assert "lines is default" in out


def test_on_a_dumb_terminal_the_end_at_a_question_is_no(home):
    out, err = plainly(home, ":set lines 3\n", ":set reset\n")
    assert "error: " not in err
    assert "reset" not in out.rpartition("[y/N] ")[2]


def test_on_a_dumb_terminal_news_are_told_before_each_line(home, monkeypatch):
    told = []
    monkeypatch.setattr(
        "charplay.terminal.run_watch.RunWatch.tell_news", lambda watch: told.append(1)
    )
    plainly(home, ":set lines\n")
    assert told == [1, 1]


def test_on_a_dumb_terminal_nothing_is_taken_from_it_between_lines(home, monkeypatch):
    called = []
    monkeypatch.setattr(loop, "keep_typed_ahead", lambda *given: called.append(given))
    monkeypatch.setattr(loop, "silent_keys", lambda *given, **more: called.append(given))
    plainly(home, ":set lines\n")
    assert called == []


# What each line goes through.


@pytest.fixture
def singing(home):
    """What a REPL says of these keys whose command `sing` does what is in DOES, and its context."""

    def type_keys(*keys, song, output=None, **more):
        DOES["it"] = song
        registry = Registry()
        command = Command("sing", "sing", f"{HERE}:does")
        registry.commands.add("sing", command.to_data, Origin("aviary", "birds", "2"))
        environment = make_environment(home, tty=True, TERM="dumb", **more)
        shell = Shell(environment, registry)
        with create_pipe_input() as pipe:
            pipe.send_text("".join(keys) + CTRL_C + CTRL_D)
            assert run_repl(shell, input=pipe, output=output or DummyOutput()) == 0
        shell.close()
        return environment.stdout.getvalue(), environment.stderr.getvalue()

    return type_keys


def test_within_a_command_the_person_is_there_and_lines_are_prompted(singing):
    seen = []

    def song(context):
        seen.append((context.prompted, gc.isenabled()))
        return context.asker("sing?"), context.chooser("what? ")

    gc.disable()
    try:
        out, _ = singing(":sing\r", "y\r", "la\r", song=song)
    finally:
        gc.unfreeze()
        gc.enable()
    assert seen == [(True, True)]
    assert "la" in out


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["y\r"], True), (["n\r"], False), ([ENTER], False), ([CTRL_D], False),
        (["perhaps\r", "y\r"], True), (["perhaps\r", "\x1b[A\r"], False),
    ],
)  # fmt: skip
def test_a_question_is_yes_or_no_and_no_line_to_go_back_to(singing, keys, answer):
    answers = []
    _, err = singing(":sing\r", *keys, song=lambda context: answers.append(context.asker("?")))
    assert answers == [answer]
    assert err == ""


def test_an_answer_may_be_a_long_paste_and_leaving_it_is_an_empty_one(singing):
    answers = []

    def song(context):
        answers.append(context.chooser("what \x1b? "))

    long = "a" * (LONGEST_EDITED + 1)
    screen = Screen(60)
    singing(":sing\r", pasted(long) + ENTER, ":sing\r", CTRL_D, song=song, output=drawn_on(screen))
    assert answers == [long, ""]
    assert "what ␛? " in screen.getvalue()


def test_the_line_above_an_answer_is_known_until_something_is_asked(singing):
    consoles = []

    def song(context):
        consoles.append(typed_of())
        context.chooser("what? ")
        consoles.append(typed_of())

    def typed_of():
        return held["shell"].console.typed

    held = {}
    make = Repl.__init__

    def note(self, shell, *given):
        held["shell"] = shell
        make(self, shell, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Repl, "__init__", note)
        singing(":sing\r", "la\r", song=song)
    assert consoles == [":sing", ""]


def test_what_was_typed_meanwhile_is_kept_for_the_next_prompt(singing, monkeypatch):
    kept = []
    monkeypatch.setattr(
        loop, "keep_typed_ahead", lambda stream, given: kept.append((stream, given))
    )
    singing(":sing\r", ":sing\r", song=lambda context: None)
    assert len(kept) == 2
    assert kept[0][0].isatty()
    assert hasattr(kept[0][1], "read_keys")


def test_while_lines_are_read_and_done_the_terminal_shows_no_keys(singing, monkeypatch):
    silenced = []
    silent = loop.silent_keys

    def note(stream, **more):
        silenced.append((stream.isatty(), more))
        return silent(stream, **more)

    monkeypatch.setattr(loop, "silent_keys", note)
    singing(":sing\r", song=lambda context: None)
    assert silenced[0] == (True, {"suspends": False})


def test_a_transcript_is_done_without_the_marks_of_its_lines(home):
    said = typed_into(home, pasted("❯ :set lines 3\n❯ :set lines\n") + ENTER, ENTER)
    assert (said.err, said.out.count("lines is 3")) == ("", 2)
    said = typed_into(home, pasted("❯ :set lines 3\n:set lines\n") + ENTER)
    assert "lines is" not in said.out


def test_an_edited_text_stands_at_the_prompt_once(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    said = typed_into(home, "ab" + CTRL_G, ENTER, ENTER, VISUAL="true")
    assert (said.err, len(names_in(said))) == ("", 5)
    assert all(name.startswith("ab") for name in names_in(said))


# Leaving.


@pytest.mark.parametrize("may", [True, False])
def test_who_leaves_runs_is_asked_by_the_prompt_and_else_nobody_is(home, monkeypatch, may):
    asked = []

    def may_leave(context, console, ask):
        asked.append(ask("really? "))
        return may or len(asked) > 1

    monkeypatch.setattr("charplay.terminal.leaving.may_leave", may_leave)
    board = SimpleNamespace(has_runs=True, take_ended=list, under_way=list)
    board.find_left = list
    environment = make_environment(home, tty=True, TERM="dumb")
    shell = Shell(environment)
    shell.context.__dict__["board"] = board
    with create_pipe_input() as pipe:
        pipe.send_text(f"{CTRL_D}first\r:quit\rsecond\r")
        assert run_repl(shell, input=pipe, output=DummyOutput()) == 0
    shell.close()
    assert asked == (["first"] if may else ["first", "second"])


def test_ctrl_c_at_the_prompt_and_in_a_question_stays(home):
    said = typed_into(home, ":set lines 3\r", ":set reset\r", CTRL_C, ":set lines\r")
    assert said.out.endswith("lines is 3\n")


def test_a_tour_is_left_first_and_then_the_prompt(home):
    said = typed_into(home, ":help tour\r", CTRL_D, ":set lines 3\r", CTRL_D, ":set lines 4\r")
    assert "you left the tour" in said.out
    assert said.out.endswith("lines is 3\n")


def test_on_the_tour_an_empty_line_is_not_said(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    said = typed_into(home, ":help tour\r", ENTER, "  \r", CTRL_D)
    assert (said.out.count("1 of 9"), said.err) == (3, "")
    assert ":names makes names" not in said.told
    assert ":names makes names" in typed_into(home, ENTER).told


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_picking_is_by_the_prompts_own_keys(home, registry):
    put_model(home, registry.backends.find("numpy"), "namer", kind="names")
    said = typed_into(home, ":pick ab", ENTER, "cd", ENTER)
    assert "abcd" in said.out
