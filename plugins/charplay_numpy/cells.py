"""The cells in training: each a loop forward and a loop back over time, in buffers made once.

Arrays run (T, B, ...), time first, so that one step is one contiguous piece. Of a layer only the
recurrent product must wait for the step before; what can be done for all steps at once is done
outside (`layers.py`). Everything here is in place: `driven` holds z = x W + b before `forward`,
the gates' activations after it, and the loss's gradient with respect to z after `backward`.

σ(x) = (1 + t) / 2 with t = tanh(x / 2), and σ' = (1 - t²) / 4: the gates are kept as t, whose slope
has the same form as that of every other tanh here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from charplay import Array


class Cell:
    """A cell's buffers over up to `length` steps of `rows` rows.

    driven `(T, B, G·H)`; hidden `(T + 1, B, H)`: the state before the first step, then after each;
    errors `(T, B, H)`: the loss's gradient with respect to the hidden units, used up by backward;
    masked `(T, B, H)`: room for what dropout leaves of them. mask `(B, H)`, if any: what the units
    are multiplied by before the recurrent product.
    """

    gates: ClassVar[int] = 1
    state: ClassVar[tuple[str, ...]] = ("hidden",)

    def __init__(self, length: int, rows: int, units: int, precision: DTypeLike) -> None:
        self.length, self.units = length, units
        self.driven = np.zeros((length, rows, self.gates * units), precision)
        self.hidden = np.zeros((length + 1, rows, units), precision)
        self.errors = np.zeros((length, rows, units), precision)
        self.masked = np.empty_like(self.errors)
        self.mask: Array | None = None
        self._masked_before = np.empty_like(self.errors)
        self._driven, self._hidden = list(self.driven), list(self.hidden)
        self._errors = list(self.errors)
        self._recalled: Array = np.empty_like(self.driven[0])
        self._back: Array = np.empty_like(self.hidden[0])

    def begin(self, state: Sequence[Array]) -> None:
        """Stand at a state `(B, H)`, one array for each name in `state`."""
        self.hidden[0] = state[0]

    def ended(self, length: int) -> tuple[Array, ...]:
        """Copies of the state after so many steps."""
        return (self.hidden[length].copy(),)

    def forward(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        """Run so many steps from where the cell stands."""
        raise NotImplementedError

    def backward(self, length: int, recurrent: Array) -> None:
        """Run back over the steps of the last `forward`."""
        raise NotImplementedError

    @property
    def before(self) -> Array:
        """What the recurrent products `(T, B, H)` of the last `forward` were made of."""
        return self.hidden[:-1] if self.mask is None else self._masked_before

    @property
    def recurrent_errors(self) -> Array:
        """The loss's gradient `(T, B, G·H)` with respect to the recurrent product."""
        return self.driven

    def _befores(self) -> Iterable[Array]:
        """What each step's recurrent product reads, masked when its turn has come."""
        mask = self.mask
        if mask is None:
            return self._hidden
        return (np.multiply(h, mask, to) for h, to in zip(self._hidden, self._masked_before))

    def _blame(self, errors: Array, turned: Array) -> Array:
        """The loss's gradient `(B, H)` with respect to the units that a recurrent product read."""
        errors.dot(turned, self._back)
        if self.mask is not None:
            self._back *= self.mask
        return self._back


