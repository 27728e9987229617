"""Weights are finite floats of a size that weights have, in every width and order of bytes."""

import numpy as np
import pytest

from charplay.models.probe import check_weights

WEIGHTS = np.random.default_rng(0).normal(size=(9, 7))


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", ">f4", ">f8"])
@pytest.mark.parametrize("bad", [np.nan, -np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_found_wherever_it_stands(kind, bad):
    for place in ((0, 0), (8, 6), (4, 3)):
        array = WEIGHTS.astype(kind)
        check_weights({"w": array}, stores_counts=False)
        array[place] = bad
        for seen in (array, array[::2, ::3], array.T):
            if not np.isfinite(seen).all():
                with pytest.raises(ValueError, match="'w' has NaN or infinity"):
                    check_weights({"w": seen}, stores_counts=False)


@pytest.mark.parametrize("kind", ["f4", "f8", ">f8"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_weight_has_a_largest_size(kind, sign):
    array = WEIGHTS.astype(kind)
    array[3, 4] = sign * 0.99e15
    check_weights({"w": array}, stores_counts=False)
    array[3, 4] = sign * 1.01e15
    with pytest.raises(ValueError, match=r"'w' has a weight of size 1e\+15"):
        check_weights({"w": array}, stores_counts=False)


def test_zeros_of_either_sign_and_no_weights_at_all_are_weights():
    check_weights({"a": np.array([0.0, -0.0]), "b": np.zeros((0, 3))}, stores_counts=False)


@pytest.mark.parametrize("kind", ["i1", "i4", "u8"])
def test_whole_numbers_are_counts_where_there_are_any(kind):
    counts = {"n": np.array([0, 1, 100], kind)}
    check_weights(counts, stores_counts=True)
    with pytest.raises(ValueError, match="which no weights are"):
        check_weights(counts, stores_counts=False)


@pytest.mark.parametrize("array", [np.array([True]), np.zeros(2, np.complex64), np.array(["a"])])
def test_what_is_no_number_is_no_weight(array):
    with pytest.raises(ValueError, match="which no weights are"):
        check_weights({"w": array}, stores_counts=True)
