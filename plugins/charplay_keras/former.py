"""Arrays of files written before today's names, brought to today's names while they are read.

A GRU's two biases were the rows of one array, as Keras has them. A learner's arrays had the numbers
of Keras' variables: `optimiser.0` the count of updates, `optimiser.1` the learning rate, which each
update sets anew, then the mean and the square of each variable's gradient in turn; and `carried.0`
for the first state of the first layer. The files stay as they are.
"""

from collections.abc import Sequence

from charplay import Arrays
from charplay_keras.variables import VariableNames, split_variables


def current_weights(arrays: Arrays) -> Arrays:
    """A model's arrays by today's names."""
    current = dict(arrays)
    for name, array in arrays.items():
        if name.startswith("bias.") and array.ndim == 2:
            current[name], current[f"recurrent_{name}"] = array
    return current


def current_learner(
    arrays: Arrays, variables: Sequence[VariableNames], states: Sequence[str]
) -> Arrays:
    """A learner's arrays by today's names: those in each variable, and those of the state."""
    if "optimiser.0" not in arrays:
        return arrays
    current = {name: array for name, array in arrays.items() if name.startswith("dropout.")}
    current |= {name: arrays[f"carried.{number}"] for number, name in enumerate(states)}
    if "optimiser.2" in arrays:
        current["adam.count"] = arrays["optimiser.0"].reshape(1)
        for first, moment in enumerate(("mean", "square"), start=2):
            values = [arrays[f"optimiser.{first + 2 * n}"] for n in range(len(variables))]
            current |= split_variables(variables, values, f"adam.{moment}.")
    return current
