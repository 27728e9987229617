"""What a shell does around a command, whatever it does: what is told, logged, paged, and left."""

import logging
import os
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from charplay.commands.results import Draft, Quit
from charplay.commands.settings import Interface
from charplay.errors import CharplayError, ExitStatus, SessionGoneError, StorageError
from charplay.plugins.installed import OURS, Installed
from charplay.plugins.registry import Fault, FoundPlugin
from charplay.sessions.choice import SessionChoice
from charplay.terminal.cli import run
from charplay.terminal.render.console import SHELL_PREFIX
from charplay.terminal.shell import EditorWanted, Leave
from tests.conftest import make_environment
from tests.terminal.stage import AVIARY, DOES, HERE, Delayed, raising

# What goes wrong.


def test_an_error_for_a_person_is_told_with_its_hint_and_logged(stage, home):
    on = stage()
    assert on.sing(raising(CharplayError("no\nsong", "try `sing` again\n"))) == ExitStatus.FAILED
    assert on.err == "error: no⏎song\n  → try :sing again\n"
    assert on.sing(raising(CharplayError("silence", ""))) == ExitStatus.FAILED
    assert on.err.endswith("again\nerror: silence\n")
    assert on.out.getvalue() == ""
    logged = (home / "charplay.log").read_text()
    assert "charplay.terminal.shell: no\nsong" in logged
    assert "Traceback (most recent call last)" in logged


def test_in_a_shell_a_hint_shows_commands_as_a_shell_wants_them(stage):
    on = stage()
    DOES["it"] = raising(CharplayError("no", "try `sing`"))
    assert on.shell.perform_words(["sing"]) == ExitStatus.FAILED
    assert on.err == "error: no\n  → try charplay sing\n"
    assert on.shell.choose_model("no-such-model") == ExitStatus.WRONG_USAGE
    assert ":models lists" in on.err.splitlines()[-1]
    on.shell.perform_words(["sing"])
    assert on.err.endswith("  → try charplay sing\n")
    on.sing(DOES["it"])
    assert on.err.endswith("  → try :sing\n")


def test_debug_shows_the_traceback_before_the_error_and_else_there_is_none(stage):
    for debug in (True, False):
        on = stage(debug=debug)
        on.sing(raising(CharplayError("no", "")))
        assert ("Traceback" in on.err) is debug
        assert on.err.endswith("error: no\n")
    assert "Traceback" not in stage().err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("sour"), "failed in the command sing: ValueError: sour"),
        (OSError(28, "No space left"), "failed in the command sing: OSError: [Errno 28] No space"),
    ],
)
def test_what_a_plugin_breaks_is_told_as_its_own(stage, error, told):
    on = stage()
    assert on.sing(raising(error)) == ExitStatus.FAILED
    assert on.err.startswith(f"error: the plugin aviary of birds 2 {told}")
    assert on.err.endswith("\n  → update it, or leave it out: :plugins disable aviary\n")


def test_the_plugin_whose_code_broke_is_told_whichever_command_it_was(stage):
    installed = FoundPlugin(replace(AVIARY, module=HERE), Installed("birds", "2", (), "", ""), None)
    for error in (ValueError("sour"), BrokenPipeError("sour")):
        on = stage(origin=replace(AVIARY, distribution=OURS))
        on.shell.context.registry.plugins.append(installed)
        assert on.sing(raising(error)) == ExitStatus.FAILED
        name = type(error).__name__
        told = (
            f"error: the plugin aviary of birds 2 failed in raising.<locals>.song: {name}: sour\n"
        )
        assert on.err.startswith(told)


def test_what_breaks_before_any_command_is_no_plugins_fault(stage, monkeypatch):
    on = stage()
    monkeypatch.setattr("charplay.terminal.editor.edit_text", lambda text, environment: 1 / 0)
    assert on.shell.edit_text("la") == "la"
    assert on.err.startswith("error: charplay broke: division by zero\n")


LOGGED = "the details are in {}"
UNKEPT = "nothing of it is kept; start with --debug to see the details"
ROOM = "check that the disk has room and that the file is yours"


