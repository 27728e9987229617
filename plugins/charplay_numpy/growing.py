"""A network's arrays for a vocabulary with more characters."""

from __future__ import annotations

import numpy as np

from charplay import Arrays, Vocabulary, grow_arrays, weight_name, widened
from charplay_numpy.config import NumpyConfig
from charplay_numpy.former import current_learner, current_weights
from charplay_numpy.weights import array_shapes, first_weights

_OF_ONE_RUN = ("carried.", "dropout.")
_WEIGHTS, _SUM, _SUMMED = "weights.", "average.sum.", "average.weight"


def grow_network(
    arrays: Arrays,
    old: Vocabulary,
    new: Vocabulary,
    config: NumpyConfig,
    rng: np.random.Generator,
) -> Arrays:
    """The weights, and what the optimiser keeps of them; see `Backend.grow`."""
    shapes = array_shapes(len(old), config)
    current = current_learner(current_weights(arrays), shapes)
    lasting = {n: array for n, array in current.items() if not n.startswith(_OF_ONE_RUN)}
    first = first_weights(len(new), config, rng)
    return {**grow_arrays(lasting, first, old, new), **_grow_average(lasting, first, old, new)}


def _grow_average(arrays: Arrays, first: Arrays, old: Vocabulary, new: Vocabulary) -> Arrays:
    """The weights that are averaged, and their sum: both begin as the weights do, not at zero."""
    places, grown = new.encode(old.characters), {}
    for name, array in arrays.items():
        weight = weight_name(name, first)
        if weight is not None and name.startswith((_WEIGHTS, _SUM)):
            share = arrays[_SUMMED][0] if name.startswith(_SUM) else 1
            grown[name] = widened(array, (first[weight] * share).astype(array.dtype), places)
    return grown
