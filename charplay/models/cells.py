"""The recurrent cells, each as one step that changes its state in place.

σ(x) = (tanh(x/2) + 1) / 2, so that one tanh serves all gates of a step: the weights of every gate
that is a σ are halved beforehand (`halved`), which is exact, and what the tanh gives is used as it
is, 1 added and the half taken where it is cheapest.

Shapes: B rows, H units, G gates. A step gets `driven` `(B, G·H)`, the input's product x W + b, and
uses it up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.models.arrays import Array

# What a step reads of its layer: recurrent `(H, G·H)`, recurrent_bias `(G·H,)` for the GRU alone.
Step = Callable[[Array, tuple[Array, ...], Array, Array, Array], None]


@dataclass(frozen=True)
class Cell:
    """A kind of cell: its gates in the order of the weights' columns, its state, its step.

    halves: for each gate, what its columns of (input and bias, recurrent and recurrent bias) are
    multiplied by before `step(driven, state, recurrent, recurrent_bias, scratch)` may use them.
    """

    gates: tuple[str, ...]
    state: tuple[str, ...]
    halves: tuple[tuple[float, float], ...]
    step: Step

    def scale(self, columns: Array, recurrent: bool) -> Array:
        """Columns `(…, G·H)` of a layer as `step` wants them."""
        factors = np.array([half[recurrent] for half in self.halves], columns.dtype)
        return columns * np.repeat(factors, columns.shape[-1] // len(self.gates))


def _rnn(
    driven: Array,
    state: tuple[Array, ...],
    recurrent: Array,
    recurrent_bias: Array,
    scratch: Array,
) -> None:
    """h' = tanh(x W + h U + b) (Elman 1990)."""
    (hidden,) = state
    hidden.dot(recurrent, scratch)
    driven += scratch
    np.tanh(driven, hidden)


def _lstm(
    driven: Array,
    state: tuple[Array, ...],
    recurrent: Array,
    recurrent_bias: Array,
    scratch: Array,
) -> None:
    """c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c') (Hochreiter & Schmidhuber 1997; Gers 2000)."""
    hidden, cell = state
    units = hidden.shape[-1]
    hidden.dot(recurrent, scratch)
    driven += scratch
    np.tanh(driven, driven)
    i, f = driven[..., :units], driven[..., units : 2 * units]
    g, o = driven[..., 2 * units : 3 * units], driven[..., 3 * units :]
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


def _gru(
    driven: Array,
    state: tuple[Array, ...],
    recurrent: Array,
    recurrent_bias: Array,
    scratch: Array,
) -> None:
    """n = tanh(x_n + σ(r) (h U_n + c_n)), h' = σ(z) h + (1 - σ(z)) n (Cho et al. 2014).

    The reset comes after the recurrent product, which has a bias c of its own.
    """
    (hidden,) = state
    units = hidden.shape[-1]
    hidden.dot(recurrent, scratch)
    scratch += recurrent_bias
    gates, n = driven[..., : 2 * units], driven[..., 2 * units :]
    gates += scratch[..., : 2 * units]
    np.tanh(gates, gates)
    gates += 1
    recalled = scratch[..., 2 * units :]
    recalled *= gates[..., units:]
    n += recalled
    np.tanh(n, n)
    hidden -= n
    hidden *= gates[..., :units]
    hidden *= 0.5
    hidden += n


CELLS: Mapping[str, Cell] = {
    "rnn": Cell(("hidden",), ("hidden",), ((1, 1),), _rnn),
    "lstm": Cell(
        ("input", "forget", "candidate", "output"),
        ("hidden", "cell"),
        ((0.5, 0.5), (0.5, 0.5), (1, 1), (0.5, 0.5)),
        _lstm,
    ),
    # The half of σ(r) is taken by the candidate's recurrent product, which it multiplies.
    "gru": Cell(
        ("update", "reset", "candidate"),
        ("hidden",),
        ((0.5, 0.5), (0.5, 0.5), (1, 0.5)),
        _gru,
    ),
}


def zero_state(cell: Cell, layer: int, shape: tuple[int, int], dtype: Any) -> dict[str, Array]:
    """The state of a layer before the first character, by name."""
    return {f"{name}.{layer}": np.zeros(shape, dtype) for name in cell.state}
