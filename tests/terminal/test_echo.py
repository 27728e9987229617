"""Ctrl-C while something is shown: no ^C is echoed into it, and keys are echoed afterwards."""

import os
import signal
from contextlib import suppress
from dataclasses import replace

import pytest

from charplay.terminal.echo import same_terminal, silent_keys, without_echo

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


def modes(stream):
    return termios.tcgetattr(stream.fileno())


def test_while_keys_are_silent_ctrl_z_suspends_unless_that_is_unwanted(stream):
    before = modes(stream)
    with silent_keys(stream):
        within = modes(stream)
        assert within[6][termios.VSUSP] == before[6][termios.VSUSP]
        assert within[3] == before[3] & ~termios.ECHO
    with silent_keys(stream, suspends=False):
        assert modes(stream)[6][termios.VSUSP] == b"\0"
        assert not echoes(stream)
    assert modes(stream) == before


def test_what_a_program_did_to_the_terminal_is_undone_after_it_and_after_an_error(stream):
    before = modes(stream)
    for error in (None, KeyError):
        changed = modes(stream)
        changed[3] &= ~(termios.ECHO | termios.ICANON)
        with suppress(KeyError), same_terminal(stream):
            termios.tcsetattr(stream.fileno(), termios.TCSANOW, changed)
            if error:
                raise error
        assert modes(stream) == before


def test_a_terminal_that_is_gone_meanwhile_is_no_error():
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as stream, same_terminal(stream):
        os.close(ours)
