import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.text.order import ComputedPermutation, computed_orders

COUNTS, SEEDS = st.integers(1, 3000), st.integers(0, 2**63 - 1)


@given(COUNTS, SEEDS, st.integers(0, 9))
def test_a_computed_order_has_every_example_once(count, seed, epoch):
    assert np.array_equal(np.sort(ComputedPermutation(count, seed, epoch)[:]), np.arange(count))


@given(COUNTS, SEEDS, st.integers(0, 3000), st.integers(1, 600))
def test_a_part_of_a_computed_order_is_that_part_of_the_whole(count, seed, first, length):
    order = computed_orders(count, seed)
    part = slice(first, first + length)
    assert np.array_equal(order(3)[part], order(3)[:][part])


def test_a_computed_order_is_another_in_each_epoch_and_with_each_seed():
    orders = {
        tuple(computed_orders(1000, seed)(epoch)[:].tolist())
        for seed in range(4)
        for epoch in range(4)
    }
    assert len(orders) == 16


def test_a_computed_order_of_more_examples_than_fit_in_memory_is_had_in_parts():
    part = ComputedPermutation(2**40 + 1, 7, 0)[2**40 - 1000 :]
    assert len(set(part.tolist())) == 1001
    assert part.min() >= 0
    assert part.max() <= 2**40


@pytest.mark.parametrize("count", [1000, 4099])
def test_a_computed_order_is_as_even_as_one_that_is_drawn(count):
    """In each of 20 parts of the order stand all 20 parts of the examples alike (chi-squared)."""
    counts = np.zeros((20, 20))
    for seed in range(50):
        order = ComputedPermutation(count, seed, 0)[:]
        np.add.at(counts, (np.arange(count) * 20 // count, order * 20 // count), 1)
    expected = 50 * count / 400
    assert 250 < ((counts - expected) ** 2 / expected).sum() < 480  # 361 ± 4 deviations of 27


def test_neighbours_in_a_computed_order_have_nothing_to_do_with_each_other():
    steps = np.diff(ComputedPermutation(4099, 1, 0)[:])
    assert np.unique(steps).size > 2000
    assert abs(np.corrcoef(steps[:-1], steps[1:])[0, 1] + 0.5) < 0.06  # as of independent draws


def test_a_computed_order_is_the_one_that_was_written_down():
    """Were it to change, a run taken up again would see other windows."""
    assert ComputedPermutation(10**9, 7, 0)[:4].tolist() == [
        64546345,
        617908877,
        352962939,
        757315906,
    ]
