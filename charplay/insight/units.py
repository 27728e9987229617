"""The units of a model: what they are called, and their values while it reads a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from charplay.errors import UsageError, list_first, unknown
from charplay.generation.place import Place, initial_place
from charplay.models.arrays import Array, State
from charplay.models.contract import Model
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Tokens, Vocabulary

# Characters traced at once.
_CHUNK = 1024


@dataclass(frozen=True)
class Unit:
    """One number of an array that a model traces: `hidden.0:17`."""

    array: str
    number: int

    def __str__(self) -> str:
        return f"{self.array}:{self.number}"


class UnitNames:
    """What a model's units are called, shorter than the names of its arrays where that is plain.

    Where one part alone of a mix has units, its number is left out: `hidden.0:17`.
    """

    def __init__(self, model: Model) -> None:
        traced = model.trace(model.initial_state(1), np.array([[model.opening_token]], np.int32))
        self.sizes: Mapping[str, int] = {
            name: array.shape[-1] for name, array in traced.items() if array.shape[-1]
        }
        folders = {name.rpartition("/")[0] for name in self.sizes}
        folder = folders.pop() if len(folders) == 1 else ""
        self._begins = f"{folder}/" if folder else ""

    def __len__(self) -> int:
        return sum(self.sizes.values())

    def short(self, array: str) -> str:
        """The name of an array as it is shown."""
        return array.removeprefix(self._begins)

    @cached_property
    def by_name(self) -> dict[str, str]:
        """The arrays by their names, short and whole."""
        return {name: name for name in self.sizes} | {self.short(name): name for name in self.sizes}

    @property
    def usual_array(self) -> str:
        """The array whose units are meant where none is named: the hidden ones of the top layer."""
        hidden = [name for name in self.sizes if self.short(name).split("/")[-1][:6] == "hidden"]
        return (hidden or list(self.sizes))[-1]

    def check(self) -> None:
        """UsageError for a model that has no units."""
        if not self.sizes:
            raise UsageError(
                "this model has no units: it keeps nothing but the characters that it read",
                "name a model with a network; `models` lists them, `models show NAME` tells",
            )

    def find_array(self, typed: str | None) -> str:
        """The array of a name, the usual one for None; UsageError otherwise."""
        self.check()
        array = self.usual_array if typed is None else self.by_name.get(typed)
        if array is None:
            raise unknown("array of units", typed or "", map(self.short, self.sizes))
        return array

    def find(self, typed: str) -> Unit:
        """The unit of `hidden.0:17`, or of `17` in the usual array; UsageError otherwise."""
        name, colon, number = typed.rpartition(":")
        array = self.find_array(name if colon else None)
        size = self.sizes[array]
        if not (number.isascii() and number.isdecimal()) or int(number) >= size:
            raise UsageError(
                f"{self.short(array)} has no unit {number!r}",
                f"its {size:,} units are {self.short(array)}:0 to {self.short(array)}:{size - 1}",
            )
        return Unit(array, int(number))

    def shown(self, unit: Unit) -> str:
        """A unit as it is typed."""
        return f"{self.short(unit.array)}:{unit.number}"

    @property
    def summary(self) -> str:
        """How many units there are in each array, in words."""
        return list_first(
            f"{self.short(name)}:0 to {size - 1}" for name, size in self.sizes.items()
        )


@dataclass(frozen=True)
class UnitValues:
    """A unit's value after each character of a text, and the largest there, by its size."""

    unit: str
    values: tuple[float, ...]
    largest: float

    @classmethod
    def of(cls, unit: str, values: Array) -> UnitValues:
        """The values `(T,)` of a unit of that name."""
        row = values.astype(np.float64)
        return cls(unit, tuple(row.tolist()), float(np.abs(row).max(initial=0)))


@dataclass(frozen=True)
class UnitReading:
    """A text as the model read it, and what some of its units were after each character."""

    model: str
    text: str
    units: tuple[UnitValues, ...]
    notices: tuple[str, ...] = ()


def trace_tokens(
    model: Model, tokens: Tokens, place: Place | None = None
) -> Iterator[Mapping[str, Array]]:
    """The values of all units after tokens `(T,)`, read from a place: name to `(t, units)`.

    They come in parts, so that a text of any length takes little memory.
    """
    place = place or initial_place(model)
    state: State = place.state
    _, state = model.step(state, np.array([place.pending], np.int32))
    for start in range(0, len(tokens), _CHUNK):
        chunk = tokens[None, start : start + _CHUNK]
        yield {name: array[0] for name, array in model.trace(state, chunk).items()}
        if start + _CHUNK < len(tokens):
            _, state = model.advance(state, chunk)


def follow_units(model: Model, tokens: Tokens, units: Sequence[Unit]) -> list[UnitValues]:
    """The values of units after each of tokens `(T,)`."""
    names = UnitNames(model)
    parts = [
        np.stack([traced[unit.array][:, unit.number] for unit in units])
        for traced in trace_tokens(model, tokens)
    ]
    rows = np.concatenate(parts, axis=1) if parts else np.empty((len(units), 0))
    return [UnitValues.of(names.shown(unit), row) for unit, row in zip(units, rows, strict=True)]


def follow_most_varied(model: Model, tokens: Tokens, most: int) -> list[UnitValues]:
    """The units of the usual array that vary most over tokens `(T,)`, with their values there."""
    names = UnitNames(model)
    array = names.find_array(None)
    values = array_values(model, tokens, array, names.sizes[array])
    return [
        UnitValues.of(names.shown(Unit(array, number)), values[:, number])
        for number in most_varied(values, most)
    ]


def array_values(
    model: Model, tokens: Tokens, array: str, size: int, place: Place | None = None
) -> Array:
    """The values `(T, size)` of an array's units after each of tokens `(T,)`, read from a place."""
    parts = [traced[array] for traced in trace_tokens(model, tokens, place)]
    return np.concatenate([np.empty((0, size), np.float32), *parts])


def most_varied(values: Array, most: int) -> list[int]:
    """The numbers of the units whose values `(T, units)` vary most, the first most of all."""
    away = values - values.sum(axis=0) / max(1, len(values))
    order: list[int] = np.argsort(-(away**2).sum(axis=0), kind="stable")[:most].tolist()
    return order


def known_tokens(vocabulary: Vocabulary, text: str) -> Tokens:
    """The tokens of a text, NO_TOKEN for a character that the vocabulary lacks."""
    index = vocabulary.index
    return np.array([index.get(each, NO_TOKEN) for each in text], np.int32)
