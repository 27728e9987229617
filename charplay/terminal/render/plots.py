"""Losses as curves in a terminal: in Braille, or in ASCII where that cannot be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from rich.text import Text

from charplay.commands.plotting import LossPlot
from charplay.insight.loss_chart import LOSS_UNIT, LossChart, LossLine, Place
from charplay.terminal.render.canvas import PlotCanvas
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices
from charplay.terminal.render.themes import RUN_STYLES
from charplay.training.curves import LossPoint

_USUAL_COLUMNS, _LEAST_COLUMNS = 80, 16
_MOST_ROWS, _LEAST_ROWS, _ROWS_AROUND = 20, 5, 6
_SMALL_COLUMNS, _SMALL_LEAST_COLUMNS, _SMALL_ROWS, _FEWEST_POINTS = 72, 40, 5, 5
_ROWS_A_TICK, _COLUMNS_A_TICK = 3, 14
_LEAST_TICKS, _LEAST_LABELS = 3, 2
_GAP = "   "
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# A line of several runs shows its letter again after so many columns.
_LETTER_COLUMNS = 12

# A number below the canvas: the canvas's column that it is of, where it begins, its text.
_PlacedLabel: TypeAlias = tuple[int, int, str]


@dataclass(frozen=True)
class _Signs:
    """What is drawn with."""

    line: str
    deciding: str
    measured: str
    side: str
    tick: str
    corner: str
    base: str
    base_tick: str


_BRAILLE_SIGNS = _Signs("──", "●", "◆", "│", "┤", "└", "─", "┬")
_ASCII_SIGNS = _Signs("..", "o", "#", "|", "+", "+", "-", "+")


def show_loss_plot(value: LossPlot, console: CharplayConsole) -> None:
    """The curves, as large as the terminal is, and a legend that has their last losses."""
    chart = LossChart.of(value.points, value.against)
    run = f"{chart.runs[0]}: " if len(chart.runs) == 1 else ""
    above = f" ({chart.above})" if chart.above else ""
    console.print(foreign(f"{run}loss in {LOSS_UNIT}{above}"))
    rows = min(_MOST_ROWS, console.size.height - _ROWS_AROUND - len(chart.runs))
    _print_chart(console, chart, console.room or _USUAL_COLUMNS, max(_LEAST_ROWS, rows))
    show_notices(console, value.notices)


def show_small_plot(points: Sequence[LossPoint], console: CharplayConsole) -> None:
    """The curves of one run in a few rows, where a terminal can show them and there are enough."""
    room = console.room
    if not console.is_terminal or room is None or room < _SMALL_LEAST_COLUMNS or not points:
        return
    chart = LossChart.of(points, "updates")
    if max(len(line.places) for line in chart.lines) >= _FEWEST_POINTS:
        _print_chart(console, chart, min(room, _SMALL_COLUMNS), _SMALL_ROWS)


def _print_chart(console: CharplayConsole, chart: LossChart, columns: int, rows: int) -> None:
    if columns >= _LEAST_COLUMNS and not console.plain:
        for line in _ChartDrawing(chart, columns, rows, console.draws_ascii).lines():
            console.print(line)
    for items in _legend_items(chart, _signs_for(console.draws_ascii)):
        for legend in _flow_items(items, console.room):
            console.print(legend)


def _signs_for(ascii_only: bool) -> _Signs:
    return _ASCII_SIGNS if ascii_only else _BRAILLE_SIGNS


def _sign_of(line: LossLine, chart: LossChart, signs: _Signs) -> str:
    """What stands for a line, which must be known without colour."""
    if line.curve == "held_out" and len(line.places) == 1:
        return signs.measured
    if len(chart.runs) == 1:
        return signs.line if line.curve == "training" else signs.deciding
    letter = _LETTERS[line.run % len(_LETTERS)]
    return letter if line.curve == "training" else letter.upper()


def _style_of(line: LossLine, chart: LossChart) -> str:
    if len(chart.runs) == 1:
        return f"curve.{line.curve}"
    return RUN_STYLES[line.run % len(RUN_STYLES)]


def _legend_items(chart: LossChart, signs: _Signs) -> Iterator[list[Text]]:
    """For each run its name, where there are several, and its curves, each after its sign."""
    for run, name in enumerate(chart.runs):
        items = [foreign(f"{name}:")] if len(chart.runs) > 1 else []
        for line in chart.lines:
            if line.run == run:
                sign = (_sign_of(line, chart, signs), _style_of(line, chart))
                items.append(Text.assemble(sign, f" {chart.line_text(line)}"))
        yield items


def _flow_items(items: Sequence[Text], room: int | None) -> Iterator[Text]:
    """The items in lines: as many in each as have room."""
    row, *rest = items
    for item in rest:
        joined = Text.assemble(row, _GAP, item)
        if room is not None and joined.cell_len > room:
            yield row
            row = item
        else:
            row = joined
    yield row


class _ChartDrawing:
    """A chart in so many columns, its canvas so many rows high."""

    def __init__(self, chart: LossChart, columns: int, rows: int, ascii_only: bool) -> None:
        self._chart, self._columns, self._rows = chart, columns, rows
        self._ascii, self._signs = ascii_only, _signs_for(ascii_only)
        self._y = chart.loss_axis(max(_LEAST_TICKS, rows // _ROWS_A_TICK))
        self._gutter = max(map(len, self._y.labels)) + 1
        self._wide = columns - self._gutter - 1
        self._x = chart.length_axis(max(2, self._wide // _COLUMNS_A_TICK))
        self._canvas = PlotCanvas(self._wide, rows, ascii_only)

    def lines(self) -> Iterator[Text]:
        """The rows, from the top."""
        for line in self._of_training():
            self._draw_line(line)
        if len(self._chart.runs) > 1 and not self._ascii:
            for line in self._of_training():
                self._put_letters(line)
        for line in self._chart.lines:
            if line.curve != "training":
                self._put_marks(line)
        labels = dict(zip(map(self._row_of, self._y.ticks), self._y.labels, strict=True))
        for row, drawn in enumerate(self._canvas.lines()):
            side = self._signs.tick if row in labels else self._signs.side
            drawn.rstrip()
            yield Text.assemble(f"{labels.get(row, ''):>{self._gutter - 1}} {side}", drawn)
        yield from map(Text, self._below())

    def _of_training(self) -> Iterator[LossLine]:
        return (line for line in self._chart.lines if line.curve == "training")

    def _row_of(self, loss: float) -> int:
        return self._canvas.row_of(self._y.share(loss))

    def _shares(self, places: Sequence[Place]) -> list[Place]:
        return [(self._x.share(x), self._y.share(loss)) for x, loss in places]

    def _pieces_of(self, line: LossLine) -> Iterator[list[Place]]:
        return map(self._shares, line.below(self._y.high))

    def _draw_line(self, line: LossLine) -> None:
        """Draw a line of dots, or of the letters of its run where ASCII has to tell runs apart."""
        several = len(self._chart.runs) > 1
        letter = _sign_of(line, self._chart, self._signs) if several and self._ascii else ""
        for piece in self._pieces_of(line):
            self._canvas.draw_line(piece, _style_of(line, self._chart), letter)

    def _put_letters(self, line: LossLine) -> None:
        """Put the letter of a run on its line now and then, each run's in other columns."""
        letter, style = _sign_of(line, self._chart, self._signs), _style_of(line, self._chart)
        begin = 2 + line.run * max(1, _LETTER_COLUMNS // len(self._chart.runs))
        for piece in self._pieces_of(line):
            for column in range(begin, self._wide, _LETTER_COLUMNS):
                x = column / (self._wide - 1)
                for y in _heights_at(piece, x):
                    self._canvas.put_mark(x, y, letter, style)

    def _put_marks(self, line: LossLine) -> None:
        sign, style = _sign_of(line, self._chart, self._signs), _style_of(line, self._chart)
        for x, y in self._shares([place for place in line.places if place[1] <= self._y.high]):
            self._canvas.put_mark(x, y, sign, style)

    def _below(self) -> Iterator[str]:
        """The x axis, its numbers, and its unit: beside them where that has room."""
        labels = self._placed_labels()
        room = self._columns - len(self._x.unit) - len(_GAP)
        while len(labels) > _LEAST_LABELS and _end_of(labels) > room:
            labels.pop()
        base, numbers = [self._signs.base] * self._wide, ""
        for column, begin, label in labels:
            base[column] = self._signs.base_tick
            numbers = numbers.ljust(begin) + label
        yield " " * self._gutter + self._signs.corner + "".join(base)
        if len(numbers) <= room:
            yield numbers + self._x.unit.rjust(self._columns - len(numbers))
        else:
            yield numbers
            yield self._x.unit.rjust(self._columns)

    def _placed_labels(self) -> list[_PlacedLabel]:
        """The numbers of the x axis that have room."""
        labels: list[_PlacedLabel] = []
        for tick, label in zip(self._x.ticks, self._x.labels, strict=True):
            column = self._canvas.column_of(self._x.share(tick))
            middle = self._gutter + 1 + column - len(label) // 2
            begin = max(0, min(middle, self._columns - len(label)))
            if not labels or begin > _end_of(labels):
                labels.append((column, begin, label))
        return labels


def _end_of(labels: Sequence[_PlacedLabel]) -> int:
    _, begin, label = labels[-1]
    return begin + len(label)


def _heights_at(piece: Sequence[Place], x: float) -> Iterator[float]:
    """The height of a line at a place, if it is there."""
    for (begin, height), (end, end_height) in pairwise(piece):
        if begin <= x < end:
            yield height + (x - begin) / (end - begin) * (end_height - height)
