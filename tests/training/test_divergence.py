"""A run that diverges ends, with a hint to a smaller step."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from charplay.errors import TrainingError
from charplay.plan import Plan
from charplay.text.batching import Batch
from charplay.text.vocabulary import Vocabulary
from charplay.training.divergence import DivergenceGuard

# Two rows with four scored characters.
BATCH = Batch(np.zeros((2, 3), np.int32), np.array([[1, 0, 1], [1, -1, -1]], np.int32), True, 4)


def guard(rate=0.02, letters="ab", **plan):
    asked = []

    def rate_of(update):
        asked.append(update)
        return rate

    found = DivergenceGuard(Plan(**plan), Vocabulary(letters), SimpleNamespace(rate=rate_of))
    found.asked = asked
    return found


def test_a_loss_is_told_a_character_however_it_was_reduced():
    assert guard().per_character(1.5, BATCH, 0) == 1.5
    assert guard(reduction="sum").per_character(1.5, BATCH, 0) == 1.5 * 2 / 4


@pytest.mark.parametrize(("letters", "size"), [("", 2), ("a", 2), ("ab", 2), ("abc", 3)])
def test_a_loss_of_fifty_uniform_guesses_is_the_end(letters, size):
    limit, watch = 50 * math.log(size), guard(letters=letters)
    just_below = math.nextafter(limit, 0)
    assert watch.per_character(just_below, BATCH, 0) == just_below
    with pytest.raises(TrainingError):
        watch.per_character(limit, BATCH, 0)


def test_what_a_loss_has_grown_to_is_told_with_its_update_and_a_tenth_of_its_rate():
    watch = guard(rate=0.02)
    with pytest.raises(TrainingError) as told:
        watch.per_character(12345.6, BATCH, 1233)
    assert told.value.message == "training stopped at update 1,234: the loss has grown to 1.23e+04"
    assert told.value.hint == "train again with a smaller step: --set learning-rate=0.002"
    assert watch.asked == [1233]


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_is_told_as_none(loss):
    with pytest.raises(TrainingError) as told:
        guard().per_character(loss, BATCH, 0)
    assert told.value.message == "training stopped at update 1: the loss is no longer a number"


@pytest.mark.parametrize(
    ("rate", "hint"), [(1, "0.1"), (1.5, "0.01"), (300, "0.01"), (0.5, "0.05")]
)
def test_the_step_that_is_hinted_at_is_the_usual_one_where_the_last_was_absurd(rate, hint):
    with pytest.raises(TrainingError) as told:
        guard(rate=rate).per_character(math.nan, BATCH, 0)
    assert told.value.hint.endswith(f"learning-rate={hint}")


def model_of(**arrays):
    return SimpleNamespace(arrays=lambda: {n: np.array(a, float) for n, a in arrays.items()})


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_weights_that_are_not_finite_are_the_end(bad):
    guard().check_weights(model_of(one=[1, 2], other=[[3]]), 4)
    with pytest.raises(TrainingError, match="at update 5: the loss is no longer a number"):
        guard().check_weights(model_of(one=[1, 2], other=[[3, bad]]), 4)
