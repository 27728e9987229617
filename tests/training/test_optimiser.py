"""What a learner in NumPy is given: a block of weights, and the optimiser that a plan names."""

from dataclasses import replace

import numpy as np
import pytest

from charplay import ArrayBlock, Batch, Optimiser, Plan
from charplay.training.optimiser import clip_gradients
from tests.numpy_backend.test_gradients import textbook_adam

PLAN = Plan(batch_size=2)
ARRAYS = {"up": np.array([[1.0, -2.0], [3.0, 0.5]]), "down": np.array([4.0, -1.0])}
SLOPES = {"up": np.array([[3.0, -6.0], [9.0, 1.5]]), "down": np.array([0.6, 12.0])}
# Two rows with three scored characters.
BATCH = Batch(np.zeros((2, 2), np.int32), np.array([[1, 0], [1, -1]], np.int32), True, 3)
SCALES = {"mean": 3, "sum": 2}


def updated(plan, times=1, rate=0.1):
    """The weights and the last loss after updates that all have the same slopes."""
    weights = ArrayBlock.of(ARRAYS)
    optimiser = Optimiser(weights, plan)
    for _ in range(times):
        loss = optimiser.update(BATCH, 6.0, SLOPES, rate)
    return weights, loss


def test_the_arrays_of_a_block_share_its_memory():
    block = ArrayBlock.of(ARRAYS)
    block["down"][...] = 7
    assert block.flat.tolist() == [1, -2, 3, 0.5, 7, 7]
    assert dict(block).keys() == ARRAYS.keys()
    assert ARRAYS["down"].tolist() == [4, -1]
    block.copies()["up"][...] = 0
    assert block["up"][0, 0] == 1


@pytest.mark.parametrize(
    ("types", "precision"),
    [(("f2", "f2"), "f2"), (("f4", "f4"), "f4"), (("f4", "f8"), "f8"), (("f4", "i1"), "f4")],
)
def test_a_block_has_the_largest_precision_of_its_arrays(types, precision):
    arrays = {str(number): np.ones(3, kind) for number, kind in enumerate(types)}
    assert ArrayBlock.of(arrays).flat.dtype == np.dtype(precision)


@pytest.mark.parametrize("reduction", SCALES)
def test_plain_descent_moves_by_the_rate_times_the_reduced_gradient(reduction):
    scale = SCALES[reduction]
    weights, loss = updated(replace(PLAN, optimiser="sgd", reduction=reduction))
    assert loss == 6.0 / scale
    for name, before in ARRAYS.items():
        np.testing.assert_allclose(weights[name], before - 0.1 * SLOPES[name] / scale)
    assert SLOPES["down"].tolist() == [0.6, 12]


@pytest.mark.parametrize("reduction", SCALES)
def test_adam_is_the_textbooks_adam_on_the_clipped_gradient(reduction):
    plan = replace(PLAN, reduction=reduction, clip_value=1.5)
    weights, _ = updated(plan, times=4)
    for name, before in ARRAYS.items():
        clipped = np.clip(SLOPES[name] / SCALES[reduction], -1.5, 1.5)
        np.testing.assert_allclose(weights[name], textbook_adam(before, [clipped] * 4, 0.1))


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_weight_decay_takes_its_share_beside_the_step(optimiser):
    plain, _ = updated(replace(PLAN, optimiser=optimiser))
    decayed, _ = updated(replace(PLAN, optimiser=optimiser, weight_decay=0.5))
    for name, before in ARRAYS.items():
        np.testing.assert_allclose(decayed[name], plain[name] - 0.05 * before)


def test_clipping_by_value_limits_each_gradient():
    gradients = np.array([-9.0, -2.0, -0.5, 0.0, 1.99, 2.0, 300.0])
    clip_gradients(gradients, replace(PLAN, clip_value=2))
    assert gradients.tolist() == [-2, -2, -0.5, 0, 1.99, 2, 2]


def test_clipping_by_norm_keeps_the_direction():
    gradients = np.array([3.0, -4.0, 12.0])
    clip_gradients(gradients, replace(PLAN, clip_norm=6.5))
    np.testing.assert_allclose(gradients, [1.5, -2, 6], rtol=1e-12)


def test_a_gradient_within_the_norm_is_left_alone():
    gradients = np.array([3.0, -4.0])
    clip_gradients(gradients, replace(PLAN, clip_norm=5))
    assert gradients.tolist() == [3, -4]


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_an_optimiser_goes_on_exactly_from_its_arrays(optimiser):
    plan = replace(PLAN, optimiser=optimiser)
    whole, _ = updated(plan, times=5)
    weights = ArrayBlock.of(ARRAYS)
    stopped = Optimiser(weights, plan)
    for _ in range(2):
        stopped.update(BATCH, 6.0, SLOPES, 0.1)
    kept = stopped.arrays()
    resumed = Optimiser(weights, plan)
    resumed.restore({**kept, "carried": np.ones(3)})
    for _ in range(3):
        resumed.update(BATCH, 6.0, SLOPES, 0.1)
    np.testing.assert_array_equal(weights.flat, whole.flat)
    assert set(kept) == ({"adam.count", *_moments()} if optimiser == "adam" else set())


def _moments():
    return {f"adam.{moment}.{name}" for moment in ("mean", "square") for name in ARRAYS}


def test_what_an_optimiser_keeps_is_not_changed_by_later_updates():
    weights = ArrayBlock.of(ARRAYS)
    optimiser = Optimiser(weights, PLAN)
    optimiser.update(BATCH, 6.0, SLOPES, 0.1)
    kept = optimiser.arrays()
    before = {name: array.copy() for name, array in kept.items()}
    optimiser.update(BATCH, 6.0, SLOPES, 0.1)
    assert all(np.array_equal(kept[name], before[name]) for name in before)


def test_a_gradient_that_is_missing_is_told_by_its_name():
    with pytest.raises(KeyError, match="down"):
        Optimiser(ArrayBlock.of(ARRAYS), PLAN).update(BATCH, 6.0, {"up": SLOPES["up"]}, 0.1)
