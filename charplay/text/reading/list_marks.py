"""What stands around names that are written as a list: bullets, numbers, quotation marks, JSON."""

import json
import re
from collections.abc import Sequence

_BULLET = re.compile(r"\s*([-*+•·‣–—])\s+(?=\S)")
_NUMBER = re.compile(r"\s*(\d+)([.)])\s+(?=\S)")
_QUOTED = re.compile(r"\s*([\"'“„«‘`])(.+)([\"'”“»’`])\s*")
_CLOSING = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "‘": "’", "`": "`"}
_FEWEST_LINES = 2


def parse_json_list(text: str) -> list[str] | None:
    """The strings of a JSON list; None for any other text."""
    if not text.lstrip().startswith("["):
        return None
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return None
    strings = isinstance(items, list) and all(isinstance(item, str) for item in items)
    return items if strings and items else None


def strip_marks(lines: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """(the lines that are not blank, without marks that all of them have; a note for each kind)."""
    names = [line for line in lines if line.strip()]
    notes: list[str] = []
    if len(names) < _FEWEST_LINES:
        return names, ()
    for strip, marks in (
        (_without_bullets, "bullet before"),
        (_without_numbers, "number before"),
        (_without_quotes, "quotation marks around"),
    ):
        if stripped := strip(names):
            names = stripped
            notes.append(f"left out the {marks} each name")
    return names, tuple(notes)


def _without_bullets(lines: Sequence[str]) -> list[str]:
    """The lines without the bullet that all of them begin with; none where one lacks it."""
    found = [_BULLET.match(line) for line in lines]
    if len({match and match[1] for match in found}) > 1:
        return []
    return [line[match.end() :] for line, match in zip(lines, found, strict=True) if match]


def _without_numbers(lines: Sequence[str]) -> list[str]:
    """The lines without their numbers; none where they are not counted one by one."""
    found = [match for line in lines if (match := _NUMBER.match(line))]
    if len(found) < len(lines) or len({match[2] for match in found}) > 1:
        return []
    first = int(found[0][1])
    if [int(match[1]) for match in found] != list(range(first, first + len(found))):
        return []
    return [line[match.end() :] for line, match in zip(lines, found, strict=True)]


def _without_quotes(lines: Sequence[str]) -> list[str]:
    """The lines without quotation marks around them; none where one lacks them."""
    found = [_QUOTED.fullmatch(line.rstrip().removesuffix(",")) for line in lines]
    inner = [match[2] for match in found if match and _CLOSING[match[1]] == match[3]]
    return inner if len(inner) == len(lines) else []
