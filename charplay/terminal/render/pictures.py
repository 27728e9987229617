"""A view as a picture: what a terminal of 80 columns would show, as SVG or HTML.

A picture needs nothing outside it. What stands in it was made visible before, as on a terminal;
characters that no XML may hold are replaced.
"""

import io
import os
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from charplay.environment import Environment
from charplay.terminal.render.console import CharplayConsole, make_console

_COLUMNS, _ROWS = 80, 24
# A picture of more rows is no picture: it is cut, and that is told.
_MOST_ROWS = 400
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_COLOURED = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class _Page(io.StringIO):
    """The first rows of what is written to it; it passes for a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        super().__init__()
        self.rows = 0

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = _MOST_ROWS - self.rows
        self.rows += text.count("\n")
        lines = text.splitlines(keepends=True)
        super().write("".join(lines[: max(0, room)]))
        return len(text)


def draw_picture(
    show: Callable[[CharplayConsole], None], environment: Environment, ending: str
) -> tuple[str, str]:
    """What `show` prints, as the text of an `.svg` or `.html` file, and a notice where it is cut.

    The same is drawn on every machine, whatever its terminal.
    """
    page = _Page()
    console = make_console(_of_page(environment, page), page)
    show(console)
    cut = page.rows > _MOST_ROWS
    notice = f"the picture has the first {_MOST_ROWS} of {page.rows:,} rows" if cut else ""
    return picture_of(page.getvalue(), ending), notice


def picture_of(shown: str, ending: str = ".svg") -> str:
    """What a terminal was sent, as the text of an `.svg` or `.html` file."""
    text = Text.from_ansi(shown.rstrip("\n"))
    text.plain = _NO_XML.sub("\ufffd", text.plain)
    printer = Console(record=True, width=_COLUMNS, file=io.StringIO())
    printer.print(text, soft_wrap=True)
    if ending == ".html":
        return printer.export_html(theme=SVG_EXPORT_THEME, inline_styles=True)
    return _FONT_FACES.sub("", printer.export_svg(title="charplay"))


def _of_page(environment: Environment, page: TextIO) -> Environment:
    """The environment with a terminal of its own, of the usual size, in colour."""
    return replace(
        environment,
        stdout=page,
        variables=_COLOURED,
        terminal_size=lambda stream: os.terminal_size((_COLUMNS, _ROWS)),
    )
