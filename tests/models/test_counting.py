"""Kneser-Ney n-grams: against the equations, by hand, and by their properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.models.counting import KneserNey, counted_texts, find_best_order, order_losses
from charplay.models.ngrams import ReadText
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus
from charplay.text.tokens import NO_TOKEN
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


def random_texts(size=6, length=3000, seed=3):
    """A text in which some things come back and others do not."""
    random = np.random.default_rng(seed)
    words = [random.integers(0, size, random.integers(1, 6)).tolist() for _ in range(40)]
    drawn = (random.random(length // 3) ** 2 * len(words)).astype(int)
    return [np.array([token for i in drawn for token in words[i]], np.int32)]


def test_one_context_at_a_time_gives_the_same_probabilities(monkeypatch):
    texts = random_texts()
    model = KneserNey.count(texts, 6, 6)
    contexts = np.concatenate([texts[0][:600].reshape(-1, 5), [[NO_TOKEN] * 5, [5, 5, 5, 5, 5]]])
    expected = np.log(model.probabilities(contexts)).astype(np.float32)
    for few, most in ((0, 10**6), (16, 10**6), (16, 60)):
        monkeypatch.setattr("charplay.models.context_memory._FEW", few)
        monkeypatch.setattr("charplay.models.context_memory._MOST_NUMBERS", most)
        again = KneserNey(model.levels, 6)
        found = [again.log_probabilities((row[::-1] + 1).tolist()) for row in contexts]
        np.testing.assert_array_equal(found, expected)


def test_ready_tables_change_no_probability(monkeypatch):
    texts = random_texts()
    model = KneserNey.count(texts, 6, 6)
    contexts = texts[0][:600].reshape(-1, 5)
    expected = model.probabilities(contexts)
    for largest in (0, 100):
        monkeypatch.setattr("charplay.models.counting._TABLE", largest)
        again = KneserNey(model.levels, 6)
        np.testing.assert_allclose(again.probabilities(contexts), expected, rtol=1e-14)
        for row, probabilities in zip(contexts[:40], expected, strict=False):
            logarithms = again.log_probabilities((row[::-1] + 1).tolist())
            np.testing.assert_allclose(np.exp(logarithms), probabilities, rtol=1e-6)


def test_the_best_order_looks_back_even_where_that_does_not_help():
    drawn = np.random.default_rng(6).integers(0, 4, (2, 40)).astype(np.int32)
    losses = order_losses(ReadText.of([drawn[0]], 4, 4), ReadText.of([drawn[1]], 4, 4), 4)
    assert min(losses) == losses[0]
    assert find_best_order([drawn[0]], [drawn[1]], 4, 4) == (min(losses[1:]), 2)


def test_a_text_scored_part_by_part_is_scored_the_same(monkeypatch):
    texts = random_texts()
    model = KneserNey.count(texts, 4, 6)
    expected = model.target_probabilities(ReadText.of(texts, 4, 6))
    monkeypatch.setattr("charplay.models.counting._SCORED", 100)
    np.testing.assert_array_equal(model.target_probabilities(ReadText.of(texts, 4, 6)), expected)
    assert model.loss(texts) == pytest.approx(-np.log(expected).mean())


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1, 0.0])
def test_a_pruned_model_is_smaller_and_its_probabilities_sum_to_1(share):
    texts = random_texts()
    whole = KneserNey.count(texts, 6, 6)
    most = int(whole.ngrams * share)
    pruned = KneserNey.count(texts, 6, 6, most)
    assert pruned.ngrams <= max(most, 6)
    assert pruned.ngrams + pruned.dropped == whole.ngrams
    contexts = np.random.default_rng(0).integers(-1, 6, (200, 5)).astype(np.int32)
    for model in (pruned, KneserNey.load(pruned.arrays(), 6)):
        assert model.probabilities(contexts).sum(axis=1) == pytest.approx(1)
        assert model.dropped == pruned.dropped


def test_pruning_drops_first_what_the_text_misses_least():
    texts = random_texts()
    whole = KneserNey.count(texts, 6, 6)
    losses = [
        KneserNey.count(texts, 6, 6, int(whole.ngrams * share)).loss(texts)
        for share in (1, 0.8, 0.5, 0.2)
    ]
    assert losses[0] == whole.loss(texts)
    assert losses == sorted(losses)
    assert losses[1] < losses[0] + 0.2 * (losses[3] - losses[0])


def test_a_model_of_enough_room_is_not_pruned():
    texts = random_texts()
    whole = KneserNey.count(texts, 4, 6)
    assert KneserNey.count(texts, 4, 6, whole.ngrams).dropped == 0


@pytest.mark.parametrize("size", [6, 300, 70_000])
def test_a_model_comes_back_from_its_arrays(size):
    texts = [text * (size // 6) for text in random_texts(length=3000)] + [
        np.zeros(400, np.int32)  # counts above 255
    ]
    model = KneserNey.count(texts, 5, size)
    back = KneserNey.load(model.arrays(), size)
    assert back.order == 5
    assert back.loss(texts) == model.loss(texts)
    assert KneserNey.load(KneserNey([], size).arrays(), size).order == 0


def damages():
    """What a file may do to the arrays of a model, by a few words."""
    swap = [1, 0]

    def put(name, place, value):
        def damage(arrays):
            arrays[name] = arrays[name].copy()
            arrays[name][place] = value

        return damage

    def cut(name):
        return lambda arrays: arrays.update({name: arrays[name][:-1]})

    def cast(name, kind):
        return lambda arrays: arrays.update({name: arrays[name].astype(kind)})

    yield from (
        (f"no {name}", lambda a, name=name: a.pop(name)) for name in ("tokens", "discounts")
    )
    names = ("tokens", "counts", "children", "widths", "child_symbols", "dropped", "counts.large")
    yield from ((f"{name} cut", cut(name)) for name in names)
    yield from ((f"{name} of numbers with signs", cast(name, np.int64)) for name in names)
    yield from ((f"{name} of floats", cast(name, np.float16)) for name in names)
    yield "tokens out of order", lambda a: put("tokens", [0, 1], a["tokens"][swap])(a)
    yield (
        "contexts out of order",
        lambda a: put("child_symbols", [0, 1], a["child_symbols"][swap])(a),
    )
    yield "a token too large", put("tokens", 5, 6)
    yield "a symbol too large", put("child_symbols", 5, 7)
    yield "a count of nothing", put("counts", -1, 0)
    yield "a width too large", put("widths", 0, 250)
    yield "too many children", put("children", 0, 250)
    yield "children of the longest contexts", put("children", -1, 1)
    yield "a width that is announced as large", put("widths", 0, 255)
    yield "a discount larger than its count", put("discounts", (0, 1), 1.5)
    yield "a discount below nothing", put("discounts", (0, 1), -1)
    yield "no discount", put("discounts", (0, 1), 0)
    yield "a discount of nearly nothing", put("discounts", (0, 1), 0.0499)
    yield "a discount of what was never seen", put("discounts", (0, 0), -0.1)
    yield (
        "n-grams of any length",
        lambda a: a.update(
            discounts=np.concatenate([a["discounts"], np.tile(a["discounts"][-1], (98, 1))])
        ),
    )
    for dropped in (-1, 2**48 + 1, 0.5):
        yield f"{dropped} dropped", lambda a, d=dropped: a.update(dropped_ngrams=np.array([d]))
    yield "dropped twice", lambda a: a.update(dropped_ngrams=np.array([1, 1]))
    yield "three discounts", lambda a: a.update(discounts=a["discounts"][:, :3])
    yield "flat discounts", lambda a: a.update(discounts=a["discounts"].ravel())
    yield "another order", cut("discounts")
    yield "tables of tokens", lambda a: a.update(tokens=a["tokens"][None])


@pytest.mark.parametrize("damage", [pytest.param(act, id=name) for name, act in damages()])
def test_arrays_that_do_not_fit_each_other_are_refused(damage):
    texts = [*random_texts(), np.zeros(400, np.int32)]
    arrays = dict(KneserNey.count(texts, 4, 6, most=700).arrays())
    assert KneserNey.load(arrays, 6).dropped
    damage(arrays)
    with pytest.raises((ValueError, KeyError)):
        KneserNey.load(arrays, 6)


def totals_by_context(model):
    """What each context's counts sum to, dropped ones included."""
    totals, paths = {}, [()]
    for level in model.levels:
        totals |= dict(zip(paths, level.totals.tolist(), strict=True))
        symbols = iter(level.child_symbols.tolist())
        counts = zip(paths, level.children.tolist(), strict=True)
        paths = [(*path, next(symbols)) for path, count in counts for _ in range(count)]
    return totals


def test_what_dropped_n_grams_counted_goes_to_the_level_below():
    texts = random_texts()
    whole = totals_by_context(KneserNey.count(texts, 6, 6))
    pruned = totals_by_context(KneserNey.count(texts, 6, 6, 1000))
    assert 6 < len(pruned) < len(whole)
    assert pruned == {path: whole[path] for path in pruned}
