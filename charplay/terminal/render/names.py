"""Names as a person sees them: a table that grows while they are found or drawn."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.text import Text

from charplay.commands.generating import StreamedNames
from charplay.commands.name_stream import NamesFound, NameStream
from charplay.commands.results import Column
from charplay.generation.answers import NamesAnswered
from charplay.generation.generator import ROWS, Answer
from charplay.insight.described_name import Claim, DescribedName
from charplay.terminal.render.answers import changed_options
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices, visible
from charplay.terminal.render.growing import GrowingTable
from charplay.terminal.render.layout import fold_value

_TEXT = Column("text", shrink="fold", least=16, usual=24)
NAME_COLUMNS = (
    _TEXT,
    Column("loss", "nats/char", ".2f", align="right", shrink="drop", rank=3),
    Column("centile", align="right", shrink="drop", rank=2),
    Column("listed", shrink="drop", usual=8),
    Column("nearest", shrink="fold", rank=1, usual=16),
    Column("edits", align="right", shrink="drop", rank=2),
    Column("label"),
)
ANSWER_COLUMNS = (_TEXT, Column("label"))
_INDENT = "    "
_LEAST_ROOM = 12


def show_name_stream(value: NameStream, console: CharplayConsole) -> None:
    """Names with what is known of each, as they are found; below, how many had to be tried."""
    told: set[str] = set()
    widest = {"label": _label_width(value)}
    table = GrowingTable(
        console, NAME_COLUMNS, value.wanted, widest, below=lambda row: _sound_lines(row, console)
    )
    with table:
        for event in value.events:
            if isinstance(event, DescribedName):
                table.add(_shown_name(event))
                continue
            table.clear_count()
            show_notices(console, tuple(notice for notice in event.notices if notice not in told))
            told.update(event.notices)
            if isinstance(event, NamesFound):
                table.write(complete=True)
                _show_changed(value, event.changed, console)
                _show_end(event, table.shown, console)
            else:
                table.write(event.fitting >= value.wanted, event.fitting if event.tried else None)


def show_streamed_names(value: StreamedNames, console: CharplayConsole) -> None:
    """Names in one column as they are drawn, the label that repeats each in another."""
    told, drawn, widest = set[str](), 0, {"label": _label_width(value)}
    styles = {"label": "dim"}
    with GrowingTable(
        console, ANSWER_COLUMNS, value.wanted, widest, headed=False, styles=styles
    ) as table:
        for event in value.events:
            if isinstance(event, Answer):
                table.add(_shown_name(event))
                drawn += 1
                if drawn % ROWS == 0:
                    table.write(complete=drawn == value.wanted, count=drawn)
                continue
            table.write(complete=True)
            show_notices(console, tuple(notice for notice in event.notices if notice not in told))
            told.update(event.notices)
            if isinstance(event, NamesAnswered):
                _show_changed(value, event.changed, console)
                if event.interrupted:
                    console.aside.print(f"stopped after {drawn:,}", style="dim")


def _show_changed(
    value: NameStream | StreamedNames, changed: Mapping[str, object], console: CharplayConsole
) -> None:
    """Below names, the model and how they were drawn, where that is not the model's own way."""
    if changed and console.file.isatty():
        caption = Text.assemble(foreign(value.model), changed_options(changed), style="dim")
        console.aside.print(caption)


def _label_width(value: NameStream | StreamedNames) -> int:
    return len(f"{value.seed}/{value.largest}")


def _shown_name(name: DescribedName | Answer) -> dict[str, Any]:
    """A name's values with its line ends visible, and a mark where it was cut at its longest."""
    cut = "…" if name.stopped == "length" else ""
    return {**vars(name), "text": name.text.replace("\n", "⏎") + cut}


def _show_end(end: NamesFound, shown: int, console: CharplayConsole) -> None:
    if end.interrupted or end.fitting < end.wanted:
        console.aside.print(_end_text(end))
    if shown < end.fitting:
        console.aside.print(f"the first {shown:,} of them are shown")
    if shown and end.caution:
        console.aside.print(end.caution)


def _end_text(end: NamesFound) -> str:
    fitting = f"{end.fitting:,}" if end.fitting else "none"
    share = f"{fitting} of {end.tried:,} names fit"
    if end.interrupted:
        return f"stopped: {share}" if end.filters else f"stopped after {end.fitting:,}"
    without = f" (try without {end.filters[0]})" if end.filters else ""
    return f"{share}; loosen a filter{without}"


def _sound_lines(row: Mapping[str, Any], console: CharplayConsole) -> Iterable[str]:
    """Below a name that was compared by sound, the nearest one and the stems that it claims."""
    if "stems" not in row:
        return ()
    claims: tuple[Claim, ...] = row["stems"]
    parts = [f"{claim.stem} {claim.meaning}" for claim in claims]
    if row["sounds_like"] is not None:
        parts.insert(0, f"sounds like {row['sounds_like']} (edits {row['sound_edits']})")
    text, room = visible(" · ".join(parts)), console.room
    if room is not None:
        room = max(room, _LEAST_ROOM) - len(_INDENT)
    lines = [text] if room is None else fold_value(text, room, console)
    return [_INDENT + line for line in lines if line]
