r"""Bytes that are no text, in the one form that every file, store and output can hold: `\xff`.

Python decodes such a byte as half of a surrogate pair, which neither UTF-8 nor SQLite accept. What
a person types is escaped as it comes in (`escape_undecoded`), and turned back only where it names a
file (`restore_undecoded`). So the same four characters that charplay shows can be typed.
"""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
# One byte as it is escaped. A byte below 0x80 is always a character.
UNDECODED = re.compile(r"\\x([89a-f][0-9a-f])")
# Where Python puts the byte 0x00 that it cannot decode (PEP 383).
_FIRST = 0xDC00


def escape_undecoded(text: str) -> str:
    r"""The text with `\xff` for a byte that is no text, `\ud800` for any other half of a pair."""
    return text if text.isascii() else _SURROGATE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    byte = code - _FIRST
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else f"\\u{code:04x}"


def restore_undecoded(text: str) -> str:
    r"""The text with each `\xff` as Python decodes that byte, so that it can name a file."""
    return UNDECODED.sub(lambda found: chr(_FIRST + int(found[1], 16)), text)
