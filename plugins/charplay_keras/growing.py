"""A network's arrays for a vocabulary with more characters."""

from __future__ import annotations

import numpy as np

from charplay import Arrays, Vocabulary, grow_arrays
from charplay_keras.config import KerasConfig
from charplay_keras.former import current_learner, current_weights
from charplay_keras.variables import variable_names
from charplay_keras.weights import array_shapes, first_weights

_OF_ONE_RUN = ("carried.", "dropout.")


def grow_network(
    arrays: Arrays,
    old: Vocabulary,
    new: Vocabulary,
    config: KerasConfig,
    rng: np.random.Generator,
) -> Arrays:
    """The weights, and what the optimiser keeps of them; see `Backend.grow`."""
    shapes = array_shapes(len(old), config)
    current = current_weights(arrays)
    weights = {name: current[name] for name in shapes}
    learner = {name: array for name, array in current.items() if name not in shapes}
    # No states are named: the carried one is left out.
    learner = dict(current_learner(learner, list(variable_names(shapes)), ()))
    lasting = {n: array for n, array in learner.items() if not n.startswith(_OF_ONE_RUN)}
    return grow_arrays(weights | lasting, first_weights(len(new), config, rng), old, new)
