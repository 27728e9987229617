"""The memory that training by Keras takes at its peak, without importing it."""

from math import prod

from charplay import CELLS, Plan, TextFacts
from charplay_keras.config import KerasConfig
from charplay_keras.weights import array_shapes

# Measured with `benchmarks/memory_needed.py`: TensorFlow with its compiler; arrays as large as the
# weights while a model is saved; and those as large as the units of a step, for each gate.
_TENSORFLOW, _WEIGHTS, _STEPS, _LOGITS = 740_000_000, 16, 3, 4
_FLOAT = 4


def training_memory(config: KerasConfig, plan: Plan, facts: TextFacts) -> int:
    """Bytes at the peak."""
    names = facts.kind == "names"
    weights = sum(map(prod, array_shapes(facts.vocabulary, config).values()))
    units = config.layers * config.hidden * (len(CELLS[config.cell].gates) + 1)
    steps = plan.batch_size * (facts.longest if names else plan.length)
    numbers = weights * _WEIGHTS + steps * (units * _STEPS + facts.vocabulary * _LOGITS)
    return _TENSORFLOW + numbers * _FLOAT
