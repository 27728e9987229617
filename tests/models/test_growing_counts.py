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


class Naive:
    """The same by its definition: what followed each context, counted from the longest on."""

    def __init__(self, size, order):
        self.size, self.order, self.followed = size, order, {(): {}}

    def learn(self, recent, token):
        """Count a token after recent ones, the newest first, down to where it is known."""
        for depth in range(self.order - 1, -1, -1):
            counts = self.followed.setdefault(tuple(recent[:depth]), {})
            counts[token] = counts.get(token, 0) + 1
            if counts[token] > 1:
                break

    def depth(self, recent):
        """The longest context that something has followed."""
        known = [d for d in range(self.order) if self.followed.get(tuple(recent[:d]))]
        return max(known, default=0)

    def seen(self, depth):
        """How many n-grams of a length were counted once, twice, three and four times."""
        counts = [
            count
            for context, followed in self.followed.items()
            if len(context) == depth
            for count in followed.values()
        ]
        return [counts.count(often) for often in (1, 2, 3, 4)]


@pytest.mark.parametrize("order", [1, 3, 4])
def test_counts_and_depths_are_those_of_the_definition_all_along(order):
    naive, counts = Naive(5, order), GrowingCounts(5, order)
    assert counts.depth == 0
    for text in (TEXT[:150], TEXT[150:400]):
        counts.begin(-1)
        assert counts.depth == 0
        recent = [-1] * (order - 1)
        for token in text.tolist():
            counts.expect()
            assert counts.depth == naive.depth(recent)
            counts.learn(token)
            naive.learn(recent, token)
            recent = [token, *recent][: order - 1]
        for depth in range(order):
            assert counts._seen[depth][1:] == naive.seen(depth)
    for context, followed in naive.followed.items():
        node = counts._root
        for token in context:
            node = node.children[token]
        assert (node.counts, node.total) == (followed, sum(followed.values()))
        kinds = [list(followed.values()).count(often) for often in (1, 2)]
        assert node.kinds[1:3] == kinds
        assert node.kinds[3] == len(followed) - sum(kinds)


def test_with_no_room_nothing_longer_is_learned_and_what_is_known_is_still_counted():
    counts = read(TEXT, 3, most=1)
    assert counts._root.children == {}
    assert counts._root.total == len(TEXT)
    counts.expect()
    assert counts.depth == 0
    at_most = [read(TEXT, 3, most=most) for most in (2, 5)]
    assert [each._contexts for each in at_most] == [2, 5]
