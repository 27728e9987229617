"""Keys pressed while a command runs: what the next prompt is given of them."""

import os
from typing import TextIO

from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.keys import Keys

from charplay.terminal.echo import HAS_TERMIOS

if HAS_TERMIOS:
    import termios

# Ctrl-L would clear what the command has just shown; a terminal's answer to the prompt before may
# come late.
_NOT_TYPED = (Keys.ControlL, Keys.ControlZ, Keys.CPRResponse)
_PIECE_BYTES = 4096


def keep_typed_ahead(stream: TextIO, prompt_input: Input) -> None:
    """Leave the lines that were typed at a terminal to the next prompt, and nothing else."""
    presses = get_typeahead(prompt_input)
    parser = Vt100Parser(presses.append)
    parser.feed_and_flush(_read_waiting(stream).decode("utf-8", "surrogateescape"))
    store_typeahead(prompt_input, [press for press in presses if press.key not in _NOT_TYPED])


def _read_waiting(stream: TextIO) -> bytes:
    """What was typed and not read yet; nothing where there is no terminal."""
    if not HAS_TERMIOS:
        return b""
    try:
        descriptor = stream.fileno()
        before = termios.tcgetattr(descriptor)
    except (OSError, ValueError, termios.error):  # not a terminal
        return b""
    at_once = termios.tcgetattr(descriptor)
    at_once[3] &= ~termios.ICANON
    at_once[6][termios.VMIN] = at_once[6][termios.VTIME] = 0
    termios.tcsetattr(descriptor, termios.TCSANOW, at_once)
    try:
        pieces = iter(lambda: os.read(descriptor, _PIECE_BYTES), b"")
        return b"".join(pieces)
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
