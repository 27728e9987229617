"""What an n-gram is worth, from its definition: how much longer the text would be without it."""

import math

import numpy as np
import pytest

from charplay.models import pruning
from charplay.models.counting import KneserNey
from charplay.models.ngrams import ReadText, count_ngrams
from tests.models.test_counting import random_texts

ORDER, SIZE = 4, 6


def ngrams_of(levels):
    """For each n-gram, the context's newest token first and then the token that follows, its place.

    `{(newest, …, oldest), token: (level, entry)}`
    """
    found, paths = {}, [()]
    for number, level in enumerate(levels):
        entry = 0
        for path, width in zip(paths, level.widths.tolist(), strict=True):
            for _ in range(width):
                found[path, int(level.tokens[entry])] = number, entry
                entry += 1
        symbols = iter(level.child_symbols.tolist())
        children = zip(paths, level.children.tolist(), strict=True)
        paths = [(*path, next(symbols)) for path, count in children for _ in range(count)]
    return found


@pytest.fixture(scope="module")
def counted():
    text = ReadText.of(random_texts(length=600), ORDER, SIZE)
    return count_ngrams(text, SIZE), KneserNey.of_text(text, SIZE).levels


def probability(levels, places, path, token):
    """p(token | path), worked out level by level, and its share and weight in the last."""
    value, share, weight = 1 / SIZE, 0.0, 1.0
    for depth in range(len(path) + 1):
        number, entry = places[path[:depth], token]
        level = levels[number]
        context = context_of(level, entry)
        count = int(level.counts[entry])
        share = (count - float(level.discounts[min(count, 3)])) / float(level.totals[context])
        weight = float(level.weights[context])
        below, value = value, share + weight * value
    return value, (share + weight) * below


def context_of(level, entry):
    return int(np.searchsorted(level.first_entries, entry, side="right")) - 1


@pytest.mark.parametrize("at_once", [1 << 19, 3])
def test_an_n_gram_is_worth_its_occurrences_times_what_each_gains(counted, monkeypatch, at_once):
    raw, levels = counted
    monkeypatch.setattr(pruning, "_CONTEXTS", at_once)
    places = ngrams_of(levels)
    gains = list(pruning._gains(levels, raw))
    assert [len(each) for each in gains] == [len(level.tokens) for level in levels[1:]]
    for (path, token), (number, entry) in places.items():
        if number == 0:
            continue
        whole, without = probability(levels, places, path, token)
        occurrences = int(raw[number].occurrences[entry])
        expected = occurrences * math.log(whole / without)
        assert gains[number - 1][entry] == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_those_worth_most_are_kept_to_the_number_asked_for(counted):
    raw, levels = counted
    total = sum(len(level.tokens) for level in levels)
    ranked = np.sort(np.concatenate(list(pruning._gains(levels, raw))))
    for most in (total, total - 1, total - 50, 100, 7, 6, 0):
        pruned = pruning.prune_levels(levels, raw, most)
        left = sum(len(level.tokens) for level in pruned)
        assert len(pruned[0].tokens) == SIZE, "n-grams of one token all stay"
        excess = min(total - max(most, SIZE), total - SIZE)
        ties = int((ranked == ranked[excess - 1]).sum()) if excess else 0
        assert total - excess - ties < left <= total - excess or left == total - excess
    assert pruning.prune_levels([], [], 5) == []
    assert all(one is other for one, other in zip(levels, pruning.prune_levels(levels, raw, total)))


def test_what_is_kept_is_what_is_worth_most(counted):
    raw, levels = counted
    gains = list(pruning._gains(levels, raw))
    places = ngrams_of(levels)
    pruned = ngrams_of(pruning.prune_levels(levels, raw, 300))
    worth = {
        key: float(gains[number - 1][entry]) for key, (number, entry) in places.items() if number
    }
    kept = [worth[key] for key in pruned if key in worth]
    dropped = [value for key, value in worth.items() if key not in pruned]
    assert max(dropped) < min(kept)
    assert len(pruned) <= 300
