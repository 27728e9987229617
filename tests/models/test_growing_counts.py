"""Counting while reading gives the same model as counting all of it at once."""

import numpy as np
import pytest

from charplay.models.counting import KneserNey
from charplay.models.growing_counts import GrowingCounts

TEXT = np.array(np.random.default_rng(1).integers(0, 4, 600) ** 2 % 5, np.int32)


def read(text, order, most=10_000):
    counts = GrowingCounts(5, order, most)
    counts.begin(-1)
    for token in text.tolist():
        counts.learn(token)
    return counts


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("length", [1, 7, 60, 600])
def test_what_is_expected_after_a_text_is_what_kneser_ney_of_that_text_says(order, length):
    text = TEXT[:length]
    oracle = KneserNey.count([text], order, 5)
    context = np.full((1, max(1, order - 1)), -1, np.int32)
    end = text[max(0, length - order + 1) :] if order > 1 else text[:0]
    if len(end):
        context[0, -len(end) :] = end
    np.testing.assert_allclose(read(text, order).expect(), oracle.probabilities(context)[0])


def test_before_anything_is_read_every_token_is_as_likely():
    np.testing.assert_allclose(GrowingCounts(5, 3).expect(), 0.2)


def test_probabilities_sum_to_one_all_along():
    counts = GrowingCounts(5, 4)
    counts.begin(-1)
    for token in TEXT.tolist():
        assert counts.expect().sum() == pytest.approx(1)
        counts.learn(token)


def test_what_was_learned_stays_when_another_text_begins():
    counts = read(TEXT, 3)
    before = counts.expect()
    counts.begin(-1)
    first = counts.expect()
    assert not np.allclose(first, 0.2)
    assert not np.allclose(first, before)


def test_memory_is_bounded_and_what_is_known_stays_in_use():
    counts = read(TEXT, 5, most=20)
    contexts = waiting = [counts._root]
    while waiting:
        waiting = [child for context in waiting for child in context.children.values()]
        contexts = contexts + waiting
    assert len(contexts) == 20
    assert counts.expect().sum() == pytest.approx(1)
