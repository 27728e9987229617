"""Arrays of files written before today's names, brought to today's names while they are read.

The first layer's arrays had no number (`input` for `input.0`), and a learner kept one flat block
for all weights (`adam.mean` for `adam.mean.input.0` and the others). The files stay as they are.
"""

from itertools import accumulate, pairwise
from math import prod

from charplay import Arrays, Shapes

_FIRST_LAYER = {name: f"{name}.0" for name in ("input", "recurrent", "bias", "recurrent_bias")}
_BLOCKS = ("adam.mean", "adam.square", "average.sum", "weights")


def current_weights(arrays: Arrays) -> Arrays:
    """A model's arrays by today's names."""
    return {_FIRST_LAYER.get(name, name): array for name, array in arrays.items()}


def current_learner(arrays: Arrays, shapes: Shapes) -> Arrays:
    """A learner's arrays by today's names; `shapes` are those of its weights, in their order."""
    current = dict(arrays)
    ends = accumulate((prod(shape) for shape in shapes.values()), initial=0)
    parts = [slice(*bounds) for bounds in pairwise(ends)]
    for block in current.keys() & set(_BLOCKS):
        flat = current.pop(block)
        for (name, shape), part in zip(shapes.items(), parts, strict=True):
            current[f"{block}.{name}"] = flat[part].reshape(shape)
    return current
