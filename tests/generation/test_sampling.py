"""From logits to a token: each option against its definition, each draw against its counter."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from charplay.errors import UsageError
from charplay.generation.options import Sampling, Seed
from charplay.generation.sampling import Course, Philox, draw_tokens, token_probabilities

LOGITS = np.log(np.array([0.05, 0.4, 0.15, 0.3, 0.1]))

logit = st.floats(-30, 30, width=32)
rows = st.lists(logit, min_size=1, max_size=40).map(np.array)
temperatures = st.floats(0.05, 20)
counts = st.integers(1, 45)
shares = st.floats(0.01, 1)


def chances_of(logits, **options):
    return token_probabilities(np.asarray(logits), Sampling(**options))


def softmax(scores):
    """The definition, in more digits than are needed."""
    powers = np.exp(np.asarray(scores, np.longdouble) - np.max(scores))
    return (powers / powers.sum()).astype(np.float64)


def support(chances):
    return set(np.flatnonzero(chances))


@given(rows)
def test_without_options_probabilities_are_the_softmax(logits):
    np.testing.assert_allclose(chances_of(logits), softmax(logits), rtol=1e-12, atol=1e-300)


@given(rows, temperatures)
def test_temperature_divides_the_logits(logits, temperature):
    expected = softmax(np.asarray(logits, np.longdouble) / temperature)
    ours = chances_of(logits, temperature=temperature)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-300)


@given(rows, temperatures, st.none() | counts, st.none() | shares, st.none() | shares)
def test_whatever_the_options_probabilities_sum_to_one(logits, temperature, k, p, m):
    chances = chances_of(logits, temperature=temperature, top_k=k, top_p=p, min_p=m)
    assert (chances >= 0).all()
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert chances.argmax() in support(chances_of(logits, temperature=temperature))
    assert chances[np.argmax(logits)] > 0, "the most probable is never cut"


@given(rows, temperatures, st.none() | counts, st.none() | shares, st.none() | shares)
def test_what_is_kept_keeps_its_proportions(logits, temperature, k, p, m):
    whole = chances_of(logits, temperature=temperature)
    cut = chances_of(logits, temperature=temperature, top_k=k, top_p=p, min_p=m)
    kept = cut > 0
    np.testing.assert_allclose(cut[kept], whole[kept] / whole[kept].sum(), rtol=1e-9)


@given(rows, counts)
def test_top_k_keeps_k_and_they_are_the_most_probable(logits, k):
    chances = chances_of(logits, top_k=k)
    assert len(support(chances)) == min(k, len(logits))
    left_out = np.flatnonzero(chances == 0)
    if len(left_out):
        assert logits[left_out].max() <= min(logits[i] for i in support(chances))


@given(rows, shares)
def test_top_p_keeps_the_fewest_that_together_have_p(logits, p):
    whole = np.sort(softmax(logits))[::-1]
    reached = np.cumsum(whole)
    # At the very edge rounding decides, and either answer is right.
    assume(np.abs(reached - p).min() > 1e-9)
    fewest = int((reached < p).sum()) + 1
    assert len(support(chances_of(logits, top_p=p))) == min(fewest, len(logits))


@given(rows, shares)
def test_min_p_leaves_out_what_is_less_than_a_share_of_the_most_probable(logits, m):
    whole = softmax(logits)
    assume(np.abs(whole / whole.max() - m).min() > 1e-9 or m == 1)
    expected = {i for i, chance in enumerate(whole) if chance >= m * whole.max()}
    assert support(chances_of(logits, min_p=m)) == expected


@given(rows, counts, counts)
def test_a_smaller_k_keeps_a_part_of_what_a_larger_one_keeps(logits, one, other):
    small, large = sorted((one, other))
    assert support(chances_of(logits, top_k=small)) <= support(chances_of(logits, top_k=large))


@given(rows, shares, shares)
def test_a_smaller_p_keeps_a_part_of_what_a_larger_one_keeps(logits, one, other):
    small, large = sorted((one, other))
    assert support(chances_of(logits, top_p=small)) <= support(chances_of(logits, top_p=large))


@given(rows, shares, shares)
def test_a_larger_min_p_keeps_a_part_of_what_a_smaller_one_keeps(logits, one, other):
    small, large = sorted((one, other))
    assert support(chances_of(logits, min_p=large)) <= support(chances_of(logits, min_p=small))


def test_the_cuts_by_hand():
    assert support(chances_of(LOGITS, top_k=2)) == {1, 3}
    assert support(chances_of(LOGITS, top_p=0.69)) == {1, 3}
    assert support(chances_of(LOGITS, top_p=0.71)) == {1, 2, 3}
    assert support(chances_of(LOGITS, min_p=0.3)) == {1, 2, 3}
    np.testing.assert_allclose(chances_of(LOGITS, top_k=2), [0, 4 / 7, 0, 3 / 7, 0], rtol=1e-12)


def test_each_cut_acts_on_what_the_one_before_left():
    # Of the two that top-k leaves, 4/7 and 3/7, the first alone has 0.5.
    assert support(chances_of(LOGITS, top_k=2, top_p=0.5)) == {1}
    assert support(chances_of(LOGITS, top_p=0.5)) == {1, 3}


@given(rows)
def test_cuts_that_cut_nothing_change_nothing(logits):
    loose = chances_of(logits, top_k=len(logits), top_p=1, min_p=0)
    np.testing.assert_allclose(loose, softmax(logits), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("options", [{"greedy": True}, {"temperature": 0}, {"top_k": 1}])
def test_greedily_all_is_on_the_most_probable(options):
    assert chances_of(LOGITS, **options).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("options", [{"greedy": True}, {"temperature": 0}, {"top_k": 1}])
def test_of_equals_the_first_is_taken(options):
    assert chances_of([1.0, 2.0, 2.0, 2.0], **options).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("options", [{}, {"greedy": True}, {"top_k": 3, "top_p": 0.9}])
def test_rows_are_treated_one_by_one(options):
    logits = np.random.default_rng(0).normal(size=(2, 5, 7)).astype(np.float32)
    together = chances_of(logits, **options)
    for place in np.ndindex(2, 5):
        np.testing.assert_array_equal(together[place], chances_of(logits[place], **options))


def test_probabilities_leave_the_logits_alone():
    logits = LOGITS.copy()
    chances_of(logits, temperature=0.5, top_k=2, top_p=0.5, min_p=0.1)
    np.testing.assert_array_equal(logits, LOGITS)


def test_a_temperature_near_zero_takes_the_most_probable():
    chances = chances_of([-300.0, 0.001, 300.0, 299.0], temperature=1e-9)
    assert chances.tolist() == [0, 0, 1, 0]


def test_a_temperature_of_a_hundred_makes_all_nearly_alike():
    chances = chances_of(LOGITS, temperature=100)
    np.testing.assert_allclose(chances, 0.2, atol=0.01)
    assert chances.argmax() == 1


@pytest.mark.parametrize("top_p", [1e-12, 5e-324])
def test_a_tiny_top_p_leaves_the_most_probable(top_p):
    assert chances_of(LOGITS, top_p=top_p).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "options", [{}, {"temperature": 1e-9}, {"top_k": 3}, {"top_p": 1}, {"min_p": 0}]
)
def test_a_logit_of_minus_infinity_is_never_drawn(options):
    chances = chances_of([-np.inf, 1.0, -np.inf, 0.0], **options)
    assert chances[[0, 2]].tolist() == [0, 0]
    assert chances.sum() == pytest.approx(1)
    uniforms = np.array([0.0, 0.5, 1 - 2**-53])
    assert set(draw_tokens(np.tile(chances, (3, 1)), uniforms)) <= {1, 3}


def test_huge_logits_do_not_overflow():
    np.testing.assert_allclose(chances_of(np.float32([3e38, 3e38, -3e38])), [0.5, 0.5, 0])


@given(rows, st.floats(0, 1, exclude_max=True))
def test_a_draw_is_the_first_whose_cumulative_probability_exceeds_the_number(logits, uniform):
    chances = chances_of(logits)
    cumulative = np.cumsum(chances)
    [token] = draw_tokens(chances[None], np.array([uniform]))
    assume(np.abs(cumulative / cumulative[-1] - uniform).min() > 1e-12)
    assert cumulative[token] > uniform
    assert token == 0 or cumulative[token - 1] <= uniform


@settings(max_examples=50)
@given(rows, st.integers(0, 2**32 - 1))
def test_a_draw_is_that_of_numpys_choice(logits, seed):
    chances = chances_of(logits)
    chosen = np.random.RandomState(seed).choice(len(chances), p=chances)
    uniform = np.random.RandomState(seed).random_sample()
    assert draw_tokens(chances[None], np.array([uniform])) == [chosen]


@pytest.mark.parametrize("chances", [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0], [0.0, 1, 0]])
def test_what_has_no_probability_is_never_drawn(chances):
    uniforms = np.array([0.0, 0.25, 0.5, 0.75, 1 - 2**-53])
    drawn = draw_tokens(np.tile(np.array(chances), (5, 1)), uniforms)
    assert all(chances[token] > 0 for token in drawn)


def ith(seed, position, number):
    """The number-th number of the counter-based generator with this key, from the definition."""
    key = np.array([seed, position], np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).random(number)[-1]


SEEDS = [0, 1, 7, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("position", [0, 1, 399])
def test_answer_i_at_position_t_is_the_ith_number_of_its_philox(seed, position):
    for number in (1, 2, 4, 5, 64, 65, 1000):
        [uniform] = Philox(seed)(number, 1, position)
        assert uniform == ith(seed, position, number)


def test_different_large_seeds_draw_differently():
    """Two neighbours near the end of the range that a floating-point number cannot tell apart."""
    assert Philox(2**64 - 1)(1, 1, 3) != Philox(2**64 - 2)(1, 1, 3)


@given(st.sampled_from(SEEDS[:6]), st.integers(1, 10**6), st.integers(1, 70), st.integers(0, 10**6))
def test_a_block_of_draws_is_its_single_draws(seed, first, count, position):
    together = Philox(seed)(first, count, position)
    assert together.shape == (count,)
    for i in {0, count // 2, count - 1}:
        assert together[i] == Philox(seed)(first + i, 1, position)[0]


def test_draws_know_no_order():
    backwards = [Philox(7)(number, 1, 3)[0] for number in range(20, 0, -1)]
    assert backwards[::-1] == Philox(7)(1, 20, 3).tolist()


def test_draws_leave_the_global_generator_alone():
    np.random.seed(5)
    expected = np.random.random(3)
    np.random.seed(5)
    Philox(3)(1, 64, 0)
    Course()(1, 7, 4)
    draw_tokens(np.ones((1, 3)) / 3, np.array([0.5]))
    assert np.random.random(3).tolist() == expected.tolist()


def test_the_courses_draws_are_those_of_its_own_seeds():
    for number, position in ((1, 0), (1, 1), (7, 0), (7, 12)):
        seed = number - 1 + 2 * position
        [uniform] = Course()(number, 1, position)
        assert uniform == np.random.RandomState(seed).random_sample()


def test_beyond_32_bits_the_courses_seeds_begin_again():
    last, first = np.random.RandomState(2**32 - 1), np.random.RandomState(0)
    assert Course()(2**32, 2, 0).tolist() == [last.random_sample(), first.random_sample()]


def test_a_seed_is_read_with_or_without_a_number():
    assert Seed.parse("7") == Seed(7)
    assert Seed.parse("7/3") == Seed(7, 3)
    assert Seed.parse(str(2**64 - 1)) == Seed(2**64 - 1)
    for text in ("7", "7/3"):
        assert str(Seed.parse(text)) == text


@pytest.mark.parametrize("text", ["", "/", "7/", "/3", "7/0", "7/-1", "-1", str(2**64), "x", "1.5"])
def test_a_seed_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        Seed.parse(text)


def test_an_empty_stop_text_is_refused():
    with pytest.raises(UsageError):
        Sampling(stop="")


def test_of_many_equals_the_first_are_kept():
    chances = chances_of(np.zeros((2, 40)), top_k=3)
    assert chances.tolist() == [[1 / 3] * 3 + [0.0] * 37] * 2
    alternating = chances_of(np.tile([0.0, 9.0], 20), top_k=5)
    assert support(alternating) == {1, 3, 5, 7, 9}


def test_what_reaches_p_exactly_is_enough():
    assert chances_of([0.0, 0.0], top_p=0.5).tolist() == [1, 0]
    assert chances_of([0.0, 0.0], top_p=0.51).tolist() == [0.5, 0.5]
    assert chances_of([0.0, 0.0], min_p=1).tolist() == [0.5, 0.5]
