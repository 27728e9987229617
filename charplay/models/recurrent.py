"""Inference for stacks of recurrent layers in NumPy, from named arrays.

The first layer looks its input's product x W up in a table of V rows. So one-hot input, an
embedding, and an embedding with a dense layer behind it are one case. No token reads as zeros. A
backend that trains with any framework hands over its weights as `RecurrentWeights` and samples
through this module.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np

from charplay.blas import one_blas_thread
from charplay.errors import UsageError
from charplay.kind import Kind
from charplay.models.arrays import Array, Arrays, State
from charplay.models.cells import Cell
from charplay.models.contract import Model, Stream
from charplay.models.weights import LayerWeights, RecurrentWeights
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Tokens, Vocabulary

# Steps read at once: enough for the matrix products, little enough memory for a book.
_STEPS_AT_ONCE = 256
# Windows read side by side.
_WINDOWS_AT_ONCE = 512


class _Layer:
    """A layer's arrays as its cell's step needs them; `input` is None for the first layer."""

    def __init__(self, cell: Cell, weights: LayerWeights, number: int) -> None:
        self.units = len(weights.recurrent)
        self.state_names = cell.state_names(number)
        self.recurrent = cell.scale_recurrent(weights.recurrent)
        self.bias = cell.scale_input(weights.bias)
        given = weights.recurrent_bias
        self.recurrent_bias: Array = np.empty(0) if given is None else cell.scale_recurrent(given)
        below = weights.recurrent if number and cell.shares_weights else weights.input
        self.input = None if below is None else cell.scale_input(below)


class RecurrentModel(Model):
    """A recurrent network for inference. State: `hidden.0`, `cell.0`, … `(B, H)` for each layer."""

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
        self.cell = weights.cell
        self.layers = [_Layer(self.cell, layer, n) for n, layer in enumerate(weights.layers)]
        # Row 0 is no token, row i + 1 is token i, each with the first layer's bias.
        table = self.cell.scale_input(weights.table)
        self.inputs = np.concatenate([np.zeros_like(table[:1]), table]) + self.layers[0].bias
        self._output, self._output_bias = weights.output, weights.output_bias

    def initial_state(self, batch_size: int) -> State:
        state: dict[str, Array] = {}
        for number, layer in enumerate(self.layers):
            shape = (batch_size, layer.units)
            state |= self.cell.zero_state(number, shape, self.inputs.dtype)
        return state

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        stepper = _Stepper(self, state)
        return self.logits(stepper.step(tokens + 1)), stepper.state()

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        rows, length = tokens.shape
        logits = np.empty((rows, length, len(self.vocabulary)), self.inputs.dtype)
        with one_blas_thread():
            for start in range(0, length, _STEPS_AT_ONCE):
                part = slice(start, start + _STEPS_AT_ONCE)
                hidden, state = self.hidden(state, tokens[:, part])
                logits[:, part] = self.logits(hidden).swapaxes(0, 1)
        return logits, state

    def hidden(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        """The last layer's units `(T, B, H)` after each of tokens `(B, T)`, and the last state.

        Everything but the recurrent products is computed for all steps at once.
        """
        last: dict[str, Array] = {}
        preactivations = hidden = self.inputs.take(tokens.T + 1, 0)
        for layer in self.layers:
            if layer.input is not None:
                preactivations = hidden @ layer.input
                preactivations += layer.bias
            arrays = tuple(state[name].copy() for name in layer.state_names)
            hidden = np.empty((*preactivations.shape[:2], layer.units), preactivations.dtype)
            scratch = np.empty_like(preactivations[0])
            for preactivation, units in zip(preactivations, hidden, strict=True):
                self.cell.step(
                    preactivation, arrays, layer.recurrent, layer.recurrent_bias, scratch
                )
                units[...] = arrays[0]
            last |= dict(zip(layer.state_names, arrays, strict=True))
        return hidden, last

    def trace(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        """As in `Model`: each layer's state and gates, `hidden.0`, `cell.0`, `forget.0`, …"""
        traced: dict[str, list[Array]] = {}
        preactivations = hidden = self.inputs.take(tokens.T + 1, 0)
        for number, layer in enumerate(self.layers):
            if layer.input is not None:
                preactivations = hidden @ layer.input + layer.bias
            arrays = tuple(state[name].copy() for name in layer.state_names)
            scratch = np.empty_like(preactivations[0])
            for preactivation in preactivations:
                gates = self.cell.gate_values(
                    preactivation, arrays, layer.recurrent, layer.recurrent_bias
                )
                self.cell.step(
                    preactivation, arrays, layer.recurrent, layer.recurrent_bias, scratch
                )
                for name, array in zip(layer.state_names, arrays, strict=True):
                    traced.setdefault(name, []).append(array.copy())
                for gate, array in gates.items():
                    traced.setdefault(f"{gate}.{number}", []).append(array)
            hidden = np.stack(traced[layer.state_names[0]])
        return {name: np.stack(arrays, axis=1) for name, arrays in traced.items()}

    def silenced(self, name: str, unit: int) -> "RecurrentModel":
        """As in `Model`; a unit's gates and its cell say nothing but through its hidden value."""
        number = int(name.rpartition(".")[2])
        if number == len(self.layers) - 1 and self._output is None:
            raise UsageError(
                "the last units of this network are its logits: without one a character is gone",
                "leave out --ablate",
            )
        quiet = copy(self)
        quiet.layers = list(map(copy, self.layers))
        quiet.layers[number].recurrent = _without_row(self.layers[number].recurrent, unit)
        if self._output is not None and number == len(self.layers) - 1:
            quiet._output = _without_row(self._output, unit)
        else:
            above = self.layers[number + 1].input
            assert above is not None
            quiet.layers[number + 1].input = _without_row(above, unit)
        return quiet

    def logits(self, hidden: Array, out: Array | None = None) -> Array:
        """Logits `(…, V)` of the last layer's units `(…, H)`, in a new array or in `out`."""
        if self._output is None or self._output_bias is None:
            return np.positive(hidden, out=out)
        logits: Array = np.matmul(hidden, self._output, out=out)
        logits += self._output_bias
        return logits

    def stream(self, state: State) -> Stream:
        return _RowStream(self, state)


