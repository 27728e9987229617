"""What a shell does around a command, whatever it does: what is told, logged, paged, and left."""

import logging
import os
import sys
from dataclasses import replace

import pytest

from charplay.commands.command import Command
from charplay.commands.results import Column, Draft, EventStream, Quit, Table
from charplay.commands.settings import Interface
from charplay.errors import CharplayError, ExitStatus, SessionGoneError, StorageError
from charplay.plugins.registry import OURS, Fault, Origin, Registry
from charplay.sessions.choice import SessionChoice
from charplay.terminal.cli import run
from charplay.terminal.shell import EditorWanted, Leave, Shell
from tests.conftest import MemoryStream, make_environment

AVIARY = Origin("aviary", "birds", "2")
HERE = __name__
DOES = {}
TABLE = Table(({"bird": "wren"},), (Column("bird"),), note="one \x1b bird")


def does(context, request):
    """The handler of the command `sing`."""
    return DOES["it"](context)


class Delayed(MemoryStream):
    """A terminal that shows what was flushed alone."""

    seen = ""

    def flush(self):
        self.seen = self.getvalue()


class Stage:
    """A shell with the command `sing`, which does what it is told to."""

    def __init__(self, home, origin=AVIARY, tty=False, stdin="", **more):
        variables = {name: more.pop(name) for name in list(more) if name.isupper()}
        environment = make_environment(home, stdin, tty=tty, **variables)
        self.out = Delayed(tty=tty)
        self.environment = replace(environment, stdout=self.out)
        registry = Registry()
        command = Command("sing", "sing", f"{HERE}:does")
        registry.commands.add("sing", command.to_data, origin)
        registry.faults.extend(more.pop("faults", []))
        self.shell = Shell(self.environment, registry, **more)

    @property
    def err(self):
        return self.environment.stderr.getvalue()

    def sing(self, song, line=":sing"):
        """The status of the command that does this."""
        DOES["it"] = song
        return self.shell.perform_line(line)


@pytest.fixture
def stage(home):
    stages = []

    def make(**more):
        stages.append(Stage(home, **more))
        return stages[-1]

    yield make
    for each in stages:
        each.shell.close()


def raising(error):
    def song(context):
        raise error

    return song


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
    on.sing(DOES["it"])
    assert on.err.endswith("  → try :sing\n")
    assert on.shell.choose_model("no-such-model") == ExitStatus.WRONG_USAGE
    assert ":models lists" in on.err.splitlines()[-1]
    on.shell.perform_words(["sing"])
    assert on.err.endswith("  → try charplay sing\n")


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


def test_a_comment_is_no_line_and_those_after_it_are(stage):
    on = stage()
    DOES["it"] = lambda context: "la"
    assert on.shell.perform_lines(["# first\n", ":sing\n", "# second\n", ":sing"]) == 0
    assert on.out.seen == "la\nla\n"


# How results are written.


def test_a_table_for_a_program_has_its_note_among_the_errors(stage):
    on = stage(interface=Interface(format="csv"))
    on.sing(lambda context: TABLE)
    assert (on.out.seen, on.err) == ("bird\nwren\n", "note: one ␛ bird\n")
    on = stage(interface=Interface(format="json"))
    on.sing(lambda context: TABLE)
    assert (on.out.seen, on.err) == ('[{"bird": "wren"}]\n', "")


def test_on_a_terminal_what_is_for_a_program_acts_on_nothing_and_json_is_to_the_letter(stage):
    value = Table(({"bird": "w\x1b[2J\u009br"},), (Column("bird"),))
    for name, tty, written in (
        ("csv", True, "bird\nw␛[2J<U+009B>r\n"),
        ("csv", False, "bird\nw\x1b[2J\u009br\n"),
        ("json", True, '[{"bird": "w\\u001b[2J\\u009br"}]\n'),
    ):
        on = stage(tty=tty, interface=Interface(format=name))
        on.sing(lambda context: value)
        assert on.out.seen == written


def test_json_is_ascii_where_the_output_is(stage):
    for encoding, written in (("ascii", '"\\u00e9"'), ("utf-8", '"é"')):
        on = stage(interface=Interface(format="json"))
        on.out.encoding = encoding
        on.sing(lambda context: "é")
        assert on.out.seen == f"{written}\n"


def test_an_error_comes_after_what_was_written_before_it(stage):
    on = stage()
    on.out.write("half a line")
    on.sing(raising(CharplayError("no", "")))
    assert on.out.seen == "half a line"


# The pager.


@pytest.fixture
def paged(stage, tmp_path):
    """What a pager read of so many lines on a screen of 10 rows, and what was written anyway."""

    def show(lines, value=None, interface=Interface(), prompted=True, pager=None, **variables):
        file = tmp_path / "read"
        file.unlink(missing_ok=True)
        code = f"import sys; open({str(file)!r}, 'w').write(sys.stdin.read())"
        pager = pager or f'{sys.executable} -c "{code}"'
        variables = {"TERM": "xterm", "LINES": "10", "NO_COLOR": "1", **variables}
        on = stage(tty=True, interface=interface, PAGER=pager, **variables)
        on.shell.context.prompted = prompted
        value = "la\n" * (lines - 1) + "la" if value is None else value
        assert on.sing(lambda context: value) == ExitStatus.DONE
        return (file.read_text() if file.exists() else ""), on.out.seen

    return show


def test_what_is_longer_than_the_screen_is_paged_and_what_fits_is_written(paged):
    assert paged(9) == ("", "la\n" * 9)
    assert paged(10) == ("la\n" * 10, "")


@pytest.mark.parametrize(
    "more",
    [
        {"interface": Interface(pager=False)},
        {"interface": Interface(plain=True)},
        {"prompted": False},
        {"TERM": "dumb"},
        {"pager": "no-such-pager-anywhere"},
        {"pager": "/"},
    ],
)
def test_nothing_is_paged_where_nobody_wants_it_or_it_cannot_be(paged, more):
    read, written = paged(30, **more)
    assert (read, written) == ("", "la\n" * 30)


# Its beginning and its end.


def test_what_is_wrong_with_plugins_is_a_warning_each(stage):
    on = stage(
        faults=[Fault(AVIARY, "is hoarse"), Fault(AVIARY, "is hoarse"), Fault(AVIARY, "sings")]
    )
    assert on.err.count("warning: the plugin aviary of birds 2 ") == 1
    assert "  → update it, or leave it out: :plugins disable aviary\n" in on.err


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
    assert out.startswith("Remove the model dinosaurs? [y/N] kept dinosaurs")
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
        if answer:
            session.store.read_only = True
            session.record = (
                replace(session.record, turns=1) if answer == "begun" else session.record
            )
        return session

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


def test_where_a_session_is_gone_the_next_is_begun_as_private_says(beginnings):
    on, asked, _ = beginnings
    assert on.sing(raising(SessionGoneError("gone", "look"))) == ExitStatus.FAILED
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


def test_a_stream_is_shown_and_never_held_back(paged):
    read, written = paged(0, value=EventStream(iter([])))
    assert (read, written) == ("", "")
