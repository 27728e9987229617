"""The order of an n-gram, chosen by a tenth of the text; options, memory, and what a run keeps."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.models.ngrams import ReadText
from charplay.options import build
from charplay.plan import Plan, Stage
from charplay.proposal import TextFacts
from charplay.text.batching import cut_batches
from charplay_ngram import learner as learning
from charplay_ngram import orders
from charplay_ngram.config import NgramConfig
from tests.ngram_backend.conftest import names_of, prose_of


def text_of(letters, order=4, targets=None):
    """What was read, each letter predicting the next; a point stands between texts."""
    symbols = np.array([0 if each == "." else ord(each) - 96 for each in letters], np.uint8)
    after = np.append(symbols[1:], 0)
    return ReadText(symbols, after if targets is None else np.array(targets, np.uint8), order)


def names_text(*names):
    """Names one after the other, as a learner lays them out: three of nothing before each."""
    symbols, targets = [], []
    for name in names:
        letters = [ord(each) - 96 for each in name]
        symbols += [0, 0, 0, *letters]
        targets += [0, 0, *letters, 27]
    return ReadText(np.array(symbols, np.uint8), np.array(targets, np.uint8), 4)


# Which part chooses.


@pytest.mark.parametrize(("length", "last"), [(9, 0), (10, 1), (25, 2), (30, 3)])
def test_the_end_of_prose_chooses(length, last):
    apart = orders._last_tenth(text_of("a" * length))
    assert apart.tolist() == [False] * (length - last) + [True] * last


NAMES = [a + b for a in "abcdefghij" for b in ("na", "ro", "tis")]


def names_apart(text):
    """The names that are set apart, with how often, and those that are not."""
    apart = orders._tenth_of_names(text)
    found = {True: [], False: []}
    name, sides = "", set()
    for target, side in zip(text.targets.tolist(), apart.tolist(), strict=True):
        if not target:
            assert not side, "what is not predicted is in no part"
            continue
        sides.add(side)
        if target == 27:
            assert len(sides) == 1, "a name is wholly apart or not at all"
            found[sides.pop()].append(name)
            name, sides = "", set()
        else:
            name += chr(target + 96)
    return found[True], found[False]


def test_a_tenth_of_the_different_names_chooses_with_all_their_repeats():
    apart, others = names_apart(names_text(*NAMES, *NAMES[::2]))
    assert len(set(apart)) == 3
    assert not set(apart) & set(others)
    assert sorted(apart + others) == sorted(NAMES + NAMES[::2])
    turned, _ = names_apart(names_text(*reversed(NAMES)))
    assert set(turned) == set(apart)
    assert names_apart(names_text(*NAMES[:9]))[0] == []


def test_a_name_that_begins_what_was_read_is_a_name_too():
    text = names_text(*NAMES)
    shorter = ReadText(text.symbols[2:], text.targets[2:], 4)
    assert names_apart(shorter) == names_apart(text)


def test_names_of_the_same_letters_are_different_names():
    words = ("abc", "acb", "bac", "bca", "cab", "cba", "ab", "ba", "aab", "aba")
    letters = np.concatenate([[ord(each) for each in word] for word in words])
    digests = orders._name_digests(letters, np.array(list(map(len, words))))
    assert len(set(digests.tolist())) == len(words)
    again = orders._name_digests(np.array([*b"cab", *b"abc"]), np.array([3, 3]))
    assert again.tolist() == [digests[4], digests[0]]


# What is chosen.


def test_the_order_with_the_least_loss_is_chosen_up_to_the_highest():
    """After `ab` and after `cb` other letters come: three letters tell, and two do not."""
    text = text_of("abxcby" * 80)
    assert orders.choose_order(replace(text, order=2), "prose", 26) == 2
    assert orders.choose_order(replace(text, order=3), "prose", 26) == 3
    chosen = orders.choose_order(replace(text, order=6), "prose", 26)
    losses = orders.order_losses(
        replace(text, targets=np.where(np.arange(480) < 432, text.targets, 0)),
        replace(text, targets=np.where(np.arange(480) < 432, 0, text.targets)),
        26,
    )
    assert chosen in range(3, 7)
    assert chosen != 2
    counted = [(loss, order) for order, loss in enumerate(losses_up_to(text, 6), 1) if order > 1]
    assert chosen == min(counted)[1]
    assert len(losses) == 4


def losses_up_to(text, order):
    text = replace(text, order=order)
    first = np.arange(len(text.targets)) < len(text.targets) - len(text.targets) // 10
    return orders.order_losses(
        replace(text, targets=np.where(first, text.targets, 0)),
        replace(text, targets=np.where(first, 0, text.targets)),
        26,
    )


@pytest.mark.parametrize(("order", "chosen"), [(3, 3), (8, 5)])
def test_where_there_is_too_little_to_choose_by_the_usual_order_is_taken(order, chosen):
    nothing = text_of("", order)
    unread = text_of("abc", order, [0, 0, 0])
    short = text_of("abcabc", order)
    assert [orders.choose_order(each, "prose", 26) for each in (nothing, unread, short)] == [
        chosen
    ] * 3
    assert orders.choose_order(replace(names_text("anna", "berta"), order=order), "names", 27) == (
        chosen
    )


def test_of_a_long_text_the_beginning_chooses(monkeypatch):
    begins = text_of("abxcby" * 50, 6)
    rest = np.random.default_rng(0).integers(1, 5, 3000).astype(np.uint8)
    long = ReadText(
        np.concatenate([begins.symbols, rest]),
        np.concatenate([begins.targets, rest[1:], [0]]).astype(np.uint8),
        6,
    )
    seen = []
    whole = orders.order_losses

    def noted(training, scored, size):
        seen.append((len(training.symbols), len(training.targets), len(scored.targets)))
        return whole(training, scored, size)

    monkeypatch.setattr(orders, "order_losses", noted)
    expected = orders.choose_order(begins, "prose", 26)
    monkeypatch.setattr(orders, "_LOOKED_AT", 300)
    assert orders.choose_order(long, "prose", 26) == expected
    assert seen == [(300, 300, 300)] * 2


# Options and memory.


def test_options_of_an_n_gram_have_limits():
    assert NgramConfig() == NgramConfig(order=0, most=8_000_000)
    for name, good, bad in (("order", (0, 12), (-1, 13)), ("most", (1,), (0,))):
        for value in good:
            assert getattr(build(NgramConfig, {name: value}), name) == value
        for value in bad:
            with pytest.raises(UsageError):
                build(NgramConfig, {name: value})


@pytest.mark.parametrize(
    ("characters", "order", "needed"),
    [
        (0, 4, 20_000_000),
        (1000, 4, 20_000_000 + 1000 * 8 + 1000 * 4 * 20),
        (1000, 0, 20_000_000 + 1000 * 8 + 1000 * 8 * 20),
        (1_500_000, 1, 20_000_000 + 1_500_000 * 8 + 1_500_000 * 20),
        (9_000_000, 1, 20_000_000 + 9_000_000 * 8 + 1_500_000 * 20),
    ],
)
def test_the_memory_of_counting_grows_with_the_text_and_the_order(
    backend, characters, order, needed
):
    facts = TextFacts("prose", characters, characters, 30)
    assert backend.memory_needed(NgramConfig(order=order), Plan(), facts) == needed


# The model.


@pytest.mark.parametrize(("order", "length"), [(1, 1), (2, 1), (3, 2), (6, 5)])
def test_a_state_holds_the_tokens_that_the_next_one_depends_on(learner_of, order, length):
    corpus = names_of(*NAMES)
    learner = learner_of(corpus, order=order)
    learner.update(cut_batches(corpus, corpus.vocabulary, Plan(held_out=0)).batch(0), 0.0)
    model = learner.model()
    assert model.initial_state(3)["recent"].tolist() == [[-1] * length] * 3
    tokens = np.arange(8).reshape(2, 4)
    logits, state = model.advance(model.initial_state(2), tokens)
    assert logits.shape == (2, 4, len(corpus.vocabulary))
    assert (logits.dtype, state["recent"].dtype) == (np.float32, np.int32)
    read = np.concatenate([np.full((2, length), -1), tokens], axis=1)
    assert state["recent"].tolist() == read[:, -length:].tolist()
    assert model.trace(model.initial_state(2), tokens) == {}
    assert logits.tolist() == [
        [row.tolist() for row in np.log(model.counted.probabilities(contexts)).astype(np.float32)]
        for contexts in (
            np.array([each[at + 1 : at + 1 + length] for at in range(4)], np.int32)
            for each in read.tolist()
        )
    ]


# What a run measures by, and keeps.


def batches_of(corpus, **plan):
    stages = (Stage(epochs=1),)
    plan = Plan(cutting="stream", batch_size=2, length=10, held_out=0, stages=stages).changed(plan)
    return plan, cut_batches(corpus, corpus.vocabulary, plan)


def measured_lengths(monkeypatch, learner_of, updates):
    """How much each n-gram was counted of that losses are measured with, in batches."""
    corpus = prose_of("abcab cabca bacba\n" * 40)
    plan, batches = batches_of(corpus)
    lengths, whole = [], learning.NgramLearner._measure_with

    def noted(self, length):
        lengths.append(length)
        whole(self, length)

    monkeypatch.setattr(learning.NgramLearner, "_measure_with", noted)
    learner = learner_of(corpus, plan, order=3)
    for number in range(updates):
        learner.update(batches.batch(number), 0.0)
    positions = 2 * (10 + 2)
    return [length / positions for length in lengths]


def test_losses_are_measured_anew_after_each_doubling(monkeypatch, learner_of):
    assert measured_lengths(monkeypatch, learner_of, 9) == [0, 1, 2, 4, 8]


def test_up_to_a_limit_losses_are_measured_anew(monkeypatch, learner_of):
    monkeypatch.setattr(learning, "_MEASURED_TEXT", 2 * 24)
    assert measured_lengths(monkeypatch, learner_of, 9) == [0, 1, 2]
    monkeypatch.setattr(learning, "_MEASURED_TEXT", 2 * 24 + 1)
    assert measured_lengths(monkeypatch, learner_of, 9) == [0, 1, 2, 4]


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name])


@pytest.mark.parametrize("counting_on", [False, True])
def test_what_was_restored_is_what_was_kept_and_counts_the_same(backend, learner_of, counting_on):
    corpus = prose_of("abcab cabca bacba\n" * 40)
    plan, batches = batches_of(corpus)
    learner = learner_of(corpus, plan)
    if counting_on:
        learner.update(batches.batch(0), 0.0)
        learner = backend.learner(learner.model(), plan)
    learner.update(batches.batch(1), 0.0)
    kept, model = learner.arrays(), learner.model()
    assert ("fixed_order" in kept) is counting_on
    other = backend.learner(model, plan)
    assert other.model() is other.model()
    before = other.model()
    other.restore(kept)
    assert_same(other.arrays(), kept)
    assert other.model() is not before
    assert_same(other.model().arrays(), model.arrays())
    for each in (learner, other):
        each.update(batches.batch(2), 0.0)
    assert_same(other.model().arrays(), learner.model().arrays())
