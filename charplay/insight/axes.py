"""Axes of charts: the numbers on them are round, few, and short in the unit that is chosen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Against = Literal["updates", "characters", "time"]
# A unit is taken from some greatest value on: (that value, the unit's size, the unit).
_Unit: TypeAlias = tuple[float, float, str]

_TICK_STEPS = (1, 2, 2.5, 5)
_TIME_UNITS: Sequence[_Unit] = (
    (172_800, 86_400, "days"), (7200, 3600, "hours"), (120, 60, "minutes"), (0, 1, "seconds"),
)  # fmt: skip
_COUNT_UNITS: Sequence[_Unit] = (
    (1e9, 1e9, "billion "), (1e6, 1e6, "million "), (1e5, 1e3, "thousand "), (0, 1, ""),
)  # fmt: skip
_MOST_DECIMALS = 9
_LONGEST_NUMBER = 1e6
# Values nearer than this share of them are drawn as equal.
_EQUAL = 1e-9


@dataclass(frozen=True)
class Axis:
    """An axis from a low value to a high one, and the numbers on it.

    unit: what the numbers count; size: how much one of the unit is.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    unit: str
    size: float = 1.0

    def share(self, value: float) -> float:
        """Where a value is, from 0 at the low end to 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    @property
    def labels(self) -> tuple[str, ...]:
        """The text of each number, all with as many decimals as the longest needs."""
        numbers = [tick / self.size for tick in self.ticks]
        if any(abs(number) >= _LONGEST_NUMBER for number in numbers):
            return tuple(f"{number:.3g}" for number in numbers)
        decimals = max([0, *map(_decimals_of, numbers)])
        return tuple(f"{number:,.{decimals}f}" for number in numbers)


def value_axis(low: float, high: float, most: int, unit: str) -> Axis:
    """An axis of values; where all are equal, it has some room around them."""
    if high - low <= _EQUAL * abs(high):
        margin = abs(low) / 10 or 1.0
        low, high = low - margin, high + margin
    return Axis(low, high, round_numbers(low, high, most), unit)


def length_axis(greatest: float, most: int, against: Against) -> Axis:
    """An axis from 0 to so many updates, characters or seconds."""
    high = greatest or 1.0
    size, unit = unit_for(high, against)
    whole = size == 1 and against != "time"
    ticks = round_numbers(0.0, high / size, most, whole)
    return Axis(0.0, high, tuple(tick * size for tick in ticks), unit, size)


def unit_for(greatest: float, against: Against) -> tuple[float, str]:
    """The size and the name of the unit in which numbers up to there are short."""
    units = _TIME_UNITS if against == "time" else _COUNT_UNITS
    size, unit = next((size, unit) for least, size, unit in units if greatest >= least)
    return size, unit if against == "time" else unit + against


def round_numbers(low: float, high: float, most: int, whole: bool = False) -> tuple[float, ...]:
    """Round numbers from low to high, at most so many; a few more where else there was only one."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = [power * size * factor for size in (1, 10) for factor in _TICK_STEPS]
    if whole:
        steps = [step for step in steps if step % 1 == 0] or [1.0]
    finer: tuple[float, ...] = ()
    for step in steps:
        first, last = math.ceil(low / step - _EQUAL), math.floor(high / step + _EQUAL)
        numbers = tuple(number * step for number in range(first, last + 1))
        if len(numbers) <= most:
            break
        finer = numbers
    return finer if finer and len(numbers) < 2 else numbers


def _decimals_of(number: float) -> int:
    """How many decimals tell a round number."""
    near = (d for d in range(_MOST_DECIMALS) if math.isclose(round(number, d), number))
    return next(near, _MOST_DECIMALS)
