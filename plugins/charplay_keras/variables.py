"""How Keras' variables hold a network's arrays: each holds one, or both biases of a layer."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from charplay import Array, Arrays, Shapes

# The names of the arrays in a variable.
VariableNames = tuple[str, ...]


def variable_names(shapes: Shapes) -> Iterator[VariableNames]:
    """The arrays in each of the network's variables: one, or both biases of a layer with two."""
    for name in shapes:
        second = f"recurrent_{name}"
        if second in shapes:
            yield name, second
        elif not name.startswith("recurrent_bias."):
            yield (name,)


def split_variables(
    names: Iterable[VariableNames], values: Iterable[Array], prefix: str = ""
) -> Arrays:
    """The arrays in variables of those values, called `prefix` and their names."""
    arrays: dict[str, Array] = {}
    for group, value in zip(names, values, strict=True):
        arrays |= zip((prefix + name for name in group), [value] if len(group) == 1 else value)
    return arrays


def join_arrays(names: Sequence[VariableNames], arrays: Arrays, prefix: str = "") -> list[Array]:
    """The values of variables that hold arrays called `prefix` and their names."""
    groups = [[arrays[prefix + name] for name in group] for group in names]
    return [np.stack(group) if len(group) > 1 else group[0] for group in groups]
