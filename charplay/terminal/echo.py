"""Keeping the terminal from writing ^C into what is being shown."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TextIO

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


@contextmanager
def silent_keys(stream: TextIO) -> Iterator[None]:
    """Within, the terminal of a stream does not show the keys that are pressed."""
    if not HAS_TERMIOS:
        yield
        return
    try:
        descriptor = stream.fileno()
        before = termios.tcgetattr(descriptor)
    except (OSError, ValueError, termios.error):  # not a terminal
        yield
        return
    quiet = before.copy()
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
