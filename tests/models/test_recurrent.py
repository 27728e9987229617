"""Inference in NumPy against a naive computation, a step at a time."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from charplay.models.cells import CELLS
from charplay.models.contract import Model
from charplay.models.recurrent import RecurrentModel, WindowedModel
from charplay.models.weights import LayerWeights, RecurrentWeights
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("\nabcde")
V, H, B, T = len(VOCABULARY), 9, 4, 12


GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def weights_of(cell="rnn", layers=1, output=True, hidden=H, seed=0):
    random = np.random.default_rng(seed)
    columns = GATES[cell] * hidden

    def layer(number):
        return LayerWeights(
            recurrent=random.normal(size=(hidden, columns)) / 3,
            bias=random.normal(size=columns),
            input=random.normal(size=(hidden, columns)) / 2 if number else None,
            recurrent_bias=random.normal(size=columns) if cell == "gru" else None,
        )

    return RecurrentWeights(
        cell=CELLS[cell],
        table=random.normal(size=(V, columns)),
        layers=tuple(layer(number) for number in range(layers)),
        output=random.normal(size=(hidden, V)) if output else None,
        output_bias=random.normal(size=V) if output else None,
    )


def model_of(weights):
    return RecurrentModel(VOCABULARY, "names", None, {}, weights)


WEIGHTS = {
    "rnn": weights_of(),
    "no output layer": weights_of(output=False, hidden=V),
    "stacked rnn": weights_of(layers=2),
    "lstm": weights_of("lstm"),
    "stacked lstm": weights_of("lstm", layers=3),
    "gru": weights_of("gru"),
    "stacked gru": weights_of("gru", layers=2),
}


@pytest.fixture(params=WEIGHTS)
def weights(request):
    return WEIGHTS[request.param]


@pytest.fixture
def tokens():
    drawn = np.random.default_rng(1).integers(0, V, (B, T)).astype(np.int32)
    drawn[:, 0] = NO_TOKEN
    drawn[2, 5] = NO_TOKEN
    return drawn


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def product(vector, matrix):
    """One sum after another."""
    units = range(len(vector))
    return np.array([sum(vector[i] * column[i] for i in units) for column in matrix.T])


def naive_rnn(driven, recalled, h, c):
    return np.tanh(driven + recalled), c


def naive_lstm(driven, recalled, h, c):
    i, f, g, o = np.split(driven + recalled, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def naive_gru(driven, recalled, h, c):
    (z, r, n), (hz, hr, hn) = np.split(driven, 3), np.split(recalled, 3)
    z, r = sigmoid(z + hz), sigmoid(r + hr)
    return z * h + (1 - z) * np.tanh(n + r * hn), c


NAIVE = {CELLS["rnn"]: naive_rnn, CELLS["lstm"]: naive_lstm, CELLS["gru"]: naive_gru}


def naive_row(weights, row):
    """Logits and every layer's hidden and cell states after each token, as the equations say."""
    states = [(np.zeros(len(layer.recurrent)),) * 2 for layer in weights.layers]
    steps = []
    for token in row:
        below = None
        for number, layer in enumerate(weights.layers):
            h, c = states[number]
            if below is None:
                driven = layer.bias + (weights.table[token] if token != NO_TOKEN else 0)
            else:
                driven = layer.bias + product(below, layer.input)
            recalled = product(h, layer.recurrent)
            if layer.recurrent_bias is not None:
                recalled = recalled + layer.recurrent_bias
            states[number] = NAIVE[weights.cell](driven, recalled, h, c)
            below = states[number][0]
        logits = below
        if weights.output is not None:
            logits = product(below, weights.output) + weights.output_bias
        steps.append((logits, list(states)))
    return steps


def naive(weights, tokens):
    """Logits `(B, T, V)` and the state `(B, T, H)` by name."""
    rows = [naive_row(weights, row) for row in tokens]
    kinds = {"hidden": 0, "cell": 1} if weights.cell is CELLS["lstm"] else {"hidden": 0}
    states = {
        f"{name}.{layer}": np.array([[states[layer][kind] for _, states in row] for row in rows])
        for layer in range(len(weights.layers))
        for name, kind in kinds.items()
    }
    return np.array([[logits for logits, _ in row] for row in rows]), states


