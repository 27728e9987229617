"""The memory that training a network takes at its peak, from what is in memory then."""

from math import prod

import numpy as np

from charplay import CELLS, Plan, TextFacts
from charplay_numpy.cells import training_cell
from charplay_numpy.config import NumpyConfig
from charplay_numpy.lanes import count_lanes
from charplay_numpy.weights import array_shapes

# What is read at once where a loss is measured: names side by side, or characters of prose.
_MEASURED_NAMES, _MEASURED_CHARACTERS = 256, 3200
# The logits of a step, in units of V: those of an update with the tokens as one-hot rows, and
# those of a measured loss with its scratch in twice the precision.
_UPDATE_LOGITS, _MEASURED_LOGITS = 2, 6


def training_memory(config: NumpyConfig, plan: Plan, facts: TextFacts) -> int:
    """Bytes at the peak: all that stays, and the most of what an update, a save, a loss need."""
    weights, steps = _Weights(config, plan, facts), _batch_steps(plan, facts)
    buffers = steps * config.layers * config.hidden * _buffers(config)
    update = steps * _UPDATE_LOGITS * facts.vocabulary
    numbers = weights.kept + buffers + max(update, weights.saved, _measured(config, facts))
    return numbers * np.dtype(config.precision).itemsize


class _Weights:
    """How many numbers are kept and saved of what is as large as the weights."""

    def __init__(self, config: NumpyConfig, plan: Plan, facts: TextFacts) -> None:
        shapes = array_shapes(facts.vocabulary, config)
        size = sum(map(prod, shapes.values()))
        lanes = count_lanes(plan.batch_size, prod(shapes["recurrent.0"]))
        moments, averages = 2 * (plan.optimiser == "adam"), bool(config.averaging)
        # A model is its arrays and a copy scaled for inference: the first one and a snapshot.
        self.kept = size * (2 * 2 + 1 + lanes + moments + averages)
        learner = moments + 2 * averages
        # The learner's arrays as copies; and all arrays as bytes, then joined.
        self.saved = size * (learner + 2 * (1 + learner))


def _buffers(config: NumpyConfig) -> int:
    """How many arrays `(T, B, H)` are as large as all those that a layer trains with."""
    masked = bool(config.dropout) + bool(config.recurrent_dropout)
    own = training_cell(config.cell).own_buffers
    gradient = 1
    return _gates(config) + len(CELLS[config.cell].state) + gradient + masked + own


def _gates(config: NumpyConfig) -> int:
    return len(CELLS[config.cell].gates)


def _batch_steps(plan: Plan, facts: TextFacts) -> int:
    """Characters of the largest batch, padding included."""
    if facts.kind == "names":
        return min(plan.batch_size, facts.size) * facts.longest
    return plan.batch_size * plan.length


def _measured(config: NumpyConfig, facts: TextFacts) -> int:
    """Numbers that measuring a loss needs beside the model."""
    names = min(_MEASURED_NAMES, facts.size) * facts.longest
    steps = names if facts.kind == "names" else min(_MEASURED_CHARACTERS, facts.characters)
    units = config.hidden * (_gates(config) + 1)
    return steps * (units + _MEASURED_LOGITS * facts.vocabulary)
