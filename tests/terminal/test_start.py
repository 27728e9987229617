"""A start: what the words of a shell come to before a command, a line or the prompt is there."""

import gc
import io
import os
import sys
from dataclasses import replace

import pytest

from charplay import __version__
from charplay.errors import StorageError
from charplay.plugins.choice import FILES, ONLY
from charplay.sessions.choice import SessionChoice
from charplay.streams import NoInput
from charplay.terminal import cli
from charplay.terminal.cli import main, run
from tests.conftest import MemoryStream, make_environment
from tests.terminal.stage import Delayed
from tests.terminal.test_stream_owners import standard


@pytest.fixture
def started(home, monkeypatch):
    """What the shell is started with after these words; else what was told."""

    def start(*words, **variables):
        given = []

        def note(*start):
            given.append(start)
            return 7

        monkeypatch.setattr("charplay.terminal.starting.run_shell", note)
        environment = make_environment(home, **variables)
        assert run(words, environment) == 7, environment.stderr.getvalue()
        return given[0]

    return start


def test_a_format_is_for_the_command_and_the_rest_are_its_words(started):
    options, interface, rest, _ = started("--format", "csv", "-q", "names", "-n", "3")
    assert (interface, rest, options.quiet) == ({"format": "csv"}, ["names", "-n", "3"], True)
    options, interface, rest, _ = started("names", "--format", "csv")
    assert (interface, rest, options.quiet) == ({}, ["names", "--format", "csv"], False)


def test_bytes_that_are_no_text_are_words_as_they_are_shown(started):
    assert started("names", "a\udcff")[2] == ["names", "a\\xff"]


def test_plugins_that_are_named_are_for_the_processes_that_are_started_too(started, tmp_path):
    before = started("names")[3].variables
    assert (ONLY in before, FILES in before) == (False, False)
    monkey, other = str(tmp_path / "a.py"), os.path.abspath("b.py")
    variables = started("--plugin", monkey, "--plugin", "b.py", "names")[3].variables
    assert variables[FILES] == os.pathsep.join((monkey, other))
    assert ONLY not in variables
    variables = started("--plugin", "b.py", "names", **{FILES: monkey})[3].variables
    assert variables[FILES] == os.pathsep.join((other, monkey))
    variables = started("--no-plugins", "names", **{FILES: monkey})[3].variables
    assert (variables[ONLY], variables[FILES]) == ("", monkey)
    assert started("--no-plugins", "names")[3].variables[ONLY] == ""


