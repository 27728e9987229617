"""The arrays of a Kneser-Ney model's file: small, and checked when they come back.

All levels stand in one array of each kind, level after level:

    children, widths, dropped `(contexts,)`    and child_symbols `(contexts but the root,)`
    tokens, counts `(n-grams,)`                discounts `(order, 4)`

Where each level begins follows from the numbers of children and widths. A number that may be large
is stored as uint8 if it is below 255; else 255 stands there, and the number in an array of the same
name with `.large`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from charplay.models.arrays import Arrays
from charplay.models.ngrams import Integers, Places, symbol_type
from charplay.models.smoothing import LEAST_DISCOUNT, SmoothedLevel

_LARGE = 255
# Longer n-grams than anybody counts.
_MOST_LEVELS = 100
_MOST_DROPPED = 1 << 48
_COUNTS = ("counts", "dropped", "children", "widths")
_SYMBOLS = ("child_symbols", "tokens")


def pack_levels(levels: Sequence[SmoothedLevel], vocabulary_size: int) -> Arrays:
    """The arrays of levels; none where there is no level."""
    if not levels:
        return {}
    arrays: dict[str, NDArray[Any]] = {}
    for name in _COUNTS:
        joined = np.concatenate([getattr(level, name) for level in levels])
        arrays |= {name: np.minimum(joined, _LARGE).astype(np.uint8)}
        arrays |= {f"{name}.large": joined[joined >= _LARGE].astype(np.uint32)}
    for name in _SYMBOLS:
        joined = np.concatenate([getattr(level, name) for level in levels])
        arrays[name] = joined.astype(symbol_type(vocabulary_size))
    arrays["discounts"] = np.stack([level.discounts for level in levels])
    return arrays


def unpack_levels(arrays: Arrays, vocabulary_size: int) -> list[SmoothedLevel]:
    """The levels of arrays; KeyError or ValueError where they are no Kneser-Ney model."""
    if not arrays:
        return []
    whole = {name: _unpack_counts(arrays, name) for name in _COUNTS}
    kind = symbol_type(vocabulary_size)
    whole |= {name: _check_integers(arrays[name], kind) for name in _SYMBOLS}
    levels: list[SmoothedLevel] = []
    contexts, children, ngrams = slice(0, 1), slice(0, 0), slice(0, 0)
    for discounts in _check_discounts(arrays["discounts"]):
        children = _next_slice(children, whole["children"][contexts])
        ngrams = _next_slice(ngrams, whole["widths"][contexts])
        parts = dict.fromkeys(("children", "widths", "dropped"), contexts)
        parts |= {"child_symbols": children, "tokens": ngrams, "counts": ngrams}
        own = {name: whole[name][part] for name, part in parts.items()}
        levels.append(SmoothedLevel(vocabulary_size, **own, discounts=discounts))
        contexts = slice(contexts.stop, contexts.stop + children.stop - children.start)
    ends = {"child_symbols": children.stop, "tokens": ngrams.stop, "counts": ngrams.stop}
    _require(contexts.start == contexts.stop, "its longest contexts have longer ones")
    for name, array in whole.items():
        _require(len(array) == ends.get(name, contexts.stop), f"{name} has a wrong length")
    for level in levels:
        _check_level(level)
    return levels


def unpack_dropped(arrays: Arrays) -> int:
    """How many n-grams pruning left out; ValueError where that is no number of n-grams."""
    dropped = arrays.get("dropped_ngrams", np.zeros(1, np.int64))
    _require(dropped.shape == (1,) and dropped.dtype == np.int64, "dropped n-grams are no number")
    _require(0 <= dropped[0] <= _MOST_DROPPED, "dropped n-grams are more than a text has")
    return int(dropped[0])


def _next_slice(part: slice, sizes: Integers) -> slice:
    """The part that begins where another ends, as long as all sizes together."""
    return slice(part.stop, part.stop + int(sizes.sum(dtype=np.int64)))


def _unpack_counts(arrays: Arrays, name: str) -> Integers:
    """The numbers that `pack_levels` stored in two arrays."""
    small = _check_integers(arrays[name], np.uint8)
    large = _check_integers(arrays[f"{name}.large"], np.uint32)
    is_large = small == _LARGE
    _require(int(is_large.sum()) == len(large), f"{name} has a wrong length")
    if not len(large):
        return small
    counts = small.astype(np.uint32)
    counts[is_large] = large
    return counts


def _check_integers(array: NDArray[Any], kind: DTypeLike) -> Integers:
    _require(array.ndim == 1 and array.dtype == kind, "an array has another type")
    return array


def _check_discounts(discounts: NDArray[Any]) -> NDArray[np.float64]:
    _require(
        discounts.dtype == np.float64 and discounts.ndim == 2 and discounts.shape[1] == 4,
        "discounts have another shape",
    )
    _require(len(discounts) <= _MOST_LEVELS, f"{len(discounts):,} lengths are too many")
    return discounts


def _check_level(level: SmoothedLevel) -> None:
    """ValueError where something is out of range or out of order."""
    size, discounts = level.vocabulary_size, level.discounts
    limits = np.arange(len(discounts))
    least = np.minimum(limits, LEAST_DISCOUNT)
    _require(((least <= discounts) & (discounts <= limits)).all(), "discounts are wrong")
    _require((level.counts > 0).all(), "an n-gram was never seen")
    _require((level.tokens < size).all(), "a token is outside the vocabulary")
    _require((level.child_symbols <= size).all(), "a symbol is outside the vocabulary")
    _require(_ascend(level.tokens, level.first_entries), "tokens are out of order")
    _require(_ascend(level.child_symbols, level.first_children), "contexts are out of order")


def _ascend(values: Integers, begins: Places) -> bool:
    """Whether values ascend within each of the parts that begin there."""
    rising = np.ones(len(values) + 1, bool)
    np.greater(values[1:], values[:-1], out=rising[1:-1])
    rising[begins] = True
    return bool(rising.all())


def _require(sound: bool | np.bool_, fault: str) -> None:
    if not sound:
        raise ValueError(f"the n-grams do not fit each other: {fault}")
