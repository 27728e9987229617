"""Counting on from a model of n-grams: what it counted stays, and the new text is added."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.models.counting import KneserNey, counted_texts
from charplay.models.ngrams import ReadText
from charplay.text.batching import cut_batches
from charplay.text.corpus import NameList
from charplay.text.vocabulary import Vocabulary
from charplay_ngram.config import NgramConfig
from tests.ngram_backend.conftest import plan_for, prose_of

FIRST = NameList(
    ("anna", "anne", "annika", "bert", "berta", "bernd", "carla", "carl", "clara", "emma"), "1", ""
)
SECOND = NameList(("zoë", "anna", "zara", "hanna", "berta", "xaver", "max", "zoë"), "2", "")
BOTH = FIRST.vocabulary.joined(SECOND.vocabulary)


def model_of(backend, corpus, order, vocabulary=None, **config):
    vocabulary = vocabulary or corpus.vocabulary
    options = NgramConfig(order=order, **config)
    texts = counted_texts(corpus, vocabulary)
    arrays = KneserNey.count(texts, order, len(vocabulary), options.most).arrays()
    return backend.load(vocabulary, corpus.kind, options, arrays)


def grown(backend, model, new=BOTH):
    arrays = backend.grow(model.arrays(), model.vocabulary, new, model.config, None)
    return backend.load(new, model.kind, model.config, arrays)


def counted_on(backend, model, corpus):
    """The model after it has read another text."""
    plan = replace(plan_for(backend, corpus), batch_size=3)
    learner = backend.learner(model, plan)
    batches = cut_batches(corpus, model.vocabulary, plan)
    for k in range(batches.per_epoch):
        learner.update(batches.batch(k), 0)
    return learner


def assert_same_arrays(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)


@pytest.mark.parametrize("order", [1, 2, 3, 5, 8])
def test_it_ends_as_if_both_texts_had_been_counted_at_once(backend, order):
    model = counted_on(backend, grown(backend, model_of(backend, FIRST, order)), SECOND).model()
    texts = [*counted_texts(FIRST, BOTH), *counted_texts(SECOND, BOTH)]
    assert_same_arrays(model.arrays(), KneserNey.count(texts, order, len(BOTH)).arrays())


def test_so_it_does_with_prose(backend):
    first, second = prose_of("the cat sat on the mat. " * 9), prose_of("a dog dug in the fog! " * 9)
    both = first.vocabulary.joined(second.vocabulary)
    plan = replace(plan_for(backend, second), length=second.characters - 1)
    learner = backend.learner(grown(backend, model_of(backend, first, 4), both), plan)
    learner.update(cut_batches(second, both, plan).batch(0), 0)
    # A stream's first character is read, not scored.
    read, counted = both.encode(second.text) + 1, ReadText.of([both.encode(first.text)], 4, 99)
    at_once = ReadText(
        np.concatenate([counted.symbols, [0, 0, 0], read[:-1]]),
        np.concatenate([counted.targets, [0, 0, 0], read[1:]]),
        4,
    )
    expected = KneserNey.of_text(at_once, len(both))
    assert_same_arrays(learner.model().arrays(), expected.arrays())


def test_nothing_read_leaves_all_counts_as_they_were(backend):
    model = model_of(backend, FIRST, 4)
    plan = plan_for(backend, FIRST)
    assert_same_arrays(backend.learner(model, plan).model().arrays(), model.arrays())


def test_the_order_stays_that_of_the_model_where_it_was_chosen_by_the_text(backend):
    chosen = model_of(backend, FIRST, 3)
    chosen = backend.load(chosen.vocabulary, "names", NgramConfig(order=0), chosen.arrays())
    assert counted_on(backend, grown(backend, chosen), SECOND).model().counted.order == 3


def test_growing_alone_shares_what_is_left_to_unseen_characters_with_the_new_ones(backend):
    model = model_of(backend, FIRST, 4)
    larger = grown(backend, model)
    old, new = model.counted, larger.counted
    contexts = model.vocabulary.encode("annc").reshape(2, 2)
    before = old.probabilities(contexts)
    after = new.probabilities(BOTH.encode("annc").reshape(2, 2))
    places = BOTH.encode(model.vocabulary.characters)
    added = np.setdiff1d(np.arange(len(BOTH)), places)
    # The least is that of a character never seen: the weight of the uniform distribution alone.
    share = after[:, added[:1]] * len(BOTH)
    np.testing.assert_allclose(after[:, added], share / len(BOTH) * np.ones(len(added)))
    moved = share * (1 / len(model.vocabulary) - 1 / len(BOTH))
    np.testing.assert_allclose(after[:, places], before - moved)


def test_a_vocabulary_past_255_characters_is_counted_on(backend):
    many = FIRST.vocabulary.joined(Vocabulary.of("".join(map(chr, range(0x4E00, 0x4E00 + 5000)))))
    larger = grown(backend, model_of(backend, FIRST, 3), many)
    texts = counted_texts(FIRST, many)
    assert_same_arrays(larger.arrays(), KneserNey.count(texts, 3, len(many)).arrays())


def test_n_grams_that_were_dropped_stay_dropped_and_the_others_are_found_again(backend, dinosaurs):
    vocabulary = dinosaurs.vocabulary
    model = model_of(backend, dinosaurs, 5, most=3000)
    again = backend.learner(model, plan_for(backend, dinosaurs)).model()
    assert model.counted.dropped
    assert again.counted.ngrams <= 3000
    texts = counted_texts(dinosaurs, vocabulary)
    guess = KneserNey.count(texts, 2, len(vocabulary)).loss(texts)
    assert model.counted.loss(texts) < again.counted.loss(texts) < guess


def test_a_stopped_run_goes_on_bit_for_bit(backend):
    plan = replace(plan_for(backend, SECOND), batch_size=2)
    batches = cut_batches(SECOND, BOTH, plan)
    before = grown(backend, model_of(backend, FIRST, 3))
    whole, half = backend.learner(before, plan), backend.learner(before, plan)
    losses = [whole.update(batches.batch(k), 0) for k in range(batches.per_epoch)]
    half.update(batches.batch(0), 0)
    resumed = backend.learner(half.model(), plan)
    resumed.restore(half.arrays())
    rest = [resumed.update(batches.batch(k), 0) for k in range(1, batches.per_epoch)]
    assert rest == losses[1:]
    assert_same_arrays(resumed.model().arrays(), whole.model().arrays())


def test_its_first_losses_are_those_of_what_was_counted_before(backend):
    plan = plan_for(backend, FIRST)
    batch = cut_batches(FIRST, FIRST.vocabulary, plan).batch(0)
    known = backend.learner(model_of(backend, FIRST, 4), plan).update(batch, 0)
    empty = backend.learner(backend.create(FIRST.vocabulary, "names", NgramConfig(), None), plan)
    assert known < empty.update(batch, 0)
