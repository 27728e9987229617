"""What a run knows of the world: the size of a screen, colours, who is there."""

import os
from dataclasses import replace

import pytest

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
