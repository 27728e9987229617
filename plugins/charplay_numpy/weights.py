"""The network's arrays by name, and the one block of memory in which training keeps them.

Names and shapes (V vocabulary, E embedding, H hidden units):
embedding (V, E) where there is one; input (E or V, H); recurrent (H, H); bias (H,);
output (H, V) and output_bias (V,) where there is an output layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from charplay import Array, Arrays, LayerWeights, RecurrentWeights

if TYPE_CHECKING:
    from charplay_numpy.backend import NumpyConfig


def shapes(vocabulary: int, config: NumpyConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every array, in the order of the network."""
    inner = config.embedding or vocabulary
    named: dict[str, tuple[int, ...]] = {}
    if config.embedding:
        named["embedding"] = (vocabulary, config.embedding)
    named["input"] = (inner, config.hidden)
    named["recurrent"] = (config.hidden, config.hidden)
    named["bias"] = (config.hidden,)
    if config.output_layer:
        named["output"] = (config.hidden, vocabulary)
        named["output_bias"] = (vocabulary,)
    return named


def first_weights(vocabulary: int, config: NumpyConfig, rng: np.random.Generator) -> Arrays:
    """Arrays of a network that has learned nothing."""
    named = shapes(vocabulary, config)
    if config.initialiser == "course":
        arrays = _course(named)
    elif config.initialiser == "uniform":
        bound = config.hidden**-0.5
        arrays = {name: rng.uniform(-bound, bound, shape) for name, shape in named.items()}
    else:
        arrays = {name: _glorot(name, shape, rng) for name, shape in named.items()}
    return {name: array.astype(config.precision) for name, array in arrays.items()}


def _course(named: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    """The exercise's: `RandomState(1).randn * 0.01` in the order Wax, Waa, Wya; zero biases.

    It holds its matrices the other way round, so each is drawn so and turned.
    """
    random = np.random.RandomState(1)
    return {
        name: np.zeros(shape) if len(shape) == 1 else (random.randn(*shape[::-1]) * 0.01).T
        for name, shape in named.items()
    }


def _glorot(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Uniform by fan-in and fan-out (Glorot & Bengio 2010, eq. 16); recurrent orthogonal."""
    if len(shape) == 1:
        return np.zeros(shape)
    if name == "recurrent":
        q, r = np.linalg.qr(rng.standard_normal(shape))
        orthogonal: Array = q * np.sign(np.diag(r))
        return orthogonal
    bound = (6 / sum(shape)) ** 0.5
    return rng.uniform(-bound, bound, shape)


def inference_weights(arrays: Arrays, precision: str) -> RecurrentWeights:
    """The arrays as inference wants them: the input's product of every token as a table."""
    held = {name: array.astype(precision, copy=False) for name, array in arrays.items()}
    embedding = held.get("embedding")
    return RecurrentWeights(
        cell="rnn",
        table=held["input"] if embedding is None else embedding @ held["input"],
        layers=(LayerWeights(held["recurrent"], held["bias"]),),
        output=held.get("output"),
        output_bias=held.get("output_bias"),
    )


class Block:
    """Arrays by name, all of them views of one flat block.

    What acts on every weight alike (clipping, the optimiser) acts on `flat`, in one call.
    """

    def __init__(self, named: dict[str, tuple[int, ...]], precision: Any) -> None:
        sizes = {name: int(np.prod(shape)) for name, shape in named.items()}
        self.flat: Array = np.zeros(sum(sizes.values()), precision)
        self._views: dict[str, Array] = {}
        start = 0
        for name, shape in named.items():
            self._views[name] = self.flat[start : start + sizes[name]].reshape(shape)
            start += sizes[name]

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
