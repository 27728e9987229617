"""One layer of a network in training: a cell over time, and what is done for all steps at once.

    z = x W + b, for all steps in one product, then the cell's own loop

For the first layer x is a token: a row of the table that has b where there is no token and b + W's
row of the token otherwise. Seen as a product, that table is E [b; W], where E's first column is all
ones and each row has one more 1, for the token. So one product, Eᵀ dz, gives the gradients of b and
of W.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from charplay import CELLS, Array, ArrayBlock, Tokens
from charplay_numpy.cells import TrainingCell, training_cell

LayerState = tuple[Array, ...]


class Masks(NamedTuple):
    """What a layer's units `(B, H)` are multiplied by, None for nothing.

    output: for the layer above; recurrent: for the layer's own next step.
    """

    output: Array | None = None
    recurrent: Array | None = None


@dataclass(slots=True)
class LayerPass:
    """A layer's forward pass over some steps: what its backward pass takes.

    output `(T, B, H)`: the hidden units passed to the layer above; output_gradient, of the same
    shape: where the loss's gradient with respect to the output is put before the backward pass. All
    of it is the layer's memory: valid until its next forward pass.
    """

    cell: TrainingCell
    mask: Array | None
    output: Array
    output_gradient: Array

    def final_state(self) -> LayerState:
        """Copies of the state after the last step."""
        return self.cell.final_state(len(self.output))


class Layer:
    """The layer of a number, over shared weights, with gradients of its own."""

    def __init__(self, number: int, cell: str, weights: ArrayBlock, gradients: ArrayBlock) -> None:
        self._cell, self._training = CELLS[cell], training_cell(cell)
        self._input, self._recurrent, self._bias = (
            (weights[f"{name}.{number}"], gradients[f"{name}.{number}"])
            for name in ("input", "recurrent", "bias")
        )
        given = weights.get(f"recurrent_bias.{number}")
        self._recurrent_bias = np.empty(0) if given is None else given
        self._recurrent_bias_gradient = gradients.get(f"recurrent_bias.{number}")
        self._units, self._precision = len(self._recurrent[0]), weights.flat.dtype
        self.state_names = self._cell.state_names(number)
        self._buffers: dict[int, TrainingCell] = {}

    def zero_state(self, rows: int) -> LayerState:
        """The state before the first character."""
        return tuple(np.zeros((rows, self._units), self._precision) for _ in self.state_names)

    def read_tokens(
        self, table_rows: Tokens, embedding: Array | None, state: LayerState, masks: Masks
    ) -> LayerPass:
        """Read tokens `(T, B)`, given as rows of the table: 0 for none, else the token plus 1."""
        weights, bias = self._input[0], self._bias[0]
        product = weights if embedding is None else embedding.dot(weights)
        table = np.empty((len(product) + 1, len(bias)), self._precision)
        table[0] = bias
        np.add(product, bias, table[1:])
        length, rows = table_rows.shape
        cell = self._prepare_cell(length, rows)
        table.take(table_rows, 0, cell.preactivation[:length], "clip")
        return self._run(cell, length, state, masks)

    def read_units(self, below: Array, state: LayerState, masks: Masks) -> LayerPass:
        """Read the output `(T, B, I)` of the layer below."""
        length, rows = below.shape[:2]
        cell = self._prepare_cell(length, rows)
        preactivation = _flatten_steps(cell.preactivation[:length])
        _flatten_steps(below).dot(self._input[0], preactivation)
        preactivation += self._bias[0]
        return self._run(cell, length, state, masks)

    def _prepare_cell(self, length: int, rows: int) -> TrainingCell:
        """Buffers for steps of `rows` rows, kept from one pass to the next."""
        cell = self._buffers.get(rows)
        if cell is None or cell.length < length:
            cell = self._training(self._cell, length, rows, self._units, self._precision)
            self._buffers[rows] = cell
        return cell

    def _run(
        self, cell: TrainingCell, length: int, state: Sequence[Array], masks: Masks
    ) -> LayerPass:
        """The forward pass, from the pre-activation in the cell's buffers."""
        cell.forward(length, state, masks.recurrent, self._recurrent[0], self._recurrent_bias)
        output = cell.hidden[1 : length + 1]
        if masks.output is not None:
            output = np.multiply(output, masks.output, cell.masked_output[:length])
        return LayerPass(cell, masks.output, output, cell.hidden_gradient[:length])

    def learn_tokens(
        self,
        forward: LayerPass,
        one_hot: Array,
        embedding: Array | None,
        embedding_gradient: Array | None,
    ) -> None:
        """Fill the gradients of a layer that read tokens, and of the embedding if there is one.

        one_hot `(T · B, V + 1)`: the rows of E of the tokens.
        """
        weights, gradient = self._input
        table: Array = one_hot.T.dot(self._run_backward(forward))
        self._bias[1][...] = table[0]
        if embedding is None or embedding_gradient is None:
            gradient[...] = table[1:]
        else:
            embedding.T.dot(table[1:], gradient)
            table[1:].dot(weights.T, embedding_gradient)

    def learn_units(self, forward: LayerPass, below: LayerPass) -> None:
        """Fill the gradients of a layer that read units, and the gradient of the layer below."""
        gradient = self._run_backward(forward)
        _flatten_steps(below.output).T.dot(gradient, self._input[1])
        np.add.reduce(gradient, 0, out=self._bias[1])
        gradient.dot(self._input[0].T, _flatten_steps(below.output_gradient))

    def _run_backward(self, forward: LayerPass) -> Array:
        """Fill the gradients of the recurrent weights; that of z, `(T · B, G·H)`."""
        cell, length = forward.cell, len(forward.output)
        if forward.mask is not None:
            forward.output_gradient[...] *= forward.mask
        cell.backward(length, self._recurrent[0])
        recurrent_input = _flatten_steps(cell.recurrent_input[:length])
        product_gradient = _flatten_steps(cell.product_gradient[:length])
        recurrent_input.T.dot(product_gradient, self._recurrent[1])
        if self._recurrent_bias_gradient is not None:
            np.add.reduce(product_gradient, 0, out=self._recurrent_bias_gradient)
        return _flatten_steps(cell.preactivation[:length])


def _flatten_steps(steps: Array) -> Array:
    """`(T, B, N)` as `(T · B, N)`."""
    return steps.reshape(-1, steps.shape[-1])