@pytest.mark.parametrize(
    ("error", "told", "hint"),
    [
        (ValueError("sour"), "charplay broke: sour", LOGGED),
        (ValueError(), "charplay broke: ValueError", LOGGED),
        (OSError(28, "No room"), "a file cannot be read or written: No room", ROOM),
        (TimeoutError(), "a file cannot be read or written: TimeoutError", ROOM),
        (SystemExit(3), "charplay broke: 3", LOGGED),
    ],
)
def test_what_charplay_breaks_is_told_as_such_and_the_shell_goes_on(stage, home, error, told, hint):
    on = stage(origin=replace(AVIARY, distribution=OURS))
    assert on.sing(raising(error)) == ExitStatus.FAILED
    assert on.err == f"error: {told}\n  → {hint.format(home / 'charplay.log')}\n"
    assert type(error).__name__ in (home / "charplay.log").read_text()
    assert on.sing(lambda context: None) == ExitStatus.DONE


def test_in_private_nothing_of_what_broke_is_kept(stage, home):
    on = stage(origin=replace(AVIARY, distribution=OURS), interface=Interface(private=True))
    on.sing(raising(ValueError("sour")))
    assert on.err == f"error: charplay broke: sour\n  → {UNKEPT}\n"
    assert not home.exists()


def test_a_reader_that_is_gone_is_for_the_caller_and_one_of_a_plugins_own_is_too(stage):
    for origin in (AVIARY, replace(AVIARY, distribution=OURS)):
        on = stage(origin=origin)
        with pytest.raises(BrokenPipeError):
            on.sing(raising(BrokenPipeError()))
        assert on.err == ""


def test_ctrl_c_before_anything_came_is_told_faintly(stage):
    on = stage(tty=True, TERM="xterm")
    assert on.sing(raising(KeyboardInterrupt())) == ExitStatus.INTERRUPTED
    assert on.err == "\x1b[2mstopped before anything came of it\x1b[0m\n"


def test_ctrl_c_while_a_module_makes_its_classes_is_a_stop_and_no_break(stage):
    def load(_):
        class Declared:
            def __set_name__(self, owner, name):
                raise KeyboardInterrupt

        type("Loaded", (), {"field": Declared()})

    on = stage()
    assert on.sing(load) == ExitStatus.INTERRUPTED
    assert on.err == "stopped before anything came of it\n"


def test_a_command_that_was_stopped_is_told_as_such_and_the_next_is_not(stage):
    on = stage()

    def stopped(context):
        context.interrupted = True
        return "half"

    assert on.sing(stopped) == ExitStatus.INTERRUPTED
    assert on.sing(lambda context: "whole") == ExitStatus.DONE
    assert on.out.seen == "half\nwhole\n"


def test_notes_of_what_went_well_come_before_the_error_and_before_a_result(stage):
    on = stage()

    def noting(context, then):
        context.add_note("it is `sing`")
        return then()

    on.sing(lambda context: noting(context, lambda: "la"))
    assert (on.out.seen, on.err) == ("la\n", "note: it is :sing\n")
    on.sing(lambda context: noting(context, lambda: raising(CharplayError("no", ""))(context)))
    assert on.err == "note: it is :sing\n" * 2 + "error: no\n"


# What a person wants of the prompt.


def test_leaving_and_the_editor_are_for_the_prompt(stage):
    on = stage()
    with pytest.raises(Leave):
        on.sing(lambda context: Quit())
    for text in ("a song", None):
        with pytest.raises(EditorWanted) as wanted:
            on.sing(lambda context, text=text: Draft(text))
        assert wanted.value.text == text
    DOES["it"] = lambda context: Quit()
    assert on.shell.perform_words(["sing"]) == ExitStatus.DONE
    assert on.err == ""


def test_an_edited_text_comes_back_and_after_an_error_the_one_before(stage):
    assert stage(VISUAL="true").shell.edit_text("la") == "la"
    on = stage(VISUAL="false")
    assert on.shell.edit_text("la") == "la"
    assert on.err.startswith("error: the editor false failed with status 1\n")
    program = "import sys; open(sys.argv[1], 'w').write('lu')"
    on = stage(VISUAL=f'{sys.executable} -c "{program}"')
    assert on.shell.edit_text("la") == "lu"


# Lines.


def statuses(on, *done, **more):
    """The status of lines that come to these, and how many of them were done."""
    left = list(done)

    def song(context):
        status = left.pop(0)
        if status == "leave":
            return Quit()
        if status == ExitStatus.INTERRUPTED:
            raise KeyboardInterrupt
        if status:
            raise type("Wrong", (CharplayError,), {"status": status})("no", "")
        return None

    DOES["it"] = song
    status = on.shell.perform_lines([":sing\r\n"] * len(done), **more)
    return status, len(done) - len(left)


