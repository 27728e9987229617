"""Keys pressed while a command runs: the next prompt is given lines, and nothing that acts."""

import os

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

from charplay.terminal.typed_ahead import keep_typed_ahead
from tests.conftest import MemoryStream

termios = pytest.importorskip("termios")


@pytest.fixture
def typed():
    """What the next prompt is given after some bytes were typed at a terminal."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as stream, create_pipe_input() as pipe:

        def type_bytes(data, *before):
            store_typeahead(pipe, list(before))
            os.write(ours, data)
            modes = termios.tcgetattr(theirs)
            keep_typed_ahead(stream, pipe)
            assert termios.tcgetattr(theirs) == modes
            return [(press.key, press.data) for press in get_typeahead(pipe)]

        yield type_bytes
    os.close(ours)


def test_what_was_typed_comes_whether_or_not_a_line_was_ended(typed):
    assert typed(b"ab") == [("a", "a"), ("b", "b")]
    assert typed(b"a\n") == [("a", "a"), (Keys.ControlJ, "\n")]
    assert typed(b"") == []


def test_what_was_read_ahead_before_comes_first(typed):
    assert typed(b"b", KeyPress("a", "a")) == [("a", "a"), ("b", "b")]


def test_an_arrow_is_one_key_and_an_escape_at_the_end_is_one_too(typed):
    assert [key for key, _ in typed(b"\x1b[A\x1b")] == [Keys.Up, Keys.Escape]


def test_keys_that_would_clear_the_screen_or_answer_the_old_prompt_are_dropped(typed):
    clear, report = KeyPress(Keys.ControlL, "\x0c"), KeyPress(Keys.CPRResponse, "\x1b[1;1R")
    assert typed(b"a\x0c\x1b[5;7Rb", clear, report) == [("a", "a"), ("b", "b")]


def test_bytes_that_are_no_text_are_kept_as_they_are(typed):
    assert typed(b"\xff") == [("\udcff", "\udcff")]


def test_where_there_is_no_terminal_nothing_was_typed():
    with create_pipe_input() as pipe, open(os.devnull) as nowhere:
        for stream in (MemoryStream("ab"), nowhere):
            keep_typed_ahead(stream, pipe)
            assert get_typeahead(pipe) == []
