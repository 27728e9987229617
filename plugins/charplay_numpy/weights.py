"""The first weights of a network, and its arrays as inference needs them.

The arrays are called as `charplay.models.weights` says.
"""

from __future__ import annotations

import numpy as np

from charplay import CELLS, Array, Arrays, LayerWeights, RecurrentWeights, Shapes, layer_shapes
from charplay_numpy.config import NumpyConfig
from charplay_numpy.former import current_weights


def array_shapes(vocabulary: int, config: NumpyConfig) -> Shapes:
    """Name and shape of every array, in the order of the network."""
    shapes: Shapes = {}
    if config.embedding:
        shapes["embedding"] = (vocabulary, config.embedding)
    below = config.embedding or vocabulary
    for layer in range(config.layers):
        shapes |= layer_shapes(CELLS[config.cell], layer, below, config.hidden)
        below = config.hidden
    if config.output_layer:
        shapes["output"] = (config.hidden, vocabulary)
        shapes["output_bias"] = (vocabulary,)
    return shapes


def check_weights(vocabulary: int, config: NumpyConfig, arrays: Arrays) -> Arrays:
    """A model's arrays by today's names; ValueError if they do not fit the configuration."""
    arrays = current_weights(arrays)
    found = {name: array.shape for name, array in arrays.items()}
    if found != array_shapes(vocabulary, config):
        raise ValueError("the arrays do not fit the model's configuration")
    return arrays


def first_weights(vocabulary: int, config: NumpyConfig, rng: np.random.Generator) -> Arrays:
    """Arrays of a network that has not been trained."""
    shapes = array_shapes(vocabulary, config)
    if config.initialiser == "course":
        arrays = _draw_course(shapes)
    elif config.initialiser == "uniform":
        bound = config.hidden**-0.5
        arrays = {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}
    else:
        arrays = {name: _draw_glorot(name, shape, rng) for name, shape in shapes.items()}
        _open_forget_gates(arrays, config)
    return {name: array.astype(config.precision) for name, array in arrays.items()}


def _draw_course(shapes: Shapes) -> dict[str, Array]:
    """The exercise's: `RandomState(1).randn * 0.01` in the order Wax, Waa, Wya; zero biases.

    Its matrices are the transposes of these, so each is drawn in its shape and transposed.
    """
    random = np.random.RandomState(1)
    return {
        name: np.zeros(shape) if len(shape) == 1 else (random.randn(*shape[::-1]) * 0.01).T
        for name, shape in shapes.items()
    }


def _draw_glorot(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Uniform by fan-in and fan-out (Glorot & Bengio 2010, eq. 16); recurrent orthogonal a gate."""
    if len(shape) == 1:
        return np.zeros(shape)
    if name.startswith("recurrent"):
        units, columns = shape
        gates = [_draw_orthogonal(units, rng) for _ in range(columns // units)]
        return np.concatenate(gates, axis=1)
    bound = (6 / sum(shape)) ** 0.5
    return rng.uniform(-bound, bound, shape)


def _draw_orthogonal(units: int, rng: np.random.Generator) -> Array:
    q, r = np.linalg.qr(rng.standard_normal((units, units)))
    orthogonal: Array = q * np.sign(np.diag(r))
    return orthogonal


def _open_forget_gates(arrays: dict[str, Array], config: NumpyConfig) -> None:
    """Set the bias of every forget gate to 1, so that a cell remembers (Jozefowicz 2015, §3)."""
    for number, gate in enumerate(CELLS[config.cell].gates):
        if gate == "forget":
            columns = slice(number * config.hidden, (number + 1) * config.hidden)
            for layer in range(config.layers):
                arrays[f"bias.{layer}"][columns] = 1


def inference_weights(arrays: Arrays, config: NumpyConfig) -> RecurrentWeights:
    """The arrays as inference needs them: the input's product of every token as a table."""
    arrays = {name: array.astype(config.precision, copy=False) for name, array in arrays.items()}
    embedding, first = arrays.get("embedding"), arrays["input.0"]
    return RecurrentWeights(
        cell=CELLS[config.cell],
        table=first if embedding is None else embedding @ first,
        layers=tuple(LayerWeights.named(arrays, layer) for layer in range(config.layers)),
        output=arrays.get("output"),
        output_bias=arrays.get("output_bias"),
    )
