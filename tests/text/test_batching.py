from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import CorpusError
from charplay.models.cells import CELLS
from charplay.models.recurrent import RecurrentModel
from charplay.models.weights import LayerWeights, RecurrentWeights
from charplay.plan import Plan
from charplay.text import batching
from charplay.text.batching import cut_batches
from charplay.text.corpus import NameList, Prose
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

NAMES = NameList(("ann", "bo", "carla", "bo", "d", "edwina", "fay"), "names", "")
PROSE = Prose.of("".join(chr(ord("a") + i * i % 23) for i in range(101)), "prose", "")

PLANS = {
    "carried": (NAMES, Plan(batch_size=1, carry=True)),
    "course": (NAMES, Plan(batch_size=1, carry=True, shuffle="course")),
    "padded": (NAMES, Plan(batch_size=3)),
    "padded course": (NAMES, Plan(batch_size=3, shuffle="course")),
    "stream": (PROSE, Plan(cutting="stream", batch_size=3, length=5)),
    "windows": (PROSE, Plan(cutting="windows", batch_size=4, length=6, stride=3)),
    "last": (PROSE, Plan(cutting="windows", batch_size=4, length=6, scored="last")),
}


def cutting_of(corpus, plan):
    return cut_batches(corpus, corpus.vocabulary, plan)


def epoch_of(cutting, epoch):
    first = epoch * cutting.per_epoch
    return [cutting.batch(k) for k in range(first, first + cutting.per_epoch)]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def names_in(batch, vocabulary):
    """The names that a batch of names teaches, each without its newline."""
    return [vocabulary.decode(row[row != NO_TOKEN])[:-1] for row in batch.targets]


@pytest.mark.parametrize("which", PLANS)
@given(ks=st.lists(st.integers(0, 200), min_size=1, max_size=8))
def test_a_batch_is_the_same_in_whatever_order_it_is_asked_for(which, ks):
    asked = cutting_of(*PLANS[which])
    for k in ks:
        assert same(asked.batch(k), cutting_of(*PLANS[which]).batch(k))


@pytest.mark.parametrize("which", PLANS)
def test_a_batch_has_one_shape_and_counts_what_it_scores(which):
    for batch in epoch_of(cutting_of(*PLANS[which]), 2):
        assert batch.inputs.shape == batch.targets.shape
        assert batch.inputs.dtype == batch.targets.dtype == np.int32
        assert batch.characters == (batch.targets != NO_TOKEN).sum()


@pytest.mark.parametrize("which", PLANS)
def test_every_token_is_a_place_in_the_vocabulary_or_no_token(which):
    corpus, _ = PLANS[which]
    for batch in epoch_of(cutting_of(*PLANS[which]), 0):
        tokens = np.concatenate((batch.inputs.ravel(), batch.targets.ravel()))
        known = tokens[tokens != NO_TOKEN]
        assert known.min() >= 0
        assert known.max() < len(corpus.vocabulary)


@pytest.mark.parametrize("which", ["carried", "course", "padded", "padded course"])
@pytest.mark.parametrize("epoch", [0, 1, 5])
def test_every_name_comes_once_an_epoch_repeats_included(which, epoch):
    batches = epoch_of(cutting_of(*PLANS[which]), epoch)
    seen = [name for batch in batches for name in names_in(batch, NAMES.vocabulary)]
    assert sorted(seen) == sorted(NAMES.names)


@pytest.mark.parametrize("which", ["carried", "padded"])
def test_names_come_in_another_order_each_epoch_and_with_each_seed(which):
    corpus = NameList(tuple("abcdefghijklmnopqrstuvwxyz"), "letters", "")
    plan = PLANS[which][1]

    def order(seed, epoch):
        cutting = cutting_of(corpus, Plan(batch_size=plan.batch_size, carry=plan.carry, seed=seed))
        return [batch.targets.tolist() for batch in epoch_of(cutting, epoch)]

    orders = [order(seed, epoch) for seed in range(3) for epoch in range(3)]
    assert all(one != other for one, other in pairwise(orders))


