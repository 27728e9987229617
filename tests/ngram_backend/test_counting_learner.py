"""Counting through the trainer: what comes out is what counting the text alone gives."""

import math
import signal
from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.interrupts import GIVE_UP
from charplay.models.counting import KneserNey, counted_texts, order_losses
from charplay.models.ngrams import ReadText
from charplay.plan import Plan, Stage
from charplay.text.batching import Batch, cut_batches
from charplay.training.evaluation import loss_of
from charplay.training.events import Evaluated
from charplay_ngram.learner import NgramLearner
from tests.ngram_backend.conftest import names_of, plan_for, prose_of

NAMES = ("anna", "anne", "bert", "berta", "carl", "carla", "dora", "doris", "emil", "emma") * 3


def counted(corpus, vocabulary, order, most=None):
    """The n-grams of a corpus, counted without a learner."""
    return KneserNey.count(counted_texts(corpus, vocabulary), order, len(vocabulary), most)


def assert_same(model, expected):
    ours, theirs = model.counted.arrays(), expected.arrays()
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)


@pytest.mark.parametrize("batch_size", [1, 7, 256])
def test_names_are_counted_the_same_however_they_are_cut(train, dinosaurs, batch_size):
    run = train(dinosaurs, {"batch_size": batch_size}, order=5)
    assert_same(run.model, counted(run.texts.training, dinosaurs.vocabulary, 5))


def counted_after_first(texts, order, size):
    """The n-grams of texts whose first characters are read, and nothing predicts them."""
    text = ReadText.of(texts, order, size)
    first = np.flatnonzero(text.targets)
    first = first[np.diff(first, prepend=-2) > 1]
    targets = text.targets.copy()
    targets[first] = 0
    return KneserNey.of_text(replace(text, targets=targets), size)


def test_prose_is_counted_but_for_its_first_character(train, sonnets):
    start = prose_of(sonnets.text[:2000])
    run = train(start, {"length": 1}, order=5)
    texts = counted_texts(run.texts.training, start.vocabulary)
    assert_same(run.model, counted_after_first(texts, 5, len(start.vocabulary)))


@pytest.mark.parametrize("length", [3, 64])
def test_streams_side_by_side_each_keep_their_own_context(train, sonnets, length):
    start = prose_of(sonnets.text[:3000])
    run = train(start, {"batch_size": 4, "length": length}, order=4)
    (tokens,) = counted_texts(run.texts.training, start.vocabulary)
    columns = (len(tokens) - 1) // 4
    read = columns // length * length + 1
    texts = [tokens[row * columns :][:read] for row in range(4)]
    assert_same(run.model, counted_after_first(texts, 4, len(start.vocabulary)))


def test_the_usual_plan_leaves_out_less_than_a_five_hundredth_of_prose(train, sonnets):
    run = train(sonnets, order=1)
    read = run.model.counted.levels[0].counts.sum()
    assert read >= 0.998 * run.texts.training.characters - 1


def test_a_state_carried_from_name_to_name_is_part_of_the_context(train, dinosaurs):
    run = train(dinosaurs, {"batch_size": 1, "carry": True}, order=3)
    assert run.model.counted.levels[0].counts.sum() < run.texts.training.characters
    assert_sums_to_1(run.model)


def assert_sums_to_1(model):
    logits, _ = model.advance(model.initial_state(3), np.arange(12, dtype=np.int32).reshape(3, 4))
    assert np.exp(logits).sum(axis=-1) == pytest.approx(1, abs=1e-5)


def test_the_held_out_loss_is_that_of_counting(train, dinosaurs):
    run = train(dinosaurs, order=6)
    (evaluated,) = (event for event in run.events if isinstance(event, Evaluated))
    expected = counted(run.texts.training, dinosaurs.vocabulary, 6)
    loss = expected.loss(counted_texts(run.texts.held_out, dinosaurs.vocabulary))
    assert evaluated.loss == pytest.approx(loss, abs=1e-6)
    assert loss_of(run.model, run.texts.held_out) == evaluated.loss


def test_the_loss_of_an_update_begins_with_a_guess_and_falls(backend, sonnets, learner_of):
    plan = plan_for(backend, sonnets)
    learner, cutting = learner_of(sonnets), cut_batches(sonnets, sonnets.vocabulary, plan)
    losses = [learner.update(cutting.batch(k), 0.01) for k in range(300)]
    assert losses[0] == pytest.approx(math.log(61))
    assert np.mean(losses[-50:]) < 2.1


def test_a_summed_loss_is_that_of_an_example(backend, dinosaurs, learner_of):
    plan = plan_for(backend, dinosaurs)
    batch = cut_batches(dinosaurs, dinosaurs.vocabulary, plan).batch(0)
    mean = learner_of(dinosaurs, plan).update(batch, 0.01)
    summed = learner_of(dinosaurs, replace(plan, reduction="sum")).update(batch, 0.01)
    assert summed == pytest.approx(mean * batch.characters / len(batch.targets))


@pytest.mark.parametrize("stopped", [1, 5, 37])
def test_a_stopped_run_goes_on_bit_for_bit(backend, sonnets, learner_of, stopped):
    plan = plan_for(backend, sonnets).changed({"batch_size": 3})
    cutting = cut_batches(sonnets, sonnets.vocabulary, plan)
    batches = [cutting.batch(k) for k in range(60)]
    straight, before, after = (learner_of(sonnets, plan) for _ in range(3))
    losses = [straight.update(batch, 0.01) for batch in batches]
    for batch in batches[:stopped]:
        before.update(batch, 0.01)
    before.model()
    kept = {name: array.copy() for name, array in before.arrays().items()}
    before.update(batches[stopped], 0.01)
    after.restore(kept)
    assert [after.update(batch, 0.01) for batch in batches[stopped:]] == losses[stopped:]
    assert_same(after.model(), straight.model().counted)