def _without_row(weights: Array, row: int) -> Array:
    """A copy of weights in which a row is zeros."""
    changed = weights.copy()
    changed[row] = 0
    return changed


class _Stepper:
    """A copy of a state that reads tokens step by step, in buffers made once."""

    def __init__(self, model: RecurrentModel, state: State) -> None:
        self._model = model
        self._states = [
            tuple(state[name].copy() for name in layer.state_names) for layer in model.layers
        ]
        rows, columns = len(self._states[0][0]), len(model.cell.gates)
        self._preactivations = [
            np.empty((rows, columns * layer.units), model.inputs.dtype) for layer in model.layers
        ]
        self._scratch = [np.empty_like(buffer) for buffer in self._preactivations]

    def step(self, table_rows: Tokens) -> Array:
        """The last layer's units `(B, H)` after tokens `(B,)`; valid until the next call.

        `table_rows` are the tokens, each plus 1: their rows in the model's table of inputs.
        """
        model, below = self._model, None
        for layer, state, preactivation, scratch in zip(
            model.layers, self._states, self._preactivations, self._scratch, strict=True
        ):
            if below is None or layer.input is None:
                model.inputs.take(table_rows, 0, out=preactivation, mode="clip")
            else:
                below.dot(layer.input, preactivation)
                preactivation += layer.bias
            model.cell.step(preactivation, state, layer.recurrent, layer.recurrent_bias, scratch)
            below = state[0]
        assert below is not None
        return below

    def state(self) -> State:
        """The state now, in the arrays that later steps change."""
        return {
            name: array
            for layer, state in zip(self._model.layers, self._states, strict=True)
            for name, array in zip(layer.state_names, state, strict=True)
        }


class _RowStream(Stream):
    """One row read in place: a step makes no new array."""

    def __init__(self, model: RecurrentModel, state: State) -> None:
        super().__init__(model, state)
        self._recurrent = model
        self._stepper = _Stepper(model, state)
        self._table_row = np.empty(1, np.int32)
        self._logits = np.empty((1, len(model.vocabulary)), model.inputs.dtype)

    def step(self, token: int) -> Array:
        self._table_row[0] = token + 1
        hidden = self._stepper.step(self._table_row)
        logits: Array = self._recurrent.logits(hidden, self._logits)[0]
        return logits

    def snapshot(self) -> State:
        return {name: array.copy() for name, array in self._stepper.state().items()}


class WindowedModel(Model):
    """A network that sees only the last W tokens, read from a zero state at every step.

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
        super().__init__(vocabulary, kind, config, arrays)
        self._network = RecurrentModel(vocabulary, kind, config, arrays, weights)
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
                self._read_windows(rows[start : start + _WINDOWS_AT_ONCE])
                for start in range(0, len(rows), _WINDOWS_AT_ONCE)
            ]
        logits = np.concatenate(parts).reshape(*tokens.shape, -1)
        return logits, {"window": seen[:, -self._window :].copy()}

    def trace(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        """As in `Model`: the network's units when it has read the window that ends there."""
        seen = np.concatenate([state["window"], tokens], axis=1, dtype=np.int32)
        windows = np.lib.stride_tricks.sliding_window_view(seen, self._window, axis=1)[:, 1:]
        rows = windows.reshape(-1, self._window)
        parts = []
        for start in range(0, len(rows), _WINDOWS_AT_ONCE):
            some = rows[start : start + _WINDOWS_AT_ONCE]
            traced = self._network.trace(self._network.initial_state(len(some)), some)
            parts.append({name: array[:, -1] for name, array in traced.items()})
        return {
            name: np.concatenate([part[name] for part in parts]).reshape(*tokens.shape, -1)
            for name in parts[0]
        }

    def silenced(self, name: str, unit: int) -> "WindowedModel":
        quiet = copy(self)
        quiet._network = self._network.silenced(name, unit)
        return quiet

    def _read_windows(self, windows: Tokens) -> Array:
        """Logits `(N, V)` after windows `(N, W)`."""
        network = self._network
        hidden, _ = network.hidden(network.initial_state(len(windows)), windows)
        return network.logits(hidden[-1])
