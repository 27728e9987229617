"""Gates and units of recurrent networks: against the equations, and with one unit silent."""

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.models.cells import CELLS
from charplay.models.recurrent import RecurrentModel, WindowedModel
from charplay.models.weights import LayerWeights, RecurrentWeights
from charplay.text.tokens import NO_TOKEN
from tests.models.test_recurrent import (
    CLOSE,
    VOCABULARY,
    WEIGHTS,
    B,
    H,
    T,
    V,
    model_of,
    product,
    sigmoid,
    state_of,
    weights_of,
)


@pytest.fixture
def tokens():
    drawn = np.random.default_rng(1).integers(0, V, (B, T)).astype(np.int32)
    drawn[:, 0] = NO_TOKEN
    return drawn


def windowed(weights, window=4):
    return WindowedModel(VOCABULARY, "prose", None, {}, weights, window)


GATE_NAMES = {
    "rnn": set(),
    "lstm": {"input", "forget", "candidate", "output"},
    "gru": {"update", "reset", "candidate"},
}


def naive_gates(weights, row):
    """The gates of the first layer after each token, by the names that a trace has for them."""
    layer, cell = weights.layers[0], weights.cell
    h = c = np.zeros(H)
    steps = []
    for token in row:
        driven = layer.bias + (weights.table[token] if token != NO_TOKEN else 0)
        recalled = product(h, layer.recurrent)
        if cell is CELLS["lstm"]:
            i, f, g, o = np.split(driven + recalled, 4)
            i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
            c = f * c + i * g
            h = o * np.tanh(c)
            steps.append({"input.0": i, "forget.0": f, "candidate.0": g, "output.0": o})
        else:
            (z, r, n), (hz, hr, hn) = (
                np.split(driven, 3),
                np.split(recalled + layer.recurrent_bias, 3),
            )
            z, r = sigmoid(z + hz), sigmoid(r + hr)
            n = np.tanh(n + r * hn)
            h = z * h + (1 - z) * n
            steps.append({"update.0": z, "reset.0": r, "candidate.0": n})
    return {name: np.array([step[name] for step in steps]) for name in steps[0]}


@pytest.mark.parametrize("name", ["lstm", "gru", "stacked lstm", "stacked gru"])
def test_a_traces_gates_are_those_of_the_equations(name, tokens):
    weights = WEIGHTS[name]
    traced = model_of(weights).trace(model_of(weights).initial_state(B), tokens)
    for row in range(B):
        for gate, values in naive_gates(weights, tokens[row]).items():
            np.testing.assert_allclose(traced[gate][row], values, **CLOSE)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "stacked rnn", "stacked lstm"])
def test_a_trace_has_the_states_and_the_gates_of_every_layer(name, tokens):
    weights = WEIGHTS[name]
    traced = model_of(weights).trace(model_of(weights).initial_state(B), tokens)
    states = {"hidden", "cell"} if "lstm" in name else {"hidden"}
    expected = {
        f"{each}.{layer}"
        for layer in range(len(weights.layers))
        for each in states | GATE_NAMES[name.split()[-1]]
    }
    assert set(traced) == expected
    assert all(values.shape == (B, T, H) for values in traced.values())


def test_a_trace_of_a_window_is_that_of_its_last_tokens_from_nothing_on(tokens, monkeypatch):
    weights = WEIGHTS["stacked lstm"]
    model, network = windowed(weights), model_of(weights)
    state = state_of(model, tokens[:, :3])
    read = np.concatenate([np.full((B, 1), NO_TOKEN), tokens], axis=1)
    for at_once in (512, 5):
        monkeypatch.setattr("charplay.models.recurrent._WINDOWS_AT_ONCE", at_once)
        traced = model.trace(state, tokens[:, 3:])
        for place in range(3, T):
            window = read[:, place - 2 : place + 2].astype(np.int32)
            alone = network.trace(network.initial_state(B), window)
            assert traced.keys() == alone.keys()
            for name, values in alone.items():
                np.testing.assert_allclose(
                    traced[name][:, place - 3], values[:, -1], err_msg=name, **CLOSE
                )


