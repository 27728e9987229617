"""Gradients against central differences, and Adam against the textbook."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.plan import Plan
from charplay.text.batching import pad_rows
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig

VOCABULARY = Vocabulary("\nabcde")
BACKEND = NumpyBackend()
PLAN = Plan(batch_size=1, optimiser="sgd", held_out=0)
DROPPED = {
    "dropout": 0.4, "recurrent_dropout": 0.3, "input_dropout": 0.3, "precision": "float64",
}  # fmt: skip
NETWORKS = {
    "one-hot": NumpyConfig(hidden=4, precision="float64"),
    "embedded": NumpyConfig(hidden=4, embedding=3, precision="float64"),
    "no output layer": NumpyConfig(hidden=6, output_layer=False, precision="float64"),
    "embedded, no output layer": NumpyConfig(
        hidden=6, embedding=3, output_layer=False, precision="float64"
    ),
    "embedded lstm": NumpyConfig(cell="lstm", hidden=3, embedding=2, precision="float64"),
    "stacked rnn": NumpyConfig(layers=2, hidden=4, precision="float64"),
    "stacked lstm": NumpyConfig(cell="lstm", layers=3, hidden=3, precision="float64"),
    "stacked gru": NumpyConfig(cell="gru", layers=2, hidden=3, embedding=2, precision="float64"),
    "gru, no output layer": NumpyConfig(
        cell="gru", hidden=6, output_layer=False, precision="float64"
    ),
    "dropped rnn": NumpyConfig(cell="rnn", layers=2, hidden=4, **DROPPED),
    "dropped gru": NumpyConfig(cell="gru", layers=2, hidden=4, **DROPPED),
    "dropped lstm": NumpyConfig(cell="lstm", layers=2, hidden=4, **DROPPED),
}
ROWS = [np.array([NO_TOKEN, 1, 2, 3, 0]), np.array([NO_TOKEN, 5, 5, 4, 2, 1, 0]), np.array([-1, 0])]
ONE, PADDED = pad_rows(ROWS[:1]), pad_rows(ROWS)


def random_arrays(config, seed=0):
    """Arrays in the right shapes with every value, biases too, well away from zero."""
    random = np.random.default_rng(seed)
    shapes = BACKEND.create(VOCABULARY, "names", config, random).arrays()
    return {name: random.normal(0, 0.7, array.shape) for name, array in shapes.items()}


def learner_of(config, arrays, plan=PLAN):
    return BACKEND.learner(BACKEND.load(VOCABULARY, "names", config, arrays), plan)


def loss_of(config, arrays, batch, plan):
    return learner_of(config, arrays, plan).gradient(batch)


def differences(config, arrays, batch, plan, step=1e-6):
    """Central differences of the loss, weight by weight."""
    numeric = {name: np.zeros_like(array) for name, array in arrays.items()}
    for name, array in arrays.items():
        for place in np.ndindex(array.shape):
            sides = []
            for sign in (1, -1):
                moved = array.copy()
                moved[place] += sign * step
                sides.append(loss_of(config, {**arrays, name: moved}, batch, plan))
            numeric[name][place] = (sides[0] - sides[1]) / (2 * step)
    return numeric


@pytest.mark.parametrize("batch", [ONE, PADDED], ids=["one name", "padded batch"])
@pytest.mark.parametrize("network", NETWORKS)
def test_every_gradient_is_the_slope_of_the_loss(network, batch):
    config = NETWORKS[network]
    arrays = random_arrays(config)
    learner = learner_of(config, arrays)
    learner.gradient(batch)
    numeric = differences(config, arrays, batch, PLAN)
    assert learner.gradients.keys() == arrays.keys()
    for name, gradient in learner.gradients.items():
        assert np.abs(gradient).max() > 1e-5, name
        np.testing.assert_allclose(gradient, numeric[name], rtol=1e-6, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_gradient_of_a_sum_is_that_of_the_mean_times_the_characters_of_a_row(network):
    config = NETWORKS[network]
    arrays = random_arrays(config)
    mean = learner_of(config, arrays)
    total = learner_of(config, arrays, replace(PLAN, reduction="sum"))
    times = PADDED.characters / len(ROWS)
    assert total.gradient(PADDED) == pytest.approx(mean.gradient(PADDED) * times, rel=1e-12)
    for name, gradient in mean.gradients.items():
        np.testing.assert_allclose(total.gradients[name], gradient * times, rtol=1e-9)


def test_a_target_that_is_not_scored_costs_nothing():
    config = NETWORKS["one-hot"]
    arrays = random_arrays(config)
    targets = PADDED.targets.copy()
    targets[:, :2] = NO_TOKEN
    scored = int((targets != NO_TOKEN).sum())
    batch = PADDED._replace(targets=targets, characters=scored)
    learner = learner_of(config, arrays)
    learner.gradient(batch)
    numeric = differences(config, arrays, batch, PLAN)
    for name, gradient in learner.gradients.items():
        np.testing.assert_allclose(gradient, numeric[name], rtol=1e-6, atol=1e-8, err_msg=name)


def test_rows_that_are_only_padding_change_no_gradient_of_a_mean_loss():
    config = NETWORKS["one-hot"]
    arrays = random_arrays(config)
    empty = np.full((1, PADDED.inputs.shape[1]), NO_TOKEN, np.int32)
    wider = PADDED._replace(
        inputs=np.concatenate((PADDED.inputs, empty)),
        targets=np.concatenate((PADDED.targets, empty)),
    )
    plain, padded = learner_of(config, arrays), learner_of(config, arrays)
    assert padded.gradient(wider) == pytest.approx(plain.gradient(PADDED), rel=1e-12)
    for name, gradient in padded.gradients.items():
        np.testing.assert_allclose(gradient, plain.gradients[name], rtol=1e-10, atol=1e-14)


def test_the_norm_is_that_of_all_arrays_together():
    config, arrays = NETWORKS["one-hot"], random_arrays(NETWORKS["one-hot"])
    plan = replace(PLAN, clip_norm=0.01)
    learner = learner_of(config, arrays, plan)
    learner.update(PADDED, learning_rate=1)
    moved = learner.model().arrays()
    step = np.concatenate([(moved[name] - arrays[name]).ravel() for name in arrays])
    assert np.linalg.norm(step) == pytest.approx(0.01, rel=1e-9)


def test_without_clipping_descent_moves_by_rate_times_gradient():
    config, arrays = NETWORKS["embedded"], random_arrays(NETWORKS["embedded"])
    watched, moved = learner_of(config, arrays), learner_of(config, arrays)
    watched.gradient(PADDED)
    moved.update(PADDED, learning_rate=0.3)
    for name, array in moved.model().arrays().items():
        expected = arrays[name] - 0.3 * watched.gradients[name]
        np.testing.assert_allclose(array, expected, rtol=1e-12, atol=1e-15)


def textbook_adam(weight, gradients, rate):
    """Algorithm 1 of Kingma & Ba 2015, line by line."""
    m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        weight = weight - rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return weight


def test_adam_is_the_textbooks_adam():
    config = NETWORKS["one-hot"]
    arrays = random_arrays(config)
    adam = learner_of(config, arrays, replace(PLAN, optimiser="adam"))
    seen = {name: [] for name in arrays}
    for batch in [PADDED, ONE] * 15:
        probe = learner_of(config, adam.model().arrays())
        probe.gradient(batch)
        for name, gradient in probe.gradients.items():
            seen[name].append(gradient)
        adam.update(batch, learning_rate=0.05)
    for name, array in adam.model().arrays().items():
        expected = textbook_adam(arrays[name], seen[name], 0.05)
        np.testing.assert_allclose(array, expected, rtol=1e-9, atol=1e-11, err_msg=name)


def test_adam_acts_on_the_clipped_gradient():
    config = NETWORKS["one-hot"]
    arrays = random_arrays(config)
    adam = learner_of(config, arrays, replace(PLAN, optimiser="adam", clip_value=0.01))
    watched = learner_of(config, arrays)
    watched.gradient(PADDED)
    adam.update(PADDED, learning_rate=0.05)
    for name, array in adam.model().arrays().items():
        clipped = np.clip(watched.gradients[name], -0.01, 0.01)
        expected = textbook_adam(arrays[name], [clipped], 0.05)
        np.testing.assert_allclose(array, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_weight_decay_takes_its_share_off_beside_the_step_of_the_gradient(optimiser):
    config = NETWORKS["one-hot"]
    arrays = random_arrays(config)
    plain = learner_of(config, arrays, replace(PLAN, optimiser=optimiser))
    decayed = learner_of(config, arrays, replace(PLAN, optimiser=optimiser, weight_decay=0.5))
    plain.update(PADDED, learning_rate=0.1)
    decayed.update(PADDED, learning_rate=0.1)
    for name, array in decayed.model().arrays().items():
        moved = plain.model().arrays()[name] - arrays[name]
        np.testing.assert_allclose(array, 0.95 * arrays[name] + moved, rtol=0, atol=1e-12)


@pytest.mark.parametrize("network", NETWORKS)
def test_single_precision_stays_close_to_double(network):
    double = NETWORKS[network]
    single = replace(double, precision="float32")
    arrays = random_arrays(double)
    plan = replace(PLAN, optimiser="adam", clip_norm=5)
    precise, rough = learner_of(double, arrays, plan), learner_of(single, arrays, plan)
    for _ in range(20):
        fine, coarse = precise.update(PADDED, 0.01), rough.update(PADDED, 0.01)
        assert coarse == pytest.approx(fine, rel=1e-4)
    for name, array in rough.model().arrays().items():
        assert array.dtype == np.float32
        np.testing.assert_allclose(array, precise.model().arrays()[name], rtol=0, atol=1e-3)