@pytest.mark.parametrize(
    ("done", "stops", "status", "count"),
    [
        ((0, 0), False, 0, 2),
        ((2, 1, 0), False, 2, 3),
        ((0, 1, 2), False, 1, 3),
        ((0, 1, 2), True, 1, 2),
        ((0, 0), True, 0, 2),
        ((0, 130, 0), False, 130, 2),
        ((1, 130, 0), False, 1, 2),
        ((1, "leave", 0), False, 1, 2),
    ],
)
def test_of_several_lines_the_first_status_that_is_not_done_counts(
    stage, done, stops, status, count
):
    assert statuses(stage(), *done, stop_on_error=stops) == (status, count)


def test_lines_go_on_after_an_error_unless_they_are_to_stop(stage):
    assert statuses(stage(), 1, 0) == (1, 2)


def test_a_comment_is_no_line_and_those_after_it_are(stage):
    on = stage()
    DOES["it"] = lambda context: "la"
    assert on.shell.perform_lines(["# first\n", ":sing\n", "# second\n", ":sing"]) == 0
    assert on.out.seen == "la\nla\n"


# Its beginning and its end.


def test_what_is_wrong_with_plugins_is_a_warning_each(stage):
    on = stage(
        faults=[Fault(AVIARY, "is hoarse"), Fault(AVIARY, "is hoarse"), Fault(AVIARY, "sings")]
    )
    assert on.err.count("warning: the plugin aviary of birds 2 ") == 1
    assert "  → update it, or leave it out: :plugins disable aviary\n" in on.err
    on = stage(faults=[Fault(AVIARY, "is hoarse")], prefix=SHELL_PREFIX)
    assert on.err.endswith("leave it out: charplay plugins disable aviary\n")


def test_a_beginning_removes_what_a_killed_process_left(stage, home):
    left = home / "models" / ".m.safetensors.0123456789abcdef"
    left.parent.mkdir(parents=True)
    left.touch()
    os.utime(left, (0, 0))
    stage()
    assert not left.exists()


def test_a_shell_that_is_closed_logs_nothing_more_and_holds_no_file(stage, home):
    before = list(logging.getLogger().handlers)
    on = stage()
    (handler,) = [each for each in logging.getLogger().handlers if each not in before]
    on.sing(raising(CharplayError("no", "")))
    on.shell.begin_session(SessionChoice())
    closed = []
    on.shell.context.close = lambda: closed.append(True)
    assert handler.stream is not None
    on.shell.close()
    assert logging.getLogger().handlers == before
    assert (handler.stream, closed) == (None, [True])


def test_quiet_and_plain_hold_from_the_beginning(stage):
    on = stage(interface=Interface(quiet=True, plain=True), tty=True, TERM="xterm")
    for console in (on.shell.console, on.shell._errors):
        assert (console.plain, console.hides_asides) == (True, True)


def test_what_is_set_holds_for_both_consoles_after_the_command(stage):
    on = stage(tty=True, TERM="xterm")
    on.shell.perform_line(":set plain on")
    assert (on.shell.console.plain, on.shell._errors.plain) == (True, True)


# A person who answers, without a prompt.


def asked(home, *words, stdin):
    """What a shell's command says at a terminal where this is typed."""
    environment = make_environment(home, stdin, tty=True, TERM="dumb")
    out = Delayed(tty=True)
    environment = replace(environment, stdout=out)
    return run(list(words), environment), out.getvalue(), environment.stderr.getvalue()


def test_a_yes_or_no_question_is_answered_at_the_terminal(with_model, home):
    status, out, err = asked(home, "models", "remove", "dinosaurs", stdin="n\n")
    assert (status, err) == (0, "")
    assert out.startswith("Remove the model dinosaurs? [y/N] kept dinosaurs\n")
    status, out, err = asked(home, "models", "remove", "dinosaurs", stdin="y\n")
    assert (status, err) == (0, "")
    assert out.startswith("Remove the model dinosaurs? [y/N] removed dinosaurs (")


def test_a_question_is_seen_before_it_is_answered(stage):
    on = stage(tty=True, stdin="City\n")
    seen = []
    on.environment.stdin.readline = lambda: seen.append(on.out.seen) or "City\n"
    assert on.sing(lambda context: context.chooser("which \x1b? ")) == ExitStatus.DONE
    assert seen == ["which ␛? "]
    assert on.out.seen == "which ␛? City\n\n"