def test_names_of_one_length_each_still_come_in_an_order_that_the_seed_decides():
    # Sorted by length these batches hold the same names whatever the seed: what is left to it is
    # the order of the batches.
    corpus = NameList(tuple("x" * length for length in range(1, 41)), "lengths", "")

    def order(seed):
        return [len(batch.targets[0]) for batch in epoch_of(cutting_of(corpus, plan(seed)), 0)]

    def plan(seed):
        return Plan(batch_size=1, seed=seed)

    assert order(0) != order(1)
    assert order(1) == order(1)


@pytest.mark.parametrize("seed", [0, 1, 2**62, 2**63 - 1])
def test_every_seed_that_a_plan_admits_gives_batches(seed):
    cutting = cutting_of(NAMES, Plan(batch_size=3, seed=seed))
    assert len(epoch_of(cutting, 0)) == 3


def test_names_follow_the_published_exercises_shuffle():
    shuffled = list(NAMES.names)
    np.random.RandomState(0).shuffle(shuffled)
    cutting = cutting_of(*PLANS["course"])
    for epoch in range(2):
        seen = [names_in(batch, NAMES.vocabulary)[0] for batch in epoch_of(cutting, epoch)]
        assert seen == shuffled


def test_a_name_is_read_from_nothing_to_its_newline():
    corpus = NameList(("ba", "ba"), "names", "")
    batch = cutting_of(corpus, Plan(batch_size=1, carry=True)).batch(0)
    assert corpus.vocabulary.characters == "\nab"
    assert batch.inputs.tolist() == [[NO_TOKEN, 2, 1]]
    assert batch.targets.tolist() == [[2, 1, 0]]
    assert batch.characters == 3


def test_names_side_by_side_are_padded_on_the_right_with_nothing():
    corpus = NameList(("a", "abb"), "names", "")
    batch = cutting_of(corpus, Plan(batch_size=2)).batch(0)
    rows = sorted(zip(batch.inputs.tolist(), batch.targets.tolist(), strict=True))
    no = NO_TOKEN
    assert rows == [
        ([no, 1, no, no], [1, 0, no, no]),
        ([no, 1, 2, 2], [1, 2, 2, 0]),
    ]
    assert batch.characters == 6


def test_names_of_like_length_stand_side_by_side():
    corpus = NameList(("a", "bbbbbbbb", "c", "dddddddd"), "names", "")
    widths = {batch.inputs.shape for batch in epoch_of(cutting_of(corpus, Plan(batch_size=2)), 0)}
    assert widths == {(2, 2), (2, 9)}


def test_the_last_batch_of_names_may_be_smaller():
    sizes = sorted(len(batch.inputs) for batch in epoch_of(cutting_of(*PLANS["padded"]), 0))
    assert sizes == [1, 3, 3]


def test_names_side_by_side_start_anew_and_a_carried_state_only_once():
    padded, carried = cutting_of(*PLANS["padded"]), cutting_of(*PLANS["carried"])
    assert all(padded.batch(k).fresh for k in range(20))
    assert [carried.batch(k).fresh for k in range(20)] == [True] + [False] * 19


def test_a_carried_state_needs_names_one_at_a_time():
    with pytest.raises(CorpusError) as caught:
        cutting_of(NAMES, Plan(batch_size=2, carry=True))
    assert "batch-size=1" in caught.value.hint


def test_streams_are_contiguous_and_side_by_side():
    corpus, plan = PLANS["stream"]
    batches = epoch_of(cutting_of(corpus, plan), 0)
    tokens = corpus.vocabulary.encode(corpus.text)
    columns = 100 // plan.batch_size
    read = np.concatenate([batch.inputs for batch in batches], axis=1)
    answers = np.concatenate([batch.targets for batch in batches], axis=1)
    for row in range(plan.batch_size):
        start, length = row * columns, read.shape[1]
        assert np.array_equal(read[row], tokens[start : start + length])
        assert np.array_equal(answers[row], tokens[start + 1 : start + length + 1])


def test_streams_leave_out_less_than_a_row_of_each():
    corpus, plan = PLANS["stream"]
    cutting = cutting_of(corpus, plan)
    taught = sum(batch.characters for batch in epoch_of(cutting, 0))
    assert taught == cutting.per_epoch * plan.batch_size * plan.length
    assert len(corpus.text) - 1 - taught < plan.batch_size * (plan.length + 1)


