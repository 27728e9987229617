"""The console script: the version without loading anything, and Ctrl-C without a traceback."""

import io
import sys

import pytest

from charplay import __main__ as entry
from charplay import __version__


@pytest.fixture
def typed(monkeypatch):
    """Runs the script with these words; whether the command line was reached."""

    def run(*words, stdout=None, ends=None):
        reached = []

        def run_process():
            reached.append(words)
            if ends:
                raise ends

        monkeypatch.setattr(sys, "argv", ["charplay", *words])
        monkeypatch.setattr("charplay.terminal.cli.main", run_process)
        if stdout is not None:
            monkeypatch.setattr(sys, "stdout", stdout)
        entry.main()
        return bool(reached)

    return run


class Noted(io.StringIO):
    flushed = ""

    def flush(self):
        self.flushed = self.getvalue()


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_told_at_once(typed, word):
    stdout = Noted()
    assert not typed(word, stdout=stdout)
    assert stdout.flushed == f"charplay {__version__}\n"


@pytest.mark.parametrize("words", [(), ("--version", "-V"), ("models",), ("-v",)])
def test_all_other_words_go_to_the_command_line(typed, words, capsys):
    assert typed(*words)
    assert capsys.readouterr().out == ""


class Full(io.StringIO):
    def flush(self):
        raise OSError("no space")


def test_where_the_version_cannot_be_written_the_command_line_tells_why(typed):
    closed = io.StringIO()
    closed.close()
    for stdout in (closed, Full()):
        assert typed("--version", stdout=stdout)


def test_ctrl_c_ends_it_with_the_shells_number_for_that(typed):
    with pytest.raises(SystemExit) as ended:
        typed("models", ends=KeyboardInterrupt())
    assert ended.value.code == 130


def test_the_module_runs_as_the_script_does(process):
    assert process("--version").out == f"charplay {__version__}\n"
