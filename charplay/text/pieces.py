"""Large texts and lists in pieces, so that no single call takes long: Ctrl-C waits for its end."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

S = TypeVar("S", bound=Sequence[object])

# Lines, or characters, that are looked at in one call.
_PIECE = 1 << 16


def cut_in_pieces(whole: S, size: int = _PIECE) -> Iterator[S]:
    """The parts of a sequence, each of up to `size` elements, in their order."""
    for start in range(0, len(whole), size):
        yield whole[start : start + size]  # type: ignore[misc]  # a slice is of the same type


def distinct_lines(lines: Sequence[str]) -> dict[str, None]:
    """The different ones among lines, in the order of their first."""
    found: dict[str, None] = {}
    for piece in cut_in_pieces(lines):
        found.update(dict.fromkeys(piece))
    return found


def distinct_characters(pieces: Iterable[str]) -> set[str]:
    """The different characters of a text in pieces."""
    found: set[str] = set()
    for piece in pieces:
        for part in cut_in_pieces(piece):
            found.update(part)
    return found


def split_lines(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text in pieces, as `str.splitlines` gives those of a whole one."""
    rest = ""
    for piece in pieces:
        whole, end, rest = (rest + piece).rpartition("\n")
        yield from (whole + end).splitlines()
    yield from rest.splitlines()
