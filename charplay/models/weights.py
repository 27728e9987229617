"""The arrays of a recurrent network: what they are called, and how they fit each other.

Every backend names its arrays alike (V vocabulary, E embedding, H hidden units, G gates):

    embedding `(V, E)`                  where there is one
    input.N `(units below, G·H)`        unless the cell shares its weights
    recurrent.N `(H, G·H)`
    bias.N `(G·H,)`
    recurrent_bias.N `(G·H,)`           where the cell has one
    output `(H, V)`, output_bias `(V,)` where there is an output layer

N is the layer, counted from 0 at the bottom. The gates' columns stand side by side, in the order of
the cell's `gates`. What a learner keeps of each array has the array's name with a prefix:
`adam.mean.input.0`; the state that it carries on is called `carried.hidden.0` and so on.
"""

from __future__ import annotations

from dataclasses import dataclass

from charplay.models.arrays import Array, Arrays
from charplay.models.cells import Cell

Shapes = dict[str, tuple[int, ...]]


def layer_shapes(cell: Cell, layer: int, inputs: int, units: int) -> Shapes:
    """Name and shape of every array of a layer that reads `inputs` units and has `units`."""
    columns = len(cell.gates) * units
    shapes: Shapes = {} if cell.shares_weights else {f"input.{layer}": (inputs, columns)}
    shapes |= {f"recurrent.{layer}": (units, columns), f"bias.{layer}": (columns,)}
    if cell.has_recurrent_bias:
        shapes[f"recurrent_bias.{layer}"] = (columns,)
    return shapes


@dataclass(frozen=True)
class LayerWeights:
    """One layer of H units and G gates, whose columns stand gate after gate.

    recurrent `(H, G·H)`; bias `(G·H,)`; recurrent_bias `(G·H,)` where the cell has one; input
    `(I, G·H)` for a layer above another of I units, None for the first layer and for a cell that
    shares its weights.
    """

    recurrent: Array
    bias: Array
    input: Array | None = None
    recurrent_bias: Array | None = None

    @classmethod
    def named(cls, arrays: Arrays, layer: int) -> LayerWeights:
        """The weights of a layer, by the names of this module; KeyError where one is missing."""
        return cls(
            recurrent=arrays[f"recurrent.{layer}"],
            bias=arrays[f"bias.{layer}"],
            input=arrays.get(f"input.{layer}") if layer else None,
            recurrent_bias=arrays.get(f"recurrent_bias.{layer}"),
        )

    def fits(self, cell: Cell, inputs: int | None) -> bool:
        """Whether these are a layer of `cell` above `inputs` units; None: above no layer."""
        units = len(self.recurrent)
        columns = (len(cell.gates) * units,)
        reads = inputs is not None and not cell.shares_weights
        found = {
            "recurrent": self.recurrent.shape,
            "bias": self.bias.shape,
            "input": None if self.input is None else self.input.shape,
            "recurrent_bias": None if self.recurrent_bias is None else self.recurrent_bias.shape,
        }
        # A cell that shares its weights multiplies the units below by its recurrent weights.
        return (not cell.shares_weights or inputs in (None, units)) and found == {
            "recurrent": (units, *columns),
            "bias": columns,
            "input": (inputs, *columns) if reads else None,
            "recurrent_bias": columns if cell.has_recurrent_bias else None,
        }


@dataclass(frozen=True)
class RecurrentWeights:
    """A network's cell and arrays.

    cell: one of `CELLS`, or a cell of your own; table `(V, G·H)`: the product of each token's input
    with the first layer's input weights; output `(H, V)` and output_bias `(V,)`, or None where the
    last layer's hidden units are the logits. Raises ValueError where the arrays do not fit.
    """

    cell: Cell
    table: Array
    layers: tuple[LayerWeights, ...]
    output: Array | None
    output_bias: Array | None

    def __post_init__(self) -> None:
        if not isinstance(self.cell, Cell):
            raise ValueError(f"{self.cell!r} is not a cell")
        if not (self._layers_fit() and self._table_fits() and self._output_fits()):
            raise ValueError("the arrays of the network do not fit each other")

    def _layers_fit(self) -> bool:
        below = [None, *(len(layer.recurrent) for layer in self.layers)]
        fits = [layer.fits(self.cell, units) for layer, units in zip(self.layers, below)]
        return bool(fits) and all(fits)

    def _table_fits(self) -> bool:
        columns = len(self.cell.gates) * len(self.layers[0].recurrent)
        return self.table.ndim == 2 and self.table.shape[1] == columns

    def _output_fits(self) -> bool:
        units, vocabulary = len(self.layers[-1].recurrent), len(self.table)
        if self.output is None or self.output_bias is None:
            return self.output is self.output_bias and units == vocabulary
        return self.output.shape == (units, vocabulary) and self.output_bias.shape == (vocabulary,)
