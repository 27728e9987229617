"""The network's arrays by name, and the one block of memory in which training keeps them.

Names and shapes (V vocabulary, E embedding, H hidden units, G gates):
embedding (V, E) where there is one; for the first layer input (E or V, G·H), recurrent (H, G·H),
bias (G·H,) and for the GRU recurrent_bias (G·H,); for the second input.1 (H, G·H) and so on;
output (H, V) and output_bias (V,) where there is an output layer. Gates stand side by side, in the
order i, f, g, o (LSTM) or z, r, n (GRU).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from charplay import Array, Arrays, LayerWeights, RecurrentWeights

if TYPE_CHECKING:
    from charplay_numpy.backend import NumpyConfig

Shapes = dict[str, tuple[int, ...]]
_GATES = {"rnn": 1, "lstm": 4, "gru": 3}
_FORGET_GATE = 1


def named(layer: int, *names: str) -> list[str]:
    """What arrays of a layer are called; the first layer's by their plain names."""
    return [f"{name}.{layer}" if layer else name for name in names]


def shapes(vocabulary: int, config: NumpyConfig) -> Shapes:
    """Name and shape of every array, in the order of the network."""
    units, columns = config.hidden, _GATES[config.cell] * config.hidden
    found: Shapes = {}
    if config.embedding:
        found["embedding"] = (vocabulary, config.embedding)
    below = config.embedding or vocabulary
    for layer in range(config.layers):
        kernel, recurrent, bias, recurrent_bias = named(
            layer, "input", "recurrent", "bias", "recurrent_bias"
        )
        found |= {kernel: (below, columns), recurrent: (units, columns), bias: (columns,)}
        if config.cell == "gru":
            found[recurrent_bias] = (columns,)
        below = units
    if config.output_layer:
        found["output"] = (units, vocabulary)
        found["output_bias"] = (vocabulary,)
    return found


def first_weights(vocabulary: int, config: NumpyConfig, rng: np.random.Generator) -> Arrays:
    """Arrays of a network that has learned nothing."""
    wanted = shapes(vocabulary, config)
    if config.initialiser == "course":
        arrays = _course(wanted)
    elif config.initialiser == "uniform":
        bound = config.hidden**-0.5
        arrays = {name: rng.uniform(-bound, bound, shape) for name, shape in wanted.items()}
    else:
        arrays = {name: _glorot(name, shape, rng) for name, shape in wanted.items()}
        _remember(arrays, config)
    return {name: array.astype(config.precision) for name, array in arrays.items()}


def _course(wanted: Shapes) -> dict[str, Array]:
    """The exercise's: `RandomState(1).randn * 0.01` in the order Wax, Waa, Wya; zero biases.

    It holds its matrices the other way round, so each is drawn so and turned.
    """
    random = np.random.RandomState(1)
    return {
        name: np.zeros(shape) if len(shape) == 1 else (random.randn(*shape[::-1]) * 0.01).T
        for name, shape in wanted.items()
    }


def _glorot(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Uniform by fan-in and fan-out (Glorot & Bengio 2010, eq. 16); recurrent orthogonal a gate."""
    if len(shape) == 1:
        return np.zeros(shape)
    if name.startswith("recurrent"):
        units, columns = shape
        gates = [_orthogonal(units, rng) for _ in range(columns // units)]
        return np.concatenate(gates, axis=1)
    bound = (6 / sum(shape)) ** 0.5
    return rng.uniform(-bound, bound, shape)


def _orthogonal(units: int, rng: np.random.Generator) -> Array:
    q, r = np.linalg.qr(rng.standard_normal((units, units)))
    orthogonal: Array = q * np.sign(np.diag(r))
    return orthogonal


def _remember(arrays: dict[str, Array], config: NumpyConfig) -> None:
    """Open an LSTM's forget gates: their bias is 1 (Jozefowicz et al. 2015, §3)."""
    if config.cell == "lstm":
        gate = slice(_FORGET_GATE * config.hidden, (_FORGET_GATE + 1) * config.hidden)
        for layer in range(config.layers):
            arrays[named(layer, "bias")[0]][gate] = 1


def inference_weights(arrays: Arrays, config: NumpyConfig) -> RecurrentWeights:
    """The arrays as inference wants them: the input's product of every token as a table."""
    held = {name: array.astype(config.precision, copy=False) for name, array in arrays.items()}
    embedding = held.get("embedding")
    return RecurrentWeights(
        cell=config.cell,
        table=held["input"] if embedding is None else embedding @ held["input"],
        layers=tuple(_layer(held, layer) for layer in range(config.layers)),
        output=held.get("output"),
        output_bias=held.get("output_bias"),
    )


def _layer(held: Arrays, layer: int) -> LayerWeights:
    kernel, recurrent, bias, recurrent_bias = named(
        layer, "input", "recurrent", "bias", "recurrent_bias"
    )
    return LayerWeights(
        recurrent=held[recurrent],
        bias=held[bias],
        input=held[kernel] if layer else None,
        recurrent_bias=held.get(recurrent_bias),
    )


class Block:
    """Arrays by name, all of them views of one flat block.

    What acts on every weight alike (clipping, the optimiser) acts on `flat`, in one call.
    """

    def __init__(self, wanted: Shapes, precision: Any) -> None:
        sizes = {name: int(np.prod(shape)) for name, shape in wanted.items()}
        self.flat: Array = np.zeros(sum(sizes.values()), precision)
        self._views: dict[str, Array] = {}
        start = 0
        for name, shape in wanted.items():
            self._views[name] = self.flat[start : start + sizes[name]].reshape(shape)
            start += sizes[name]

    def like(self) -> Block:
        """Another block of the same names and shapes, all zero."""
        return Block({name: view.shape for name, view in self._views.items()}, self.flat.dtype)

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def get(self, name: str) -> Array | None:
        """The array of that name, or None where the network has none."""
        return self._views.get(name)

    def fill(self, arrays: Arrays) -> None:
        """Take over the values of arrays of the same names."""
        for name, view in self._views.items():
            view[...] = arrays[name]

    def copies(self) -> dict[str, Array]:
        """The arrays as values of their own."""
        return {name: view.copy() for name, view in self._views.items()}