def test_streams_carry_the_state_within_an_epoch_and_start_anew_at_the_next():
    cutting = cutting_of(*PLANS["stream"])
    fresh = [cutting.batch(k).fresh for k in range(3 * cutting.per_epoch)]
    assert fresh == ([True] + [False] * (cutting.per_epoch - 1)) * 3
    assert same(cutting.batch(1), cutting.batch(1 + cutting.per_epoch))


def test_a_stream_of_the_whole_text_is_the_exercises_one_sample():
    corpus = Prose.of("hihello", "exercise", "")
    cutting = cutting_of(corpus, Plan(cutting="stream", batch_size=1, length=6))
    batch = cutting.batch(5)
    assert cutting.per_epoch == 1
    assert corpus.vocabulary.decode(batch.inputs[0]) == "hihell"
    assert corpus.vocabulary.decode(batch.targets[0]) == "ihello"
    assert batch.fresh


@pytest.mark.parametrize("stride", [1, 3, 6, 10])
@pytest.mark.parametrize("epoch", [0, 1])
def test_every_window_comes_once_an_epoch(stride, epoch):
    plan = Plan(cutting="windows", batch_size=4, length=6, stride=stride)
    batches = epoch_of(cutting_of(PROSE, plan), epoch)
    decode = PROSE.vocabulary.decode
    seen = [
        decode(row) + decode(answers[-1:])
        for batch in batches
        for row, answers in zip(batch.inputs, batch.targets, strict=True)
    ]
    expected = [PROSE.text[i : i + 7] for i in range(0, len(PROSE.text) - 6, stride)]
    assert sorted(seen) == sorted(expected)
    assert all(batch.fresh for batch in batches)


def test_a_window_scores_all_its_characters_or_the_last_only():
    everything = Plan(cutting="windows", batch_size=4, length=6)
    last = Plan(cutting="windows", batch_size=4, length=6, scored="last")
    whole, end = (cutting_of(PROSE, plan).batch(3) for plan in (everything, last))
    assert np.array_equal(whole.inputs, end.inputs)
    assert np.array_equal(whole.targets[:, :-1], whole.inputs[:, 1:])
    assert np.array_equal(end.targets[:, -1], whole.targets[:, -1])
    assert (end.targets[:, :-1] == NO_TOKEN).all()
    assert (whole.characters, end.characters) == (24, 4)


def test_the_last_batch_of_windows_may_be_smaller_and_counts_what_it_has():
    plan = Plan(cutting="windows", batch_size=10, length=6)
    last = epoch_of(cutting_of(PROSE, plan), 0)[-1]
    assert last.inputs.shape == (95 % 10, 6)
    assert last.characters == 95 % 10 * 6


def test_windows_too_many_for_a_list_of_them_still_come_once_an_epoch(monkeypatch):
    monkeypatch.setattr(batching, "MOST_SHUFFLED", 10)
    for epoch in range(3):
        test_every_window_comes_once_an_epoch(3, epoch)
    test_windows_come_in_another_order_each_epoch()


@pytest.mark.parametrize("which", ["stream", "windows", "last"])
def test_prose_is_cut_in_the_models_tokens_which_may_know_more_characters(which):
    corpus, plan = PLANS[which]
    vocabulary = Vocabulary.of(corpus.text + "\n A~")
    own, other = (cut_batches(corpus, known, plan) for known in (corpus.vocabulary, vocabulary))
    for k in range(own.per_epoch):
        for one, two in zip(own.batch(k)[:2], other.batch(k)[:2], strict=True):
            scored = one != NO_TOKEN
            assert np.array_equal(scored, two != NO_TOKEN)
            assert corpus.vocabulary.decode(one[scored]) == vocabulary.decode(two[scored])


def test_prose_with_a_character_that_the_model_lacks_is_not_cut():
    corpus, plan = PLANS["stream"]
    with pytest.raises(KeyError):
        cut_batches(corpus, Vocabulary.of("ab"), plan)


