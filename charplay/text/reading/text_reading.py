"""How a text was read: what was decided, and what a person should know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charplay.plan import TextChoice
from charplay.text.reading.encodings import encoding_in_words, is_utf8


@dataclass(frozen=True)
class TextReading:
    """How a text was read.

    choice: the person's choice, filled with what was decided, by which the text is read the same
    way again; notes: sentences that say what was decided and cleaned.
    """

    choice: TextChoice = TextChoice()
    notes: tuple[str, ...] = ()


def choice_in_words(text: Mapping[str, Any]) -> str:
    """How a text was read, from the values of its choice in a model's file; may be empty."""
    column, separator, encoding = (
        value if isinstance(value := text.get(name), str) else ""
        for name in ("column", "separator", "encoding")
    )
    parts = (
        f"column {column}" if column else "",
        f"separator {separator}" if separator not in ("", "line") else "",
        "without its header" if text.get("header") == "yes" else "",
        "" if not encoding or _usual(encoding) else encoding_in_words(encoding),
        "lower-cased" if text.get("lower") is True else "",
    )
    return ", ".join(filter(None, parts))


def _usual(encoding: str) -> bool:
    try:
        return is_utf8(encoding)
    except LookupError:
        return False