def same(ours, theirs, **tolerance):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], err_msg=name, **tolerance)


def at(states, t):
    return {name: array[:, t] for name, array in states.items()}


def copies(state):
    return {name: array.copy() for name, array in state.items()}


CLOSE = {"rtol": 1e-9, "atol": 1e-11}


def state_of(model, tokens):
    return model.advance(model.initial_state(len(tokens)), tokens)[1]


def test_steps_are_the_equations(weights, tokens):
    model = model_of(weights)
    expected, states = naive(weights, tokens)
    state = model.initial_state(B)
    for t in range(T):
        logits, state = model.step(state, tokens[:, t])
        np.testing.assert_allclose(logits, expected[:, t], **CLOSE)
        same(state, at(states, t), **CLOSE)


def test_advance_is_all_the_steps_at_once(weights, tokens):
    model = model_of(weights)
    logits, state = model.advance(model.initial_state(B), tokens)
    expected, states = naive(weights, tokens)
    np.testing.assert_allclose(logits, expected, **CLOSE)
    same(state, at(states, -1), **CLOSE)


def test_a_long_text_is_read_as_well_as_a_short_one():
    model = model_of(weights_of("lstm", layers=2, seed=3))
    tokens = np.random.default_rng(2).integers(0, V, (2, 700)).astype(np.int32)
    logits, state = model.advance(model.initial_state(2), tokens)
    stepped = model.initial_state(2)
    for t in range(700):
        one, stepped = model.step(stepped, tokens[:, t])
        np.testing.assert_allclose(logits[:, t], one, **CLOSE)
    same(state, stepped, **CLOSE)


def test_advance_in_pieces_is_advance_in_one(weights, tokens):
    model = model_of(weights)
    first, state = model.advance(model.initial_state(B), tokens[:, :5])
    second, state = model.advance(state, tokens[:, 5:])
    whole, last = model.advance(model.initial_state(B), tokens)
    np.testing.assert_allclose(np.concatenate((first, second), axis=1), whole, rtol=1e-12)
    same(state, last, rtol=1e-12)


def test_the_trace_holds_every_layers_state_over_time(weights, tokens):
    model = model_of(weights)
    trace = model.trace(model.initial_state(B), tokens)
    _, states = naive(weights, tokens)
    assert trace.keys() >= states.keys()  # the gates are there too
    same({name: trace[name] for name in states}, states, **CLOSE)


def test_no_token_reads_as_nothing_but_advances_the_state(tokens):
    model = model_of(weights_of())
    state = state_of(model, tokens)
    _, after = model.step(state, np.full(B, NO_TOKEN, np.int32))
    _, last_row = model.step(state, np.full(B, V - 1, np.int32))
    assert not np.allclose(after["hidden.0"], state["hidden.0"])
    assert not np.allclose(after["hidden.0"], last_row["hidden.0"]), "-1 must not index a real row"


@pytest.mark.parametrize("call", ["step", "advance", "trace", "stream"])
def test_nothing_that_a_model_is_given_changes(weights, tokens, call):
    model = model_of(weights)
    state = state_of(model, tokens)
    kept_state, kept_tokens = copies(state), tokens.copy()
    kept_weights = [array.copy() for array in arrays_of(weights)]
    if call == "stream":
        stream = model.stream({name: array[:1] for name, array in state.items()})
        for token in (1, 2, 3):
            stream.step(token)
    else:
        getattr(model, call)(state, tokens[:, 0] if call == "step" else tokens)
    same(state, kept_state, rtol=0)
    np.testing.assert_array_equal(tokens, kept_tokens)
    for array, kept in zip(arrays_of(weights), kept_weights, strict=True):
        np.testing.assert_array_equal(array, kept)


def arrays_of(weights):
    parts = [weights, *weights.layers]
    return [a for part in parts for a in vars(part).values() if isinstance(a, np.ndarray)]