def test_windows_come_in_another_order_each_epoch():
    cutting = cutting_of(*PLANS["windows"])
    assert not same(cutting.batch(0), cutting.batch(cutting.per_epoch))


@pytest.mark.parametrize(
    ("plan", "least"),
    [
        (Plan(cutting="stream", batch_size=1, length=8), 9),
        (Plan(cutting="stream", batch_size=4, length=8), 33),
        (Plan(cutting="windows", batch_size=4, length=8), 9),
        (Plan(cutting="windows", batch_size=1, length=8, stride=50), 9),
    ],
)
def test_a_text_too_short_for_the_plan_is_told_what_it_would_need(plan, least):
    assert cutting_of(Prose.of("x" * least, "short", ""), plan).per_epoch == 1
    with pytest.raises(CorpusError) as caught:
        cutting_of(Prose.of("x" * (least - 1), "short", ""), plan)
    assert f"short has {least - 1} characters" in caught.value.message
    assert f"needs {least}" in caught.value.message


def test_one_stream_that_is_too_long_is_not_told_to_be_one_stream():
    with pytest.raises(CorpusError) as caught:
        cutting_of(Prose.of("x" * 20, "short", ""), Plan(cutting="stream", batch_size=1, length=64))
    assert "length" in caught.value.hint


@pytest.mark.parametrize(
    ("corpus", "cutting", "message"),
    [
        (NAMES, "stream", "is a list of names and cannot be cut as stream"),
        (NAMES, "windows", "is a list of names and cannot be cut as windows"),
        (PROSE, "names", "is prose and cannot be cut as names"),
    ],
)
def test_a_text_is_not_cut_as_what_it_is_not(corpus, cutting, message):
    with pytest.raises(CorpusError, match=message) as caught:
        cutting_of(corpus, Plan(cutting=cutting))
    assert "--set cutting=" in caught.value.hint


def test_numpy_would_take_no_token_for_the_last_character_without_a_word():
    table = np.eye(3)
    assert np.array_equal(table[NO_TOKEN], table[2])
    assert np.array_equal(np.take(table, [NO_TOKEN], axis=0)[0], table[2])


@pytest.fixture
def model():
    draw = np.random.default_rng(3)
    vocabulary = Vocabulary.of("\nabc")
    weights = RecurrentWeights(
        cell=CELLS["rnn"],
        table=draw.normal(size=(4, 5)),
        layers=(LayerWeights(draw.normal(size=(5, 5)), draw.normal(size=5)),),
        output=draw.normal(size=(5, 4)),
        output_bias=draw.normal(size=4),
    )
    return RecurrentModel(vocabulary, "names", None, {}, weights), weights


def test_no_token_is_read_as_a_zero_vector_that_advances_the_state(model):
    model, w = model
    hidden = np.random.default_rng(4).normal(size=(3, 5))
    logits, state = model.step({"hidden.0": hidden}, np.array([NO_TOKEN, 3, NO_TOKEN], np.int32))
    for row, one_hot in enumerate((np.zeros(4), np.eye(4)[3], np.zeros(4))):
        expected = np.tanh(
            one_hot @ w.table + hidden[row] @ w.layers[0].recurrent + w.layers[0].bias
        )
        np.testing.assert_allclose(state["hidden.0"][row], expected, rtol=1e-12)
        np.testing.assert_allclose(logits[row], expected @ w.output + w.output_bias, rtol=1e-12)
    assert not np.allclose(state["hidden.0"][0], hidden[0])


def test_no_token_reads_no_row_of_the_table_along_a_sequence_either(model):
    model, w = model
    tokens = np.array([[NO_TOKEN, 3, NO_TOKEN, 0]], np.int32)
    logits, _ = model.advance(model.initial_state(1), tokens)
    hidden = np.zeros(5)
    for t, one_hot in enumerate((np.zeros(4), np.eye(4)[3], np.zeros(4), np.eye(4)[0])):
        hidden = np.tanh(one_hot @ w.table + hidden @ w.layers[0].recurrent + w.layers[0].bias)
        np.testing.assert_allclose(logits[0, t], hidden @ w.output + w.output_bias, rtol=1e-12)
