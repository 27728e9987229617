"""What a run knows of the world: the size of a screen, colours, who is there."""

import io
import os
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from charplay.environment import Environment, ask_terminal_size, default_home
from charplay.errors import StorageError
from charplay.interrupts import count_interrupts
from tests.conftest import MemoryStream, make_environment


def environment(home, size=(0, 0), tty=True, **variables):
    made = make_environment(home, tty=tty, **variables)
    return replace(made, terminal_size=lambda stream: os.terminal_size(size))


@pytest.mark.parametrize(
    ("size", "variables", "found"),
    [
        ((100, 30), {"COLUMNS": "50", "LINES": "10"}, (100, 30)),
        ((0, 0), {"COLUMNS": "50", "LINES": "10"}, (50, 10)),
        ((0, 30), {"COLUMNS": "50", "LINES": "10"}, (50, 30)),
        ((0, 0), {}, (80, 24)),
        ((0, 0), {"COLUMNS": "wide", "LINES": "-3"}, (80, 24)),
        ((0, 0), {"COLUMNS": "9" * 6, "LINES": "0"}, (80, 24)),
        ((0, 0), {"COLUMNS": "9" * 5, "LINES": "1"}, (99_999, 1)),
    ],
)
def test_a_terminal_has_the_size_that_it_tells_else_that_of_the_variables(
    home, size, variables, found
):
    made = environment(home, size, **variables)
    assert made.size_of(made.stdout) == found


def test_a_pipe_has_no_size_whatever_the_variables_say(home):
    made = environment(home, (100, 30), COLUMNS="50")
    assert made.size_of(MemoryStream()) is None


def test_who_types_and_reads_is_told_by_both_streams(home):
    both = environment(home)
    assert both.interactive
    assert not replace(both, stdin=MemoryStream()).interactive
    assert not replace(both, stdout=MemoryStream()).interactive


@pytest.mark.parametrize(
    ("variables", "tty", "dumb", "color"),
    [
        ({"TERM": "xterm"}, True, False, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, False, True),
        ({"TERM": "dumb"}, True, True, False),
        ({"TERM": "unknown"}, True, True, False),
        ({"TERM": "xterm"}, False, True, False),
    ],
)
def test_colours_are_for_terminals_that_can(home, variables, tty, dumb, color):
    made = environment(home, tty=tty, **variables)
    assert (made.dumb, made.color) == (dumb, color)


def test_the_home_is_the_folder_that_is_named_or_the_platforms(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_home({"CHARPLAY_HOME": "/a/b"}) == Path("/a/b")
    assert default_home({"CHARPLAY_HOME": "~/mine"}) == tmp_path / "mine"
    for variables in ({}, {"CHARPLAY_HOME": ""}):
        assert default_home(variables) == tmp_path / "data" / "charplay"
    with pytest.raises(StorageError) as told:
        default_home({"CHARPLAY_HOME": "~nobody-is-here/x"})
    assert told.value.message == (
        "CHARPLAY_HOME is ~nobody-is-here/x, and there is no such home folder"
    )
    assert told.value.hint == "set it to a folder"


def test_options_that_stay_are_in_a_home_that_is_named_and_else_where_the_platform_has_them(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    named = make_environment(tmp_path / "home")
    assert named.config == tmp_path / "home" / "config.toml"
    unnamed = replace(named, variables={})
    assert unnamed.config == tmp_path / "config" / "charplay" / "config.toml"
    for made in (named, unnamed):
        assert made.cache == tmp_path / "cache" / "charplay"
        assert made.log == tmp_path / "home" / "charplay.log"


def test_a_process_has_its_own_streams_and_nothing_where_one_is_closed(monkeypatch, tmp_path):
    monkeypatch.setenv("CHARPLAY_HOME", str(tmp_path))
    own = Environment.of_process()
    assert (own.stdin, own.stdout, own.stderr) == (sys.stdin, sys.stdout, sys.stderr)
    assert (own.variables, own.home) == (os.environ, tmp_path)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    closed = Environment.of_process()
    monkeypatch.undo()
    assert closed.stdin.read() == ""
    for stream in (closed.stdout, closed.stderr):
        stream.write("é")
        assert stream.encoding == "utf-8"
    for stream in (closed.stdin, closed.stdout, closed.stderr):
        assert stream.name == os.devnull
        stream.close()


def test_without_a_word_the_clock_the_seed_and_the_screen_are_the_processs_own(tmp_path):
    made = Environment(MemoryStream(), MemoryStream(), MemoryStream(), {}, tmp_path)
    assert made.clock is time.monotonic
    assert made.interrupts is count_interrupts
    assert made.terminal_size is ask_terminal_size
    assert made.now().tzinfo is UTC
    assert abs(made.now() - datetime.now(UTC)) < timedelta(hours=1)
    seeds = {made.fresh_seed() for _ in range(9)}
    assert len(seeds) > 1
    assert all(0 <= seed < 1_000_000 for seed in seeds)


def test_what_is_no_terminal_has_no_size_to_tell():
    assert ask_terminal_size(MemoryStream()) == (0, 0)
    with open(os.devnull) as stream:
        assert ask_terminal_size(stream) == (0, 0)


def test_streams_take_any_text_once_they_are_asked_to(home):
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2)]
    reading = io.TextIOWrapper(io.BytesIO(b"a\xffb"), encoding="ascii")
    made = replace(make_environment(home), stdin=reading, stdout=streams[0], stderr=streams[1])
    made.accept_any_text()
    assert reading.read().startswith("a")
    for stream in streams:
        stream.write("é…")
        stream.flush()
        assert stream.buffer.getvalue()
