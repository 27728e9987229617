"""The NumPy network against the naive per-step loop: one loss, one gradient, 200 updates."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.naive_rnn import Parameters, backward, forward, optimise
from charplay.plan import Plan
from charplay.text.batching import Batch, pad_rows
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig

VOCABULARY = Vocabulary("\nabcdefg")
V, H = len(VOCABULARY), 11
SUMMED = Plan(batch_size=1, reduction="sum", optimiser="sgd", held_out=0)
NAMES = ["abc", "gfedcba", "a", "bbcad", "ggg"]


def random_parameters(seed=0, scale=0.6):
    """Weights large enough, unless told, that tanh bends and the past matters."""
    random = np.random.default_rng(seed)
    shapes = {"Wax": (H, V), "Waa": (H, H), "Wya": (V, H), "b": (H, 1), "by": (V, 1)}
    return Parameters(**{name: random.normal(0, scale, shape) for name, shape in shapes.items()})


def turned(p):
    """The exercise's matrices as this backend holds them."""
    return {
        "input.0": p.Wax.T.copy(),
        "recurrent.0": p.Waa.T.copy(),
        "bias.0": p.b[:, 0].copy(),
        "output": p.Wya.T.copy(),
        "output_bias": p.by[:, 0].copy(),
    }


def learner_of(p, plan=SUMMED):
    config = NumpyConfig(hidden=H, precision="float64")
    backend = NumpyBackend()
    return backend.learner(backend.load(VOCABULARY, "names", config, turned(p)), plan)


def row_of(name):
    return np.array([NO_TOKEN, *VOCABULARY.encode(name + "\n")], np.int32)


def naive_row(name):
    letters = VOCABULARY.encode(name).tolist()
    return [None, *letters], [*letters, 0]


def naive(name, p, a_prev=None):
    """Summed loss and its gradients, from a zero state unless told."""
    X, Y = naive_row(name)
    trace = forward(X, Y, np.zeros((H, 1)) if a_prev is None else a_prev, p)
    return trace, backward(trace, Y, p)


def assert_same_arrays(ours, theirs, **tolerance):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], err_msg=name, **tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_loss_and_every_gradient_of_one_name_are_the_naive_loops(name):
    p = random_parameters()
    learner = learner_of(p)
    loss = learner.gradient(pad_rows([row_of(name)]))
    trace, gradients = naive(name, p)
    assert loss == pytest.approx(trace.loss, rel=1e-12)
    assert_same_arrays(learner.gradients, turned(gradients), rtol=1e-10, atol=1e-13)


def test_a_second_shorter_name_owes_nothing_to_a_longer_one_before_it():
    p = random_parameters()
    learner = learner_of(p)
    learner.gradient(pad_rows([row_of("gfedcbaabc")]))
    loss = learner.gradient(pad_rows([row_of("ab")]))
    trace, gradients = naive("ab", p)
    assert loss == pytest.approx(trace.loss, rel=1e-12)
    assert_same_arrays(learner.gradients, turned(gradients), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_a_padded_batch_is_its_names_taken_one_by_one(reduction):
    p = random_parameters()
    plan = replace(SUMMED, batch_size=len(NAMES), reduction=reduction)
    learner = learner_of(p, plan)
    loss = learner.gradient(pad_rows([row_of(name) for name in NAMES]))

    single = [naive(name, p) for name in NAMES]
    characters = sum(len(name) + 1 for name in NAMES)
    scale = len(NAMES) if reduction == "sum" else characters
    assert loss == pytest.approx(sum(trace.loss for trace, _ in single) / scale, rel=1e-12)
    turned_each = [turned(gradients) for _, gradients in single]
    expected = {name: sum(each[name] for each in turned_each) / scale for name in turned_each[0]}
    assert_same_arrays(learner.gradients, expected, rtol=1e-10, atol=1e-13)


def test_a_carried_state_reads_one_long_text_in_pieces():
    p = random_parameters()
    text = np.array([VOCABULARY.index[c] for c in "abcdefgabcgfedcbaadgbecfa"], np.int32)
    learner = learner_of(p, replace(SUMMED, cutting="stream", length=8))
    losses = []
    for start in (0, 8, 16):
        inputs, targets = text[None, start : start + 8], text[None, start + 1 : start + 9]
        losses.append(learner.gradient(Batch(inputs, targets, start == 0, 8)))
    whole = forward(text[:24].tolist(), text[1:25].tolist(), np.zeros((H, 1)), p)
    assert sum(losses) == pytest.approx(whole.loss, rel=1e-12)
    np.testing.assert_allclose(learner.arrays()["carried.hidden.0"], whole.a[-1].T, rtol=1e-12)


def test_the_gradient_of_a_piece_stops_at_its_first_character():
    p = random_parameters()
    text = VOCABULARY.encode("abcdefgabcgfedcba")
    learner = learner_of(p, replace(SUMMED, cutting="stream", length=8))
    learner.gradient(Batch(text[None, :8], text[None, 1:9], True, 8))
    learner.gradient(Batch(text[None, 8:16], text[None, 9:17], False, 8))
    first = forward(text[:8].tolist(), text[1:9].tolist(), np.zeros((H, 1)), p)
    second = forward(text[8:16].tolist(), text[9:17].tolist(), first.a[-1], p)
    expected = backward(second, text[9:17].tolist(), p)
    assert_same_arrays(learner.gradients, turned(expected), rtol=1e-10, atol=1e-13)


def test_streams_side_by_side_each_carry_their_own_state():
    p = random_parameters()
    tokens = np.random.default_rng(5).integers(0, V, (3, 17)).astype(np.int32)
    plan = replace(SUMMED, cutting="stream", batch_size=3, length=8)
    learner = learner_of(p, plan)
    total = 0.0
    for start in (0, 8):
        part, after = slice(start, start + 8), slice(start + 1, start + 9)
        total += 3 * learner.gradient(Batch(tokens[:, part], tokens[:, after], start == 0, 24))
    whole = [forward(row[:16].tolist(), row[1:].tolist(), np.zeros((H, 1)), p) for row in tokens]
    assert total == pytest.approx(sum(trace.loss for trace in whole), rel=1e-12)
    expected = np.concatenate([trace.a[-1].T for trace in whole])
    np.testing.assert_allclose(learner.arrays()["carried.hidden.0"], expected, rtol=1e-12)


def test_two_hundred_updates_with_a_carried_state_agree():
    # Small weights: a network of large ones would be chaotic, and rounding would decide.
    p = random_parameters(seed=3, scale=0.1)
    learner = learner_of(p, replace(SUMMED, carry=True, clip_value=0.5))
    batches, losses = [], []
    a_prev = np.zeros((H, 1))
    for k in range(200):
        name = NAMES[k % len(NAMES)]
        X, Y = naive_row(name)
        loss, _, a_prev = optimise(X, Y, a_prev, p, 0.05, 0.5)
        losses.append(loss)
        batches.append(pad_rows([row_of(name)])._replace(fresh=k == 0))
    ours = learner.update_many(batches, [0.05] * len(batches))
    np.testing.assert_allclose(ours, losses, rtol=1e-9)
    assert losses[-1] < losses[0] / 2, "the run should have learned something"
    assert_same_arrays(learner.model().arrays(), turned(p), rtol=1e-8, atol=1e-11)
