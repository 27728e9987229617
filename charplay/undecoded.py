r"""Bytes that are no text, in the one form that every file, store and output can hold: `\xff`.

Python decodes such a byte as half of a surrogate pair, which neither UTF-8 nor SQLite accept. What
a person types is escaped as it comes in (`escape_undecoded`), and turned back only where it names a
file (`restore_path`). So the same four characters that charplay shows can be typed.
"""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
# One byte as it is escaped. A byte below 0x80 is always a character.
UNDECODED = re.compile(r"\\x([89a-f][0-9a-f])")
_ANY_BYTE = re.compile(r"\\x([0-9a-f]{2})")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
# Where Python puts the byte 0x00 that it cannot decode (PEP 383).
_FIRST = 0xDC00


def escape_undecoded(text: str) -> str:
    r"""The text with `\xff` for a byte that is no text, `\ud800` for any other half of a pair."""
    return text if text.isascii() else _SURROGATE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    byte = code - _FIRST
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else f"\\u{code:04x}"


def escape_path(path: str) -> str:
    r"""A path in one line of text: `\xff` for a byte that is no text, `\x0a` for a line end."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escape_undecoded(path))


def restore_path(text: str) -> str:
    r"""The path of a text in which bytes are escaped, each `\xff` as Python decodes that byte."""
    return _ANY_BYTE.sub(lambda found: _decode_byte(int(found[1], 16)), text)


def _decode_byte(byte: int) -> str:
    return chr(byte if byte < 0x80 else _FIRST + byte)
