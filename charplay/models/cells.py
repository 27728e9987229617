"""The recurrent cells for inference: one class a cell, and the table of their names.

σ(x) = (tanh(x/2) + 1) / 2, so one tanh serves all gates of a step. The weights of each gate that is
a σ are halved beforehand (`scale_input`, `scale_recurrent`), which is exact; a step adds the 1 and
takes the half where that costs least.

Shapes: B rows, H units, G gates.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from charplay.models.arrays import Array


class Cell(ABC):
    """A kind of cell: what its gates and its state are called, and its step.

    gates: the gates in the order of the weights' columns.
    state: the arrays `(B, H)` that a layer carries on; the first is the hidden units.
    has_recurrent_bias: the recurrent product has a bias of its own.
    shares_weights: the recurrent weights also multiply the input, so a layer has no input weights.
    input_factors, recurrent_factors: for each gate, what the columns of the input weights and of
    the recurrent weights, each with its bias, are multiplied by before `step` uses them; empty:
    nothing.
    """

    gates: ClassVar[tuple[str, ...]]
    state: ClassVar[tuple[str, ...]] = ("hidden",)
    has_recurrent_bias: ClassVar[bool] = False
    shares_weights: ClassVar[bool] = False
    input_factors: ClassVar[tuple[float, ...]] = ()
    recurrent_factors: ClassVar[tuple[float, ...]] = ()

    @abstractmethod
    def step(
        self,
        preactivation: Array,
        state: tuple[Array, ...],
        recurrent: Array,
        recurrent_bias: Array,
        scratch: Array,
    ) -> None:
        """Replace the state by the next one, in place.

        preactivation `(B, G·H)`: x W + b, which the step may overwrite, as it may `scratch` of the
        same shape; recurrent `(H, G·H)`; recurrent_bias `(G·H,)`, empty where there is none.
        """

    def gate_values(
        self,
        preactivation: Array,
        state: tuple[Array, ...],
        recurrent: Array,
        recurrent_bias: Array,
    ) -> Mapping[str, Array]:
        """What the gates of a step let through, name to `(B, H)`; none unless a cell tells.

        The arguments are those of `step` before it is taken; none of them changes.
        """
        return {}

    def scale_input(self, columns: Array) -> Array:
        """Columns `(…, G·H)` of input weights or their bias as `step` needs them."""
        return self._scale(columns, self.input_factors)

    def scale_recurrent(self, columns: Array) -> Array:
        """Columns `(…, G·H)` of recurrent weights or their bias as `step` needs them."""
        return self._scale(columns, self.recurrent_factors)

    def _scale(self, columns: Array, factors: tuple[float, ...]) -> Array:
        if not factors:
            return columns
        units = columns.shape[-1] // len(self.gates)
        return columns * np.repeat(np.array(factors, columns.dtype), units)

    def zero_state(self, layer: int, shape: tuple[int, int], dtype: Any) -> dict[str, Array]:
        """The state of a layer before the first character, by name."""
        return {name: np.zeros(shape, dtype) for name in self.state_names(layer)}

    def state_names(self, layer: int) -> list[str]:
        """What the arrays of a layer's state are called: `hidden.0`, `cell.0`, …"""
        return [f"{name}.{layer}" for name in self.state]


class RnnCell(Cell):
    """h' = tanh(x W + h U + b) (Elman 1990)."""

    gates = ("hidden",)

    def step(
        self,
        preactivation: Array,
        state: tuple[Array, ...],
        recurrent: Array,
        recurrent_bias: Array,
        scratch: Array,
    ) -> None:
        (hidden,) = state
        hidden.dot(recurrent, scratch)
        preactivation += scratch
        np.tanh(preactivation, hidden)


class UnrolledCell(RnnCell):
    """h' = tanh((h + x) W + b), the network from which the recurrent ones grew."""

    shares_weights = True


class LstmCell(Cell):
    """c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c') (Hochreiter & Schmidhuber 1997; Gers 2000)."""

    gates = ("input", "forget", "candidate", "output")
    state = ("hidden", "cell")
    input_factors = recurrent_factors = (0.5, 0.5, 1, 0.5)

    def gate_values(
        self,
        preactivation: Array,
        state: tuple[Array, ...],
        recurrent: Array,
        recurrent_bias: Array,
    ) -> Mapping[str, Array]:
        i, f, g, o = np.split(np.tanh(preactivation + state[0].dot(recurrent)), 4, axis=1)
        values = (_half_up(i), _half_up(f), g, _half_up(o))
        return dict(zip(self.gates, values, strict=True))

    def step(
        self,
        preactivation: Array,
        state: tuple[Array, ...],
        recurrent: Array,
        recurrent_bias: Array,
        scratch: Array,
    ) -> None:
        hidden, cell = state
        units = hidden.shape[1]
        hidden.dot(recurrent, scratch)
        preactivation += scratch
        np.tanh(preactivation, preactivation)
        i, f = preactivation[..., :units], preactivation[..., units : 2 * units]
        g, o = preactivation[..., 2 * units : 3 * units], preactivation[..., 3 * units :]
        i += 1
        i *= g
        f += 1
        cell *= f
        cell += i
        cell *= 0.5
        np.tanh(cell, hidden)
        o += 1
        hidden *= o
        hidden *= 0.5


class GruCell(Cell):
    """n = tanh(x_n + σ(r) (h U_n + c_n)), h' = σ(z) h + (1 - σ(z)) n (Cho et al. 2014).

    The reset comes after the recurrent product, which has a bias c of its own.
    """

    gates = ("update", "reset", "candidate")
    has_recurrent_bias = True
    input_factors = (0.5, 0.5, 1)
    # σ(r) multiplies the candidate's recurrent product, so that product takes the half of σ(r).
    recurrent_factors = (0.5, 0.5, 0.5)

    def gate_values(
        self,
        preactivation: Array,
        state: tuple[Array, ...],
        recurrent: Array,
        recurrent_bias: Array,
    ) -> Mapping[str, Array]:
        z, r, n = np.split(preactivation, 3, axis=1)
        h_z, h_r, h_n = np.split(state[0].dot(recurrent) + recurrent_bias, 3, axis=1)
        z, r = np.tanh(z + h_z), np.tanh(r + h_r)
        values = (_half_up(z), _half_up(r), np.tanh(n + (r + 1) * h_n))
        return dict(zip(self.gates, values, strict=True))

    def step(
        self,
        preactivation: Array,
        state: tuple[Array, ...],
        recurrent: Array,
        recurrent_bias: Array,
        scratch: Array,
    ) -> None:
        (hidden,) = state
        units = hidden.shape[1]
        hidden.dot(recurrent, scratch)
        scratch += recurrent_bias
        gates, n = preactivation[..., : 2 * units], preactivation[..., 2 * units :]
        gates += scratch[..., : 2 * units]
        np.tanh(gates, gates)
        gates += 1
        reset_product = scratch[..., 2 * units :]
        reset_product *= gates[..., units:]
        n += reset_product
        np.tanh(n, n)
        hidden -= n
        hidden *= gates[..., :units]
        hidden *= 0.5
        hidden += n


def _half_up(tanh_of_half: Array) -> Array:
    """σ(x) from tanh(x/2)."""
    values: Array = (tanh_of_half + 1) / 2
    return values


CELLS: Mapping[str, Cell] = {
    "rnn": RnnCell(),
    "lstm": LstmCell(),
    "gru": GruCell(),
    "unrolled": UnrolledCell(),
}
