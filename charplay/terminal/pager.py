"""Long output, page by page, by the program that the person pages with."""

import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress

from charplay.commands.results import EventStream
from charplay.environment import Environment

# Colours pass, what fits on the screen is only written, and what was read stays there. Its own
# prompt would be a colon, which is ours.
_LESS = ["less", "-RFX", "-P-- blank goes on, q goes back --"]
# What is typed there by mistake writes no file and starts no program.
_SECURE = {"LESSSECURE": "1"}


def find_pager(variables: Mapping[str, str]) -> list[str] | None:
    """The words that start the person's pager, `PAGER` or less; None where there is none."""
    words = _LESS
    if named := variables.get("PAGER"):
        with suppress(ValueError):  # a quote that is not closed
            words = shlex.split(named)
    if words == _LESS[:1]:
        words = _LESS
    return words if words and shutil.which(words[0]) else None


def is_whole(value: object) -> bool:
    """Whether a result is there as a whole, and no stream that comes as it is made."""
    return not isinstance(value, EventStream | Iterator)


def page_text(text: str, pager: list[str], environment: Environment) -> bool:
    """Have a text read in the pager, until the person leaves it; whether it could be started."""
    data = text.encode(environment.stdout.encoding or "utf-8", "replace")
    with environment.interrupts():  # Ctrl-C is for the pager
        try:
            variables = {**environment.variables, **_SECURE}
            process = subprocess.Popen(pager, stdin=subprocess.PIPE, env=variables)
        except OSError:
            return False
        process.communicate(data)
    return True
