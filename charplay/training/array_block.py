"""Arrays by name in one flat block of memory, so that what treats all alike is one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from charplay.models.arrays import Array, Arrays
from charplay.models.weights import Shapes

# Numbers that are worked on at once, few enough to stay in the processor's cache for all passes.
_PIECE_SIZE = 16_384


class ArrayBlock(Mapping[str, Array]):
    """Arrays of one floating-point type by name, all of them views of `flat`.

    To change an array, write into it: `block["output"][...] = …`.
    """

    def __init__(self, shapes: Shapes, precision: Any = np.float32) -> None:
        self.flat: Array = np.zeros(sum(map(prod, shapes.values())), precision)
        self._views: dict[str, Array] = {}
        start = 0
        for name, shape in shapes.items():
            end = start + prod(shape)
            self._views[name] = self.flat[start:end].reshape(shape)
            start = end

    @classmethod
    def of(cls, arrays: Arrays) -> ArrayBlock:
        """A block with copies of these arrays, in the largest of their types."""
        shapes = {name: array.shape for name, array in arrays.items()}
        block = cls(shapes, np.result_type(np.float16, *arrays.values()))
        block.fill(arrays)
        return block

    @property
    def shapes(self) -> Shapes:
        """Name and shape of every array, in their order in the block."""
        return {name: view.shape for name, view in self._views.items()}

    def zeros_like(self) -> ArrayBlock:
        """Another block of the same names and shapes, all zero."""
        return ArrayBlock(self.shapes, self.flat.dtype)

    def fill(self, arrays: Arrays, prefix: str = "") -> None:
        """Copy the values of arrays called `prefix` and this block's names; KeyError for none."""
        for name, view in self._views.items():
            view[...] = arrays[prefix + name]

    def copies(self, prefix: str = "") -> dict[str, Array]:
        """Copies of the arrays, called `prefix` and their names."""
        return {prefix + name: view.copy() for name, view in self._views.items()}

    @staticmethod
    def pieces(part: slice) -> Iterator[slice]:
        """A part of `flat` in pieces that fit into the processor's cache."""
        for start in range(part.start, part.stop, _PIECE_SIZE):
            yield slice(start, min(start + _PIECE_SIZE, part.stop))

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)
