"""Averaged weights: the textbook's running average, which training itself knows nothing of."""

from dataclasses import replace

import numpy as np
import pytest

from tests.numpy_backend.test_gradients import NETWORKS, PADDED, PLAN, learner_of, random_arrays

PLAIN = NETWORKS["stacked lstm"]
KEEP = 0.9
AVERAGED = replace(PLAIN, averaging=KEEP)
ARRAYS = random_arrays(PLAIN)
ADAM = replace(PLAN, optimiser="adam", weight_decay=0.1)


def assert_same_arrays(ours, theirs, **tolerance):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], err_msg=name, **tolerance)


def textbook(weights):
    """Each weight by keep to the power of its age, the sum of the shares taken as 1."""
    shares = [KEEP**age for age in reversed(range(len(weights)))]
    return {
        name: sum(share * each[name] for share, each in zip(shares, weights, strict=True))
        / sum(shares)
        for name in weights[0]
    }


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_the_model_is_the_average_of_the_weights_after_every_update(optimiser):
    plan = replace(ADAM, optimiser=optimiser)
    raw, averaged = learner_of(PLAIN, ARRAYS, plan), learner_of(AVERAGED, ARRAYS, plan)
    seen = []
    for _ in range(30):
        raw.update(PADDED, 0.05)
        averaged.update(PADDED, 0.05)
        seen.append(raw.model().arrays())
        assert_same_arrays(averaged.model().arrays(), textbook(seen), rtol=1e-9, atol=1e-12)


def test_training_goes_on_from_the_weights_and_not_from_their_average():
    raw, averaged = learner_of(PLAIN, ARRAYS, ADAM), learner_of(AVERAGED, ARRAYS, ADAM)
    for _ in range(10):
        assert averaged.update(PADDED, 0.05) == raw.update(PADDED, 0.05)
        averaged.model()


def test_the_average_of_one_update_is_what_it_came_to():
    raw, averaged = learner_of(PLAIN, ARRAYS, ADAM), learner_of(AVERAGED, ARRAYS, ADAM)
    raw.update(PADDED, 0.05)
    averaged.update(PADDED, 0.05)
    assert_same_arrays(averaged.model().arrays(), raw.model().arrays(), rtol=1e-12)


def test_before_the_first_update_the_model_is_the_one_given():
    assert_same_arrays(learner_of(AVERAGED, ARRAYS, ADAM).model().arrays(), ARRAYS, rtol=0)


def test_a_model_that_was_given_stays_as_it_was():
    learner = learner_of(AVERAGED, ARRAYS, ADAM)
    learner.update(PADDED, 0.05)
    given = learner.model().arrays()
    kept = {name: array.copy() for name, array in given.items()}
    learner.update(PADDED, 0.05)
    assert_same_arrays(given, kept, rtol=0)
