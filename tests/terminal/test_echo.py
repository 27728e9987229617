"""Ctrl-C while something is shown: no ^C is echoed into it, and keys are echoed afterwards."""

import os
import signal
from dataclasses import replace

import pytest

from charplay.terminal.echo import without_echo

termios = pytest.importorskip("termios")


@pytest.fixture
def stream():
    """The input of a terminal."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as stream:
        yield stream
    os.close(ours)


def echoes(stream):
    return bool(termios.tcgetattr(stream.fileno())[3] & termios.ECHO)


def test_while_interrupts_are_counted_keys_are_not_echoed(world, stream):
    environment = without_echo(replace(world(), stdin=stream))
    assert echoes(stream)
    with environment.interrupts() as interrupts:
        assert not echoes(stream)
        signal.raise_signal(signal.SIGINT)
    assert interrupts.count == 1
    assert echoes(stream)


def test_an_error_within_restores_the_echo(world, stream):
    with pytest.raises(KeyError), without_echo(replace(world(), stdin=stream)).interrupts():
        raise KeyError
    assert echoes(stream)


def test_input_that_is_no_terminal_is_left_alone(world):
    with without_echo(world()).interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
    assert interrupts.count == 1
