"""Line charts with a logarithmic x axis, each one self-contained SVG picture."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Line = Sequence[Sequence[float]]

WIDTH, HEIGHT = 640, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 24, 44, 52
# Dashes tell the lines apart without colour; colour-blind readers can tell the colours apart too
# (Okabe & Ito 2008).
_STYLES = (("#0072b2", ""), ("#d55e00", "7 4"), ("#009e73", "2 4"))


@dataclass(frozen=True)
class Chart:
    """A chart of lines by name; each line is a sequence of `(place, value)`, all above zero.

    steep: the y axis is logarithmic; otherwise it is linear and begins at zero. limit: a value that
    is drawn as a red line; the other lines should stay below it.
    """

    title: str
    place: str
    value: str
    lines: Mapping[str, Line]
    steep: bool = False
    limit: float | None = None

    def svg(self) -> str:
        """The chart as SVG."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
            f"<title>{escape(self.title)}</title>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            _svg_text(WIDTH / 2, 20, self.title, "middle", ' font-size="14" font-weight="bold"'),
            *self._axes(),
            *(self._line(*named) for named in zip(_STYLES, self.lines.items(), strict=False)),
            *(self._legend(i, name) for i, name in enumerate(self.lines)),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    @property
    def _places(self) -> list[float]:
        return sorted({place for line in self.lines.values() for place, _ in line})

    @property
    def _values(self) -> list[float]:
        """The values of the grid lines: steps of a fifth, or 1, 2 and 5 times the powers of ten."""
        values = [value for line in self.lines.values() for _, value in line]
        values += [self.limit] if self.limit else []
        greatest = _round_up(max(values))
        if not self.steep:
            return [greatest * step / 5 for step in range(6)]
        least = math.floor(math.log10(min(values)))
        powers = range(least, math.ceil(math.log10(greatest)) + 1)
        ticks = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
        below = max(tick for tick in ticks if tick <= min(values))
        return [tick for tick in ticks if below <= tick <= greatest]

    def _x(self, place: float) -> float:
        places = self._places
        span = math.log(places[-1] / places[0]) or 1
        return _LEFT + math.log(place / places[0]) / span * (WIDTH - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        ticks = self._values
        if self.steep:
            share = math.log(value / ticks[0]) / math.log(ticks[-1] / ticks[0])
        else:
            share = value / ticks[-1]
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def _axes(self) -> list[str]:
        parts = []
        for value in self._values:
            y = self._y(value)
            parts.append(
                f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="#ddd"/>'
                + _svg_text(_LEFT - 8, y + 4, _short_number(value), "end")
            )
        parts += [
            _svg_text(self._x(place), HEIGHT - _BOTTOM + 18, _short_number(place), "middle")
            for place in self._places
        ]
        if self.limit:
            y = self._y(self.limit)
            parts.append(f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="#c00"/>')
        middle = (HEIGHT - _BOTTOM + _TOP) / 2
        rotated = f' transform="rotate(-90 16 {middle:.0f})"'
        parts.append(_svg_text((WIDTH + _LEFT - _RIGHT) / 2, HEIGHT - 12, self.place, "middle"))
        parts.append(_svg_text(16, middle, self.value, "middle", rotated))
        return parts

    def _line(self, style: tuple[str, str], named: tuple[str, Line]) -> str:
        colour, dashes = style
        points = [(self._x(place), self._y(value)) for place, value in named[1]]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        marks = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points)
        return (
            f'<g fill="{colour}"><path d="M{path}" fill="none" stroke="{colour}" '
            f'stroke-width="2" stroke-dasharray="{dashes}"/>{marks}</g>'
        )

    def _legend(self, number: int, name: str) -> str:
        colour, dashes = _STYLES[number]
        x, y = _LEFT + 12 + 110 * number, _TOP - 8
        return (
            f'<path d="M{x} {y}h26" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>' + _svg_text(x + 32, y + 4, name, "start")
        )


def _svg_text(x: float, y: float, words: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def _round_up(value: float) -> float:
    """The smallest of 1, 2 and 5 times the powers of ten that is not below a value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value)


def _short_number(number: float) -> str:
    """A number in few characters: 1.5 M, 20 k, 0.5."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= size and round(number / size, 1) * size == number:
            return f"{number / size:g}{letter}"
    return f"{number:g}"
