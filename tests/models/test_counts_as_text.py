"""What was counted, laid out as a text: counted again, in a larger vocabulary, and remembered."""

import numpy as np
import pytest
from hypothesis import given

from charplay.models import context_memory
from charplay.models.counting import KneserNey
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from tests.models.test_counting import ORDERS, SIZE, TEXTS, after, arrays, random_texts

PARTS = ("children", "child_symbols", "widths", "tokens", "counts")


def assert_same_levels(ours, theirs):
    assert len(ours.levels) == len(theirs.levels)
    for one, other in zip(ours.levels, theirs.levels, strict=True):
        for name in PARTS:
            assert getattr(one, name).tolist() == getattr(other, name).tolist(), name


@given(TEXTS, ORDERS)
def test_what_was_counted_can_be_counted_again(texts, order):
    model = KneserNey.count(arrays(texts), order, SIZE)
    assert_same_levels(KneserNey.of_text(model.text(), SIZE), model)


def test_what_was_counted_often_is_counted_as_often_again():
    model = KneserNey.count([np.zeros(70_000, np.int32), *random_texts()], 4, 6)
    again = KneserNey.of_text(model.text(), 6)
    assert_same_levels(again, model)
    assert again.levels[0].counts.dtype == model.levels[0].counts.dtype


def test_with_n_grams_dropped_the_shorter_ones_are_found_again():
    model = KneserNey.count(random_texts(), 5, 6, most=400)
    again = KneserNey.of_text(model.text(), 6)
    assert again.order == 5
    assert again.levels[0].tokens.tolist() == model.levels[0].tokens.tolist()
    assert [len(level.tokens) for level in again.levels] >= [
        len(level.tokens) for level in model.levels
    ]


def test_an_n_gram_whose_longer_ones_were_dropped_stands_at_the_start_of_a_text():
    """Only the root is left: each token as often as different symbols came before it."""
    model = KneserNey.count(random_texts(), 3, 6, most=0)
    text = model.text()
    assert (model.order, text.order) == (1, 1)
    assert sorted((text.targets - 1).tolist()) == list(range(6))
    whole = KneserNey.count(random_texts(), 3, 6)
    assert text.counts.tolist() == whole.levels[0].counts.tolist()


def test_where_nothing_was_counted_there_is_no_text():
    assert KneserNey([], 5).text() is None
    assert KneserNey.count([np.zeros(0, np.int32)], 3, 5).text() is None


def test_two_texts_counted_one_after_the_other_are_as_if_counted_together():
    one, other = random_texts(seed=1), random_texts(seed=2)
    first = KneserNey.count(one, 4, 6)
    texts = [first.text(), KneserNey.count(other, 4, 6).text()]
    joined = type(texts[0])(
        np.concatenate([text.symbols for text in texts]),
        np.concatenate([text.targets for text in texts]),
        4,
        np.concatenate([text.counts for text in texts]),
    )
    assert_same_levels(KneserNey.of_text(joined, 6), KneserNey.count([*one, *other], 4, 6))


OLD, NEW = Vocabulary("bdf"), Vocabulary("abcdefg")


@pytest.mark.parametrize("order", [1, 2, 4])
def test_in_a_larger_vocabulary_the_counts_are_those_of_the_same_text(order):
    text = "".join("bdf"[token] for token in np.random.default_rng(4).integers(0, 3, 400))
    grown = KneserNey.count([OLD.encode(text)], order, 3).grown(OLD, NEW)
    fresh = KneserNey.count([NEW.encode(text)], order, 7)
    assert grown.vocabulary_size == 7
    assert_same_levels(grown, fresh)
    contexts = np.random.default_rng(5).integers(-1, 7, (50, 3)).astype(np.int32)
    np.testing.assert_allclose(grown.probabilities(contexts), fresh.probabilities(contexts))
    assert grown.loss([NEW.encode("abcdefg")]) == pytest.approx(fresh.loss([NEW.encode("abcdefg")]))


def test_what_was_dropped_is_told_in_a_larger_vocabulary_too():
    model = KneserNey.count(random_texts(size=3), 4, 3, most=60)
    assert model.grown(OLD, NEW).dropped == model.dropped > 0


# One context at a time.


def walked(model, rows):
    return [model.log_probabilities((row[::-1] + 1).tolist()) for row in rows]


@pytest.fixture
def model():
    return KneserNey.count(random_texts(), 6, 6)


def test_a_context_that_comes_back_is_not_worked_out_again(model, monkeypatch):
    rows = random_texts()[0][:300].reshape(-1, 5)
    first = walked(model, rows)
    monkeypatch.setattr(
        context_memory.ContextMemory, "_find_child", lambda *given: pytest.fail("it was forgotten")
    )
    assert all(one is other for one, other in zip(first, walked(model, rows), strict=True))