def test_logits_may_be_changed_without_changing_the_state(weights, tokens):
    model = model_of(weights)
    logits, state = model.step(model.initial_state(B), tokens[:, 1])
    kept = copies(state)
    logits[:] = 7
    same(state, kept, rtol=0)


def test_the_same_step_taken_twice_is_the_same_bit_for_bit(weights, tokens):
    model = model_of(weights)
    state = state_of(model, tokens)
    once, again = (model.step(state, tokens[:, 3]) for _ in range(2))
    np.testing.assert_array_equal(once[0], again[0])
    same(once[1], again[1], rtol=0)


def test_a_row_does_not_depend_on_its_neighbours(weights, tokens):
    model = model_of(weights)
    together, state = model.advance(model.initial_state(B), tokens)
    for row in range(B):
        alone, own = model.advance(model.initial_state(1), tokens[row : row + 1])
        np.testing.assert_allclose(alone[0], together[row], **CLOSE)
        same(own, {name: array[row : row + 1] for name, array in state.items()}, **CLOSE)


def test_a_stream_steps_as_the_model_does_and_its_snapshots_are_values(weights, tokens):
    model = model_of(weights)
    stream, state = model.stream(model.initial_state(1)), model.initial_state(1)
    snapshots, states = [], []
    for token in tokens[0]:
        logits, state = model.step(state, np.array([token], np.int32))
        np.testing.assert_allclose(stream.step(int(token)), logits[0], rtol=1e-12)
        snapshots.append(stream.snapshot())
        states.append(state)
    for snapshot, expected in zip(snapshots, states, strict=True):
        same(snapshot, expected, rtol=1e-12)


class OnlyStep(Model):
    """A model with the one method that it must have, and a state."""

    def __init__(self, model):
        super().__init__(model.vocabulary, model.kind, None)
        self._model = model

    def initial_state(self, batch_size):
        return self._model.initial_state(batch_size)

    def step(self, state, tokens):
        return self._model.step(state, tokens)


def test_a_model_that_only_steps_advances_and_traces_like_the_fast_one(weights, tokens):
    fast = model_of(weights)
    plain = OnlyStep(fast)
    logits, state = plain.advance(plain.initial_state(B), tokens)
    expected, last = fast.advance(fast.initial_state(B), tokens)
    assert logits.shape == (B, T, V)
    np.testing.assert_allclose(logits, expected, rtol=1e-12)
    same(state, last, **CLOSE)
    plain_trace, trace = (model.trace(model.initial_state(B), tokens) for model in (plain, fast))
    same(plain_trace, {name: trace[name] for name in plain_trace}, **CLOSE)


def test_a_model_that_only_steps_streams_like_the_fast_one(weights):
    fast = model_of(weights)
    plain = OnlyStep(fast)
    streams = [model.stream(model.initial_state(1)) for model in (plain, fast)]
    for token in (NO_TOKEN, 3, 1, 5):
        rows = [stream.step(token).copy() for stream in streams]
        np.testing.assert_allclose(rows[0], rows[1], rtol=1e-12)
    same(streams[0].snapshot(), streams[1].snapshot(), rtol=1e-12)


class Stateless(Model):
    """A model that keeps no state at all: the next letter of the alphabet."""

    def step(self, state, tokens):
        return np.eye(V, dtype=np.float32)[(tokens + 1) % V], {}


def test_a_model_may_keep_no_state():
    model = Stateless(VOCABULARY, "names", None)
    logits, state = model.advance(model.initial_state(2), np.array([[1, 2], [3, 4]], np.int32))
    assert logits.argmax(axis=-1).tolist() == [[2, 3], [4, 5]]
    assert state == {}
    assert model.trace({}, np.array([[1]], np.int32)) == {}
    assert model.stream({}).step(1).argmax() == 2


