"""The network's arrays by name, in the order and the shapes in which Keras has them.

Names and shapes (V vocabulary, E embedding, H hidden units, G gates): embedding (V, E) where there
is one; for the unrolled cell dense (E or V, H) and dense_bias (H,); for layer n input.n
(units below, G·H), which the unrolled cell shares with recurrent.n (H, G·H); bias.n (G·H,), for
the GRU (2, G·H), the second row for the recurrent product; output (H, V), output_bias (V,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from charplay import Array, Arrays, LayerWeights, RecurrentWeights

if TYPE_CHECKING:
    from charplay_keras.backend import KerasConfig

Shapes = dict[str, tuple[int, ...]]
_GATES = {"lstm": 4, "gru": 3, "rnn": 1, "unrolled": 1}
_EMBEDDING_BOUND = 0.05


def shapes(vocabulary: int, config: KerasConfig) -> Shapes:
    """Name and shape of every array, in the order of the network."""
    units, columns = config.hidden, _GATES[config.cell] * config.hidden
    found: Shapes = {}
    if config.embedding:
        found["embedding"] = (vocabulary, config.embedding)
    below = config.embedding or vocabulary
    if config.cell == "unrolled":
        found |= {"dense": (below, units), "dense_bias": (units,)}
    for layer in range(config.layers):
        if config.cell != "unrolled":
            found[f"input.{layer}"] = (below, columns)
        found[f"recurrent.{layer}"] = (units, columns)
        found[f"bias.{layer}"] = (2, columns) if config.cell == "gru" else (columns,)
        below = units
    return found | {"output": (units, vocabulary), "output_bias": (vocabulary,)}


def first_weights(vocabulary: int, config: KerasConfig, rng: np.random.Generator) -> Arrays:
    """Arrays of a network that has learned nothing, drawn as Keras' own initialisers draw."""
    return {
        name: _first(name, shape, config.cell, rng).astype(np.float32)
        for name, shape in shapes(vocabulary, config).items()
    }


def _first(name: str, shape: tuple[int, ...], cell: str, rng: np.random.Generator) -> Array:
    what = name.partition(".")[0]
    if "bias" in what:
        return _bias(shape, forget_gate=cell == "lstm" and what == "bias")
    if what == "embedding":
        return rng.uniform(-_EMBEDDING_BOUND, _EMBEDDING_BOUND, shape)
    if what == "recurrent" and cell != "unrolled":
        return _orthogonal(shape, rng)
    # Glorot & Bengio 2010, eq. 16.
    bound = (6 / sum(shape)) ** 0.5
    return rng.uniform(-bound, bound, shape)


def _bias(shape: tuple[int, ...], forget_gate: bool) -> Array:
    """Zeros, but ones for an LSTM's forget gate (Jozefowicz et al. 2015, §3)."""
    bias = np.zeros(shape)
    if forget_gate:
        bias.reshape(_GATES["lstm"], -1)[1] = 1
    return bias


def _orthogonal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """A matrix (H, G·H) of orthonormal rows (Saxe et al. 2014)."""
    q, r = np.linalg.qr(rng.standard_normal(shape[::-1]))
    orthogonal: Array = (q * np.sign(np.diag(r))).T
    return orthogonal


def inference_weights(arrays: Arrays, config: KerasConfig) -> RecurrentWeights:
    """The arrays as inference wants them: the first layer's product of every token as a table."""
    held = {name: array.astype(np.float32, copy=False) for name, array in arrays.items()}
    unrolled = config.cell == "unrolled"
    table: Array = held["recurrent.0" if unrolled else "input.0"]
    if unrolled:
        seen = held["dense"] if "embedding" not in held else held["embedding"] @ held["dense"]
        table = np.maximum(seen + held["dense_bias"], 0) @ table
    elif "embedding" in held:
        table = held["embedding"] @ table
    return RecurrentWeights(
        cell="rnn" if unrolled else config.cell,
        table=table,
        layers=tuple(_layer(held, number) for number in range(config.layers)),
        output=held["output"],
        output_bias=held["output_bias"],
    )


def _layer(held: Arrays, number: int) -> LayerWeights:
    recurrent, bias = held[f"recurrent.{number}"], held[f"bias.{number}"]
    bias, recurrent_bias = bias if bias.ndim == 2 else (bias, None)
    return LayerWeights(
        recurrent=recurrent,
        bias=bias,
        input=held.get(f"input.{number}", recurrent) if number else None,
        recurrent_bias=recurrent_bias,
    )
