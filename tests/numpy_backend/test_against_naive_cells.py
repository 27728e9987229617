"""Every cell against the naive engine: one loss, one gradient, carried streams, 200 updates."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import naive_cells as naive
from charplay.plan import Plan
from charplay.text.batching import Batch, pad_rows
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig
from charplay_numpy.dropout import Dropout

VOCABULARY = Vocabulary("\nabcdefg")
V, H, E = len(VOCABULARY), 6, 4
BACKEND = NumpyBackend()
PLAN = Plan(batch_size=4, held_out=0)
STREAMS = replace(PLAN, cutting="stream", length=8)
SHAPES = {
    f"{cell}, {layers} layers, {'embedded' if embedding else 'one-hot'}": (cell, layers, embedding)
    for cell in naive.GATES
    for layers in (1, 2, 3)
    for embedding in (0, E)
}


@pytest.fixture(params=SHAPES)
def net(request):
    """Weights large enough that tanh bends and the past matters."""
    cell, layers, embedding = SHAPES[request.param]
    return naive.Network.drawn(cell, V, H, layers, embedding, scale=0.6)


def config_of(net, precision="float64", **more):
    embedding = 0 if net.embedding is None else net.embedding.shape[1]
    return NumpyConfig(
        cell=net.cell,
        layers=len(net.layers),
        hidden=net.hidden,
        embedding=embedding,
        precision=precision,
        **more,
    )


def arrays_of(net, precision="float64"):
    """The naive engine's arrays as the backend holds them: turned, gates side by side."""
    arrays = {"output": net.output.T, "output_bias": net.output_bias}
    if net.embedding is not None:
        arrays["embedding"] = net.embedding
    names = {"input": "W", "recurrent": "U", "bias": "b"}
    if net.cell == "gru":
        names["recurrent_bias"] = "c"
    for number, layer in enumerate(net.layers):
        for name, letter in names.items():
            gates = [layer[letter + k].T for k in naive.GATES[net.cell]]
            arrays[f"{name}.{number}"] = np.concatenate(gates, axis=-1)
    return {name: array.astype(precision) for name, array in arrays.items()}


def learner_of(net, plan=PLAN, precision="float64", **more):
    config = config_of(net, precision, **more)
    model = BACKEND.load(VOCABULARY, "names", config, arrays_of(net, precision))
    return BACKEND.learner(model, plan)


def rows_of(batch):
    """A batch's rows as the naive engine reads them."""
    plain = [
        [[None if token == NO_TOKEN else token for token in row] for row in tokens.tolist()]
        for tokens in (batch.inputs, batch.targets)
    ]
    return list(zip(*plain, strict=True))


def names_batch(*names):
    return pad_rows(
        [np.array([NO_TOKEN, *VOCABULARY.encode(name + "\n")], np.int32) for name in names]
    )


NAMES = names_batch("abc", "gfedcba", "a", "bbcad")


def stream_batches(count, rows=4, length=8, seed=5):
    """Streams side by side, cut into pieces of which the first alone is fresh."""
    tokens = np.random.default_rng(seed).integers(0, V, (rows, count * length + 1))
    tokens = tokens.astype(np.int32)
    starts = range(0, count * length, length)
    return [
        Batch(
            tokens[:, start : start + length],
            tokens[:, start + 1 : start + length + 1],
            start == 0,
            rows * length,
        )
        for start in starts
    ]


