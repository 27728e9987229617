"""The weights of a mix: the best for a text that no part has learned."""

import numpy as np
import pytest

from charplay.training.evaluation import loss_of
from charplay_mix.mixer import LogLinearMixer
from charplay_mix.weighing import best_weights, mixed_loss


def views_of(*logits):
    scores = np.stack(logits).astype(np.float32)
    scores -= scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


def planted(weights, count=4000, size=6, seed=1):
    """Views of parts, and targets drawn from the mix of these weights."""
    rng = np.random.default_rng(seed)
    views = views_of(*rng.normal(size=(len(weights), count, size)) * 2)
    scores = np.tensordot(weights, views, axes=1)
    cumulative = np.exp(scores - scores.max(axis=-1, keepdims=True)).cumsum(axis=-1)
    drawn = (cumulative < rng.random((count, 1)) * cumulative[:, -1:]).sum(axis=-1)
    return views, drawn.astype(np.int32)


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.8, 0.3), (1.2, 0.1, 0.4)])
def test_the_weights_by_which_a_text_was_drawn_are_found(weights):
    views, targets = planted(np.array(weights))
    found = best_weights(views, targets, np.full(len(weights), 1 / len(weights)))
    assert np.allclose(found, weights, atol=0.08)


def test_no_weights_near_those_found_are_better():
    views, targets = planted(np.array([0.7, 0.4]), count=20_000)
    found = best_weights(views, targets, np.array([0.5, 0.5]))
    least = mixed_loss(views, targets, found)
    for change in ([0.02, 0], [-0.02, 0], [0, 0.02], [0, -0.02]):
        assert mixed_loss(views, targets, found + change) > least - 1e-6


def test_a_part_that_says_the_opposite_of_the_truth_has_hardly_any_weight():
    views, targets = planted(np.array([1.0]))
    liar = views_of(-views[0])
    found = best_weights(np.concatenate([views, liar]), targets, np.array([0.5, 0.5]))
    assert found[1] < 0.02
    assert found[0] > 0.8


def test_a_few_characters_change_little_of_the_guess():
    views, targets = planted(np.array([1.0, 0.0]), count=5)
    found = best_weights(views, targets, np.array([0.5, 0.5]))
    assert np.all(np.abs(found - 0.5) < 0.2)


def test_without_a_text_all_parts_weigh_alike(network):
    parts = [network(seed) for seed in range(4)]
    assert LogLinearMixer(None).weigh(parts).weights == (0.25,) * 4


def test_the_loss_of_a_weighing_is_that_of_the_mix_on_the_text(network, counted, names, find):
    mixer = LogLinearMixer(names)
    parts = [network(1), counted]
    weighing = mixer.weigh(parts)
    made = mixer.mix([(find("numpy"), parts[0]), (find("ngram"), parts[1])], weighing.weights)
    assert weighing.loss == pytest.approx(loss_of(made, names), abs=1e-4)
    assert weighing.loss <= min(loss_of(part, names) for part in parts)
