"""A network's arrays for a vocabulary with more characters.

An array that has an axis of characters gets a longer one; which axis that is follows from the
shapes. What a learner keeps of a weight is named after it, with a prefix: `adam.mean.output`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.models.arrays import Arrays
from charplay.text.vocabulary import Vocabulary


def grow_arrays(arrays: Arrays, first: Arrays, old: Vocabulary, new: Vocabulary) -> Arrays:
    """The arrays with rows and columns for the characters that only `new` has.

    first: the weights with which a network of the new vocabulary begins. New characters begin as
    there; what a learner keeps of a weight begins at zero. An array that is neither a weight nor
    named after one stays as it is.
    """
    places = new.encode(old.characters)
    grown: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        weight = weight_name(name, first)
        if weight is None:
            grown[name] = array
        else:
            into = first[weight] if name == weight else np.zeros_like(first[weight])
            grown[name] = widened(array, into, places)
    return grown


def weight_name(name: str, weights: Arrays) -> str | None:
    """The weight that an array is, or that it is named after; None for any other array."""
    return next((each for each in weights if name == each or name.endswith(f".{each}")), None)


def widened(array: NDArray[Any], into: NDArray[Any], places: NDArray[np.int32]) -> NDArray[Any]:
    """A copy of `into` with the array in it; of its one longer axis, at these places alone."""
    longer = [old != new for old, new in zip(array.shape, into.shape, strict=True)]
    index = tuple(places if grows else slice(None) for grows in longer)
    result = into.copy()
    result[index] = array
    return result
