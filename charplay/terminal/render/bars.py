"""Bars and small curves made of characters, in ASCII where that is all there is."""

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"
_ASCII_HEIGHTS = "_.-=+*#@"


def share_bar(share: float, columns: int, ascii_only: bool = False) -> str:
    """A bar of a share from 0 to 1, as long as its part of so many columns."""
    share = min(max(share, 0.0), 1.0)
    if ascii_only:
        return "#" * round(share * columns)
    whole, rest = divmod(round(share * columns * 8), 8)
    return _EIGHTHS[8] * whole + (_EIGHTHS[rest] if rest else "")


def sparkline(values: Sequence[float], ascii_only: bool = False) -> str:
    """Values as heights, one a column: the lowest has the lowest sign, the highest the highest."""
    signs = _ASCII_HEIGHTS if ascii_only else _HEIGHTS
    low, high = min(values, default=0.0), max(values, default=0.0)
    size = (high - low) or 1.0
    return "".join(signs[round((value - low) / size * (len(signs) - 1))] for value in values)
