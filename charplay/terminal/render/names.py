"""Names as a person sees them: a table that grows while they are found."""

from collections.abc import Iterator
from typing import Any

from charplay.commands.name_stream import NamesFound, NamesSoFar, NameStream
from charplay.commands.results import Column
from charplay.insight.described_name import DescribedName, SoundingName
from charplay.terminal.render.console import CharplayConsole, show_notices, visible
from charplay.terminal.render.counter import StreamCounter
from charplay.terminal.render.layout import fold_value
from charplay.terminal.render.tables import (
    TableWriter,
    aligned_columns,
    declared_widths,
    natural_widths,
    room_of,
)

NAME_COLUMNS = (
    Column("text", shrink="fold", least=10, usual=16),
    Column("loss", "nats/char", ".2f", align="right", shrink="drop", rank=5),
    Column("centile", align="right", shrink="drop", rank=3),
    Column("listed", shrink="drop", rank=1, usual=8),
    Column("nearest", shrink="fold", rank=2, usual=16),
    Column("edits", align="right", shrink="drop", rank=4),
    Column("label"),
)
# Of names that are sorted so many are written at once.
_ROWS_AT_ONCE = 256
_INDENT = "    "


class _NameTable:
    """The table, whose rows wait until it is known whether there are more than the first ones."""

    def __init__(self, stream: NameStream, console: CharplayConsole) -> None:
        self._stream, self._console = stream, console
        self._writer: TableWriter | None = None
        self._waiting: list[DescribedName] = []
        self.shown = 0

    @property
    def waiting(self) -> int:
        """How many rows wait."""
        return len(self._waiting)

    def add(self, name: DescribedName) -> None:
        """Add a row, which waits."""
        self._waiting.append(name)

    def write(self, complete: bool) -> None:
        """Write what waits; where that is all there will be, the columns are made to fit it."""
        if not self._waiting:
            return
        rows = [_shown_name(name) for name in self._waiting]
        if self._writer is None:
            widths = natural_widths(NAME_COLUMNS, rows) if complete else self._widths()
            aligned = aligned_columns(NAME_COLUMNS, rows)
            self._writer = TableWriter(self._console, NAME_COLUMNS, widths, aligned)
        if isinstance(self._waiting[0], SoundingName):
            self._write_sounding(self._writer, rows)
        else:
            self._writer.write(rows)
        self.shown += len(rows)
        self._waiting.clear()

    def _widths(self) -> dict[str, int]:
        label = f"{self._stream.seed}/{self._stream.largest}"
        return declared_widths(NAME_COLUMNS) | {"label": len(label)}

    def _write_sounding(self, writer: TableWriter, rows: list[dict[str, Any]]) -> None:
        for name, row in zip(self._waiting, rows, strict=True):
            writer.write([row])
            lines = _sound_lines(name, self._console)
            self._console.file.write("".join(f"{line}\n" for line in lines))


def show_name_stream(value: NameStream, console: CharplayConsole) -> None:
    """Names with what is known of each, as they are found; below, how many had to be tried."""
    table, counter = _NameTable(value, console), StreamCounter(console, value.wanted)
    told: set[str] = set()
    try:
        for event in value.events:
            if isinstance(event, DescribedName):
                table.add(event)
                if table.waiting < _ROWS_AT_ONCE:
                    continue
            counter.clear()
            if not isinstance(event, DescribedName):
                show_notices(console, tuple(n for n in event.notices if n not in told))
                told.update(event.notices)
            found_all = isinstance(event, NamesSoFar) and event.fitting >= value.wanted
            table.write(complete=found_all or isinstance(event, NamesFound))
            if isinstance(event, NamesSoFar) and event.tried:
                counter.show(event.fitting)
            elif isinstance(event, NamesFound):
                _show_end(event, table.shown, console)
    finally:  # an error is told below the table, not behind the count
        counter.clear()


def _show_end(end: NamesFound, shown: int, console: CharplayConsole) -> None:
    if end.interrupted or end.fitting < end.wanted:
        console.print(_end_text(end))
    if shown < end.fitting:
        console.print(f"the first {shown:,} of them are shown")
    if shown and end.caution:
        console.print(end.caution)


def _end_text(end: NamesFound) -> str:
    fitting = f"{end.fitting:,}" if end.fitting else "none"
    share = f"{fitting} of {end.tried:,} names fit"
    if end.interrupted:
        return f"stopped: {share}" if end.filters else f"stopped after {end.fitting:,} names"
    without = f" (try without {end.filters[0]})" if end.filters else ""
    return f"{share}; loosen a filter{without}"


def _shown_name(name: DescribedName) -> dict[str, Any]:
    """A name's values with its line ends visible, and a mark where it was cut at its longest."""
    cut = "…" if name.stopped == "length" else ""
    return {**vars(name), "text": name.text.replace("\n", "⏎") + cut}


def _sound_lines(name: DescribedName, console: CharplayConsole) -> Iterator[str]:
    """Below a name, what it sounds like and which stems it claims."""
    assert isinstance(name, SoundingName)
    parts = [f"{claim.stem} {claim.meaning}" for claim in name.stems]
    if name.sounds_like is not None:
        parts.insert(0, f"sounds like {name.sounds_like} (edits {name.sound_edits})")
    text = visible(" · ".join(parts))
    room = room_of(console)
    lines = [text] if room is None else fold_value(text, max(room, 12) - len(_INDENT), console)
    yield from (_INDENT + line for line in lines if line)