def test_no_threads_are_set_where_none_are_asked_for(started, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    started("names")
    assert os.environ["OMP_NUM_THREADS"] == "5"


# What is told without a console.


def test_help_of_a_broken_plugin_warns_after_it(home, tmp_path, monkeypatch):
    bad = tmp_path / "bad.py"
    bad.write_text("1 / 0\n")
    environment = make_environment(home)
    assert run(["--plugin", str(bad), "--help"], environment) == 0
    assert environment.stdout.getvalue().startswith("charplay [OPTIONS] [COMMAND …]\n")
    assert "warning: the plugin " in environment.stderr.getvalue()
    assert "\n  → mend it, or leave out --plugin\n" in environment.stderr.getvalue()


def test_what_comes_before_a_console_acts_on_no_terminal(home):
    environment = make_environment(home)
    assert run(["--nonsense\x1b\n", "names"], environment) == 2
    first, *rest = environment.stderr.getvalue().splitlines()
    assert first.startswith("error: there is no option '--nonsense")
    assert "\x1b" not in first
    assert rest == ["  → charplay --help lists the options"] or len(rest) == 1


def test_a_command_and_a_line_at_once_are_refused(home):
    environment = make_environment(home)
    assert run(["-c", ":models", "names"], environment) == 2
    assert environment.stderr.getvalue() == (
        "error: 'names' is unexpected after -c\n  → give it a -c of its own\n"
    )


def test_an_error_without_a_hint_is_one_line_and_each_line_is_seen_at_once(home, monkeypatch):
    def broken(environment):
        raise StorageError("a\nb\x1b", "")

    monkeypatch.setattr(cli, "_show_help", broken)
    stderr = Delayed()
    assert run(["--help"], replace(make_environment(home), stderr=stderr)) == 1
    assert stderr.seen == "error: a⏎b\ufffd\n"


def test_ctrl_c_before_a_shell_is_there_is_told(home, monkeypatch):
    def interrupted(environment):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_show_help", interrupted)
    environment = make_environment(home)
    assert run(["--help"], environment) == 130
    assert environment.stderr.getvalue() == "stopped before anything came of it\n"


class Failing(MemoryStream):
    """An output that fails when it is flushed."""

    def __init__(self, error):
        super().__init__()
        self.error, self.number = error, os.open(os.devnull, os.O_RDONLY)

    def flush(self):
        raise self.error

    def fileno(self):
        return self.number

    @property
    def leads_nowhere(self):
        """Whether it was led to where anything can be written."""
        return os.write(self.number, b"x") == 1


@pytest.mark.parametrize(
    ("error", "words", "status", "told"),
    [
        (BrokenPipeError(), ["--version"], 0, ""),
        (OSError(28, "No room"), ["--version"], 1, "No room"),
        (TimeoutError(), ["--version"], 1, "TimeoutError"),
        (OSError(28, "No room"), ["--nonsense"], 2, None),
    ],
)
def test_an_output_that_fails_is_told_once_and_closed(home, error, words, status, told):
    out = Failing(error)
    environment = replace(make_environment(home), stdout=out)
    assert run(words, environment) == status
    err = environment.stderr.getvalue()
    if told is None:
        assert err.count("error: ") == 1
        assert "cannot be written" not in err
    elif told:
        expected = f"error: the output cannot be written: {told}\n  → write it to another place\n"
        assert err == expected
    else:
        assert err == ""
    assert out.leads_nowhere
    os.close(out.number)


def test_errors_that_nobody_reads_lead_nowhere(home):
    gone = Failing(BrokenPipeError())
    assert run(["--nonsense"], replace(make_environment(home), stderr=gone)) == 2
    assert gone.leads_nowhere
    os.close(gone.number)


def test_the_version_is_seen_before_the_end(home):
    out = Delayed()
    assert run(["--version"], replace(make_environment(home), stdout=out)) == 0
    assert out.seen == f"charplay {__version__}\n"


def test_what_the_output_cannot_hold_is_replaced_from_the_beginning(home):
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    assert run(["--help"], replace(make_environment(home), stdout=out)) == 0
    assert raw.getvalue().startswith(b"charplay [OPTIONS] [COMMAND ~]\n")


# The console script.


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Runs the console script in this process; its status, and what it wrote."""

    opened = []

    def note_and_run(words, environment):
        opened.extend((environment.stdin, environment.stdout))
        return run(words, environment)

    def call(*words):
        monkeypatch.setattr(cli, "run", note_and_run)
        monkeypatch.setattr(sys, "argv", ["charplay", *words])
        with standard(tmp_path) as (_, stdout):
            err = sys.stderr = io.StringIO()
            with pytest.raises(SystemExit) as ended:
                main()
            seen = type(sys.stdin), sys.stdout is not stdout, sys.stderr is not err
            for stream in (*opened, sys.stdin, sys.stdout):
                stream.close()
        return ended.value.code, (tmp_path / "out").read_text(), err.getvalue(), seen

    yield call
    gc.unfreeze()
    gc.enable()


def test_the_console_script_does_its_words_with_streams_that_are_its_own(script, monkeypatch):
    status, out, err, seen = script("--version")
    assert (status, out, err) == (0, f"charplay {__version__}\n", "")
    assert seen == (NoInput, True, True)
    assert not gc.isenabled(), "nothing is searched while modules are loaded"


def test_a_home_of_nobody_is_told_before_anything_is_done(script, monkeypatch):
    monkeypatch.setenv("CHARPLAY_HOME", "~nobody-at-all")
    status, out, err, _ = script("--version")
    assert (status, out) == (1, "")
    assert err == (
        "error: CHARPLAY_HOME is ~nobody-at-all, and there is no such home folder\n"
        "  → set it to a folder\n"
    )


# The shell of a start.


class Noted:
    """Takes the place of the shell's methods, and notes what they are asked for."""

    def __init__(self, monkeypatch, **answers):
        self.calls = []
        for name, answer in answers.items():
            monkeypatch.setattr(f"charplay.terminal.shell.Shell.{name}", self._noting(name, answer))

    def _noting(self, name, answer):
        def called(shell, *given, **more):
            given = [list(each) if hasattr(each, "readline") else each for each in given]
            self.shell = shell
            self.calls.append((name, *given, *more.items()))
            return answer

        return called


@pytest.fixture
def noted(home, monkeypatch):
    """What a start asks of its shell."""

    def start(*words, stdin="", tty=False, repl=None):
        noted = Noted(monkeypatch, perform_words=5, perform_lines=6, begin_session=None, close=None)

        def run_repl(*given):
            noted.calls.append(("repl", *given[1:]))
            noted.shell = given[0]
            return 7

        monkeypatch.setattr("charplay.terminal.repl.run_repl", run_repl)
        status = run(words, make_environment(home, stdin, tty=tty))
        return status, noted.calls, noted.shell

    return start


CLOSED = ("close",)


def test_one_command_needs_no_session(noted):
    status, calls, shell = noted("names", "-n", "3")
    assert (status, calls) == (5, [("perform_words", ["names", "-n", "3"]), CLOSED])
    assert (shell.context.single, shell.context.takes_input) == (True, True)
    assert shell.console.prefix == "charplay "


def test_one_command_has_the_session_that_is_named_for_it(noted):
    _, calls, shell = noted("--session", "winter", "names")
    assert calls[:2] == [
        ("begin_session", SessionChoice("winter")), ("perform_words", ["names"])
    ]  # fmt: skip
    assert noted("--new", "names")[1][0] == ("begin_session", SessionChoice(new=True))
    _, calls, shell = noted("--no-session", "names")
    assert calls[0] == ("begin_session", SessionChoice(nowhere=True))
    assert shell.context.private


def test_lines_have_a_session_and_come_from_where_they_are_given(noted):
    status, calls, shell = noted("-c", ":a", "-c", ":b")
    assert (status, calls) == (
        6,
        [
            ("begin_session", SessionChoice()),
            ("perform_lines", (":a", ":b"), ("stop_on_error", False)),
            CLOSED,
        ],
    )
    assert (shell.context.single, shell.context.takes_input) == (False, True)
    assert shell.console.prefix == ":"
    _, calls, shell = noted("--stop-on-error", stdin=":a\n:b\n")
    assert calls[1] == ("perform_lines", [":a\n", ":b\n"], ("stop_on_error", True))
    assert not shell.context.takes_input


def test_a_person_at_a_terminal_gets_the_prompt_unless_they_gave_something_to_do(noted):
    status, calls, _ = noted("--model", "drugs", "--session", "winter", tty=True)
    assert (status, calls) == (7, [("repl", SessionChoice("winter"), "drugs"), CLOSED])
    assert noted("names", tty=True)[1][0][0] == "perform_words"
    assert noted("-c", ":a", tty=True)[1][1][0] == "perform_lines"
    assert noted(stdin=":a\n")[1][1][0] == "perform_lines"


@pytest.mark.parametrize(
    ("words", "quiet", "private"),
    [
        ((), False, False),
        (("--quiet",), True, False),
        (("--no-session",), False, True),
        (("--session", "winter"), False, False),
    ],
)
def test_options_of_the_interface_are_for_the_shell(noted, words, quiet, private):
    interface = noted(*words, "names")[2].context.settings.interface
    assert (interface.quiet, interface.private) == (quiet, private)


@pytest.mark.parametrize(
    ("words", "quiet", "private"),
    [
        ((), True, True),
        (("--no-session",), True, True),
        (("--session", "winter"), True, False),
        (("--new",), True, False),
    ],
)
def test_what_the_command_line_says_comes_before_what_is_configured(
    noted, home, words, quiet, private
):
    home.mkdir()
    (home / "config.toml").write_text("[interface]\nquiet = true\nprivate = true\n")
    interface = noted(*words, "names")[2].context.settings.interface
    assert (interface.quiet, interface.private) == (quiet, private)


def test_a_shell_is_closed_after_an_error_too(home, monkeypatch):
    noted = Noted(monkeypatch, close=None)
    environment = make_environment(home)
    assert run(["-c", "names"], environment) == 2
    assert noted.calls == [CLOSED]
    assert "error: " in environment.stderr.getvalue()


def test_memory_is_searched_once_there_is_something_to_do(noted):
    gc.disable()
    try:
        noted("names")
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.enable()


def test_a_file_in_a_commands_place_is_no_command_unless_one_begins_so(noted, home, tmp_path):
    file = tmp_path / "na.txt"
    file.touch()
    environment = make_environment(home)
    assert run([str(file)], environment) == 2
    assert f"error: {file} is a file, and no command\n" in environment.stderr.getvalue()
    assert f"charplay train {file} trains a model on it" in environment.stderr.getvalue()
    (tmp_path / "names").touch()
    assert noted("names")[1][0] == ("perform_words", ["names"])


def test_the_model_that_is_named_is_talked_to(charplay, with_model):
    said = charplay("--model", "drugs", "-c", ":model")
    assert said.status == 0
    assert said.lines[0].startswith("drugs (names")
