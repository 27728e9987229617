"""A table whose rows come one after another, with a count below it on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from charplay.commands.results import Column
from charplay.terminal.render.console import CharplayConsole
from charplay.terminal.render.counter import StreamCounter
from charplay.terminal.render.tables import (
    TableWriter,
    aligned_columns,
    declared_widths,
    natural_widths,
)

Row = Mapping[str, Any]
# So many rows at most wait to be written together.
_MOST_WAITING = 256


class GrowingTable:
    """Rows, a block at a time; within `with`, a count of them is below, and goes at the end.

    wanted: how many rows are to come; widest: the widths of columns that are known by no
    declaration; below: the lines under a row. Where the first rows written are all there will be,
    the columns fit them, else the widths are declared.
    """

    def __init__(
        self,
        console: CharplayConsole,
        columns: Sequence[Column],
        wanted: int,
        widest: Mapping[str, int],
        *,
        headed: bool = True,
        styles: Mapping[str, str] | None = None,
        below: Callable[[Row], Iterable[str]] = lambda row: (),
    ) -> None:
        self._console, self._columns, self._widest = console, columns, widest
        self._headed, self._styles, self._below = headed, styles, below
        self._counter = StreamCounter(console, wanted)
        self._writer: TableWriter | None = None
        self._waiting: list[Row] = []
        self.shown = 0

    def __enter__(self) -> GrowingTable:
        return self

    def __exit__(self, *error: object) -> None:
        self.clear_count()

    def add(self, row: Row) -> None:
        """Add a row, which waits for `write` unless many wait."""
        self._waiting.append(row)
        if len(self._waiting) >= _MOST_WAITING:
            self.write(complete=False)

    def clear_count(self) -> None:
        """Leave no count below the rows, as something else is told there."""
        self._counter.clear()

    def write(self, complete: bool, count: int | None = None) -> None:
        """Write the rows that wait, and how many there are; `complete` says that no more come."""
        self.clear_count()
        if self._waiting:
            (self._writer or self._begin(complete)).write(self._waiting, self._below)
            self.shown += len(self._waiting)
            self._waiting.clear()
        if count is not None:
            self._counter.show(count)

    def _begin(self, complete: bool) -> TableWriter:
        columns, rows = self._columns, self._waiting
        widths = {**declared_widths(columns), **self._widest}
        if complete:
            widths = natural_widths(columns, rows, self._headed)
        aligned = aligned_columns(columns, rows)
        self._writer = TableWriter(
            self._console, columns, widths, aligned, self._styles, self._headed
        )
        return self._writer
