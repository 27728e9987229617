"""Where a draw falls when some characters may not come."""

import numpy as np
import pytest

from charplay.generation.steering import forbid_empty, steered_draws, steered_token


def picked(chances, uniform):
    return [(token, number) for token, number, _ in steered_draws(np.array(chances), uniform)]


def test_each_token_is_picked_by_where_in_its_share_the_number_before_fell():
    # 0.6 falls in the second, which is from 0.25 to 0.75: at 0.7 of its share.
    # Of what is left, halves, 0.7 falls in the last, at 0.4 of its share.
    draws = list(steered_draws(np.array([0.25, 0.5, 0.25]), 0.6))
    assert [token for token, _, _ in draws] == [1, 2, 0]
    assert [number for _, number, _ in draws] == pytest.approx([0.6, 0.7, 0.4])
    assert [each.tolist() for _, _, each in draws] == [
        [0.25, 0.5, 0.25], [0.5, 0, 0.5], [1, 0, 0],
    ]  # fmt: skip


def test_chances_need_not_sum_to_one_and_stay_as_they_were():
    chances = np.array([1.0, 3.0])
    draws = list(steered_draws(chances, 0.5))
    assert [each.tolist() for _, _, each in draws] == [[0.25, 0.75], [1, 0]]
    assert chances.tolist() == [1, 3]


def test_a_number_stays_at_or_above_nothing_and_below_one():
    assert [token for token, _ in picked([0.5, 0.5], 0.0)] == [0, 1]
    assert picked([0.5, 0.5], 0.0)[1][1] == 0.0
    largest = float(np.nextafter(1, 0))
    for token, number in picked([0.1] * 10, largest):
        assert 0 <= number < 1
        assert 0 <= token < 10


def test_what_has_no_chance_is_never_picked():
    assert [token for token, _ in picked([0, 0.5, 0, 0.5], 0.3)] == [1, 3]
    assert picked([0.0, 0.0], 0.3) == []


def test_the_first_picked_that_may_follow_the_text_is_taken():
    asked = []

    def steer(text, character):
        asked.append((text, character))
        return character == "a"

    assert steered_token("xy", np.array([0.25, 0.5, 0.25]), 0.6, steer, "abc") == 0
    assert asked == [("xy", "b"), ("xy", "c"), ("xy", "a")]
    assert steered_token("", np.array([0.5, 0.5]), 0.6, lambda text, c: False, "ab") is None


def test_a_name_without_a_letter_cannot_end():
    logits = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert forbid_empty(logits, 1).tolist() == [[1, -np.inf, 3], [4, -np.inf, 6]]
    assert logits[0, 1] == 2