def assert_same_gradients(learner, gradients, rtol=1e-9):
    expected = arrays_of(gradients)
    assert learner.gradients.keys() == expected.keys()
    for name, array in learner.gradients.items():
        np.testing.assert_allclose(array, expected[name], rtol=rtol, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_loss_and_every_gradient_of_padded_names_are_the_naive_engines(net, reduction):
    learner = learner_of(net, replace(PLAN, reduction=reduction))
    scale = len(NAMES.inputs) if reduction == "sum" else NAMES.characters
    loss, gradients, _ = naive.gradient(net, rows_of(NAMES), scale)
    assert learner.gradient(NAMES) == pytest.approx(loss, rel=1e-12)
    assert_same_gradients(learner, gradients)


def test_streams_carry_every_layers_state_and_their_gradients_stop_at_the_piece(net):
    learner, states = learner_of(net, STREAMS), None
    for batch in stream_batches(3):
        loss, gradients, states = naive.gradient(net, rows_of(batch), batch.characters, states)
        assert learner.gradient(batch) == pytest.approx(loss, rel=1e-12)
        assert_same_gradients(learner, gradients)
    carried = {name: a for name, a in learner.arrays().items() if name.startswith("carried")}
    kinds = ("hidden", "cell") if net.cell == "lstm" else ("hidden",)
    assert len(carried) == len(kinds) * len(net.layers)
    for number in range(len(net.layers)):
        for place, kind in enumerate(kinds):
            expected = np.array([state[number][place] for state in states])
            np.testing.assert_allclose(carried[f"carried.{kind}.{number}"], expected, rtol=1e-10)


def test_a_shorter_narrower_batch_owes_nothing_to_the_one_before_it(net):
    learner, batch = learner_of(net), names_batch("ab", "g")
    learner.gradient(NAMES)
    loss, gradients, _ = naive.gradient(net, rows_of(batch), batch.characters)
    assert learner.gradient(batch) == pytest.approx(loss, rel=1e-12)
    assert_same_gradients(learner, gradients)


def test_dropped_units_and_characters_are_the_naive_engines_masks_and_missing_tokens(net):
    dropping = {"dropout": 0.4, "recurrent_dropout": 0.3, "input_dropout": 0.3}
    learner = learner_of(net, **dropping)
    dropped = Dropout(config_of(net, **dropping), PLAN.seed)(NAMES.inputs)
    rows = rows_of(NAMES._replace(inputs=dropped.inputs))
    masks = [[(above[row], own[row]) for above, own in dropped.masks] for row in range(len(rows))]
    loss, gradients, _ = naive.gradient(net, rows, NAMES.characters, masks=masks)
    assert learner.gradient(NAMES) == pytest.approx(loss, rel=1e-12)
    assert_same_gradients(learner, gradients)


@pytest.mark.parametrize("clipping", [{"clip_value": 0.02}, {"clip_norm": 0.1}])
def test_descent_by_clipped_gradients_is_the_naive_engines(net, clipping):
    plan = replace(PLAN, optimiser="sgd", **clipping)
    learner = learner_of(net, plan)
    for _ in range(3):
        loss, d, _ = naive.gradient(net, rows_of(NAMES), NAMES.characters)
        naive.clip(d, plan.clip_value, plan.clip_norm)
        naive.Descent().step(net, d, 0.5)
        assert learner.update(NAMES, 0.5) == pytest.approx(loss, rel=1e-11)
    for name, array in learner.model().arrays().items():
        np.testing.assert_allclose(array, arrays_of(net)[name], rtol=1e-9, atol=1e-12)


# Text that can be learned: a network that only meets noise soon stands still.
LINE = VOCABULARY.encode("abcdefg\ngfedcba\n" * 61)


@pytest.mark.parametrize(("layers", "embedding"), [(1, 0), (2, E)])
@pytest.mark.parametrize("cell", naive.GATES)
def test_losses_of_two_hundred_updates_by_adam_agree(cell, layers, embedding):
    net = naive.Network.drawn(cell, V, H, layers, embedding, scale=0.3)
    plan = replace(STREAMS, batch_size=2, length=5, clip_norm=1.0)
    fine, coarse = (learner_of(net, plan, precision) for precision in ("float64", "float32"))
    adam, states, losses, batches = naive.Adam(net), None, [], []
    for k in range(200):
        # Two readers of one text, which they begin again after forty pieces.
        at = np.array([[0], [8]]) + k % 40 * 5 + np.arange(5)
        batch = Batch(LINE[at], LINE[at + 1], k % 40 == 0, at.size)
        loss, d, states = naive.gradient(
            net, rows_of(batch), at.size, None if batch.fresh else states
        )
        naive.clip(d, None, plan.clip_norm)
        adam.step(net, d, 0.01)
        losses.append(loss)
        batches.append(batch)
    assert losses[-1] < losses[0] / 4, "the run should have learned something"
    rates = [0.01] * len(batches)
    np.testing.assert_allclose(fine.update_many(batches, rates), losses, rtol=1e-9)
    np.testing.assert_allclose(coarse.update_many(batches, rates), losses, rtol=1e-4)
