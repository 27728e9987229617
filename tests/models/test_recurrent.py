"""Inference in NumPy against a naive computation, a step at a time."""

import numpy as np
import pytest

from charplay.models.contract import Model
from charplay.models.recurrent import RecurrentModel, RecurrentWeights
from charplay.text.batching import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("\nabcde")
V, H, B, T = len(VOCABULARY), 9, 4, 12


def weights_of(output=True, hidden=H, seed=0):
    random = np.random.default_rng(seed)
    return RecurrentWeights(
        table=random.normal(size=(V, hidden)),
        recurrent=random.normal(size=(hidden, hidden)) / 3,
        bias=random.normal(size=hidden),
        output=random.normal(size=(hidden, V)) if output else None,
        output_bias=random.normal(size=V) if output else None,
    )


def model_of(weights):
    return RecurrentModel(VOCABULARY, "names", None, {}, weights)


WEIGHTS = {"output layer": weights_of(), "no output layer": weights_of(output=False, hidden=V)}


@pytest.fixture(params=WEIGHTS)
def weights(request):
    return WEIGHTS[request.param]


@pytest.fixture
def tokens():
    drawn = np.random.default_rng(1).integers(0, V, (B, T)).astype(np.int32)
    drawn[:, 0] = NO_TOKEN
    drawn[2, 5] = NO_TOKEN
    return drawn


def naive_step(weights, h, token):
    """One unit after another, as the equation says."""
    units = range(len(h))
    after = np.empty_like(h)
    for j in units:
        z = weights.bias[j] + sum(h[i] * weights.recurrent[i, j] for i in units)
        if token != NO_TOKEN:
            z += weights.table[token, j]
        after[j] = np.tanh(z)
    if weights.output is None:
        return after, after
    logits = [
        weights.output_bias[v] + sum(after[i] * weights.output[i, v] for i in units)
        for v in range(V)
    ]
    return np.array(logits), after


def naive(weights, tokens):
    """Logits `(B, T, V)` and hidden units `(B, T, H)`."""
    rows = []
    for row in tokens:
        h, steps = np.zeros(len(weights.bias)), []
        for token in row:
            logits, h = naive_step(weights, h, token)
            steps.append((logits, h))
        rows.append(steps)
    logits, hidden = ([[step[i] for step in steps] for steps in rows] for i in (0, 1))
    return np.array(logits), np.array(hidden)


def state_of(model, tokens):
    return model.advance(model.initial_state(len(tokens)), tokens)[1]


def test_steps_are_the_equations(weights, tokens):
    model = model_of(weights)
    expected, hidden = naive(weights, tokens)
    state = model.initial_state(B)
    for t in range(T):
        logits, state = model.step(state, tokens[:, t])
        np.testing.assert_allclose(logits, expected[:, t], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(state["hidden"], hidden[:, t], rtol=1e-10, atol=1e-12)


def test_advance_is_all_the_steps_at_once(weights, tokens):
    model = model_of(weights)
    logits, state = model.advance(model.initial_state(B), tokens)
    expected, hidden = naive(weights, tokens)
    np.testing.assert_allclose(logits, expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(state["hidden"], hidden[:, -1], rtol=1e-10, atol=1e-12)


def test_advance_in_pieces_is_advance_in_one(weights, tokens):
    model = model_of(weights)
    first, state = model.advance(model.initial_state(B), tokens[:, :5])
    second, state = model.advance(state, tokens[:, 5:])
    whole, last = model.advance(model.initial_state(B), tokens)
    np.testing.assert_allclose(np.concatenate((first, second), axis=1), whole, rtol=1e-12)
    np.testing.assert_allclose(state["hidden"], last["hidden"], rtol=1e-12)


def test_the_trace_holds_the_hidden_units_over_time(weights, tokens):
    model = model_of(weights)
    trace = model.trace(model.initial_state(B), tokens)
    _, hidden = naive(weights, tokens)
    np.testing.assert_allclose(trace["hidden"], hidden, rtol=1e-10, atol=1e-12)


def test_no_token_reads_as_nothing_but_advances_the_state(tokens):
    model = model_of(weights_of())
    state = state_of(model, tokens)
    _, after = model.step(state, np.full(B, NO_TOKEN, np.int32))
    _, last_row = model.step(state, np.full(B, V - 1, np.int32))
    assert not np.allclose(after["hidden"], state["hidden"])
    assert not np.allclose(after["hidden"], last_row["hidden"]), "-1 must not index a real row"


@pytest.mark.parametrize("call", ["step", "advance", "trace", "stream"])
def test_nothing_that_a_model_is_given_changes(weights, tokens, call):
    model = model_of(weights)
    state = state_of(model, tokens)
    kept_state, kept_tokens = state["hidden"].copy(), tokens.copy()
    kept_weights = [None if array is None else array.copy() for array in vars(weights).values()]
    if call == "stream":
        stream = model.stream({"hidden": state["hidden"][:1]})
        for token in (1, 2, 3):
            stream.step(token)
    else:
        getattr(model, call)(state, tokens[:, 0] if call == "step" else tokens)
    np.testing.assert_array_equal(state["hidden"], kept_state)
    np.testing.assert_array_equal(tokens, kept_tokens)
    for array, kept in zip(vars(weights).values(), kept_weights, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_logits_may_be_changed_without_changing_the_state(weights, tokens):
    model = model_of(weights)
    logits, state = model.step(model.initial_state(B), tokens[:, 1])
    kept = state["hidden"].copy()
    logits[:] = 7
    np.testing.assert_array_equal(state["hidden"], kept)


def test_the_same_step_taken_twice_is_the_same_bit_for_bit(weights, tokens):
    model = model_of(weights)
    state = state_of(model, tokens)
    once, again = (model.step(state, tokens[:, 3]) for _ in range(2))
    np.testing.assert_array_equal(once[0], again[0])
    np.testing.assert_array_equal(once[1]["hidden"], again[1]["hidden"])


def test_a_row_does_not_depend_on_its_neighbours(weights, tokens):
    model = model_of(weights)
    together, state = model.advance(model.initial_state(B), tokens)
    for row in range(B):
        alone, own = model.advance(model.initial_state(1), tokens[row : row + 1])
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(own["hidden"][0], state["hidden"][row], rtol=1e-10, atol=1e-12)


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
        np.testing.assert_allclose(snapshot["hidden"], expected["hidden"], rtol=1e-12)


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
    np.testing.assert_allclose(state["hidden"], last["hidden"], rtol=1e-12)
    traces = [model.trace(model.initial_state(B), tokens)["hidden"] for model in (plain, fast)]
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)


def test_a_model_that_only_steps_streams_like_the_fast_one(weights):
    fast = model_of(weights)
    plain = OnlyStep(fast)
    streams = [model.stream(model.initial_state(1)) for model in (plain, fast)]
    for token in (NO_TOKEN, 3, 1, 5):
        rows = [stream.step(token).copy() for stream in streams]
        np.testing.assert_allclose(rows[0], rows[1], rtol=1e-12)
    snapshots = [stream.snapshot()["hidden"] for stream in streams]
    np.testing.assert_allclose(snapshots[0], snapshots[1], rtol=1e-12)


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


BAD_SHAPES = {
    "recurrent": {"recurrent": np.zeros((H, H - 1))},
    "bias": {"bias": np.zeros(H + 1)},
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
