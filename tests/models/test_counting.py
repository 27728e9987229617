"""Kneser-Ney n-grams: against the equations, by hand, and by their properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.models.counting import KneserNey, counted_texts, find_best_order, order_losses
from charplay.models.ngrams import ReadText
from charplay.plan import TextChoice
from charplay.text.batching import NO_TOKEN
from charplay.text.corpus import load_corpus
from charplay.text.vocabulary import Vocabulary
from tests.models.naive_kneser_ney import naive_probability

END, UNSEEN, SIZE = 0, 4, 5
TEXTS = st.lists(
    st.lists(st.integers(1, 3), max_size=8).map(lambda tokens: (*tokens, END)),
    min_size=1,
    max_size=12,
)
ORDERS = st.integers(1, 6)
CONTEXTS = st.lists(st.integers(NO_TOKEN, 4), min_size=5, max_size=5)

NAMES = (
    "anna anne annika antje berta bernd bert bruno carla carl carlo claus clara dora doris dirk "
    "elsa else elke emil emma erik erika frida fred franz fritz greta gerd gerda hanna hanne hans "
    "helga heidi ida ilse inge ingrid jan jana jens jutta karin karl klara kurt lena lene lars "
    "lisa maria marie max mia nina nora otto paul paula petra"
)


def arrays(texts):
    """Texts as arrays of tokens."""
    return [np.array(text, np.int32) for text in texts]


def encoded(*texts):
    """Texts as arrays of tokens, and how many characters there are."""
    vocabulary = Vocabulary.of("".join(texts))
    return [vocabulary.encode(text) for text in texts], len(vocabulary)


def after(model, context):
    """The probabilities of all tokens after one context."""
    return model.probabilities(np.array([context], np.int32))[0]


@given(TEXTS, ORDERS, CONTEXTS)
def test_probabilities_are_those_of_the_equations(texts, order, context):
    model = KneserNey.count(arrays(texts), order, SIZE)
    symbols = [None if token == NO_TOKEN else token for token in context]
    expected = [naive_probability(texts, order, SIZE, symbols, token) for token in range(SIZE)]
    assert after(model, context) == pytest.approx(expected)


@given(TEXTS, ORDERS)
def test_the_probability_of_each_token_of_a_text_is_the_one_after_its_context(texts, order):
    model = KneserNey.count(arrays(texts), order, SIZE)
    scored = model.target_probabilities(ReadText.of(arrays(texts), order, SIZE)).tolist()
    expected = [
        after(model, ([NO_TOKEN] * order + list(text))[place : place + order])[token]
        for text in texts
        for place, token in enumerate(text)
    ]
    assert scored == pytest.approx(expected)


@given(TEXTS, ORDERS, CONTEXTS)
def test_probabilities_after_any_context_are_positive_and_sum_to_1(texts, order, context):
    probabilities = after(KneserNey.count(arrays(texts), order, SIZE), context)
    assert (probabilities > 0).all()
    assert math.fsum(probabilities) == pytest.approx(1)


@given(TEXTS, ORDERS, CONTEXTS)
def test_a_token_seen_anywhere_beats_one_never_seen(texts, order, context):
    probabilities = after(KneserNey.count(arrays(texts), order, SIZE), context)
    assert (
        probabilities[list({token for text in texts for token in text})] > probabilities[UNSEEN]
    ).all()


@pytest.mark.parametrize("order", [1, 3, 8, 12])
def test_an_alphabet_of_5000_characters_is_counted_and_sums_to_1(order):
    rng = np.random.default_rng(0)
    # Eight symbols of 5,001 are 98 bits.
    text = (5000 * rng.random(3000) ** 3).astype(np.int32)
    model = KneserNey.count([text], order, 5000)
    contexts = np.concatenate([text[: 20 * 12].reshape(20, 12), rng.integers(-1, 5000, (9, 12))])
    assert model.probabilities(contexts.astype(np.int32)).sum(axis=1) == pytest.approx(1)
    context, token = text[88:100].tolist(), int(text[100])
    expected = naive_probability([text.tolist()], order, 5000, context, token)
    assert after(model, context)[token] == pytest.approx(expected)


def test_codes_that_do_not_fit_64_bits_give_the_same_model():
    text = np.random.default_rng(1).integers(0, 3, 3000).astype(np.int32)
    narrow = KneserNey.count([text], 9, 3)
    wide = KneserNey.count([text * 500_000], 9, 1_500_000)
    for one, other in zip(narrow.levels, wide.levels, strict=True):
        assert one.counts.tolist() == other.counts.tolist()
        assert [500_000 * token for token in one.tokens.tolist()] == other.tokens.tolist()
        assert one.children.tolist() == other.children.tolist()


def test_a_text_counted_in_blocks_is_counted_the_same(monkeypatch):
    text = np.random.default_rng(2).integers(0, 6, 2000).astype(np.int32)
    whole = KneserNey.count([text], 5, 6)
    monkeypatch.setattr("charplay.models.ngrams._BLOCK", 300)
    parts = KneserNey.count([text], 5, 6)
    for one, other in zip(whole.levels, parts.levels, strict=True):
        for name in ("children", "child_symbols", "widths", "tokens", "counts"):
            assert getattr(one, name).tolist() == getattr(other, name).tolist()


def test_order_1_agrees_with_a_computation_by_hand():
    # Counts of a, b and the end are 2, 1 and 1; so n1 = 2, n2 = 1, and n3, n4 count as 1.
    # Y = 2 / (2 + 2·1) = 1/2; D1 = 1 - 2·Y·1/2 = 1/2; D2 = 2 - 3·Y·1/1 = 1/2.
    # Discounts take 3/2 of 4, which a uniform distribution over 3 shares: 3/8 · 1/3 = 1/8.
    texts, size = encoded("aab\n")
    model = KneserNey.count(texts, 1, size)
    assert after(model, []) == pytest.approx([0.5 / 4 + 1 / 8, 1.5 / 4 + 1 / 8, 0.5 / 4 + 1 / 8])
    assert model.loss(texts) == pytest.approx(-(2 * math.log(1 / 2) + 2 * math.log(1 / 4)) / 4)


def test_a_lower_order_counts_contexts_and_not_occurrences():
    # x is frequent but only follows a; y is rare but follows ten letters. Kneser-Ney prefers y.
    texts, size = encoded(*["axaxax\n"] * 9, *(f"{letter}y\n" for letter in "bcdefghijkz"))
    x, y, z = (Vocabulary.of("".join("abcdefghijkxyz\n")).index[letter] for letter in "xyz")
    probabilities = after(KneserNey.count(texts[:-1], 2, size), [z])
    assert probabilities[y] > probabilities[x]


def test_without_any_text_every_token_is_as_probable():
    model = KneserNey.count([], 5, 4)
    assert (model.order, model.ngrams) == (0, 0)
    assert after(model, [1, 2]).tolist() == [0.25] * 4


def test_the_best_order_has_the_lowest_loss_of_the_orders_up_to_8():
    names, size = encoded(*(name + "\n" for name in NAMES.split()))
    training, others = names[::2], names[1::2]
    losses = {order: KneserNey.count(training, order, size).loss(others) for order in range(1, 9)}
    layout = (ReadText.of(texts, 8, size) for texts in (training, others))
    assert order_losses(*layout, size) == pytest.approx(list(losses.values()))
    loss, order = find_best_order(training, others, size)
    assert loss == pytest.approx(min(losses.values()))
    assert losses[order] == pytest.approx(loss)


@pytest.mark.parametrize(
    ("name", "order", "loss"),
    [("dinosaurs", 6, 1.583044), ("firstnames", 5, 1.878136), ("sonnets", 5, 1.647094)],
)
def test_the_figures_of_shipped_texts_are_those_published_before(registry, name, order, loss):
    corpus = load_corpus(TextChoice(name), registry.corpora)
    texts = (counted_texts(part, corpus.vocabulary) for part in corpus.split(0.1))
    found = find_best_order(*texts, len(corpus.vocabulary))
    assert found == (pytest.approx(loss, abs=1e-6), order)
