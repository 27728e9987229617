"""Keeping the terminal from writing ^C into what is being shown."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TextIO

from charplay.environment import Environment
from charplay.interrupts import Interrupts

try:
    import termios
except ImportError:  # Windows, whose console writes no ^C
    HAS_TERMIOS = False
else:
    HAS_TERMIOS = True


def without_echo(environment: Environment) -> Environment:
    """The environment; while it counts interrupts, its terminal does not echo keys."""

    @contextmanager
    def interrupts() -> Iterator[Interrupts]:
        with environment.interrupts() as counted, silent_keys(environment.stdin):
            yield counted

    return replace(environment, interrupts=interrupts)


# What a terminal has for a key that does nothing.
_NO_KEY = b"\0"


@contextmanager
def same_terminal(stream: TextIO) -> Iterator[None]:
    """After it, the terminal of a stream works as it did before, whatever a program did to it."""
    before = _terminal_modes(stream)
    try:
        yield
    finally:
        if before:
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(stream.fileno(), termios.TCSANOW, before)


def _terminal_modes(stream: TextIO) -> list[Any] | None:
    """How the terminal of a stream works; None where there is none, or it does not say."""
    if not HAS_TERMIOS:
        return None
    try:
        return termios.tcgetattr(stream.fileno())
    except (OSError, ValueError, termios.error):
        return None


@contextmanager
def silent_keys(stream: TextIO, suspends: bool = True) -> Iterator[None]:
    """Within, the terminal of a stream does not show the keys that are pressed.

    Nor does Ctrl-Z suspend the program then, unless `suspends`.
    """
    with same_terminal(stream):
        if modes := _terminal_modes(stream):
            modes[3] &= ~termios.ECHO
            if not suspends:
                modes[6][termios.VSUSP] = _NO_KEY
            termios.tcsetattr(stream.fileno(), termios.TCSANOW, modes)
        yield
