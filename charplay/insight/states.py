"""The hidden state: over the last characters of a text, and how far two of them are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charplay.generation.place import Place, read_tokens
from charplay.insight.units import (
    Unit,
    UnitNames,
    UnitValues,
    array_values,
    most_varied,
)
from charplay.models.arrays import Array, State
from charplay.models.contract import Model
from charplay.text.vocabulary import Tokens


@dataclass(frozen=True)
class StatePicture:
    """Some units of one array after each of the last characters of a text.

    turn: after which turn of the session, None where there is none; array: the array's name;
    size: how many units it has; text: the characters.
    """

    model: str
    turn: int | None
    array: str
    size: int
    text: str
    units: tuple[UnitValues, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArrayDistance:
    """How far two states are apart in one array.

    distance: Euclidean; cosine: of the angle between them, 1 where they point the same way, None
    where one is zero; farthest: the unit that differs most, and by how much.
    """

    array: str
    size: int
    distance: float
    cosine: float | None
    farthest: str
    difference: float


@dataclass(frozen=True)
class StateDistances:
    """How far the states after two turns are apart, array by array."""

    model: str
    turn: int
    against: int
    arrays: tuple[ArrayDistance, ...]
    notices: tuple[str, ...] = ()


def last_units(
    model: Model, place: Place, tokens: Tokens, characters: int, array: str | None, most: int
) -> tuple[str, int, list[UnitValues]]:
    """(array, its size, the units that change most there) over the last of tokens `(T,)`.

    The tokens are read from a place. At most `most` units, in the order of their numbers. Raises
    UsageError for a model without units, or without that array.
    """
    names = UnitNames(model)
    whole = names.find_array(array)
    before, last = np.split(tokens, [max(0, len(tokens) - characters)])
    place = read_tokens(model, place, before)
    values = array_values(model, last, whole, names.sizes[whole], place)
    units = [
        UnitValues.of(names.shown(Unit(whole, number)), values[:, number])
        for number in sorted(most_varied(values, most))
    ]
    return names.short(whole), values.shape[1], units


def state_after(model: Model, place: Place) -> State:
    """The state when the last character has been read too."""
    _, state = model.step(place.state, np.array([place.pending], np.int32))
    return state


def state_distances(model: Model, one: State, other: State) -> tuple[ArrayDistance, ...]:
    """How far two states of one row are apart, in each array of floats."""
    names = UnitNames(model)
    return tuple(
        _array_distance(names.short(name), one[name], other[name])
        for name in one
        if np.issubdtype(one[name].dtype, np.floating)
    )


def _array_distance(name: str, one: Array, other: Array) -> ArrayDistance:
    a, b = (np.asarray(each, np.float64).reshape(-1) for each in (one, other))
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    gap = a - b
    farthest = int(np.abs(gap).argmax())
    return ArrayDistance(
        array=name,
        size=len(a),
        distance=float(np.linalg.norm(gap)),
        cosine=float(a @ b) / lengths if lengths else None,
        farthest=f"{name}:{farthest}",
        difference=float(abs(gap[farthest])),
    )
