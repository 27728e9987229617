"""Text as it is drawn, a character at a time: verse in a frame, everything else as it comes."""

from typing import Protocol

from rich.console import Console
from rich.text import Text

from charplay.commands.generating import AnswerStarted, Piece, StreamedAnswer
from charplay.terminal.render.console import foreign, notice, visible
from charplay.terminal.render.frame import Frame


class _Page(Protocol):
    """Where one answer is written."""

    def write(self, text: str, style: str = "") -> None:
        """Add to the text."""

    def end(self, signature: Text) -> None:
        """Nothing more comes; what brings the answer back."""


class _Plain:
    """Text as it comes, which every terminal and every file can take."""

    def __init__(self, console: Console, parted: bool) -> None:
        self._console, self._parted = console, parted
        self._ends_line = True

    def write(self, text: str, style: str = "") -> None:
        if style and self._console.is_terminal:
            self._console.print(foreign(text, style), end="", soft_wrap=True)
        else:
            self._console.file.write(visible(text))
            self._console.file.flush()
        self._ends_line = text.endswith("\n")

    def end(self, signature: Text) -> None:
        if not self._ends_line:
            self._console.print()
        if self._parted:
            self._console.print()
        self._console.print(signature)


def show_speech(console: Console, speech: StreamedAnswer) -> None:
    """Each answer on a page of its own, below the text that it goes on from."""
    opening, page, number = None, None, 0
    try:
        for event in speech.events:
            if isinstance(event, AnswerStarted):
                opening = event
                notice(console, event.notice)
            elif isinstance(event, Piece) and opening:
                if page is None or event.number != number:
                    if page:
                        page.end(_signature(opening, number))
                    page, number = _page(console, opening), event.number
                page.write(event.text)
    finally:  # an error is told below the page, not in it
        if page and opening:
            page.end(_signature(opening, number))


def _page(console: Console, opening: AnswerStarted) -> _Page:
    framed = opening.verse and console.is_terminal
    page = Frame(console) if framed else _Plain(console, parted=opening.verse)
    if opening.prompt:
        page.write(opening.prompt, "bold")
    return page


def _signature(opening: AnswerStarted, number: int) -> Text:
    return Text.assemble(foreign(opening.model), f" · {opening.seed}/{number}", style="dim")
