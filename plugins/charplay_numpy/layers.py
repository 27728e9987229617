"""One layer of a network in training: a cell over time, and what is done for all steps at once.

    z = x W + b, for all steps in one product, then the cell's own loop

For the first layer x is a token: a row of the table that has b where there is no token and b + W's
row of the token otherwise. Seen as a product, that table is E [b; W] with E's first column all
ones and a one more for the token. So one product, Eᵀ dz, gives the gradients of b and of W.
"""

from collections.abc import Sequence

import numpy as np

from charplay import Array, Tokens
from charplay_numpy.cells import CELLS, Cell
from charplay_numpy.weights import Block, named

# What a layer's units `(B, H)` are multiplied by: for what is above, and for its own next step.
Masks = tuple[Array | None, Array | None]


class Layer:
    """The layer of a number, over shared weights, with gradients of its own."""

    def __init__(self, number: int, cell: str, weights: Block, gradients: Block) -> None:
        self._kind = CELLS[cell]
        self._input, self._recurrent, self._bias = (
            (weights[name], gradients[name]) for name in named(number, "input", "recurrent", "bias")
        )
        (bias,) = named(number, "recurrent_bias")
        given = weights.get(bias)
        self._recurrent_bias = np.empty(0) if given is None else given
        self._recurrent_bias_gradient = gradients.get(bias)
        self.units = len(self._recurrent[0])
        self.precision = weights.flat.dtype
        self._cells: dict[int, Cell] = {}

    def zero_state(self, rows: int) -> tuple[Array, ...]:
        """The state before the first character."""
        return tuple(np.zeros((rows, self.units), self.precision) for _ in self._kind.state)

    @property
    def state_names(self) -> tuple[str, ...]:
        """What the arrays of a state are called."""
        return self._kind.state

    def prepare(self, length: int, rows: int) -> Array:
        """Room `(T, B, G·H)` for the input's product of a stretch."""
        cell = self._cells.get(rows)
        if cell is None or cell.length < length:
            cell = self._cells[rows] = self._kind(length, rows, self.units, self.precision)
        self.cell, self.length = cell, length
        return cell.driven[:length]

    def run(self, state: Sequence[Array], masks: Masks) -> Array:
        """What stands above gets, `(T, B, H)`: the hidden units, masked if they are to be.

        The input's product must be in its room.
        """
        mask, self.cell.mask = masks
        self.cell.begin(state)
        self.cell.forward(self.length, self._recurrent[0], self._recurrent_bias)
        hidden = self.cell.hidden[1 : self.length + 1]
        self._mask = mask
        if mask is None:
            return hidden
        return np.multiply(hidden, mask, self.cell.masked[: self.length])

    def ended(self) -> tuple[Array, ...]:
        """The state after the stretch."""
        return self.cell.ended(self.length)

    @property
    def errors(self) -> Array:
        """Room `(T, B, H)` for the loss's gradient with respect to the hidden units."""
        return self.cell.errors[: self.length]

    def run_back(self) -> Array:
        """From `errors` the gradients of the recurrent weights; that of z, `(T · B, G·H)`."""
        if self._mask is not None:
            self.errors[...] *= self._mask
        self.cell.backward(self.length, self._recurrent[0])
        before = _rows(self.cell.before[: self.length])
        blamed = _rows(self.cell.recurrent_errors[: self.length])
        before.T.dot(blamed, self._recurrent[1])
        if self._recurrent_bias_gradient is not None:
            np.add.reduce(blamed, 0, out=self._recurrent_bias_gradient)
        return _rows(self.cell.driven[: self.length])

    def read_tokens(self, rows: Tokens, embedding: Array | None) -> None:
        """z of tokens `(T, B)`, given as rows of the table: 0 for none, else the token and 1."""
        weights, bias = self._input[0], self._bias[0]
        product = weights if embedding is None else embedding.dot(weights)
        table = np.empty((len(product) + 1, len(bias)), self.precision)
        table[0] = bias
        np.add(product, bias, table[1:])
        table.take(rows, 0, self.prepare(*rows.shape), "clip")

    def learn_tokens(self, chosen: Array) -> Array:
        """From E `(T · B, V + 1)` the gradient of the bias; that of every token's z, `(V, G·H)`."""
        table: Array = chosen.T.dot(self.run_back())
        self._bias[1][...] = table[0]
        return table[1:]

    def learn_table(self, table: Array, embedding: Array | None, into: Array | None) -> None:
        """Gradients of the input and, where there is one, of the embedding."""
        weights, gradients = self._input
        if embedding is None or into is None:
            gradients[...] = table
        else:
            embedding.T.dot(table, gradients)
            table.dot(weights.T, into)

    def read(self, below: Array) -> None:
        """z of the units `(T, B, I)` of the layer below."""
        driven = _rows(self.prepare(*below.shape[:2]))
        _rows(below).dot(self._input[0], driven)
        driven += self._bias[0]

    def learn(self, below: Array, errors: Array) -> None:
        """Gradients of bias and input; the loss's gradient with respect to `below` into errors."""
        driven = self.run_back()
        _rows(below).T.dot(driven, self._input[1])
        np.add.reduce(driven, 0, out=self._bias[1])
        driven.dot(self._input[0].T, _rows(errors))


def _rows(steps: Array) -> Array:
    """`(T, B, N)` as `(T · B, N)`."""
    return steps.reshape(-1, steps.shape[-1])