def test_a_memory_forgets_all_once_it_is_full(model, monkeypatch):
    """Every context that was looked for counts, whether the model has it or not."""
    monkeypatch.setattr(context_memory, "_MOST_NUMBERS", 3 * 6)
    again = KneserNey(model.levels, 6)
    memory = again._memory
    looked_for = []
    find = memory._find_child
    monkeypatch.setattr(
        memory, "_find_child", lambda node, symbol: looked_for.append(symbol) or find(node, symbol)
    )
    for symbol, count in ((1, 1), (1, 1), (2, 2), (3, 3), (1, 3), (4, 4), (1, 5)):
        memory.log_probabilities([symbol])
        assert len(looked_for) == count, symbol


def test_after_a_context_that_is_not_known_nothing_older_is_asked(model):
    known = after(model, [5, 5, 5, 5, 5])
    asked = []

    def recent():
        for symbol in (6, 6, 6, 6, 6):
            asked.append(symbol)
            yield symbol

    np.testing.assert_allclose(np.exp(model.log_probabilities(recent())), known, rtol=1e-6)
    depth = next((depth for depth in range(1, 6) if not has_context(model, [5] * depth)), 5)
    assert len(asked) == depth


def has_context(model, context):
    """Whether the levels have a context, the newest token first."""
    place = 0
    for depth, token in enumerate(context):
        if depth + 1 >= len(model.levels):
            return False
        level = model.levels[depth]
        first, end = level.first_children[place : place + 2].tolist()
        symbols = level.child_symbols[first:end].tolist()
        if token + 1 not in symbols:
            return False
        place = first + symbols.index(token + 1)
    return True


def test_without_levels_every_token_is_as_likely_and_of_one_level_all_contexts_are_alike():
    nothing = KneserNey([], 5)
    np.testing.assert_allclose(np.exp(nothing.log_probabilities([1, 2])), 0.2, rtol=1e-6)
    alone = KneserNey.count(random_texts(), 1, 6)
    np.testing.assert_allclose(
        np.exp(alone.log_probabilities([3, 2])), after(alone, [1]), rtol=1e-6
    )


@pytest.mark.parametrize("few", [0, 1, 3, 1000])
def test_a_loop_and_operations_on_arrays_give_the_same_numbers(model, monkeypatch, few):
    monkeypatch.setattr(context_memory, "_FEW", few)
    monkeypatch.setattr("charplay.models.counting._TABLE", 0)
    rows = random_texts()[0][:300].reshape(-1, 5)
    again = KneserNey(model.levels, 6)
    expected = np.log(again.probabilities(rows)).astype(np.float32)
    np.testing.assert_array_equal(walked(again, rows), expected)


def test_a_text_of_nothing_scored_has_no_probabilities(model):
    assert NO_TOKEN == -1
    text = model.text()
    empty = type(text)(text.symbols, np.zeros_like(text.targets), 6, text.counts)
    assert model.target_probabilities(empty).tolist() == []


# In a file.


@pytest.mark.parametrize("count", [254, 255, 256, 70_000])
def test_counts_of_a_byte_and_larger_ones_come_back_from_a_file(count):
    """255 in a byte says that the count stands apart."""
    model = KneserNey.count([np.zeros(count, np.int32)], 1, 3)
    arrays = model.arrays()
    assert arrays["counts"].tolist() == [min(count, 255)]
    assert arrays["counts.large"].tolist() == ([count] if count >= 255 else [])
    assert KneserNey.load(arrays, 3).levels[0].counts.tolist() == [count]


def test_a_file_whose_longest_contexts_lead_on_is_refused():
    """The root alone would lead to one more context, and there is no level for it."""
    arrays = dict(KneserNey.count([np.zeros(5, np.int32)], 1, 3).arrays())
    arrays["children"] = np.array([1], np.uint8)
    arrays["child_symbols"] = np.array([1], arrays["child_symbols"].dtype)
    with pytest.raises(ValueError, match="its longest contexts have longer ones"):
        KneserNey.load(arrays, 3)


def test_a_file_with_a_symbol_beyond_its_characters_is_refused():
    """Symbols count from 0, which is nothing read, to the number of characters."""
    arrays = dict(KneserNey.count([np.array([0, 1, 2] * 5, np.int32)], 2, 3).arrays())
    assert KneserNey.load(arrays, 3).order == 2
    last = arrays["child_symbols"].copy()
    last[-1] = 4
    with pytest.raises(ValueError, match="a symbol is outside the vocabulary"):
        KneserNey.load({**arrays, "child_symbols": last}, 3)


def test_widths_that_are_together_more_than_their_type_holds_are_added_up():
    text = np.random.default_rng(8).integers(0, 200, 40_000).astype(np.int32)
    model = KneserNey.count([text], 2, 200)
    assert int(model.levels[1].widths.sum(dtype=np.int64)) > 2**14
    assert_same_levels(KneserNey.load(model.arrays(), 200), model)


def test_nothing_in_a_file_is_a_model_of_nothing():
    assert KneserNey([], 3).arrays() == {}
    assert KneserNey.load({}, 3).order == 0
    assert KneserNey.load({}, 3).dropped == 0
