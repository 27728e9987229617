"""Prose as a person sees it: as it is drawn, verse in a frame."""

from collections.abc import Mapping
from typing import Protocol

from rich.text import Text

from charplay.commands.generating import StreamedAnswer
from charplay.generation.answers import AnswerEnded, AnswerStarted, AnswerText, PromptRead
from charplay.generation.options import describe_options
from charplay.terminal.render.console import (
    CharplayConsole,
    VisiblePieces,
    foreign,
    show_notices,
)
from charplay.terminal.render.counter import StreamCounter
from charplay.terminal.render.frame import Frame

# Why an answer ends where its text need not.
CUT_SHORT = ("length", "interrupted")
CUT_MARK = "…"
_READING = " characters read · Ctrl-C ends"


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
        if self._parted and self._console.aside is self._console:
            self._console.print()
        self._console.aside.print(signature)


def show_streamed_answer(value: StreamedAnswer, console: CharplayConsole) -> None:
    """Each answer on a page of its own, below the text that it goes on from."""
    started: AnswerStarted | None = None
    counter: StreamCounter | None = None
    page: _Page | None = None
    number = 0
    try:
        for event in value.events:
            if isinstance(event, PromptRead):
                counter = counter or StreamCounter(console, event.of, _READING)
                counter.show(event.characters)
            elif isinstance(event, AnswerStarted):
                if counter:
                    counter.clear()
                started = event
                show_notices(console, event.notices)
            elif isinstance(event, AnswerText) and started:
                page = page or _open_page(console, started, first=not number)
                number = event.number
                page.write(event.text)
            elif isinstance(event, AnswerEnded) and page and started:
                if event.stopped in CUT_SHORT and console.file.isatty():
                    page.write(CUT_MARK, "dim")
                page.end(_signature(console, started, number))
                page = None
    finally:  # an error is told below the page, not in it
        if counter:
            counter.clear()
        if page and started:
            page.end(_signature(console, started, number))


def _open_page(console: CharplayConsole, started: AnswerStarted, first: bool) -> _Page:
    if started.verse and console.is_terminal:
        page: _Page = Frame(console)
    else:
        page = _Plain(console, parted=started.verse)
        if not first:
            console.print()
        elif _is_typed_above(console, started) and console.go_on_after_typed():
            return page
    if started.prompt:
        page.write(started.prompt, "bold")
    return page


def _is_typed_above(console: CharplayConsole, started: AnswerStarted) -> bool:
    """Whether the person sees the prompt in the row above, as they typed it."""
    typed = console.typed.removeprefix("\\")
    return bool(typed) and typed == started.prompt and not started.notices


def _signature(console: CharplayConsole, started: AnswerStarted, number: int) -> Text:
    """What brings an answer back; empty where no captions are wanted."""
    if console.hides_asides:
        return Text()
    return Text.assemble(
        foreign(started.model),
        f" · {started.seed}/{number}",
        changed_options(started.changed),
        style="dim",
    )


def changed_options(options: Mapping[str, object]) -> Text:
    """The options that differ from the model's own, as a part of a caption."""
    return foreign(f" · {describe_options(options)}" if options else "")
