"""A chart of losses as one SVG picture, which needs nothing outside it and is drawn as text."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from operator import itemgetter

from charplay.insight.loss_chart import LOSS_UNIT, LossChart, LossLine, Place
from charplay.text.typed.signs import character_sign, replace_unseen

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 24, 40, 52
_ROW, _SAMPLE = 18, 30
_LOSS_TICKS, _LENGTH_TICKS = 7, 8
# Colours that colour-blind readers can tell apart (Okabe & Ito 2008), for light and dark paper.
_COLOURS = (
    ("#0072b2", "#56b4e9"), ("#d55e00", "#e69f00"), ("#00785a", "#33c79a"),
    ("#b0407f", "#e493c4"), ("#6b5b00", "#f0e442"), ("#444444", "#bbbbbb"),
)  # fmt: skip
# The marks of the runs.
_MARKS = (
    "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", "M-3 -3h6v6h-6z", "M0 -4l4 7h-8z",
    "M0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z", "M0 4l4 -7h-8z", "M-4 -1h3v-3h2v3h3v2h-3v3h-2v-3h-3z",
)  # fmt: skip
# One that stands alone, as of a finished model, is larger.
_ALONE_SIZE = 1.7
# XML has no such characters, not even escaped.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_height = itemgetter(1)


def chart_svg(chart: LossChart) -> str:
    """The chart as the text of an SVG file."""
    drawing = _SvgDrawing(chart)
    title = _xml_text(", ".join(chart.runs))
    height = _HEIGHT + _ROW * (len(chart.lines) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" class="losses" role="img" '
        'font-family="sans-serif" font-size="12">',
        f"<title>Loss of {title}</title>",
        f"<desc>{_xml_text(_description(chart))}</desc>",
        f"<style>{_style_sheet(len(chart.runs))}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>',
        *drawing.axes(),
        *drawing.lines(),
        *drawing.legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _description(chart: LossChart) -> str:
    """What the picture shows, for who cannot see it."""
    x = chart.length_axis(_LENGTH_TICKS)
    lines = (f"{chart.runs[line.run]}: {chart.line_text(line)}" for line in chart.lines)
    above = f" {chart.above.capitalize()}." if chart.above else ""
    axes = f"Loss in {LOSS_UNIT} against {x.unit}, from 0 to {x.high / x.size:,.6g}."
    return f"{axes} {'; '.join(lines)}.{above}"


def _style_sheet(runs: int) -> str:
    """The colours, on light paper and on dark; only for this picture, wherever it is put."""

    def colours(dark: bool) -> dict[str, str]:
        paper, ink, grid = ("#1b1b1b", "#e8e8e8", "#444") if dark else ("#fff", "#222", "#ddd")
        lines = {
            f".run{run}": f"color:{_COLOURS[run % len(_COLOURS)][dark]}" for run in range(runs)
        }
        return {".paper": f"fill:{paper}", "text": f"fill:{ink}", ".grid": f"stroke:{grid}"} | lines

    def rules(styles: Mapping[str, str]) -> str:
        return "".join(f".losses {part}{{{style}}}" for part, style in styles.items())

    shapes = {
        ".line": "fill:none;stroke:currentColor;stroke-width:1.6",
        ".validation": "stroke-dasharray:5 3",
        ".held_out": "stroke-dasharray:5 3",
        ".mark": "fill:currentColor",
    }
    dark = f"@media(prefers-color-scheme:dark){{{rules(colours(True))}}}"
    return rules(shapes | colours(False)) + dark


class _SvgDrawing:
    """The parts of a chart's picture."""

    def __init__(self, chart: LossChart) -> None:
        self._chart = chart
        self._y, self._x = chart.loss_axis(_LOSS_TICKS), chart.length_axis(_LENGTH_TICKS)

    def axes(self) -> Iterator[str]:
        """Grid lines with their numbers, and what the axes are."""
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        for tick, label in zip(self._y.ticks, self._y.labels, strict=True):
            y = self._height_of(tick)
            yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{right}"/>'
            yield _svg_text(_LEFT - 8, y + 4, label, "end")
        for tick, label in zip(self._x.ticks, self._x.labels, strict=True):
            x = self._column_of(tick)
            yield f'<path class="grid" d="M{x:.1f} {bottom}v5"/>'
            yield _svg_text(x, bottom + 18, label, "middle")
        yield f'<path class="grid" d="M{_LEFT} {bottom}H{right}"/>'
        yield _svg_text((_LEFT + right) / 2, bottom + 38, self._x.unit, "middle")
        above = f" ({self._chart.above})" if self._chart.above else ""
        yield _svg_text(_LEFT, _TOP - 18, f"loss in {LOSS_UNIT}{above}", "start")

    def lines(self) -> Iterator[str]:
        """Every line; held-out losses have marks, and training has one at its end."""
        for line in self._chart.lines:
            pieces = [self._pixels(piece) for piece in line.below(self._y.high)]
            marked = [place for piece in pieces for place in piece]
            if line.curve == "training":
                marked = marked[-1:]
                pieces = [_thin_pixels(piece) for piece in pieces]
            yield self._group(line, pieces, marked)

    def legend(self) -> Iterator[str]:
        """A row for each line: how it is drawn, its run and its last loss."""
        for row, line in enumerate(self._chart.lines):
            y = _HEIGHT + _ROW * row + _ROW // 2
            middle = _LEFT + _SAMPLE / 2, y - 4.0
            piece = [(_LEFT, y - 4.0), (_LEFT + _SAMPLE, y - 4.0)]
            yield self._group(line, [piece], piece[1:] if line.curve == "training" else [middle])
            text = f"{self._chart.runs[line.run]}: {self._chart.line_text(line)}"
            yield _svg_text(_LEFT + _SAMPLE + 14, y, text, "start")

    def _group(
        self, line: LossLine, pieces: Iterable[Sequence[Place]], marked: Sequence[Place]
    ) -> str:
        """The pieces of a line in pixels, and the mark of its run where it is marked."""
        if line.curve == "training" and len(self._chart.runs) == 1:
            marked = ()
        alone, mark = len(line.places) == 1, _MARKS[line.run % len(_MARKS)]
        size = _ALONE_SIZE if alone else 1
        marks = "".join(
            f'<path class="mark" transform="translate({x:.1f} {y:.1f}) scale({size})" d="{mark}"/>'
            for x, y in marked
        )
        path = "" if alone else f'<path class="line {line.curve}" d="{_path_data(pieces)}"/>'
        return f'<g class="run{line.run}">{path}{marks}</g>'

    def _column_of(self, x: float) -> float:
        return _LEFT + self._x.share(x) * (_WIDTH - _LEFT - _RIGHT)

    def _height_of(self, loss: float) -> float:
        return _HEIGHT - _BOTTOM - self._y.share(loss) * (_HEIGHT - _TOP - _BOTTOM)

    def _pixels(self, places: Sequence[Place]) -> list[Place]:
        return [(self._column_of(x), self._height_of(loss)) for x, loss in places]


def _path_data(pieces: Iterable[Sequence[Place]]) -> str:
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in piece) for piece in pieces)


def _thin_pixels(places: Sequence[Place]) -> list[Place]:
    """A line with the first, highest, lowest and last place in each column of pixels."""
    thinned: list[Place] = []
    for _, column in groupby(places, key=lambda place: round(place[0])):
        some = list(column)
        kept = {some[0], min(some, key=_height), max(some, key=_height), some[-1]}
        thinned += sorted(kept)
    return thinned


def _svg_text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{_xml_text(words)}</text>'


def _xml_text(text: str) -> str:
    """Foreign text between tags: nothing in it is markup, and nothing acts or is no XML."""
    return escape(_NO_XML.sub("\ufffd", replace_unseen(text, character_sign)))
