"""Inference for stacks of recurrent layers in NumPy, from named arrays.

The first layer reads its input's product x W from a table of V rows, so that one-hot input, an
embedding, and an embedding with a dense layer behind it are one case: a table look-up. No token
reads as zeros. The cell h' = tanh(W (h + x) + b) of an unrolled network is one too: its x W is the
table. A backend that trains with any framework hands over its weights in these names and samples
through this module.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.blas import one_blas_thread
from charplay.models.arrays import Array, Arrays, State
from charplay.models.cells import CELLS, Cell, zero_state
from charplay.models.contract import Model, Stream
from charplay.plan import Kind
from charplay.text.batching import NO_TOKEN
from charplay.text.vocabulary import Tokens, Vocabulary

# Steps read at once: enough for the matrix products, little enough memory for a book.
_STRETCH = 256
# Windows read side by side.
_WINDOWS = 512


@dataclass(frozen=True)
class LayerWeights:
    """One layer of H units and G gates, whose columns stand gate after gate.

    recurrent `(H, G·H)`; bias `(G·H,)`; recurrent_bias `(G·H,)` for the GRU alone; input
    `(I, G·H)` for a layer that stands on another of I units, None for the first.
    """

    recurrent: Array
    bias: Array
    input: Array | None = None
    recurrent_bias: Array | None = None


@dataclass(frozen=True)
class RecurrentWeights:
    """A network's arrays.

    cell: `rnn`, `lstm` (gates i, f, g, o) or `gru` (gates z, r, n, the reset after the product);
    table `(V, G·H)`: the product of each token's input with the first layer's input weights;
    output `(H, V)` and output_bias `(V,)`, or None where the last layer's hidden units are the
    logits. Raises ValueError where the arrays do not fit each other.
    """

    cell: str
    table: Array
    layers: tuple[LayerWeights, ...]
    output: Array | None
    output_bias: Array | None

    def __post_init__(self) -> None:
        if self.cell not in CELLS or not self.layers or not self._fits():
            raise ValueError("the arrays of the network do not fit each other")

    def _fits(self) -> bool:
        gates, below = len(CELLS[self.cell].gates), None
        for layer in self.layers:
            units = len(layer.recurrent)
            columns = (gates * units,)
            biases = [layer.bias.shape]
            if layer.recurrent_bias is not None:
                biases.append(layer.recurrent_bias.shape)
            fits = (
                layer.recurrent.shape == (units, *columns)
                and all(shape == columns for shape in biases)
                and (layer.recurrent_bias is not None) == (self.cell == "gru")
                and (layer.input is None) == (below is None)
                and (layer.input is None or layer.input.shape == (below, *columns))
            )
            if not fits:
                return False
            below = units
        first = gates * len(self.layers[0].recurrent)
        return self.table.ndim == 2 and self.table.shape[1] == first and self._output_fits(below)

    def _output_fits(self, units: int | None) -> bool:
        vocabulary = len(self.table)
        if self.output is None or self.output_bias is None:
            return self.output is self.output_bias and units == vocabulary
        return self.output.shape == (units, vocabulary) and self.output_bias.shape == (vocabulary,)


class _Layer:
    """A layer's arrays as its cell's step wants them."""

    def __init__(self, cell: Cell, weights: LayerWeights) -> None:
        self.recurrent = cell.scale(weights.recurrent, True)
        self.bias = cell.scale(weights.bias, False)
        self.input = None if weights.input is None else cell.scale(weights.input, False)
        given = weights.recurrent_bias
        self.recurrent_bias: Array = np.empty(0) if given is None else cell.scale(given, True)
        self.units = len(weights.recurrent)


class RecurrentModel(Model):
    """A recurrent network at rest. State: `hidden.0`, `cell.0`, … `(B, H)`, a set a layer."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        kind: Kind,
        config: Any,
        arrays: Arrays,
        weights: RecurrentWeights,
    ) -> None:
        super().__init__(vocabulary, kind, config, arrays)
        if len(weights.table) != len(vocabulary):
            raise ValueError("the arrays of the network do not fit its vocabulary")
        self.cell = CELLS[weights.cell]
        self.layers = [_Layer(self.cell, layer) for layer in weights.layers]
        # Row 0 is no token, row i + 1 is token i, each with the first layer's bias.
        table = self.cell.scale(weights.table, False)
        self.inputs = np.concatenate([np.zeros_like(table[:1]), table]) + self.layers[0].bias
        self._output, self._output_bias = weights.output, weights.output_bias

    def initial_state(self, batch_size: int) -> State:
        state: dict[str, Array] = {}
        for number, layer in enumerate(self.layers):
            shape = (batch_size, layer.units)
            state |= zero_state(self.cell, number, shape, self.inputs.dtype)
        return state

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        stepper = _Stepper(self, state)
        return self.logits(stepper.step(tokens + 1)), stepper.state()

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        rows, length = tokens.shape
        logits = np.empty((rows, length, len(self.vocabulary)), self.inputs.dtype)
        with one_blas_thread():
            for start in range(0, length, _STRETCH):
                part = slice(start, start + _STRETCH)
                hidden, state = self.hidden(state, tokens[:, part])
                logits[:, part] = self.logits(hidden).swapaxes(0, 1)
        return logits, state

    def hidden(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        """The last layer's units `(T, B, H)` after each of tokens `(B, T)`, and the last state.

        Everything but the recurrent products is done for all steps at once.
        """
        after: dict[str, Array] = {}
        driven = hidden = self.inputs.take(tokens.T + 1, 0)
        for number, layer in enumerate(self.layers):
            if layer.input is not None:
                driven = hidden @ layer.input
                driven += layer.bias
            names = [f"{name}.{number}" for name in self.cell.state]
            own = tuple(state[name].copy() for name in names)
            hidden = np.empty((*driven.shape[:2], layer.units), driven.dtype)
            scratch = np.empty_like(driven[0])
            for step, kept in zip(driven, hidden, strict=True):
                self.cell.step(step, own, layer.recurrent, layer.recurrent_bias, scratch)
                kept[...] = own[0]
            after |= dict(zip(names, own, strict=True))
        return hidden, after

    def logits(self, hidden: Array, to: Array | None = None) -> Array:
        """Logits `(…, V)` of the last layer's units `(…, H)`, in a new array or in `to`."""
        if self._output is None or self._output_bias is None:
            return np.positive(hidden, out=to)
        logits: Array = np.matmul(hidden, self._output, out=to)
        logits += self._output_bias
        return logits

    def stream(self, state: State) -> Stream:
        return _RowStream(self, state)


class _Stepper:
    """A state of its own that tokens are read into, a step at a time, in buffers made once."""

    def __init__(self, model: RecurrentModel, state: State) -> None:
        self._model = model
        names = [[f"{name}.{n}" for name in model.cell.state] for n in range(len(model.layers))]
        self._names = names
        self._states = [tuple(state[name].copy() for name in own) for own in names]
        rows = len(self._states[0][0])
        columns = len(model.cell.gates)
        self._driven = [
            np.empty((rows, columns * layer.units), model.inputs.dtype) for layer in model.layers
        ]
        self._scratch = [np.empty_like(driven) for driven in self._driven]

    def step(self, read: Tokens) -> Array:
        """The last layer's units `(B, H)` after tokens `(B,)`; valid until the next call.

        The tokens are given as rows of the table, each one more.
        """
        model, below = self._model, None
        for layer, own, driven, scratch in zip(
            model.layers, self._states, self._driven, self._scratch, strict=True
        ):
            if below is None or layer.input is None:
                model.inputs.take(read, 0, out=driven, mode="clip")
            else:
                below.dot(layer.input, driven)
                driven += layer.bias
            model.cell.step(driven, own, layer.recurrent, layer.recurrent_bias, scratch)
            below = own[0]
        assert below is not None
        return below

    def state(self) -> State:
        """The arrays that steps change."""
        return {
            name: array
            for names, own in zip(self._names, self._states, strict=True)
            for name, array in zip(names, own, strict=True)
        }


class _RowStream(Stream):
    """One row read in place: what a token changes was made before the first."""

    def __init__(self, model: RecurrentModel, state: State) -> None:
        super().__init__(model, state)
        self._recurrent = model
        self._stepper = _Stepper(model, state)
        self._read = np.empty(1, np.int32)
        self._logits = np.empty((1, len(model.vocabulary)), model.inputs.dtype)

    def step(self, token: int) -> Array:
        self._read[0] = token + 1
        hidden = self._stepper.step(self._read)
        logits: Array = self._recurrent.logits(hidden, self._logits)[0]
        return logits

    def snapshot(self) -> State:
        return {name: array.copy() for name, array in self._stepper.state().items()}


class WindowedModel(RecurrentModel):
    """A network that sees the last W tokens only, read from a zero state at every step.

    State: `window` `(B, W)`, NO_TOKEN where nothing has been read yet.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        kind: Kind,
        config: Any,
        arrays: Arrays,
        weights: RecurrentWeights,
        window: int,
    ) -> None:
        super().__init__(vocabulary, kind, config, arrays, weights)
        self._window = window

    @property
    def opening_token(self) -> int:
        return NO_TOKEN

    def initial_state(self, batch_size: int) -> State:
        return {"window": np.full((batch_size, self._window), NO_TOKEN, np.int32)}

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        logits, state = self.advance(state, tokens[:, None])
        return logits[:, 0], state

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        seen = np.concatenate([state["window"], tokens], axis=1, dtype=np.int32)
        windows = np.lib.stride_tricks.sliding_window_view(seen, self._window, axis=1)[:, 1:]
        rows = windows.reshape(-1, self._window)
        with one_blas_thread():
            parts = [
                self._after(rows[start : start + _WINDOWS])
                for start in range(0, len(rows), _WINDOWS)
            ]
        logits = np.concatenate(parts).reshape(*tokens.shape, -1)
        return logits, {"window": seen[:, -self._window :].copy()}

    def _after(self, windows: Tokens) -> Array:
        """Logits `(N, V)` of what follows windows `(N, W)`."""
        hidden, _ = self.hidden(super().initial_state(len(windows)), windows)
        return self.logits(hidden[-1])

    def stream(self, state: State) -> Stream:
        return Stream(self, state)