LAYER = weights_of().layers[0]
BAD_SHAPES = {
    "recurrent": {"layers": (replace(LAYER, recurrent=np.zeros((H, H - 1))),)},
    "bias": {"layers": (replace(LAYER, bias=np.zeros(H + 1)),)},
    "an input that nothing feeds": {"layers": (replace(LAYER, input=np.zeros((H, H))),)},
    "a second layer without an input": {"layers": (LAYER, LAYER)},
    "a second layer on other units": {"layers": (LAYER, replace(LAYER, input=np.zeros((5, H))))},
    "a recurrent bias where there is none": {
        "layers": (replace(LAYER, recurrent_bias=np.zeros(H)),)
    },
    "no layer": {"layers": ()},
    "a cell's name in place of the cell": {"cell": "rnn"},
    "gates of another cell": {"cell": CELLS["lstm"]},
    "output": {"output": np.zeros((H, V - 1))},
    "output_bias": {"output_bias": np.zeros(V + 1)},
    "output without its bias": {"output_bias": None},
    "no output layer and other hidden units": {"output": None, "output_bias": None},
    "a table of one axis": {"table": np.zeros(V)},
}


@pytest.mark.parametrize("wrong", BAD_SHAPES)
def test_arrays_that_do_not_fit_each_other_are_refused(wrong):
    with pytest.raises(ValueError, match=r".+"):
        RecurrentWeights(**{**vars(weights_of()), **BAD_SHAPES[wrong]})


def test_a_table_of_another_vocabulary_is_refused():
    with pytest.raises(ValueError, match="vocabulary"):
        RecurrentModel(Vocabulary("abc"), "names", None, {}, weights_of())


def windowed(window=5, seed=4):
    weights = weights_of("lstm", layers=2, seed=seed)
    return WindowedModel(VOCABULARY, "prose", None, {}, weights, window), weights


def test_a_window_is_read_anew_from_a_zero_state_padded_with_nothing(tokens):
    model, weights = windowed()
    whole = model_of(weights)
    logits, _ = model.advance(model.initial_state(B), tokens)
    for t in range(T):
        seen = np.full((B, 5), NO_TOKEN, np.int32)
        last = tokens[:, max(0, t - 4) : t + 1]
        seen[:, 5 - last.shape[1] :] = last
        expected, _ = whole.advance(whole.initial_state(B), seen)
        np.testing.assert_allclose(logits[:, t], expected[:, -1], **CLOSE)


def test_a_window_read_in_pieces_or_steps_is_the_window_read_at_once(tokens):
    model, _ = windowed()
    whole, last = model.advance(model.initial_state(B), tokens)
    first, state = model.advance(model.initial_state(B), tokens[:, :2])
    rest, state = model.advance(state, tokens[:, 2:])
    np.testing.assert_allclose(np.concatenate((first, rest), axis=1), whole, **CLOSE)
    np.testing.assert_array_equal(state["window"], last["window"])
    stepped = model.initial_state(B)
    for t in range(T):
        logits, stepped = model.step(stepped, tokens[:, t])
        np.testing.assert_allclose(logits, whole[:, t], **CLOSE)
    stream = model.stream(model.initial_state(1))
    for t in range(T):
        np.testing.assert_allclose(stream.step(int(tokens[0, t])), whole[0, t], **CLOSE)
    np.testing.assert_array_equal(stream.snapshot()["window"][0], last["window"][0])


def test_before_anything_is_read_a_window_is_empty_whatever_the_place_begins_with():
    model, _ = windowed()
    assert model.opening_token == NO_TOKEN
    _, state = model.step(model.initial_state(1), np.array([NO_TOKEN], np.int32))
    np.testing.assert_array_equal(state["window"], model.initial_state(1)["window"])


@pytest.mark.parametrize("cell", GATES)
def test_a_stream_makes_no_array_while_it_reads(cell):
    model = model_of(weights_of(cell, layers=2, hidden=512))
    stream = model.stream(model.initial_state(1))
    tracemalloc.start()
    try:
        stream.step(1)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for token in range(V):
            stream.step(token)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The hidden units alone would be as much; what is left are views, of a hundred bytes each.
    assert peak - before < 512 * 8
