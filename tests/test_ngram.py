"""The n-gram that the shipped models are compared with."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.ngram import START, KneserNey, find_best_order

LETTERS = "abc\n"
UNSEEN = "z"
VOCABULARY = LETTERS + UNSEEN
LINES = st.lists(
    st.text(alphabet="abc", max_size=8).map(lambda name: name + "\n"), min_size=1, max_size=12
)
ORDERS = st.integers(1, 6)
CONTEXTS = st.text(alphabet="abcz", max_size=5).map(lambda text: START * 5 + text)

NAMES = (
    "anna anne annika antje berta bernd bert bruno carla carl carlo claus clara dora doris dirk "
    "elsa else elke emil emma erik erika frida fred franz fritz greta gerd gerda hanna hanne hans "
    "helga heidi ida ilse inge ingrid jan jana jens jutta karin karl klara kurt lena lene lars "
    "lisa maria marie max mia nina nora otto paul paula petra"
)


def after(context, order):
    """The last characters of a context that an n-gram of this order uses."""
    return context[len(context) - order + 1 :]


@given(LINES, ORDERS, CONTEXTS)
def test_probabilities_after_any_context_sum_to_1(lines, order, context):
    ngram = KneserNey(lines, order, len(VOCABULARY))
    before = after(context, order)
    probabilities = [ngram.probability(before, character) for character in VOCABULARY]
    assert all(probability > 0 for probability in probabilities)
    assert math.fsum(probabilities) == pytest.approx(1)


@given(LINES, ORDERS, CONTEXTS)
def test_a_character_seen_anywhere_beats_one_never_seen(lines, order, context):
    ngram = KneserNey(lines, order, len(VOCABULARY))
    never = ngram.probability(after(context, order), UNSEEN)
    for character in set("".join(lines)):
        assert ngram.probability(after(context, order), character) > never


@given(LINES, ORDERS)
def test_a_character_that_follows_in_the_text_beats_one_that_never_does(lines, order):
    ngram = KneserNey(lines, order, len(VOCABULARY))
    for line in lines:
        padded = START * (order - 1) + line
        for place in range(order - 1, len(padded)):
            context = padded[place - order + 1 : place]
            never = ngram.probability(context, UNSEEN)
            assert ngram.probability(context, padded[place]) > never


def test_order_1_agrees_with_a_computation_by_hand():
    # Counts of a, b and the end are 2, 1 and 1; so n1 = 2, n2 = 1, and n3, n4 count as 1.
    # Y = 2 / (2 + 2·1) = 1/2; D1 = 1 - 2·Y·1/2 = 1/2; D2 = 2 - 3·Y·1/1 = 1/2.
    # Discounts take 3/2 of 4, which a uniform distribution over 3 shares: 3/8 · 1/3 = 1/8.
    ngram = KneserNey(["aab\n"], order=1, vocabulary=3)
    assert ngram.probability("", "a") == pytest.approx(1.5 / 4 + 1 / 8)
    assert ngram.probability("", "b") == pytest.approx(0.5 / 4 + 1 / 8)
    assert ngram.probability("", "\n") == pytest.approx(0.5 / 4 + 1 / 8)
    expected = -(2 * math.log(1 / 2) + 2 * math.log(1 / 4)) / 4
    assert ngram.loss(["aab\n"]) == pytest.approx(expected)


def test_a_lower_order_counts_contexts_and_not_occurrences():
    # x is frequent but only follows a; y is rare but follows ten letters. Kneser-Ney prefers y.
    ngram = KneserNey(["axaxax\n"] * 9 + [f"{letter}y\n" for letter in "bcdefghijk"], 2, 14)
    assert ngram.probability("z", "y") > ngram.probability("z", "x")


def test_the_best_order_has_the_lowest_loss_of_the_orders_up_to_8():
    lines = [name + "\n" for name in NAMES.split()]
    training, held_out = lines[::2], lines[1::2]
    losses = {n: KneserNey(training, n, 27).loss(held_out) for n in range(1, 9)}
    loss, order = find_best_order(training, held_out, 27)
    assert loss == pytest.approx(min(losses.values()))
    assert losses[order] == loss
