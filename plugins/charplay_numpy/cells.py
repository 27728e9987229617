"""The cells in training: each a loop forward and a loop backward over time, in buffers made once.

Arrays are (T, B, ...), time first, so that one step is one contiguous piece. In a layer only the
recurrent product must wait for the step before; what can be done for all steps at once is done
outside (`layers.py`).

σ(x) = (1 + t) / 2 with t = tanh(x / 2), and σ' = (1 - t²) / 4: the gates are stored as t, whose
slope has the same form as that of every other tanh here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pkgutil import resolve_name

import numpy as np
from numpy.typing import DTypeLike

from charplay import Array, Cell
from charplay_numpy.config import TRAINING_CELLS


class TrainingCell(ABC):
    """The buffers of a cell over up to `length` steps of `rows` rows, and its loops over them.

    preactivation `(T, B, G·H)`: x W + b before `forward`, the gates' activations after it, and the
    loss's gradient with respect to x W + b after `backward`.
    states: for each name in the cell's `state` an array `(T + 1, B, H)`, the state before the first
    step and after each; `hidden` is the first of them.
    hidden_gradient `(T, B, H)`: the loss's gradient with respect to the hidden units; `backward`
    overwrites it.
    masked_output `(T, B, H)`: scratch for the hidden units that dropout leaves.
    own_buffers: how many arrays `(T, B, H)` a subclass has besides, for the estimate of memory.

    `z`, `h` and `dh` are preactivation, hidden and hidden_gradient as lists of steps.
    """

    own_buffers = 0

    def __init__(
        self, cell: Cell, length: int, rows: int, units: int, precision: DTypeLike
    ) -> None:
        self.length, self.units = length, units
        self.preactivation = np.zeros((length, rows, len(cell.gates) * units), precision)
        self.states = [np.zeros((length + 1, rows, units), precision) for _ in cell.state]
        self.hidden = self.states[0]
        self.hidden_gradient = np.zeros((length, rows, units), precision)
        self.masked_output = np.empty_like(self.hidden_gradient)
        self.z, self.h = list(self.preactivation), list(self.hidden)
        self.dh = list(self.hidden_gradient)
        self.product: Array = np.empty_like(self.preactivation[0])
        self._mask: Array | None = None
        self._masked_inputs = np.empty_like(self.hidden_gradient)
        self._back: Array = np.empty_like(self.hidden[0])

    def forward(
        self,
        length: int,
        state: Sequence[Array],
        mask: Array | None,
        recurrent: Array,
        recurrent_bias: Array,
    ) -> None:
        """Run `length` steps from a state, an array `(B, H)` for each name in the cell's `state`.

        mask `(B, H)`, if any: what the hidden units are multiplied by before the recurrent product.
        """
        for steps, first in zip(self.states, state):
            steps[0] = first
        self._mask = mask
        self.forward_steps(length, recurrent, recurrent_bias)

    @abstractmethod
    def forward_steps(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        """Fill `states` from the state before the first step and from `preactivation`."""

    @abstractmethod
    def backward(self, length: int, recurrent: Array) -> None:
        """Run backward over the steps of the last `forward`, from `hidden_gradient`."""

    def final_state(self, length: int) -> tuple[Array, ...]:
        """Copies of the state after `length` steps."""
        return tuple([steps[length].copy() for steps in self.states])

    @property
    def recurrent_input(self) -> Array:
        """The units `(T, B, H)` that the recurrent products of the last `forward` read."""
        return self.hidden[:-1] if self._mask is None else self._masked_inputs

    @property
    def product_gradient(self) -> Array:
        """The loss's gradient `(T, B, G·H)` with respect to the recurrent product."""
        return self.preactivation

    def recurrent_inputs(self) -> Iterable[Array]:
        """The units `(B, H)` that each step's recurrent product reads, masked step by step."""
        mask = self._mask
        if mask is None:
            return self.h
        return (np.multiply(h, mask, out) for h, out in zip(self.h, self._masked_inputs))

    def through_product(self, gradient: Array, transposed: Array) -> Array:
        """The gradient `(B, H)` with respect to the units that a recurrent product read.

        gradient `(B, G·H)`: that of the product; transposed: the recurrent weights, transposed.
        """
        gradient.dot(transposed, self._back)
        if self._mask is not None:
            self._back *= self._mask
        return self._back