def quiet_weights(weights, layer, unit):
    """The weights by which nothing follows a unit of a layer."""
    layers = []
    for number, each in enumerate(weights.layers):
        recurrent, given = each.recurrent.copy(), each.input
        if number == layer:
            recurrent[unit] = 0
        if number == layer + 1:
            given = given.copy()
            given[unit] = 0
        layers.append(LayerWeights(recurrent, each.bias, given, each.recurrent_bias))
    output = weights.output
    if layer == len(layers) - 1:
        output = output.copy()
        output[unit] = 0
    return RecurrentWeights(weights.cell, weights.table, tuple(layers), output, weights.output_bias)


@pytest.mark.parametrize(
    ("name", "layer"),
    [("rnn", 0), ("lstm", 0), ("gru", 0), ("stacked lstm", 0), ("stacked lstm", 1),
     ("stacked lstm", 2), ("stacked gru", 1)],
)  # fmt: skip
def test_a_silent_unit_says_nothing_to_any_other(name, layer, tokens):
    weights, unit = WEIGHTS[name], 3
    expected = model_of(quiet_weights(weights, layer, unit))
    model = model_of(weights)
    before, _ = model.advance(model.initial_state(B), tokens)
    silent = model.silenced(f"hidden.{layer}", unit)
    ours, _ = silent.advance(silent.initial_state(B), tokens)
    theirs, _ = expected.advance(expected.initial_state(B), tokens)
    np.testing.assert_allclose(ours, theirs, **CLOSE)
    assert np.abs(ours - before).max() > 0.01
    step, _ = silent.step(silent.initial_state(B), tokens[:, 1])
    np.testing.assert_allclose(step, expected.step(expected.initial_state(B), tokens[:, 1])[0])
    after, _ = model.advance(model.initial_state(B), tokens)
    np.testing.assert_array_equal(after, before, err_msg="the model itself is as it was")


def test_a_silent_unit_of_a_window_says_nothing_either(tokens):
    weights = WEIGHTS["stacked gru"]
    silent = windowed(weights).silenced("hidden.1", 3)
    expected = windowed(quiet_weights(weights, 1, 3))
    ours, _ = silent.advance(silent.initial_state(B), tokens)
    theirs, _ = expected.advance(expected.initial_state(B), tokens)
    np.testing.assert_allclose(ours, theirs, **CLOSE)
    whole, _ = windowed(weights).advance(silent.initial_state(B), tokens)
    assert np.abs(ours - whole).max() > 0.01


def test_units_that_are_the_logits_cannot_be_silenced(tokens):
    bare = model_of(weights_of(output=False, hidden=V))
    with pytest.raises(UsageError, match="the last units of this network are its logits") as told:
        bare.silenced("hidden.0", 1)
    assert told.value.hint == "leave out --ablate"
    layers = weights_of(layers=2, output=False, hidden=V)
    stacked = model_of(layers)
    silent = stacked.silenced("hidden.0", 2)
    expected = model_of(quiet_weights(layers, 0, 2))
    ours, _ = silent.advance(silent.initial_state(B), tokens)
    np.testing.assert_allclose(
        ours, expected.advance(expected.initial_state(B), tokens)[0], **CLOSE
    )


def test_a_window_keeps_the_newest_tokens_whatever_their_kind():
    model = windowed(WEIGHTS["rnn"])
    state = model.initial_state(2)
    assert state["window"].tolist() == [[NO_TOKEN] * 4] * 2
    _, state = model.advance(state, np.array([[1, 2, 3], [3, 2, 1]], np.int64))
    assert state["window"].tolist() == [[NO_TOKEN, 1, 2, 3], [NO_TOKEN, 3, 2, 1]]
    assert state["window"].dtype == np.int32
    _, state = model.step(state, np.array([4, 5], np.int64))
    assert state["window"].tolist() == [[1, 2, 3, 4], [3, 2, 1, 5]]


def test_logits_go_into_an_array_that_is_given():
    for weights in (WEIGHTS["rnn"], WEIGHTS["no output layer"]):
        model = model_of(weights)
        hidden = np.random.default_rng(0).normal(size=(2, len(weights.layers[0].bias)))
        out = np.empty((2, V))
        assert model.logits(hidden, out) is out
        np.testing.assert_array_equal(out, model.logits(hidden))


def test_a_state_of_the_networks_precision_begins_at_nothing():
    model = RecurrentModel(VOCABULARY, "names", None, {}, WEIGHTS["stacked lstm"])
    state = model.initial_state(3)
    assert {name: array.shape for name, array in state.items()} == {
        f"{name}.{layer}": (3, H) for name in ("hidden", "cell") for layer in range(3)
    }
    assert not any(array.any() for array in state.values())
