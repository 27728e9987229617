"""Looking for units that follow something readable in a text, and not by chance.

A unit's strength is its correlation (Pearson's r) with a feature of the text. Among thousands of
units and a dozen features some are large by chance, so two others stand beside each: the largest
of any unit with the feature's values shuffled, and the largest of any unit in untrained networks of
the same shape, which follow a good deal already: a reader of letters tells vowels apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charplay.blas import one_blas_thread
from charplay.errors import CharplayError
from charplay.insight.features import Feature, read_features
from charplay.insight.units import Unit, UnitNames, known_tokens
from charplay.kind import Kind
from charplay.models.arrays import Array
from charplay.models.contract import Backend, Model
from charplay.text.corpus import Corpus, NameList
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import NEWLINE, Tokens, Vocabulary

# (tokens read `(B, T)`, the place in the text of each that counts, else -1)
_Block: TypeAlias = tuple[Tokens, NDArray[np.intp]]
_Strengths: TypeAlias = Mapping[str, NDArray[np.float64]]

_CHARACTERS = 8000
_NAME_ROWS = 64
# Prose is read as streams side by side; the first characters only bring each up to date.
_STREAMS, _WARM_UP = 32, 64
_STEPS = 50
_SHUFFLES = 10
# Untrained networks to compare with: so many that together they have this many units.
_UNTRAINED_UNITS, _FEWEST_UNTRAINED, _MOST_UNTRAINED = 8000, 4, 24
_SEED = 0x756E6974
_LEAST_STRENGTH, _MARGIN = 0.3, 0.2
_UNITS_A_FEATURE = 3
_NO_VARIANCE = 1e-14


@dataclass(frozen=True)
class Finding:
    """A unit that follows something, and how strongly, as a correlation from -1 to 1.

    shuffled: the largest of any unit with the feature shuffled; untrained: the largest of any unit
    in untrained networks of the same shape.
    """

    unit: str
    follows: str
    strength: float
    shuffled: float
    untrained: float


@dataclass(frozen=True)
class Findings:
    """What units follow, the strongest of each feature first; features: what was looked for."""

    model: str
    findings: tuple[Finding, ...]
    characters: int
    units: int
    features: tuple[str, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """A network of a model: the beginning of its arrays' names, itself, untrained ones like it."""

    prefix: str
    model: Model
    untrained: tuple[Model, ...]