def test_nobody_is_asked_where_nobody_is(stage):
    context = stage().shell.context
    assert (context.asker, context.chooser, context.picker) == (None, None, None)


def test_who_picks_by_a_shells_command_does_so_by_lines_where_the_terminal_is_dumb(
    with_model, home
):
    status, out, err = asked(home, "pick", "Ty", stdin="r\n\n")
    assert (status, err) == (0, "")
    assert "a number chooses, + goes on for a word" in out
    assert "Tyr" in out


# Its session.


@pytest.fixture
def beginnings(stage, monkeypatch):
    """A shell whose sessions begin as they are told to; what was asked for, in turn."""
    on = stage()
    asked, answers = [], []
    begin = on.shell.context.begin_session

    def begin_session(choice, last=False):
        asked.append((choice, last))
        answer = answers.pop(0) if answers else None
        if isinstance(answer, Exception):
            raise answer
        session = begin(SessionChoice(nowhere=True))
        if answer is None:
            return session
        store = SimpleNamespace(read_only=True, file="sessions.db")
        return SimpleNamespace(store=store, begun=answer == "begun")

    monkeypatch.setattr(on.shell.context, "begin_session", begin_session)
    return on, asked, answers


NOWHERE = (SessionChoice(nowhere=True), False)


def test_a_session_that_can_be_had_is_begun_once(beginnings):
    on, asked, _ = beginnings
    on.shell.begin_session(SessionChoice("winter"), last=True)
    assert (asked, on.err) == ([(SessionChoice("winter"), True)], "")


def test_a_store_that_was_set_aside_is_begun_anew_once(beginnings):
    on, asked, answers = beginnings
    answers += [SessionGoneError("gone", "look")]
    on.shell.begin_session(SessionChoice())
    assert asked == [(SessionChoice(), False)] * 2
    assert on.err == "warning: gone\n  → look\n"
    assert "gone" in on.environment.log.read_text()
    asked.clear()
    answers += [SessionGoneError("gone", "look")] * 2
    on.shell.begin_session(SessionChoice())
    assert asked == [(SessionChoice(), False)] * 2 + [NOWHERE]


def test_a_store_that_cannot_be_had_at_all_keeps_nothing(beginnings):
    on, asked, answers = beginnings
    answers += [StorageError("no", "look")]
    on.shell.begin_session(SessionChoice())
    assert asked == [(SessionChoice(), False), NOWHERE]
    assert on.err == "warning: no\n  → look\n"


READ_ONLY = "is read-only: what is said is not kept\n  → :sessions lists what is there\n"


def test_a_session_of_a_store_that_is_read_only_can_be_read_where_it_was_named(beginnings):
    on, asked, answers = beginnings
    named = SessionChoice("winter")
    for choice, answer, asked_for in (
        (named, "begun", [(named, False)]),
        (named, "new", [(named, False), NOWHERE]),
        (SessionChoice(), "begun", [(SessionChoice(), False), NOWHERE]),
    ):
        answers.append(answer)
        on.shell.begin_session(choice)
        assert asked == asked_for
        assert on.err.endswith(READ_ONLY)
        asked.clear()
    assert on.err.count("warning: ") == 3


def test_where_a_session_is_gone_the_next_is_begun_as_private_says(beginnings):
    on, asked, _ = beginnings
    closed, close = [], on.shell.context.close
    on.shell.context.close = lambda: closed.append(len(asked)) or close()
    assert on.sing(raising(SessionGoneError("gone", "look"))) == ExitStatus.FAILED
    assert closed == [0]
    assert asked == [(SessionChoice(new=True), False)]
    asked.clear()
    on.shell.perform_line(":set private on")
    asked.clear()
    on.sing(raising(SessionGoneError("gone", "look")))
    assert asked == [NOWHERE]
    asked.clear()
    on.sing(raising(StorageError("no", "look")))
    assert asked == []


def test_what_could_not_be_read_of_the_sessions_is_told_after_each_command(stage, monkeypatch):
    on = stage()
    faults = ["two turns cannot be read"]
    monkeypatch.setattr(
        type(on.shell.context), "take_store_faults", lambda self: faults.pop() if faults else ""
    )
    on.sing(lambda context: None)
    told = (
        "warning: two turns cannot be read\n"
        "  → :sessions check tells all, :sessions repair keeps what can be read\n"
    )
    assert on.err == told
    faults.append("two turns cannot be read")
    on.shell.begin_session(SessionChoice(nowhere=True))
    assert on.err == told * 2
