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
    if not values:
        return ""
    low, span = min(values), max(values) - min(values)
    levels = (round((value - low) / span * (len(signs) - 1)) if span else 0 for value in values)
    return "".join(signs[level] for level in levels)
