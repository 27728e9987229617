"""A chart of losses before it is drawn: its lines, its axes, and what does not fit between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeAlias

from charplay.insight.axes import Against, Axis, length_axis, unit_for, value_axis
from charplay.training.curves import CurveKind, LossPoint

Place: TypeAlias = tuple[float, float]
RunKey: TypeAlias = tuple[int | None, str]

LOSS_UNIT = "nats per character"
# The losses in the first share of a line are left above the chart where they are so steep that the
# rest would have less than the second share of the height.
_FIRST_SHARE, _REST_SHARE = 0.1, 0.6
_CURVE_NAMES: dict[CurveKind, str] = {
    "training": "training", "validation": "validation", "held_out": "held out",
}  # fmt: skip


@dataclass(frozen=True)
class LossLine:
    """One curve of one run, as places (x, loss); run: which of the chart's runs, from 0."""

    run: int
    curve: CurveKind
    part: int
    places: tuple[Place, ...]

    @property
    def name(self) -> str:
        """What it is, in words."""
        return _CURVE_NAMES[self.curve] + (f" (part {self.part})" if self.part else "")

    @property
    def last(self) -> float:
        """Its last loss."""
        return self.places[-1][1]

    @property
    def length(self) -> float:
        """How far it goes: a run that began anew goes back on its way."""
        return max(x for x, _ in self.places)

    @property
    def least(self) -> Place:
        """The place of its least loss."""
        return min(self.places, key=lambda place: place[1])

    def below(self, top: float) -> Iterator[list[Place]]:
        """The pieces of the line that are not above a loss."""
        piece = [place for place in self.places[:1] if place[1] <= top]
        for (x, loss), (next_x, next_loss) in pairwise(self.places):
            if (loss > top) != (next_loss > top):
                share = (top - loss) / (next_loss - loss)
                piece.append((x + share * (next_x - x), top))
            if next_loss <= top:
                piece.append((next_x, next_loss))
            elif piece:
                yield piece
                piece = []
        if piece:
            yield piece


@dataclass(frozen=True)
class LossChart:
    """Lines to draw together; runs: the name of each run."""

    runs: tuple[str, ...]
    lines: tuple[LossLine, ...]
    against: Against

    @classmethod
    def of(cls, points: Sequence[LossPoint], against: Against) -> LossChart:
        """The chart of points that all have a place on the x axis."""
        names = run_names(points)
        runs = list(names)
        grouped = groupby(points, key=lambda point: (run_key(point), point.curve, point.part))
        lines = (
            LossLine(runs.index(run), curve, part, tuple(_place_of(p, against) for p in some))
            for (run, curve, part), some in grouped
        )
        return cls(tuple(names.values()), tuple(lines), against)

    @property
    def lowest(self) -> float:
        """The least of all losses."""
        return min(line.least[1] for line in self.lines)

    @property
    def length(self) -> float:
        """How far the longest line goes."""
        return max(line.length for line in self.lines)

    @property
    def highest(self) -> float:
        """The greatest of all losses."""
        return max(loss for line in self.lines for _, loss in line.places)

    @property
    def top(self) -> float:
        """The greatest loss to draw: where the first ones would flatten the rest, without them."""
        rest = max(
            loss
            for line in self.lines
            for x, loss in line.places
            if x >= _FIRST_SHARE * line.length
        )
        steep = rest - self.lowest < _REST_SHARE * (self.highest - self.lowest)
        return rest if steep and rest > self.lowest else self.highest

    def loss_axis(self, most_ticks: int) -> Axis:
        """The axis of losses."""
        return value_axis(self.lowest, self.top, most_ticks, LOSS_UNIT)

    def length_axis(self, most_ticks: int) -> Axis:
        """The axis of updates, characters or time, from 0."""
        return length_axis(self.length, most_ticks, self.against)

    @property
    def above(self) -> str:
        """What is not drawn, in words; empty where all is."""
        return f"losses up to {self.highest:.3g} are above" if self.highest > self.top else ""

    def line_text(self, line: LossLine) -> str:
        """A line in words: its last loss, and its least where that is another."""
        x, least = line.least
        last_text, least_text = f"{line.last:.3f}", f"{least:.3f}"
        if line.curve == "training" or last_text == least_text:
            return f"{line.name} {last_text}"
        return f"{line.name} {last_text}, least {least_text} at {self._length_text(x)}"

    def _length_text(self, x: float) -> str:
        if self.against == "updates":
            return f"update {x:,.0f}"
        size, unit = unit_for(x, self.against)
        return f"{x / size:,.{1 if size > 1 or self.against == 'time' else 0}f} {unit}"


def run_names(points: Sequence[LossPoint]) -> dict[RunKey, str]:
    """The name of each run among points: its model's, with the run's number where it is one."""
    return {
        run_key(point): point.model if point.run is None else f"{point.model} (run {point.run})"
        for point in points
    }


def length_of(point: LossPoint, against: Against) -> float | None:
    """How far training was at a point; None where nothing tells."""
    if against == "updates":
        return point.update
    return point.characters if against == "characters" else point.seconds


def run_key(point: LossPoint) -> RunKey:
    """The run that a point is of: its number, if it has one, and its model."""
    return point.run, point.model


def _place_of(point: LossPoint, against: Against) -> Place:
    return length_of(point, against) or 0.0, point.loss
