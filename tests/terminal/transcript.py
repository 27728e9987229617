"""What a value looks like, as a text that a test can hold: its letters, and its styles in brackets.

A style is told where it begins, `⟨bold⟩`, and where it ends, `⟨⟩`; whatever else a terminal is told
to do is in brackets too. Blanks at the end of a row are not seen, and left out.
"""

import os
import re
from dataclasses import replace

from rich.default_styles import DEFAULT_STYLES
from rich.style import Style

from charplay.commands.settings import Interface
from charplay.terminal.render.console import make_console
from charplay.terminal.render.themes import THEMES
from charplay.terminal.render.views import show
from tests.conftest import MemoryStream, make_environment

_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_WORDS = {"1": "bold", "2": "dim", **{str(30 + n): name for n, name in enumerate(_COLOURS)}}
_STYLE = re.compile(r"\x1b\[([\d;]*)m")
_SHADE = re.compile(r"([34])8;(?:2;(\d+);(\d+);(\d+)|5;(\d+))")
_CONTROL = re.compile(r"\x1b\[?([?\d;]*[A-Za-z])|\r")


def terminal(home, columns=80, rows=24, **variables):
    """The environment of a terminal in colour, of that size; of a pipe where columns is None."""
    told = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **variables}
    environment = make_environment(home, tty=columns is not None, **told)
    size = os.terminal_size((columns or 0, rows))
    return replace(environment, terminal_size=lambda stream: size)


def forget_colours():
    """Let styles have all their colours again: rich keeps those that they were first shown in."""
    Style.parse.cache_clear()
    Style._add.cache_clear()
    for styles in (DEFAULT_STYLES, *(theme.styles for theme in THEMES.values())):
        for style in styles.values():
            style._ansi = None


class HeldBack(MemoryStream):
    """A terminal that shows nothing before it is flushed; `shown` is what it shows."""

    shown = ""

    def __init__(self):
        super().__init__(tty=True)

    def flush(self):
        self.shown = self.getvalue()


def transcript(home, value, columns=80, *, interface=None, rows=24, prefix=":", **variables):
    """What is written of a value, or by a function that is given the console.

    What goes to a stream of its own, beside the results in a pipe, is told at the end.
    """
    environment = terminal(home, columns, rows, **variables)
    console = make_console(environment)
    console.prefix = prefix
    if columns is None:
        console.aside = make_console(environment, environment.stderr)
        console.aside.prefix = prefix
    console.adopt(interface or Interface())
    if callable(value):
        value(console)
    else:
        show(value, console)
    beside = environment.stderr.getvalue()
    assert all(len(line) < 10_000 for line in environment.stdout.getvalue().splitlines()), (
        "filled up"
    )
    return readable(environment.stdout.getvalue() + (f"beside:\n{beside}" if beside else ""))


def readable(sent):
    """What a terminal is sent, with words for what is no letter."""
    text = _STYLE.sub(lambda found: f"⟨{_words_of(found[1])}⟩", sent)
    text = _CONTROL.sub(lambda found: f"⟨{found[1] or 'return'}⟩", text)
    return re.sub(r"[ ]+$", "", text, flags=re.MULTILINE)


def _words_of(codes):
    """The words of a style; colours that have no name by their numbers."""
    words = []
    for ground, *shade, number in _SHADE.findall(codes):
        colour = number or "#" + "".join(f"{int(each):02x}" for each in shade)
        words.append(f"on {colour}" if ground == "4" else colour)
    named = _SHADE.sub("", codes).split(";")
    return " ".join([*(_WORDS.get(code, code) for code in named if code not in ("", "0")), *words])
