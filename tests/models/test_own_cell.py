"""A cell of one's own: one class, handed to the weights, and text is drawn with it."""

import numpy as np
import pytest

import charplay
from charplay.generation.generator import Continuation
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place

VOCABULARY = charplay.Vocabulary("\nabcde")
V, H = len(VOCABULARY), 7


class MinimalGatedCell(charplay.Cell):
    """u = (tanh(p_u) + 1) / 2, n = tanh(p_n), h' = h + u (n - h), p = x W + h U + b."""

    gates = ("update", "candidate")

    def step(self, preactivation, state, recurrent, recurrent_bias, scratch):
        (hidden,) = state
        hidden.dot(recurrent, scratch)
        preactivation += scratch
        np.tanh(preactivation, preactivation)
        units = hidden.shape[-1]
        u, n = preactivation[..., :units], preactivation[..., units:]
        u += 1
        u *= 0.5
        hidden += u * (n - hidden)


@pytest.fixture
def weights():
    random = np.random.default_rng(0)
    shapes = {}
    for layer, below in enumerate((V, H)):
        shapes |= charplay.layer_shapes(MinimalGatedCell(), layer, below, H)
    arrays = {name: random.normal(size=shape) for name, shape in shapes.items()}
    return charplay.RecurrentWeights(
        cell=MinimalGatedCell(),
        table=arrays["input.0"],
        layers=tuple(charplay.LayerWeights.named(arrays, layer) for layer in range(2)),
        output=random.normal(size=(H, V)),
        output_bias=random.normal(size=V),
    )


@pytest.fixture
def model(weights):
    return charplay.RecurrentModel(VOCABULARY, "prose", None, {}, weights)


def naive(weights, row):
    """Logits after each token, as the equations say."""
    states, logits = [np.zeros(H) for _ in weights.layers], []
    for token in row:
        x = weights.table[token]
        for number, layer in enumerate(weights.layers):
            h = states[number]
            p = (x if layer.input is None else x @ layer.input) + h @ layer.recurrent + layer.bias
            u, n = (np.tanh(p[:H]) + 1) / 2, np.tanh(p[H:])
            x = states[number] = h + u * (n - h)
        logits.append(x @ weights.output + weights.output_bias)
    return np.array(logits)


def test_every_way_to_read_with_a_cell_of_ones_own_is_its_equations(model, weights):
    row = VOCABULARY.encode("abcde\nedcba")
    expected = naive(weights, row)
    logits, state = model.advance(model.initial_state(1), row[None])
    np.testing.assert_allclose(logits[0], expected, rtol=1e-9)
    assert set(state) == {"hidden.0", "hidden.1"}
    stream = model.stream(model.initial_state(1))
    for token, after in zip(row, expected, strict=True):
        np.testing.assert_allclose(stream.step(int(token)), after, rtol=1e-9)


def test_text_is_drawn_with_a_cell_of_ones_own(model, weights):
    greedy = Sampling(temperature=0, max_chars=20)
    text = "".join(Continuation(model, initial_place(model), greedy, 1, 1))
    row = [VOCABULARY.index["\n"]]
    while len(row) <= 20:
        row.append(int(naive(weights, row)[-1].argmax()))
    assert text == VOCABULARY.decode(row[1:])
