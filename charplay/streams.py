"""Streams that take any text, whatever their encoding, and that may lose their reader."""

import codecs
import io
import os
import unicodedata
from contextlib import suppress
from typing import NoReturn, TextIO

from charplay.undecoded import escape_undecoded

_REPLACING = "charplay.replace"
# Signs of charplay's own, each with one of ASCII that takes as many columns.
_LOOK_ALIKES = {
    "–": "-", "—": "-", "−": "-", "─": "-", "·": "-", "…": "~", "→": ">", "│": "|", "├": "|",
    "└": "`", "★": "+", "●": "*", "○": "o", "⏎": "/", "␣": "_", "⇥": ">", "❯": ">", "’": "'",
    "‘": "'", "“": '"', "”": '"', "\u00a0": " ",
}  # fmt: skip


def accept_any_text(stream: TextIO) -> None:
    r"""Have a stream replace what its encoding lacks, and read bytes that are no text as `\xff`.

    A stream that is no file, as in a test, is left as it is.
    """
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(_REPLACING, _replace_characters)
        if stream.errors != _REPLACING:  # once something was read, it cannot be set again
            stream.reconfigure(errors=_REPLACING)


def _replace_characters(error: UnicodeError) -> tuple[str | bytes, int]:
    """What to write, or to read, for what the encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        return codecs.backslashreplace_errors(error)
    return "".join(map(_replacement, error.object[error.start : error.end])), error.end


def _replacement(character: str) -> str:
    """A sign of ASCII, or as many question marks as the character takes columns."""
    wide = unicodedata.east_asian_width(character) in "WF"
    escaped = escape_undecoded(character)
    return escaped if escaped != character else _LOOK_ALIKES.get(character, "??" if wide else "?")


def is_unicode(stream: TextIO) -> bool:
    """Whether the encoding of a stream has every character."""
    return (stream.encoding or "utf-8").lower().startswith("utf")


def silence_stream(stream: TextIO) -> None:
    """Lead a stream whose reader is gone nowhere, so that nothing fails when it is closed."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class NoInput(io.TextIOBase):
    """Standard input as a plugin finds it: nothing can be read, and that is told."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> NoReturn:
        raise EOFError("standard input is charplay's; a command asks by context.ask")

    def readline(self, size: int | None = -1, /) -> NoReturn:
        self.read()
