"""NumPy's inference and the training network beside Keras' own layers of the same weights."""

import numpy as np
import pytest

from charplay.options import build
from charplay.text.batching import Batch
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay_keras.variables import join_arrays, split_variables, variable_names
from charplay_keras.weights import array_shapes

CELLS = ("lstm", "gru", "rnn", "unrolled")
NETWORKS = [
    {"cell": cell, "layers": layers, "embedding": embedding}
    for cell in CELLS
    for layers, embedding in ((1, 0), (1, 5), (2, 0), (2, 5))
]


@pytest.fixture
def plain(keras):
    """Makes Keras' own network of a model's weights: one-hot rows `(B, T, V)` to probabilities.

    Of the project's layers it has none: the unrolled network is dense layers called in a loop.
    """

    def network(model, rows, length, stateful=False):
        config, held = model.config, join_arrays(names_of(model), model.arrays())
        layers = keras.layers
        seen = keras.Input(batch_shape=(rows, length, len(model.vocabulary)))
        x = layers.Dense(config.embedding, use_bias=False)(seen) if config.embedding else seen
        if config.cell == "unrolled":
            x = _unrolled(keras, seen, layers.Dense(config.hidden, "relu")(x), config)
        else:
            kind = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}[config.cell]
            for _ in range(config.layers):
                x = kind(config.hidden, return_sequences=True, stateful=stateful)(x)
        whole = keras.Model(seen, layers.Dense(len(model.vocabulary), "softmax")(x))
        whole.set_weights(held)
        return whole

    return network


def _unrolled(keras, seen, x, config):
    """The unrolled network: hidden = tanh(dense(hidden + input)), a layer's dense one shared."""
    present = keras.ops.sum(seen, -1, keepdims=True)
    x = x * present
    for _ in range(config.layers):
        dense = keras.layers.Dense(config.hidden, "tanh")
        hidden, steps = keras.ops.zeros((seen.shape[0], config.hidden)), []
        for t in range(seen.shape[1]):
            hidden = dense(hidden + x[:, t])
            steps.append(hidden)
        x = keras.ops.stack(steps, axis=1)
    return x


def names_of(model):
    """The arrays in each of Keras' variables."""
    return list(variable_names(array_shapes(len(model.vocabulary), model.config)))


def one_hot(tokens, characters):
    """Rows of zeros but for a one where the token is; no token is zeros."""
    rows = np.zeros((*tokens.shape, characters), np.float32)
    places = np.nonzero(tokens >= 0)
    rows[(*places, tokens[places])] = 1
    return rows