def test_a_model_is_a_snapshot(backend, sonnets, learner_of):
    plan = plan_for(backend, sonnets)
    learner, cutting = learner_of(sonnets), cut_batches(sonnets, sonnets.vocabulary, plan)
    assert learner.model().parameter_count == 0
    learner.update(cutting.batch(0), 0.01)
    first = learner.model()
    count = first.parameter_count
    learner.update(cutting.batch(1), 0.01)
    assert first.parameter_count == count < learner.model().parameter_count


def test_the_order_is_chosen_by_a_part_of_the_training_text(train, sonnets):
    run = train(sonnets)
    (tokens,) = counted_texts(run.texts.training, sonnets.vocabulary)
    cut = len(tokens) - len(tokens) // 10
    layouts = (ReadText.of([part], 8, 61) for part in (tokens[:cut], tokens[cut:]))
    losses = order_losses(*layouts, 61)
    assert losses[run.model.counted.order - 1] == pytest.approx(min(losses), abs=0.005)


def test_the_order_chosen_for_names_does_not_depend_on_their_order(train, dinosaurs):
    turned = replace(dinosaurs, names=dinosaurs.names[::-1])
    chosen = {
        train(corpus, {"batch_size": size}).model.counted.order
        for corpus, size in ((dinosaurs, 256), (turned, 256), (dinosaurs, 5))
    }
    assert len(chosen) == 1


def test_repeats_of_a_name_do_not_lead_to_learning_names_by_heart(train):
    rng = np.random.default_rng(0)
    names = ["".join(rng.choice(list("abcdefgh"), 12)) for _ in range(60)]
    corpus = names_of(*(name for name in names for _ in range(20)))
    # In names without rules, long n-grams pay only where a repeat is on both sides.
    assert train(corpus).model.counted.order <= 3


def test_few_names_and_little_text_are_counted_too(train):
    assert train(names_of("ab", "cd"), {"held_out": 0}).model.counted.order >= 2
    assert train(names_of(*NAMES)).model.counted.order >= 2
    assert train(prose_of("to be or not to be")).model.counted.order >= 2
    assert train(prose_of("xy"), {"held_out": 0}).model.counted.order >= 2


def test_pruning_keeps_the_number_asked_for_and_says_so(train, sonnets):
    run = train(sonnets, order=6, most=20_000)
    assert 19_000 < run.model.parameter_count <= 20_000
    assert run.model.size == f"{run.model.parameter_count:,} n-grams"
    assert "of order 6; " in run.model.facts["longest n-gram"]
    assert "more were dropped" in run.model.facts["longest n-gram"]
    whole = train(sonnets, order=6)
    assert "dropped" not in whole.model.facts["longest n-gram"]
    losses = (event.loss for event in (*run.events, *whole.events) if isinstance(event, Evaluated))
    assert abs(next(losses) - next(losses)) < 0.1


def test_a_run_of_several_texts_counts_each(learner_of):
    plan = Plan(stages=(Stage(epochs=1, corpus="other"), Stage(epochs=1)))
    corpus = names_of(*NAMES[:10])
    learner = learner_of(corpus, plan, order=3)
    for part in (NAMES[:5], NAMES[5:10]):
        learner.update(cut_batches(names_of(*part), corpus.vocabulary, plan).batch(0), 0.01)
    assert_same(learner.model(), counted(corpus, corpus.vocabulary, 3))


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(stages=(Stage(epochs=3),)), "makes 3"),
        (Plan(stages=(Stage(updates=10), Stage(epochs=1))), "makes 2"),
        (Plan(cutting="windows", stages=(Stage(epochs=1),)), "windows overlap"),
    ],
)
def test_a_plan_that_counts_a_text_twice_is_refused(learner_of, dinosaurs, plan, words):
    with pytest.raises(UsageError, match=words):
        learner_of(dinosaurs, plan)


def test_padding_is_neither_read_nor_scored(learner_of):
    corpus = names_of("ab", "ba")
    learner = learner_of(corpus, order=3)
    rows = np.array([[-1, 1, -1, -1], [-1, 2, 1, 2]], np.int32)
    targets = np.array([[1, 0, -1, -1], [2, 1, 2, 0]], np.int32)
    learner.update(Batch(rows, targets, True, 6), 0.01)
    texts = [np.array([1, 0], np.int32), np.array([2, 1, 2, 0], np.int32)]
    assert_same(learner.model(), KneserNey.count(texts, 3, 3))


def test_where_counting_is_given_up_the_first_part_is_the_model_and_training_can_go_on(
    learner_of, backend, dinosaurs, monkeypatch
):
    """As where a person stops a run on a large text and does not wait for the rest."""
    plan = plan_for(backend, dinosaurs)
    batches = cut_batches(dinosaurs, dinosaurs.vocabulary, plan)
    stopped, again, whole = (learner_of(dinosaurs, plan) for _ in range(3))
    for number in range(3):
        for learner in (stopped, whole):
            learner.update(batches.batch(number), 1.0)
    before = signal.signal(GIVE_UP, lambda number, frame: None)
    with monkeypatch.context() as patch:
        patch.setattr(NgramLearner, "_count_all", lambda self: signal.raise_signal(GIVE_UP))
        part = stopped.model()
    signal.signal(GIVE_UP, before)
    assert 0 < part.counted.ngrams < whole.model().counted.ngrams
    again.restore(stopped.arrays())
    assert_same(again.model(), whole.model().counted)