class Rnn(Cell):
    """h = tanh(z + h₋ U) (Elman 1990)."""

    def forward(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        add, tanh, recalled = np.add, np.tanh, self._recalled
        for z, before, h in zip(self._driven[:length], self._befores(), self._hidden[1:]):
            before.dot(recurrent, recalled)
            add(z, recalled, z)
            tanh(z, h)

    def backward(self, length: int, recurrent: Array) -> None:
        """dz = (dh + dz₊ Uᵀ) · (1 - h²); all slopes at once, so that a step is three calls."""
        add, multiply, blame = np.add, np.multiply, self._blame
        slopes = self.driven[:length]
        hidden = self.hidden[1 : length + 1]
        multiply(hidden, hidden, slopes)
        np.subtract(1, slopes, slopes)
        turned, driven, errors = recurrent.T, self._driven, self._errors
        after = driven[length - 1]
        multiply(errors[length - 1], after, after)
        for t in range(length - 2, -1, -1):
            error = errors[t]
            add(error, blame(after, turned), error)
            after = driven[t]
            multiply(error, after, after)


class Lstm(Cell):
    """Gates i, f, g, o: c = σ(f) c₋ + σ(i) tanh(g), h = σ(o) tanh(c) (Gers et al. 2000)."""

    gates = 4
    state = ("hidden", "cell")

    def __init__(self, length: int, rows: int, units: int, precision: DTypeLike) -> None:
        super().__init__(length, rows, units, precision)
        self.cell = np.zeros_like(self.hidden)
        self._bent = np.zeros_like(self.errors)
        self._room, self._kept, self._carried = np.empty((3, *self._back.shape), precision)

    def begin(self, state: Sequence[Array]) -> None:
        self.hidden[0], self.cell[0] = state

    def ended(self, length: int) -> tuple[Array, ...]:
        return (self.hidden[length].copy(), self.cell[length].copy())

    def forward(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        units, room, recalled = self.units, self._room, self._recalled
        for t, before in zip(range(length), self._befores()):
            z, h, c, bent = self._driven[t], self._hidden[t + 1], self.cell[t + 1], self._bent[t]
            before.dot(recurrent, recalled)
            z += recalled
            z[:, : 2 * units] *= 0.5
            z[:, 3 * units :] *= 0.5
            np.tanh(z, z)
            i, f, g, o = _quarters(z, units)
            np.add(i, 1, room)
            room *= g
            np.add(f, 1, c)
            c *= self.cell[t]
            c += room
            c *= 0.5
            np.tanh(c, bent)
            np.add(o, 1, h)
            h *= bent
            h *= 0.5

    def backward(self, length: int, recurrent: Array) -> None:
        """With dh from above and from the step after, and dc carried from there."""
        units, turned, slopes = self.units, recurrent.T, self._recalled
        carried, kept, room = self._carried, self._kept, self._room
        carried[...] = 0
        for t in range(length - 1, -1, -1):
            z, dh, bent = self._driven[t], self._errors[t], self._bent[t]
            if t < length - 1:
                dh += self._blame(self._driven[t + 1], turned)
            i, f, g, o = _quarters(z, units)
            np.multiply(z, z, slopes)
            np.subtract(1, slopes, slopes)
            # dc gains dh σ(o) (1 - tanh²(c)); o's own slope comes with a quarter of dh tanh(c).
            np.multiply(bent, bent, room)
            np.subtract(1, room, room)
            room *= dh
            np.add(o, 1, kept)
            room *= kept
            room *= 0.5
            carried += room
            np.multiply(dh, bent, o)
            o *= 0.25
            # f and i are read here for the last time: their gradients may take their place.
            carried *= 0.5
            np.add(f, 1, kept)
            kept *= carried
            np.add(i, 1, room)
            room *= carried
            carried *= 0.5
            np.multiply(carried, self.cell[t], f)
            np.multiply(carried, g, i)
            g[...] = room
            z *= slopes
            carried, kept = kept, carried


class Gru(Cell):
    """Gates z, r, n: n = tanh(x + σ(r) (h₋ U + c)), h = σ(z) h₋ + (1 - σ(z)) n (Cho et al. 2014).

    The reset comes after the recurrent product, which has a bias c of its own; so what the product
    is to blame for differs from what the input is, in n's part.
    """

    gates = 3

    def __init__(self, length: int, rows: int, units: int, precision: DTypeLike) -> None:
        super().__init__(length, rows, units, precision)
        self._candidates = np.zeros_like(self.errors)
        self._blamed = np.zeros_like(self.driven)
        self._room = np.empty_like(self.hidden[0])

    @property
    def recurrent_errors(self) -> Array:
        return self._blamed

    def forward(self, length: int, recurrent: Array, recurrent_bias: Array) -> None:
        units, room, recalled = self.units, self._room, self._recalled
        for t, read in zip(range(length), self._befores()):
            driven, before, h = self._driven[t], self._hidden[t], self._hidden[t + 1]
            read.dot(recurrent, recalled)
            recalled += recurrent_bias
            gates, n = driven[:, : 2 * units], driven[:, 2 * units :]
            gates += recalled[:, : 2 * units]
            gates *= 0.5
            np.tanh(gates, gates)
            z, r = gates[:, :units], gates[:, units:]
            candidate = self._candidates[t]
            np.multiply(recalled[:, 2 * units :], 0.5, candidate)
            np.add(r, 1, room)
            room *= candidate
            n += room
            np.tanh(n, n)
            np.subtract(before, n, h)
            np.add(z, 1, room)
            h *= room
            h *= 0.5
            h += n

    def backward(self, length: int, recurrent: Array) -> None:
        units, turned, slopes = self.units, recurrent.T, self._recalled
        through = self._room
        for t in range(length - 1, -1, -1):
            driven, blamed, dh = self._driven[t], self._blamed[t], self._errors[t]
            if t < length - 1:
                dh += self._blame(self._blamed[t + 1], turned)
                dh += through
            z, r, n = (driven[:, k * units : (k + 1) * units] for k in range(3))
            np.multiply(driven, driven, slopes)
            np.subtract(1, slopes, slopes)
            # What goes straight to the state before is σ(z) dh; n gets the rest.
            np.add(z, 1, through)
            through *= dh
            through *= 0.5
            np.subtract(self._hidden[t], n, z)
            z *= dh
            z *= 0.25
            np.subtract(dh, through, n)
            n *= slopes[:, 2 * units :]
            np.add(r, 1, blamed[:, 2 * units :])
            blamed[:, 2 * units :] *= n
            blamed[:, 2 * units :] *= 0.5
            np.multiply(n, self._candidates[t], r)
            r *= 0.5
            driven[:, : 2 * units] *= slopes[:, : 2 * units]
            blamed[:, : 2 * units] = driven[:, : 2 * units]


def _quarters(z: Array, units: int) -> tuple[Array, Array, Array, Array]:
    """The four gates' columns."""
    return (
        z[:, :units],
        z[:, units : 2 * units],
        z[:, 2 * units : 3 * units],
        z[:, 3 * units :],
    )


CELLS: Mapping[str, type[Cell]] = {"rnn": Rnn, "lstm": Lstm, "gru": Gru}
