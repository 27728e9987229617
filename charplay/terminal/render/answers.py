"""Prose as a person sees it: as it is drawn, verse in a frame."""

from typing import Protocol

from rich.text import Text

from charplay.commands.generating import StreamedAnswer
from charplay.generation.answers import AnswerStarted, AnswerText
from charplay.terminal.render.console import (
    CharplayConsole,
    VisiblePieces,
    foreign,
    show_notices,
)
from charplay.terminal.render.frame import Frame


class _Page(Protocol):
    """Where one answer is written."""

    def write(self, text: str, style: str = "") -> None:
        """Add to the text."""

    def end(self, signature: Text) -> None:
        """Nothing more comes; what brings the answer back."""


class _Plain:
    """Text as it comes, which every terminal and every file can take."""

    def __init__(self, console: CharplayConsole, parted: bool) -> None:
        self._console, self._parted = console, parted
        self._pieces = VisiblePieces()
        self._ends_line = True

    def write(self, text: str, style: str = "") -> None:
        self._write_visible(self._pieces.add(text), style)
        self._ends_line = text.endswith("\n")

    def _write_visible(self, text: str, style: str = "") -> None:
        if style and self._console.is_terminal:
            self._console.print(Text(text, style), end="", soft_wrap=True)
        else:
            self._console.file.write(text)
            self._console.file.flush()

    def end(self, signature: Text) -> None:
        self._write_visible(self._pieces.end())
        if not self._ends_line:
            self._console.print()
        if self._parted:
            self._console.print()
        self._console.print(signature)


def show_streamed_answer(value: StreamedAnswer, console: CharplayConsole) -> None:
    """Each answer on a page of its own, below the text that it goes on from."""
    started, page, number = None, None, 0
    try:
        for event in value.events:
            if isinstance(event, AnswerStarted):
                started = event
                show_notices(console, event.notices)
            elif isinstance(event, AnswerText) and started:
                if page is None or event.number != number:
                    if page:
                        page.end(_signature(started, number))
                    page, number = _make_page(console, started), event.number
                page.write(event.text)
    finally:  # an error is told below the page, not in it
        if page and started:
            page.end(_signature(started, number))


def _make_page(console: CharplayConsole, started: AnswerStarted) -> _Page:
    framed = started.verse and console.is_terminal
    page = Frame(console) if framed else _Plain(console, parted=started.verse)
    if started.prompt:
        page.write(started.prompt, "bold")
    return page


def _signature(started: AnswerStarted, number: int) -> Text:
    return Text.assemble(foreign(started.model), f" · {started.seed}/{number}", style="dim")