class RnnTraining(TrainingCell):
    """h = tanh(z + h₋ U) (Elman 1990)."""

    def forward_steps(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        add, tanh, product = np.add, np.tanh, self.product
        for z, before, h in zip(self.z[:length], self.recurrent_inputs(), self.h[1:]):
            before.dot(recurrent, product)
            add(z, product, z)
            tanh(z, h)

    def backward(self, length: int, recurrent: Array) -> None:
        """dz = (dh + dz₊ Uᵀ) · (1 - h²); all slopes at once, so that a step is three calls."""
        add, multiply, through_product = np.add, np.multiply, self.through_product
        slopes = self.preactivation[:length]
        hidden = self.hidden[1 : length + 1]
        multiply(hidden, hidden, slopes)
        np.subtract(1, slopes, slopes)
        transposed, steps, gradients = recurrent.T, self.z, self.dh
        after = steps[length - 1]
        multiply(gradients[length - 1], after, after)
        for t in range(length - 2, -1, -1):
            dh = gradients[t]
            add(dh, through_product(after, transposed), dh)
            after = steps[t]
            multiply(dh, after, after)


class LstmTraining(TrainingCell):
    """Gates i, f, g, o: c = σ(f) c₋ + σ(i) tanh(g), h = σ(o) tanh(c) (Gers et al. 2000)."""

    own_buffers = 1

    def __init__(
        self, cell: Cell, length: int, rows: int, units: int, precision: DTypeLike
    ) -> None:
        super().__init__(cell, length, rows, units, precision)
        self._tanh_cell = np.zeros_like(self.hidden_gradient)
        self._scratch = list(np.empty((3, rows, units), precision))

    def forward_steps(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        units, product, cells, scratch = self.units, self.product, self.states[1], self._scratch[0]
        for t, before in zip(range(length), self.recurrent_inputs()):
            z, h, c, tanh_cell = self.z[t], self.h[t + 1], cells[t + 1], self._tanh_cell[t]
            before.dot(recurrent, product)
            z += product
            z[:, : 2 * units] *= 0.5
            z[:, 3 * units :] *= 0.5
            np.tanh(z, z)
            i, f, g, o = _split_gates(z, units)
            np.add(i, 1, scratch)
            scratch *= g
            np.add(f, 1, c)
            c *= cells[t]
            c += scratch
            c *= 0.5
            np.tanh(c, tanh_cell)
            np.add(o, 1, h)
            h *= tanh_cell
            h *= 0.5

    def backward(self, length: int, recurrent: Array) -> None:
        """With dh from above and from the step after, and dc carried from there."""
        units, transposed, slopes, cells = self.units, recurrent.T, self.product, self.states[1]
        scratch, forget, cell_gradient = self._scratch
        cell_gradient[...] = 0
        for t in range(length - 1, -1, -1):
            z, dh, tanh_cell = self.z[t], self.dh[t], self._tanh_cell[t]
            if t < length - 1:
                dh += self.through_product(self.z[t + 1], transposed)
            i, f, g, o = _split_gates(z, units)
            np.multiply(z, z, slopes)
            np.subtract(1, slopes, slopes)
            # dc gains dh σ(o) (1 - tanh²(c)); o's own slope comes with a quarter of dh tanh(c).
            np.multiply(tanh_cell, tanh_cell, scratch)
            np.subtract(1, scratch, scratch)
            scratch *= dh
            np.add(o, 1, forget)
            scratch *= forget
            scratch *= 0.5
            cell_gradient += scratch
            np.multiply(dh, tanh_cell, o)
            o *= 0.25
            # f and i are read here for the last time, so their gradients may take their place.
            cell_gradient *= 0.5
            np.add(f, 1, forget)
            forget *= cell_gradient
            np.add(i, 1, scratch)
            scratch *= cell_gradient
            cell_gradient *= 0.5
            np.multiply(cell_gradient, cells[t], f)
            np.multiply(cell_gradient, g, i)
            g[...] = scratch
            z *= slopes
            cell_gradient, forget = forget, cell_gradient


class GruTraining(TrainingCell):
    """Gates z, r, n: n = tanh(x + σ(r) (h₋ U + c)), h = σ(z) h₋ + (1 - σ(z)) n (Cho et al. 2014).

    The reset comes after the recurrent product, which has a bias c of its own; so for n the
    gradient of the product differs from that of the input.
    """

    own_buffers = 4  # the gradient of its product is apart from its pre-activation

    def __init__(
        self, cell: Cell, length: int, rows: int, units: int, precision: DTypeLike
    ) -> None:
        super().__init__(cell, length, rows, units, precision)
        # Half of each candidate's recurrent product, which σ(r) multiplies.
        self._candidates = np.zeros_like(self.hidden_gradient)
        self._product_gradient = np.zeros_like(self.preactivation)
        self._scratch = np.empty_like(self.hidden[0])

    @property
    def product_gradient(self) -> Array:
        return self._product_gradient

    def forward_steps(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        units, scratch, product = self.units, self._scratch, self.product
        for t, read in zip(range(length), self.recurrent_inputs()):
            preactivation, before, h = self.z[t], self.h[t], self.h[t + 1]
            read.dot(recurrent, product)
            product += recurrent_bias
            gates, n = preactivation[:, : 2 * units], preactivation[:, 2 * units :]
            gates += product[:, : 2 * units]
            gates *= 0.5
            np.tanh(gates, gates)
            z, r = gates[:, :units], gates[:, units:]
            candidate = self._candidates[t]
            np.multiply(product[:, 2 * units :], 0.5, candidate)
            np.add(r, 1, scratch)
            scratch *= candidate
            n += scratch
            np.tanh(n, n)
            np.subtract(before, n, h)
            np.add(z, 1, scratch)
            h *= scratch
            h *= 0.5
            h += n

    def backward(self, length: int, recurrent: Array) -> None:
        units, transposed, slopes = self.units, recurrent.T, self.product
        skip_gradient, product_gradient = self._scratch, self._product_gradient
        for t in range(length - 1, -1, -1):
            gates, dp, dh = self.z[t], product_gradient[t], self.dh[t]
            if t < length - 1:
                dh += self.through_product(product_gradient[t + 1], transposed)
                dh += skip_gradient
            z, r, n = (gates[:, k * units : (k + 1) * units] for k in range(3))
            np.multiply(gates, gates, slopes)
            np.subtract(1, slopes, slopes)
            # σ(z) dh goes straight to the state before; n gets the rest.
            np.add(z, 1, skip_gradient)
            skip_gradient *= dh
            skip_gradient *= 0.5
            np.subtract(self.h[t], n, z)
            z *= dh
            z *= 0.25
            np.subtract(dh, skip_gradient, n)
            n *= slopes[:, 2 * units :]
            np.add(r, 1, dp[:, 2 * units :])
            dp[:, 2 * units :] *= n
            dp[:, 2 * units :] *= 0.5
            np.multiply(n, self._candidates[t], r)
            r *= 0.5
            gates[:, : 2 * units] *= slopes[:, : 2 * units]
            dp[:, : 2 * units] = gates[:, : 2 * units]


def _split_gates(z: Array, units: int) -> tuple[Array, Array, Array, Array]:
    """The columns of an LSTM's four gates."""
    return (
        z[:, :units],
        z[:, units : 2 * units],
        z[:, 2 * units : 3 * units],
        z[:, 3 * units :],
    )


def training_cell(name: str) -> type[TrainingCell]:
    """The class that trains the cell of that name."""
    found: type[TrainingCell] = resolve_name(TRAINING_CELLS[name])
    return found
