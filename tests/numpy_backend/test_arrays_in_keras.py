"""Every cell's arrays put into plain Keras layers: the same probabilities, the same loss."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from charplay.text.batching import Batch
from charplay.text.tokens import NO_TOKEN
from charplay_numpy.config import NumpyConfig
from tests.numpy_backend.test_gradients import BACKEND, PLAN, VOCABULARY, random_arrays

V, ROWS, LENGTH = len(VOCABULARY), 3, 9
NETWORKS = {
    f"{cell}, {layers} layers, {'embedded' if embedding else 'one-hot'}": NumpyConfig(
        cell=cell, layers=layers, hidden=6, embedding=embedding
    )
    for cell in ("rnn", "lstm", "gru")
    for layers in (1, 2)
    for embedding in (0, 4)
}


@pytest.fixture(scope="module")
def keras():
    if find_spec("keras") is None or find_spec("tensorflow") is None:
        pytest.skip("Keras on TensorFlow is not installed: pip install 'charplay[keras]'")
    import keras

    return keras


def layers_of(config, arrays):
    """The weights as Keras holds them, layer by layer from below."""
    if config.embedding:
        yield [arrays["embedding"]]
    for number in range(config.layers):
        kernel, recurrent, bias = (
            arrays[f"{name}.{number}"] for name in ("input", "recurrent", "bias")
        )
        if config.cell == "gru":
            bias = np.stack((bias, arrays[f"recurrent_bias.{number}"]))
        yield [kernel, recurrent, bias]
    yield [arrays["output"], arrays["output_bias"]]


def plain(keras, config, arrays):
    """Keras' own network of those weights, from one-hot rows `(B, T, V)` to probabilities."""
    layers = keras.layers
    kind = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[config.cell]
    stack = [kind(config.hidden, return_sequences=True) for _ in range(config.layers)]
    if config.embedding:
        stack.insert(0, layers.Dense(config.embedding, use_bias=False))
    network = keras.Sequential([keras.Input((LENGTH, V)), *stack, layers.Dense(V, "softmax")])
    for layer, weights in zip(network.layers, layers_of(config, arrays), strict=True):
        layer.set_weights(weights)
    return network


def one_hot(tokens):
    """A one where the token is; no token is zeros."""
    return np.eye(V + 1, dtype=np.float32)[tokens][..., :V]


def softmax(logits):
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


@pytest.fixture(params=NETWORKS)
def network(request):
    config = NETWORKS[request.param]
    arrays = {name: a.astype(np.float32) for name, a in random_arrays(config).items()}
    return config, arrays


@pytest.fixture(scope="module")
def batch():
    """Rows of noise, one begun with nothing."""
    inputs, targets = np.random.default_rng(2).integers(0, V, (2, ROWS, LENGTH)).astype(np.int32)
    inputs[0, :4] = NO_TOKEN
    return Batch(inputs, targets, True, targets.size)


def test_probabilities_and_loss_are_those_of_keras(keras, network, batch):
    config, arrays = network
    expected = plain(keras, config, arrays).predict_on_batch(one_hot(batch.inputs))
    model = BACKEND.load(VOCABULARY, "prose", config, arrays)
    logits, _ = model.advance(model.initial_state(ROWS), batch.inputs)
    np.testing.assert_allclose(softmax(logits), expected, rtol=0, atol=1e-5)
    learner = BACKEND.learner(model, replace(PLAN, cutting="stream", batch_size=ROWS))
    picked = np.take_along_axis(expected, batch.targets[..., None], axis=-1)
    assert learner.gradient(batch) == pytest.approx(-np.log(picked).mean(), rel=1e-4)
