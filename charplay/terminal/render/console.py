"""The one console, and the one way in which foreign text reaches it."""

import unicodedata
from typing import TextIO

from rich.console import Console
from rich.text import Text

from charplay.environment import Environment

_KEPT = "\n\t"


class _Console(Console):
    """A console that leaves a closed pipe to the outermost handler."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def make_console(environment: Environment, stream: TextIO | None = None) -> Console:
    """A console on a stream of the environment, standard output unless said."""
    stream = stream or environment.stdout
    live = stream.isatty() and not environment.dumb
    return _Console(
        file=stream,
        width=environment.width,
        force_terminal=live,
        no_color=not environment.color,
        color_system="auto" if environment.color else None,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not stream.isatty(),
        _environ=environment.variables,
    )


def visible(text: str) -> str:
    """The text with control characters made visible, so that none acts on the terminal."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in _KEPT:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    # Cc: C1 controls; Cf: direction marks and the like; Cs: halves of surrogate pairs.
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return f"<U+{code:04X}>"
    return character


def foreign(text: str, style: str = "") -> Text:
    """Text of a model, corpus, plugin or file, ready to print; nothing in it is markup."""
    return Text(visible(text), style=style)


def notice(console: Console, text: str) -> None:
    """Print what a person should know beside a result, if there is anything."""
    if text:
        console.print(foreign(f"note: {text}", "dim"))
