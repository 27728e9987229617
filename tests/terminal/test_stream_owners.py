"""Whose the standard streams are: charplay's alone; plugins and their programs find others."""

import io
import logging
import os
import sys
from contextlib import contextmanager

from charplay.streams import NoInput
from charplay.terminal.own_streams import replace_streams, take_streams


@contextmanager
def standard(tmp_path):
    """Within, files are in place of the standard streams, which come back."""
    names = ("stdin", "__stdin__", "stdout", "__stdout__", "stderr")
    before = {name: getattr(sys, name) for name in names}
    (tmp_path / "in").write_text("first\nsecond\n")
    with (
        open(tmp_path / "in", encoding="latin-1") as stdin,
        open(tmp_path / "out", "w", encoding="latin-1", errors="replace") as stdout,
    ):
        try:
            for name in names:
                setattr(sys, name, stdin if "in" in name else stdout)
            yield stdin, stdout
        finally:
            for name, stream in before.items():
                setattr(sys, name, stream)


def open_descriptors():
    """How many files this process has open, where that can be seen."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def test_programs_that_are_started_read_nothing_and_print_nowhere(tmp_path):
    with standard(tmp_path) as (stdin, stdout):
        before = open_descriptors()
        take_streams()
        lost = os.read(stdin.fileno(), 100), os.write(stdout.fileno(), b"lost")
        with sys.stdin as our_stdin, sys.stdout as our_stdout:
            read = our_stdin.read()
            our_stdout.write("é名")
        after = open_descriptors()
    assert lost == (b"", 4)
    assert read == "first\nsecond\n"
    assert (our_stdin.encoding, our_stdout.encoding, our_stdout.errors) == (
        "latin-1", "latin-1", "replace",
    )  # fmt: skip
    assert (tmp_path / "out").read_bytes() == b"\xe9?"
    assert after == before, "nothing else is left open"


def test_a_terminal_and_what_is_no_file_stay_where_they_are(monkeypatch):
    memory = io.StringIO()
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys, "stdout", memory)
        take_streams()
        assert sys.stdin is terminal
        assert sys.stdout is memory
    os.close(ours)


def test_what_others_print_is_logged_line_by_line(tmp_path, caplog):
    written = {}
    with standard(tmp_path) as (_, stdout):
        replace_streams()
        inputs = [sys.stdin, sys.__stdin__]
        for name in ("stdout", "__stdout__", "stderr"):
            stream = getattr(sys, name)
            assert stream is not stdout
            assert stream.writable()
            written[name] = stream.write(f"{name} one\ntw"), stream.write("o\n\nthree")
    assert [type(each) for each in inputs] == [NoInput] * 2
    assert written == {name: (len(name) + 7, 8) for name in written}
    assert [record.getMessage() for record in caplog.records] == [
        line
        for name in ("stdout", "__stdout__", "stderr")
        for line in (f"printed: {name} one", "printed: two", "printed: ")
    ]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