def networks_of(backend: Backend, model: Model, prefix: str = "") -> list[Network]:
    """The networks in a model, those of a mix's parts too, each with untrained ones of its shape.

    A part without units, such as an n-gram, is no network, nor is one that its backend cannot make.
    """
    parts = backend.parts(model)
    if parts:
        named = (networks_of(*part, f"{prefix}{place}/") for place, part in enumerate(parts))
        return [network for networks in named for network in networks]
    units = len(UnitNames(model))
    if not units:
        return []
    count = min(max(-(-_UNTRAINED_UNITS // units), _FEWEST_UNTRAINED), _MOST_UNTRAINED)
    try:
        untrained = tuple(_make_untrained(backend, model, number) for number in range(count))
    except CharplayError:
        return []
    return [Network(prefix, model, untrained)]


def _make_untrained(backend: Backend, model: Model, number: int) -> Model:
    rng = np.random.Generator(np.random.Philox(key=(_SEED, number)))
    with one_blas_thread():  # beside a busy neighbour, threads wait for one another at length
        return backend.create(model.vocabulary, model.kind, model.config, rng)


def find_units(
    name: str,
    networks: Sequence[Network],
    names: UnitNames,
    text: Corpus,
    notices: tuple[str, ...] = (),
) -> Findings:
    """What the units of a model's networks follow in a text that they did not learn.

    Of a long text its beginning is read, some thousand characters. A unit is told once for a
    feature, with the strongest of its values (hidden, cell, gates), and only where it is clearly
    stronger than in any untrained network.
    """
    beginning = _beginning(text)
    features, rare = _telling_features(beginning, text.kind)
    table = np.stack([each.values for each in features], axis=1)
    found: list[Finding] = []
    for network in networks:
        strengths, shuffled = _strengths_of(network.model, text.kind, beginning, table)
        untrained = [
            _strengths_of(each, text.kind, beginning, table)[0] for each in network.untrained
        ]
        for place, feature in enumerate(features):
            highest = max(_greatest(each, place) for each in untrained)
            for array, number, strength in _strongest(strengths, place, _floor(highest)):
                unit = names.shown(Unit(f"{network.prefix}{array}", number))
                finding = Finding(unit, feature.name, strength, float(shuffled[place]), highest)
                found.append(finding)
    order = {each.name: place for place, each in enumerate(features)}
    found.sort(key=lambda each: (order[each.follows], -abs(each.strength)))
    characters = int(_counted(beginning, text.kind).sum())
    left_out = (f"hardly there in this text, so not looked for: {', '.join(rare)}",)
    notices = (*notices, *(left_out if rare else ()))
    return Findings(name, tuple(found), characters, len(names), tuple(order), notices)


def _beginning(text: Corpus) -> str:
    """The beginning of a text; of a list, whole names."""
    if isinstance(text, NameList):
        lines: list[str] = []
        length = 0
        for name in text.names:
            length += len(name) + 1
            if lines and length > _CHARACTERS:
                break
            lines.append(name + NEWLINE)
        return "".join(lines)
    return text.vocabulary.decode(text.tokens[: _CHARACTERS + _STREAMS * _WARM_UP])


def _counted(text: str, kind: Kind) -> NDArray[np.bool_]:
    """Which characters count: of names, no newline."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return points != ord(NEWLINE) if kind == "names" else np.ones(len(points), bool)


def _telling_features(text: str, kind: Kind) -> tuple[list[Feature], list[str]]:
    """The features that tell characters apart, each differently; the names of those too rare."""
    told: list[Feature] = []
    rare: list[str] = []
    counted = _counted(text, kind)
    for feature in read_features(text, kind):
        values = feature.values[counted]
        if not replace(feature, values=values).varies:
            rare.append(feature.name)
        elif not any(np.array_equal(values, each.values[counted]) for each in told):
            told.append(feature)
    return told, rare


def _floor(untrained: float) -> float:
    """What a strength must reach: more than chance, by a margin in Fisher's z."""
    return max(_LEAST_STRENGTH, math.tanh(math.atanh(min(untrained, 0.999999)) + _MARGIN))


def _greatest(strengths: _Strengths, place: int) -> float:
    return max(float(np.abs(each[:, place]).max(initial=0)) for each in strengths.values())


def _strongest(strengths: _Strengths, place: int, floor: float) -> Iterator[tuple[str, int, float]]:
    """(array, unit, strength) of the units that reach a floor, each once, the strongest first."""
    candidates = sorted(
        (
            (-abs(float(each[number, place])), name, int(number), float(each[number, place]))
            for name, each in strengths.items()
            for number in np.flatnonzero(np.abs(each[:, place]) >= floor)
        ),
    )
    told: set[tuple[str, int]] = set()
    for _, name, number, strength in candidates:
        layer = name.rpartition(".")[2]
        if (layer, number) not in told and len(told) < _UNITS_A_FEATURE:
            told.add((layer, number))
            yield name, number, strength


def _strengths_of(
    model: Model, kind: Kind, text: str, features: NDArray[np.float64]
) -> tuple[_Strengths, NDArray[np.float64]]:
    """(r of every unit with every feature, the largest r with each feature shuffled).

    features `(characters, F)`; r: array name to `(units, F)`.
    """
    blocks = list((_name_blocks if kind == "names" else _stream_blocks)(model.vocabulary, text))
    places = np.concatenate([at[at >= 0] for _, at in blocks])
    shuffled = _shuffled_table(features, places)
    sums: dict[str, _Sums] = {}
    with one_blas_thread():
        for tokens, at in blocks:
            for name, values, read in _traced_values(model, tokens, at):
                sums.setdefault(name, _Sums(shuffled.shape[1])).add(values, shuffled[read])
    count = features.shape[1]
    strengths = {name: each.correlations() for name, each in sums.items()}
    by_chance = np.max([np.abs(each[:, count:]).max(axis=0) for each in strengths.values()], axis=0)
    chance = by_chance.reshape(_SHUFFLES, count).max(axis=0)
    return {name: each[:, :count] for name, each in strengths.items()}, chance


def _shuffled_table(features: NDArray[np.float64], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """The features, and beside them the same ones with their rows at these places shuffled."""
    rng = np.random.Generator(np.random.Philox(key=(_SEED, _SEED)))
    tables = [features]
    for _ in range(_SHUFFLES):
        table = features.copy()
        table[places] = features[rng.permutation(places)]
        tables.append(table)
    return np.concatenate(tables, axis=1)


def _traced_values(
    model: Model, tokens: Tokens, at: NDArray[np.intp]
) -> Iterator[tuple[str, Array, NDArray[np.intp]]]:
    """(array, its units' values `(N, units)`, the places in the text) of a block, part by part."""
    state = model.initial_state(len(tokens))
    for start in range(0, tokens.shape[1], _STEPS):
        part = slice(start, start + _STEPS)
        counts = at[:, part] >= 0
        for name, array in model.trace(state, tokens[:, part]).items():
            yield name, array[counts], at[:, part][counts]
        if start + _STEPS < tokens.shape[1]:
            _, state = model.advance(state, tokens[:, part])


class _Sums:
    """What correlations of units with features need of the values, added up part by part."""

    def __init__(self, features: int) -> None:
        self._count = 0
        self._x: NDArray[np.float64] = np.zeros(1)
        self._xx: NDArray[np.float64] = np.zeros(1)
        self._y, self._yy = np.zeros(features), np.zeros(features)
        self._xy: NDArray[np.float64] = np.zeros((1, features))

    def add(self, values: Array, features: NDArray[np.float64]) -> None:
        """Add values `(N, units)` beside features `(N, F)`."""
        x = values.astype(np.float64)
        self._count += len(x)
        self._x, self._xx = self._x + x.sum(axis=0), self._xx + (x * x).sum(axis=0)
        self._y, self._yy = self._y + features.sum(axis=0), self._yy + (features**2).sum(axis=0)
        self._xy = self._xy + x.T @ features

    def correlations(self) -> NDArray[np.float64]:
        """Pearson's r `(units, F)`; 0 for a unit or a feature that never changes."""
        n = max(1, self._count)
        mean_x, mean_y = self._x / n, self._y / n
        variance = np.outer(self._xx / n - mean_x**2, self._yy / n - mean_y**2)
        covariance = self._xy / n - np.outer(mean_x, mean_y)
        varies = variance > _NO_VARIANCE
        scale = np.sqrt(np.where(varies, variance, 1))
        return np.where(varies, covariance / scale, 0.0)


def _name_blocks(vocabulary: Vocabulary, text: str) -> Iterator[_Block]:
    """Names side by side, each from its beginning; their newlines are not read."""
    starts, rows, place = [], [], 0
    for name in text.split(NEWLINE)[:-1]:
        starts.append(place)
        rows.append(np.concatenate([[NO_TOKEN], known_tokens(vocabulary, name)]))
        place += len(name) + 1
    for first in range(0, len(rows), _NAME_ROWS):
        some = rows[first : first + _NAME_ROWS]
        shape = (len(some), max(map(len, some)))
        tokens, at = np.full(shape, NO_TOKEN, np.int32), np.full(shape, -1, np.intp)
        for row, (inputs, start) in enumerate(zip(some, starts[first:], strict=False)):
            tokens[row, : len(inputs)] = inputs
            at[row, 1 : len(inputs)] = start + np.arange(len(inputs) - 1)
        yield tokens, at


def _stream_blocks(vocabulary: Vocabulary, text: str) -> Iterator[_Block]:
    """Stretches of prose side by side; the first characters of each do not count."""
    tokens = known_tokens(vocabulary, text)
    streams = int(np.clip(len(tokens) // (4 * _WARM_UP), 1, _STREAMS))
    columns = len(tokens) // streams
    inputs = tokens[: streams * columns].reshape(streams, columns)
    at = np.arange(streams * columns).reshape(streams, columns)
    at[:, : min(_WARM_UP, columns // 4)] = -1
    yield inputs, at
