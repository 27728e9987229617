"""A few tokens through a model, to see that it keeps the contract before anybody relies on it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from math import isfinite
from numbers import Integral

import numpy as np
import safetensors.numpy

from charplay.errors import MisfitError
from charplay.models.arrays import Array, Arrays, State
from charplay.models.contract import Model, Stream
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Tokens

_ROWS, _LONGEST_NAME = 3, 60
# What a model file can hold: whole numbers, floats and booleans of at most so many bytes.
_KINDS, _LARGEST_NUMBER = "iufb", 8
_FLOATS, _COUNTS = "f", "iuf"
# Products of such weights are still finite in float32; those of a network that learned are below
# a thousand.
_LARGEST_WEIGHT = 1e15


def check_weights(arrays: Arrays, stores_counts: bool) -> None:
    """ValueError unless these are floats of a size that weights can have, or counts where allowed.

    They are what a file from anywhere says they are.
    """
    kinds = _COUNTS if stores_counts else _FLOATS
    for name, array in arrays.items():
        if array.dtype.kind not in kinds or array.dtype.itemsize > _LARGEST_NUMBER:
            raise ValueError(f"{_short_name(name)} is of {array.dtype}, which no weights are")
        if array.dtype.kind != _FLOATS or not array.size:
            continue
        largest = _largest_size(array)
        if not isfinite(largest):
            raise ValueError(f"{_short_name(name)} has NaN or infinity")
        if largest > _LARGEST_WEIGHT:
            raise ValueError(f"{_short_name(name)} has a weight of size {largest:.0e}")


def _largest_size(array: Array) -> float:
    """The largest absolute value of an array of floats; NaN or infinity where it has either.

    Without their signs, floats of IEEE 754 are in the order of their bits as whole numbers, and
    infinity and NaN come last: one pass, many times as fast as arithmetic on halves.
    """
    native = array.dtype.newbyteorder("=")
    bits = array.astype(native, copy=False).view(f"u{array.itemsize}")
    without_sign = bits.dtype.type(np.iinfo(bits.dtype).max >> 1)
    return float((bits & without_sign).max().view(native))


def check_arrays(arrays: object, method: str = "arrays") -> None:
    """MisfitError unless these are arrays of finite numbers by name."""
    if not isinstance(arrays, Mapping):
        raise MisfitError(method, "arrays by name", _describe_value(arrays))
    for name, array in arrays.items():
        if not isinstance(name, str) or not isinstance(array, np.ndarray):
            raise MisfitError(
                method, "arrays of NumPy by name", f"{_describe_value(array)} for {name!r}"
            )
        if array.dtype.kind not in _KINDS or array.dtype.itemsize > _LARGEST_NUMBER:
            raise MisfitError(method, "arrays of numbers", f"{array.dtype} for {name!r}")
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise MisfitError(method, "finite numbers", f"NaN or infinity in {name!r}")


def through_file(arrays: Arrays) -> dict[str, Array]:
    """Arrays as they come back from a model file."""
    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    return safetensors.numpy.load(safetensors.numpy.save(contiguous))


def check_step(model: Model) -> None:
    """MisfitError where one step of one row has another shape or type, or is no number.

    It is the least of `probe_model`, for each time that a model is loaded.
    """
    state = model.initial_state(1)
    _check_state(state, 1, "initial_state")
    _checked_step(model, state, np.array([model.opening_token], np.int32))


def probe_model(model: Model) -> None:
    """MisfitError where a few steps of a model do not keep the contract.

    Shapes, floats, finite logits, the batch axis of a state; that a step changes nothing it was
    given, gives the same again, and that no row depends on its neighbours.
    """
    vocabulary = len(model.vocabulary)
    tokens = np.array([NO_TOKEN, 0, vocabulary - 1], np.int32)
    state = model.initial_state(_ROWS)
    _check_state(state, _ROWS, "initial_state")
    _lock_state(state)
    before = {name: array.copy() for name, array in state.items()}
    logits, after = _checked_step(model, state, tokens)
    for name, array in before.items():
        if not np.array_equal(array, state[name]):
            raise MisfitError(
                "step", "a new state", f"a changed {name!r} in the state it was given"
            )
    again, _ = _checked_step(model, state, tokens)
    _compare_logits("step", "the same for the same state and tokens", logits, again)
    _lock_state(after)
    second, _ = _checked_step(model, after, tokens[::-1].copy())
    picked = {name: array[1:2].copy() for name, array in after.items()}
    alone, _ = _checked_step(model, picked, tokens[1:2])
    _compare_logits("step", "a row that does not depend on its neighbours", second[1:2], alone)
    _check_paths(model, tokens)
    _check_page(model)


def _check_paths(model: Model, tokens: Tokens) -> None:
    """MisfitError where `advance` or a stream gives something else than steps do."""
    several = np.stack([tokens, tokens[::-1]], axis=1)
    state, steps = model.initial_state(_ROWS), []
    for column in several.T:
        logits, state = _checked_step(model, state, column)
        steps.append(logits)
    advanced: object = model.advance(model.initial_state(_ROWS), several)
    if not (isinstance(advanced, tuple) and len(advanced) == 2):
        raise MisfitError("advance", "logits and a state", _describe_value(advanced))
    shape = (_ROWS, several.shape[1], len(model.vocabulary))
    if not isinstance(advanced[0], np.ndarray) or advanced[0].shape != shape:
        raise MisfitError("advance", f"logits of shape {shape}", _describe_value(advanced[0]))
    _compare_logits("advance", "what as many steps give", np.stack(steps, axis=1), advanced[0])
    stream = model.stream(model.initial_state(1))
    if not isinstance(stream, Stream):
        raise MisfitError("stream", "a Stream", _describe_value(stream))
    row = np.asarray(stream.step(int(tokens[1])))
    _compare_logits("stream", "what a step gives", steps[0][1], row.reshape(-1))


def _check_page(model: Model) -> None:
    """MisfitError where what a model tells of itself is not what its page shows."""
    count: object = model.parameter_count
    if isinstance(count, bool) or not isinstance(count, Integral):
        raise MisfitError("parameter_count", "a whole number", _describe_value(count))
    size: object = model.size
    if not isinstance(size, str):
        raise MisfitError("size", "a few words", _describe_value(size))
    facts: object = model.facts
    if not isinstance(facts, Mapping) or not all(isinstance(x, str) for x in chain(*facts.items())):
        raise MisfitError("facts", "words by name", _describe_value(facts))


def _checked_step(model: Model, state: State, tokens: Tokens) -> tuple[Array, State]:
    """One step, its result checked."""
    given = tokens.copy()
    given.flags.writeable = False
    result: object = model.step(state, given)
    if not (isinstance(result, tuple) and len(result) == 2):
        raise MisfitError("step", "logits and a state", _describe_value(result))
    logits, after = result
    shape = (len(tokens), len(model.vocabulary))
    if not isinstance(logits, np.ndarray) or logits.shape != shape:
        raise MisfitError("step", f"logits of shape {shape}", _describe_value(logits))
    if not np.issubdtype(logits.dtype, np.floating):
        raise MisfitError("step", "logits that are floats", _describe_value(logits))
    if not np.isfinite(logits).all():
        raise MisfitError("step", "logits that are numbers", "NaN or infinity")
    _check_state(after, len(tokens), "step")
    return logits, after


def _check_state(state: object, rows: int, method: str) -> None:
    check_arrays(state, f"{method}, as a state,")
    assert isinstance(state, Mapping)
    for name, array in state.items():
        if array.ndim == 0 or len(array) != rows:
            came = f"{name!r} of shape {array.shape}"
            raise MisfitError(method, f"a state with a first axis of {rows} rows", came)


def _lock_state(state: State) -> None:
    for array in state.values():
        array.flags.writeable = False


def _compare_logits(method: str, expected: str, one: Array, other: Array) -> None:
    if one.shape != other.shape:
        raise MisfitError(method, expected, f"shape {other.shape}")
    if not np.allclose(one, other, rtol=1e-3, atol=1e-4):
        largest = float(np.nanmax(np.abs(one - other)))
        raise MisfitError(method, expected, f"logits that differ by {largest:.3g}")


def _short_name(name: str) -> str:
    return ascii(name[:_LONGEST_NAME])


def _describe_value(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} of shape {value.shape}"
    return f"a {type(value).__name__}"
