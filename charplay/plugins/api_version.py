"""The version of the interface that plugins are written for."""

import re

# The first number changes when a plugin may have to change, the second when there is more to use.
API_VERSION = "1.1"


def misfit_of(wanted: str) -> str:
    """Why a plugin that was written for a version cannot be used; empty where it can."""
    if not wanted:
        return ""
    match = re.fullmatch(r"(\d+)\.(\d+)", wanted)
    if match is None:
        return f"names the interface {wanted!r}; a version is two numbers, as in {API_VERSION!r}"
    ours = tuple(map(int, API_VERSION.split(".")))
    theirs = int(match[1]), int(match[2])
    if theirs[0] == ours[0] and theirs <= ours:
        return ""
    which = "a newer" if theirs > ours else "an older"
    return f"was written for {which} charplay: its interface is {wanted}, this one's {API_VERSION}"
