"""Answers as a person sees them: names in a table, prose as it is drawn, verse in a frame."""

from collections.abc import Mapping
from typing import Protocol

from rich.table import Table as Grid
from rich.text import Text

from charplay.commands.generating import StreamedAnswer
from charplay.commands.naming import Names
from charplay.commands.results import Column, Table
from charplay.generation.answers import AnswerEnded, Answers, AnswerStarted, AnswerText
from charplay.generation.options import describe_options
from charplay.insight.described_name import SoundingName
from charplay.terminal.render.console import (
    CharplayConsole,
    VisiblePieces,
    foreign,
    show_notices,
)
from charplay.terminal.render.frame import Frame
from charplay.terminal.render.tables import show_table

NAME_COLUMNS = (
    Column("text", shrink="fold"),
    Column("loss", "nats/char", ".2f"),
    Column("centile"),
    Column("listed"),
    Column("nearest", shrink="fold"),
    Column("edits"),
    Column("label"),
)
SOUND_COLUMNS = (
    Column("text", shrink="fold"),
    Column("sounds_like", shrink="fold"),
    Column("sound_edits"),
    Column("stems", shrink="fold"),
    Column("meanings", shrink="fold"),
)


# Why an answer ends where its text need not.
CUT_SHORT = ("length", "interrupted")
CUT_MARK = "…"


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
    started: AnswerStarted | None = None
    page: _Page | None = None
    number = 0
    try:
        for event in value.events:
            if isinstance(event, AnswerStarted):
                started = event
                show_notices(console, event.notices)
            elif isinstance(event, AnswerText) and started:
                page = page or _open_page(console, started, first=not number)
                number = event.number
                page.write(event.text)
            elif isinstance(event, AnswerEnded) and page and started:
                if event.stopped in CUT_SHORT and console.file.isatty():
                    page.write(CUT_MARK, "dim")
                page.end(_signature(started, number))
                page = None
    finally:  # an error is told below the page, not in it
        if page and started:
            page.end(_signature(started, number))


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


def _signature(started: AnswerStarted, number: int) -> Text:
    return Text.assemble(
        foreign(started.model),
        f" · {started.seed}/{number}",
        _changed(started.changed),
        style="dim",
    )


def _changed(options: Mapping[str, object]) -> Text:
    """The options that differ from the model's own, as a part of a caption."""
    return foreign(f" · {describe_options(options)}" if options else "")


def show_name_answers(value: Answers, console: CharplayConsole) -> None:
    """Names in one column, the label that repeats each in another."""
    show_notices(console, value.notices)
    grid = Grid.grid(padding=(0, 3))
    grid.add_column(overflow="fold")
    grid.add_column(style="dim", no_wrap=True)
    for answer in value.answers:
        name = foreign(answer.text.replace("\n", "⏎"))
        if answer.stopped in CUT_SHORT:
            name.append(CUT_MARK, "dim")
        grid.add_row(name, answer.label)
    console.print(grid)
    if value.changed and console.file.isatty():
        console.print(Text.assemble(foreign(value.model), _changed(value.changed), style="dim"))
    if value.interrupted:
        console.print(f"stopped after {len(value.answers):,}", style="dim")


def show_found_names(value: Names, console: CharplayConsole) -> None:
    """Names with what is known of each; below, how many had to be tried."""
    show_notices(console, value.notices)
    if value.answers:
        rows = [_shown_name(vars(name)) for name in value.answers]
        show_table(Table(rows, NAME_COLUMNS), console)
    if len(value.answers) < value.wanted:
        console.print(_too_few(value))
    sounding = [name for name in value.answers if isinstance(name, SoundingName)]
    if sounding:
        console.print()
        show_table(Table([_shown_sounds(name) for name in sounding], SOUND_COLUMNS), console)
        console.print(value.caution)


def _too_few(value: Names) -> str:
    fitting = f"{value.fitting:,}" if value.fitting else "none"
    share = f"{fitting} of {value.tried:,} names fit"
    if value.interrupted:
        return f"stopped: {share}"
    without = f" (try without {value.filters[0]})" if value.filters else ""
    return f"{share}; loosen a filter{without}"


def _shown_name(values: dict[str, object]) -> dict[str, object]:
    """A name's values with its line ends visible, and a mark where it was cut at its longest."""
    cut = CUT_MARK if values["stopped"] in CUT_SHORT else ""
    return {**values, "text": str(values["text"]).replace("\n", "⏎") + cut}


def _shown_sounds(name: SoundingName) -> dict[str, object]:
    stems = ", ".join(claim.stem for claim in name.stems)
    meanings = "; ".join(claim.meaning for claim in name.stems)
    return {**vars(name), "stems": stems, "meanings": meanings}
