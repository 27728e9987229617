"""Units over a text: the same numbers as the equations give, step by step; and silenced ones."""

import numpy as np
import pytest

from benchmarks import naive_cells as naive
from charplay.errors import UsageError
from charplay.generation.place import initial_place, read_tokens
from charplay.insight.states import last_units, state_after, state_distances
from charplay.insight.units import Unit, UnitNames, follow_most_varied, follow_units, trace_tokens
from charplay.models.contract import Model
from charplay.models.recurrent import WindowedModel
from charplay.text.vocabulary import Vocabulary
from charplay_mix.mixer import LogLinearMixer
from charplay_mix.translated import within
from charplay_ngram.backend import NgramBackend
from charplay_ngram.config import NgramConfig
from charplay_numpy.config import NumpyConfig
from charplay_numpy.weights import inference_weights
from tests.insight.planted import BACKEND, random_network

VOCABULARY = Vocabulary("\nabcdefg")
TEXT = "abacadabega\nfeed gab".replace(" ", "")


def network(cell="lstm", layers=1, hidden=6, seed=3, **more):
    config = NumpyConfig(cell=cell, hidden=hidden, layers=layers, precision="float64", **more)
    return random_network(VOCABULARY, seed, config, gain=2)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gates_by_hand(model, tokens):
    """The state and the gates of one layer after each token, from the equations."""
    arrays, cell = model.arrays(), model.config.cell
    weights = {name: arrays[f"{name}.0"] for name in ("input", "recurrent", "bias")}
    size = model.config.hidden
    h, c, rows = np.zeros(size), np.zeros(size), []
    for token in tokens:
        x = weights["input"][token] if token >= 0 else 0
        x = x + weights["bias"]
        u = h @ weights["recurrent"]
        if cell == "lstm":
            i, f, g, o = np.split(x + u, 4)
            i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
            c = f * c + i * g
            h = o * np.tanh(c)
            rows.append(
                {"hidden": h, "cell": c, "input": i, "forget": f, "candidate": g, "output": o}
            )
        else:
            u = u + arrays["recurrent_bias.0"]
            (zx, rx, nx), (zu, ru, nu) = np.split(x, 3), np.split(u, 3)
            z, r = sigmoid(zx + zu), sigmoid(rx + ru)
            n = np.tanh(nx + r * nu)
            h = z * h + (1 - z) * n
            rows.append({"hidden": h, "update": z, "reset": r, "candidate": n})
    return {f"{name}.0": np.stack([row[name] for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_trace_has_the_state_and_every_gate_as_the_equations_give_them(cell):
    model = network(cell)
    tokens = np.array([-1, *VOCABULARY.encode(TEXT)], np.int32)
    traced = model.trace(model.initial_state(1), tokens[None])
    expected = gates_by_hand(model, tokens)
    assert set(traced) == set(expected)
    for name, array in expected.items():
        np.testing.assert_allclose(traced[name][0], array, atol=1e-9)


@pytest.mark.parametrize("cell", naive.GATES)
def test_a_traced_state_is_the_state_that_reading_leaves(cell):
    model = network(cell, layers=2)
    tokens = VOCABULARY.encode(TEXT)[None]
    traced = model.trace(model.initial_state(1), tokens)
    _, state = model.advance(model.initial_state(1), tokens)
    for name, array in state.items():
        np.testing.assert_allclose(traced[name][:, -1], array, atol=1e-12)


def test_units_of_a_long_text_are_those_of_one_reading():
    model = network()
    tokens = np.tile(VOCABULARY.encode(TEXT), 150)
    start = np.array([[model.opening_token]], np.int32)
    whole = model.trace(model.initial_state(1), np.concatenate([start, tokens[None]], axis=1))
    [unit] = follow_units(model, tokens, [Unit("cell.0", 4)])
    np.testing.assert_allclose(unit.values, whole["cell.0"][0, 1:, 4], atol=1e-9)
    assert unit.largest == max(map(abs, unit.values))
    assert unit.unit == "cell.0:4"


def test_the_units_shown_are_those_that_change_most():
    model = network(hidden=9)
    tokens = VOCABULARY.encode(TEXT)
    values = np.concatenate([part["hidden.0"] for part in trace_tokens(model, tokens)])
    order = np.argsort(-values.var(axis=0))[:3].tolist()
    shown = follow_most_varied(model, tokens, 3)
    assert [unit.unit for unit in shown] == [f"hidden.0:{number}" for number in order]
    assert shown == follow_units(model, tokens, [Unit("hidden.0", number) for number in order])


def test_a_text_is_read_once_for_the_units_that_change_most(monkeypatch):
    """A mix reads it with every part; n-grams keep characters alone and have nothing to trace."""
    grams = NgramBackend().create(VOCABULARY, "prose", NgramConfig(), None)
    mix = LogLinearMixer(None).mix([(NgramBackend(), grams), (BACKEND, network())], [0.5, 0.5])
    traced, advanced = [], []
    for model, read in ((type(mix.parts[1]), traced), (type(grams), advanced)):
        name = "trace" if read is traced else "advance"
        whole = getattr(model, name)

        def counted(self, state, tokens, read=read, whole=whole):
            read.append(tokens.shape[1])
            return whole(self, state, tokens)

        monkeypatch.setattr(model, name, counted)
    tokens = np.tile(VOCABULARY.encode(TEXT), 150)
    units = follow_most_varied(mix, tokens, 2)
    assert [len(unit.values) for unit in units] == [len(tokens)] * 2
    assert sum(size for size in traced if size > 1) == len(tokens)
    assert len(advanced) < 5  # a part at a time, never a character


def test_of_no_text_the_first_units_are_shown_without_values():
    units = follow_most_varied(network(), VOCABULARY.encode(""), 2)
    assert [(unit.unit, unit.values, unit.largest) for unit in units] == [
        ("hidden.0:0", (), 0),
        ("hidden.0:1", (), 0),
    ]


def test_a_model_without_units_has_none_that_change():
    grams = NgramBackend().create(VOCABULARY, "prose", NgramConfig(), None)
    with pytest.raises(UsageError, match="has no units"):
        follow_most_varied(grams, VOCABULARY.encode("abc"), 2)


def test_a_unit_is_typed_by_its_array_and_number_or_by_its_number_alone():
    names = UnitNames(network(layers=2))
    assert names.find("cell.0:5") == Unit("cell.0", 5)
    assert names.find("5") == Unit("hidden.1", 5)


@pytest.mark.parametrize(
    "typed",
    ["", ":", "hidden.0:", "hidden.0:6", "hidden.0:-1", "cell.7:0", "x", "²", "hidden.0:1:2"],
)
def test_what_is_no_unit_is_told_with_what_there_is(typed):
    with pytest.raises(UsageError) as raised:
        UnitNames(network()).find(typed)
    assert raised.value.hint


def test_the_only_network_of_a_mix_needs_no_number():
    parts = [(BACKEND, network(seed=seed)) for seed in (1, 2)]
    mix = LogLinearMixer(None).mix(parts, [0.5, 0.5])
    names = UnitNames(mix)
    assert names.find("1/cell.0:2") == Unit("1/cell.0", 2)
    assert names.shown(Unit("1/cell.0", 2)) == "1/cell.0:2"

    class OneNetwork(Model):
        """Has the arrays of a mix whose first part has no units."""

        def step(self, state, tokens):
            return np.zeros((len(tokens), len(VOCABULARY))), state

        def trace(self, state, tokens):
            return {"1/hidden.0": np.zeros((*tokens.shape, 3))}

    names = UnitNames(OneNetwork(VOCABULARY, "prose", None))
    assert names.find("hidden.0:2") == names.find("1/hidden.0:2") == Unit("1/hidden.0", 2)
    assert names.shown(Unit("1/hidden.0", 2)) == "hidden.0:2"


# Silenced units.


def without_rows(model, layer, unit):
    """The same network by its own backend, its weights changed by hand."""
    arrays = {name: array.copy() for name, array in model.arrays().items()}
    names = [f"recurrent.{layer}"]
    names.append("output" if layer == model.config.layers - 1 else f"input.{layer + 1}")
    for name in names:
        arrays[name][unit] = 0
    return BACKEND.load(VOCABULARY, model.kind, model.config, arrays)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("layer", [0, 1])
def test_a_silenced_unit_is_one_whose_outgoing_weights_are_zero(cell, layer):
    model = network(cell, layers=2)
    tokens = VOCABULARY.encode(TEXT)[None]
    quiet, expected = model.silenced(f"hidden.{layer}", 2), without_rows(model, layer, 2)
    for one in (quiet, expected):
        assert one.kind == model.kind
    logits = [each.advance(each.initial_state(1), tokens)[0] for each in (quiet, expected)]
    np.testing.assert_array_equal(*logits)
    whole, _ = model.advance(model.initial_state(1), tokens)
    assert np.abs(whole - logits[0]).max() > 1e-3


def test_silencing_changes_nothing_of_the_model_itself():
    model = network()
    tokens = VOCABULARY.encode(TEXT)[None]
    before, _ = model.advance(model.initial_state(1), tokens)
    model.silenced("hidden.0", 1)
    after, _ = model.advance(model.initial_state(1), tokens)
    np.testing.assert_array_equal(before, after)


def test_a_unit_of_a_mix_is_silenced_in_its_part():
    whole = [network(seed=seed) for seed in (1, 2)]
    mix = LogLinearMixer(None).mix([(BACKEND, part) for part in whole], [0.5, 0.5])
    parts = [(BACKEND, whole[0]), (BACKEND, without_rows(whole[1], 0, 3))]
    expected = LogLinearMixer(None).mix(parts, [0.5, 0.5])
    tokens = VOCABULARY.encode(TEXT)[None]
    quiet = mix.silenced("1/cell.0", 3)
    for model in (quiet, expected):
        assert model.advance(model.initial_state(1), tokens)[0].shape == (1, len(TEXT), 8)
    np.testing.assert_allclose(
        quiet.advance(quiet.initial_state(1), tokens)[0],
        expected.advance(expected.initial_state(1), tokens)[0],
        atol=1e-12,
    )


def test_a_model_that_cannot_silence_a_unit_says_so():
    class Plain(Model):
        """A plugin's model that only steps."""

        def step(self, state, tokens):
            return np.zeros((len(tokens), len(VOCABULARY))), state

    with pytest.raises(UsageError, match="cannot silence a unit"):
        Plain(VOCABULARY, "prose", None).silenced("hidden.0", 0)


# States.


def test_the_last_characters_have_the_values_of_the_whole_text():
    model = network(hidden=12)
    tokens = VOCABULARY.encode(TEXT)
    array, size, units = last_units(model, initial_place(model), tokens, 5, "cell.0", 4)
    assert (array, size, len(units)) == ("cell.0", 12, 4)
    values = np.concatenate([part["cell.0"] for part in trace_tokens(model, tokens)])[-5:]
    for unit in units:
        number = int(unit.unit.partition(":")[2])
        np.testing.assert_allclose(unit.values, values[:, number], atol=1e-12)
    numbers = [int(unit.unit.partition(":")[2]) for unit in units]
    assert numbers == sorted(np.argsort(-values.var(axis=0))[:4].tolist())


def test_a_text_shorter_than_the_window_is_shown_whole():
    model = network()
    _, _, units = last_units(model, initial_place(model), VOCABULARY.encode("ab"), 40, None, 2)
    assert [len(unit.values) for unit in units] == [2, 2]


def test_the_distance_of_two_states_is_euclids():
    model = network()
    places = [
        read_tokens(model, initial_place(model), VOCABULARY.encode(text))
        for text in ("abac", "gag")
    ]
    one, other = (state_after(model, place) for place in places)
    rows = {row.array: row for row in state_distances(model, one, other)}
    assert set(rows) == {"hidden.0", "cell.0"}
    a, b = one["cell.0"][0], other["cell.0"][0]
    row = rows["cell.0"]
    assert row.distance == pytest.approx(sum((a - b) ** 2) ** 0.5)
    assert row.cosine == pytest.approx(a @ b / (sum(a**2) * sum(b**2)) ** 0.5)
    assert row.farthest == f"cell.0:{abs(a - b).argmax()}"
    assert row.difference == pytest.approx(max(abs(a - b)))


def test_a_state_is_at_no_distance_from_itself():
    model = network()
    place = read_tokens(model, initial_place(model), VOCABULARY.encode("abac"))
    state = state_after(model, place)
    for row in state_distances(model, state, state):
        assert (row.distance, row.difference) == (0, 0)
        assert row.cosine == pytest.approx(1)
    nothing = model.initial_state(1)
    assert {row.cosine for row in state_distances(model, nothing, nothing)} == {None}


# A network that sees a window.


def test_a_windowed_network_has_the_units_of_its_window_alone():
    model = network()
    weights = inference_weights(model.arrays(), model.config)
    windowed = WindowedModel(VOCABULARY, "prose", model.config, model.arrays(), weights, 3)
    tokens = VOCABULARY.encode("abacad")[None]
    traced = windowed.trace(windowed.initial_state(1), tokens)
    for end in range(3, 7):
        alone = model.trace(model.initial_state(1), tokens[:, end - 3 : end])
        for name, array in alone.items():
            np.testing.assert_allclose(traced[name][0, end - 1], array[0, -1], atol=1e-12)
    quiet = windowed.silenced("hidden.0", 2).advance(windowed.initial_state(1), tokens)[0]
    expected = WindowedModel(
        VOCABULARY,
        "prose",
        model.config,
        {},
        inference_weights(without_rows(model, 0, 2).arrays(), model.config),
        3,
    )
    np.testing.assert_array_equal(quiet, expected.advance(windowed.initial_state(1), tokens)[0])


def test_a_network_whose_units_are_its_logits_cannot_silence_one():
    config = NumpyConfig(hidden=len(VOCABULARY), output_layer=False)
    model = random_network(VOCABULARY, 1, config)
    with pytest.raises(UsageError, match="are its logits"):
        model.silenced("hidden.0", 0)


def test_a_part_with_fewer_characters_is_traced_and_silenced_in_its_own():
    narrow = random_network(Vocabulary("\nabc"), 1, NumpyConfig(hidden=5))
    wide = within(VOCABULARY, narrow)
    tokens, own = VOCABULARY.encode("abc"), narrow.vocabulary.encode("abc")
    traced = wide.trace(wide.initial_state(1), tokens[None])
    expected = narrow.trace(narrow.initial_state(1), own[None])
    np.testing.assert_array_equal(traced["hidden.0"], expected["hidden.0"])
    quiet = wide.silenced("hidden.0", 1).advance(wide.initial_state(1), tokens[None])[0]
    same = within(VOCABULARY, narrow.silenced("hidden.0", 1))
    np.testing.assert_array_equal(quiet, same.advance(wide.initial_state(1), tokens[None])[0])