def softmax(logits):
    """The softmax of logits."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def some_tokens(rows, length, seed=0):
    """Rows of tokens, the first of them begun with nothing, as a padded context is."""
    tokens = np.random.default_rng(seed).integers(0, 9, (rows, length)).astype(np.int32)
    tokens[0, : length // 2] = NO_TOKEN
    return tokens


def _called(config):
    return "-".join(map(str, config.values()))


@pytest.mark.parametrize("config", NETWORKS, ids=_called)
def test_probabilities_are_those_of_keras(make, plain, config):
    model, tokens = make(**config), some_tokens(3, 7)
    logits, _ = model.advance(model.initial_state(3), tokens)
    expected = plain(model, 3, 7).predict_on_batch(one_hot(tokens, 9))
    np.testing.assert_allclose(softmax(logits), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_carried_state_goes_on_as_a_stateful_layer_of_keras_does(make, plain, cell):
    model = make(cell=cell, layers=2)
    network = plain(model, 3, 7, stateful=True)
    state = model.initial_state(3)
    for seed in range(3):
        tokens = some_tokens(3, 7, seed)
        logits, state = model.advance(state, tokens)
        expected = network.predict_on_batch(one_hot(tokens, 9))
        np.testing.assert_allclose(softmax(logits), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_a_window_is_read_as_keras_reads_it_padded_on_the_left_with_nothing(make, plain, cell):
    model = make(cell=cell, embedding=5, window=4)
    text = np.array([[3, 1, 4, 1, 5, 2]], np.int32)
    logits, _ = model.advance(model.initial_state(1), text)
    padded = np.concatenate((np.full((1, 3), NO_TOKEN, np.int32), text), axis=1)
    windows = np.concatenate([padded[:, i : i + 4] for i in range(6)])
    expected = plain(model, 6, 4).predict_on_batch(one_hot(windows, 9))[:, -1]
    np.testing.assert_allclose(softmax(logits[0]), expected, rtol=0, atol=1e-5)


# Each is compiled, which takes a while; the other networks differ in nothing that is compiled but
# whether few steps are written out or many are a loop.
@pytest.mark.parametrize("length", [7, 12])
@pytest.mark.parametrize(
    "config",
    [{"cell": cell, "layers": 2, "embedding": 5 * (cell != "rnn")} for cell in CELLS],
    ids=_called,
)
def test_gradients_are_those_of_keras(make, plain, learn, config, length):
    model, tokens = make(**config), some_tokens(3, length)
    targets = np.random.default_rng(1).integers(0, 9, (3, length)).astype(np.int32)
    learner = learn(model, optimiser="sgd", length=length)
    loss = learner.update(Batch(tokens, targets, True, 3 * length), 1.0)
    after = learner.model().arrays()
    expected_loss, gradients = plain_gradients(plain(model, 3, length), tokens, targets)
    assert loss == pytest.approx(expected_loss, abs=1e-5)
    expected = split_variables(names_of(model), gradients)
    assert expected.keys() == after.keys()
    for name, before in model.arrays().items():
        moved = before - after[name]
        np.testing.assert_allclose(moved, expected[name], rtol=0, atol=1e-5, err_msg=name)


def plain_gradients(network, tokens, targets):
    """The mean cross-entropy of Keras' own network, and its gradients."""
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        read = network(one_hot(tokens, 9), training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(targets, read))
    gradients = tape.gradient(loss, [variable.value for variable in network.trainable_variables])
    return float(loss), [gradient.numpy() for gradient in gradients]


def test_dropout_leaves_out_its_share_anew_each_time_and_nothing_outside_training(keras):
    from charplay_keras.layers import Dropout

    layer, ones = Dropout(0.25, seed=7), np.ones((50, 200), np.float32)
    first, second = (np.asarray(layer(ones, training=True)) for _ in range(2))
    for drawn in (first, second):
        np.testing.assert_allclose(drawn[drawn != 0], 1 / 0.75, rtol=1e-6)
        assert np.mean(drawn == 0) == pytest.approx(0.25, abs=0.02)
    # Both leave out 1/16, both keep 9/16.
    assert np.mean(first == second) == pytest.approx(10 / 16, abs=0.02)
    np.testing.assert_array_equal(layer(ones), ones)


def test_the_arrays_stand_in_the_order_of_the_network(make, learn):
    for cell in CELLS:
        model = make(cell=cell, layers=2, embedding=5)
        kept = learn(model).model().arrays()
        assert {name: array.shape for name, array in kept.items()} == array_shapes(9, model.config)
        for name, array in model.arrays().items():
            np.testing.assert_array_equal(kept[name], array)


def test_first_weights_are_drawn_as_keras_draws_them(backend, keras):
    config = build(backend.Config, {"cell": "lstm", "hidden": 64, "embedding": 42})
    arrays = backend.create(
        Vocabulary("\n abcdefg"), "prose", config, np.random.default_rng(0)
    ).arrays()
    theirs = keras.layers.LSTM(64)
    theirs.build((None, None, 42))
    kernel, recurrent, bias = (variable.numpy() for variable in theirs.trainable_variables)
    np.testing.assert_array_equal(arrays["bias.0"], bias)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(64), atol=1e-4)
    np.testing.assert_allclose(
        arrays["recurrent.0"] @ arrays["recurrent.0"].T, np.eye(64), atol=1e-4
    )
    for ours, other in ((arrays["input.0"], kernel), (arrays["recurrent.0"], recurrent)):
        assert ours.std() == pytest.approx(other.std(), rel=0.05)
        assert np.abs(ours).max() == pytest.approx(np.abs(other).max(), rel=0.3)
    assert np.abs(arrays["embedding"]).max() <= 0.05
