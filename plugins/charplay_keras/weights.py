"""The first weights of a network, and its arrays as inference needs them.

The arrays are called as `charplay.models.weights` says; a cell that shares its weights has besides
dense (E or V, H) and dense_bias (H,), which bring the input to as many units as the layers have.
"""

from __future__ import annotations

import numpy as np

from charplay import (
    CELLS,
    Array,
    Arrays,
    Cell,
    LayerWeights,
    RecurrentWeights,
    Shapes,
    layer_shapes,
)
from charplay_keras.config import KerasConfig
from charplay_keras.former import current_weights

_EMBEDDING_BOUND = 0.05


def array_shapes(vocabulary: int, config: KerasConfig) -> Shapes:
    """Name and shape of every array, in the order of the network."""
    shapes: Shapes = {}
    cell, units = CELLS[config.cell], config.hidden
    if config.embedding:
        shapes["embedding"] = (vocabulary, config.embedding)
    below = config.embedding or vocabulary
    if cell.shares_weights:
        shapes |= {"dense": (below, units), "dense_bias": (units,)}
    for layer in range(config.layers):
        shapes |= layer_shapes(cell, layer, below, units)
        below = units
    return shapes | {"output": (units, vocabulary), "output_bias": (vocabulary,)}


def check_weights(vocabulary: int, config: KerasConfig, arrays: Arrays) -> Arrays:
    """A model's arrays by today's names; ValueError if they do not fit the configuration."""
    arrays = current_weights(arrays)
    found = {name: array.shape for name, array in arrays.items()}
    if found != array_shapes(vocabulary, config):
        raise ValueError("the arrays do not fit the model's configuration")
    return arrays


def first_weights(vocabulary: int, config: KerasConfig, rng: np.random.Generator) -> Arrays:
    """Arrays of a network that has not been trained, drawn as Keras' own initialisers draw."""
    return {
        name: _draw_first(name, shape, CELLS[config.cell], rng).astype(np.float32)
        for name, shape in array_shapes(vocabulary, config).items()
    }


def _draw_first(name: str, shape: tuple[int, ...], cell: Cell, rng: np.random.Generator) -> Array:
    kind = name.partition(".")[0]
    if kind == "bias":
        return _first_bias(shape, cell)
    if len(shape) == 1:
        return np.zeros(shape)
    if kind == "embedding":
        return rng.uniform(-_EMBEDDING_BOUND, _EMBEDDING_BOUND, shape)
    if kind == "recurrent" and not cell.shares_weights:
        return _draw_orthogonal_rows(shape, rng)
    # Glorot & Bengio 2010, eq. 16.
    bound = (6 / sum(shape)) ** 0.5
    return rng.uniform(-bound, bound, shape)


def _first_bias(shape: tuple[int, ...], cell: Cell) -> Array:
    """Zeros, but ones for a forget gate (Jozefowicz et al. 2015, §3)."""
    opened = [float(gate == "forget") for gate in cell.gates]
    return np.repeat(opened, shape[0] // len(cell.gates))


def _draw_orthogonal_rows(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """A matrix (H, G·H) of orthonormal rows (Saxe et al. 2014)."""
    q, r = np.linalg.qr(rng.standard_normal(shape[::-1]))
    orthogonal: Array = (q * np.sign(np.diag(r))).T
    return orthogonal


def inference_weights(arrays: Arrays, config: KerasConfig) -> RecurrentWeights:
    """The arrays as inference needs them: the first layer's product of every token as a table."""
    arrays = {name: array.astype(np.float32, copy=False) for name, array in arrays.items()}
    cell = CELLS[config.cell]
    table: Array = arrays["recurrent.0" if cell.shares_weights else "input.0"]
    if cell.shares_weights:
        dense = arrays["dense"]
        dense = arrays["embedding"] @ dense if "embedding" in arrays else dense
        table = np.maximum(dense + arrays["dense_bias"], 0) @ table
    elif "embedding" in arrays:
        table = arrays["embedding"] @ table
    return RecurrentWeights(
        cell=cell,
        table=table,
        layers=tuple(LayerWeights.named(arrays, layer) for layer in range(config.layers)),
        output=arrays["output"],
        output_bias=arrays["output_bias"],
    )
