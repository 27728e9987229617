"""Batches written out: which tokens, at which places of a text; and what a plan is refused with."""

import gc
import weakref

import numpy as np
import pytest

from charplay.errors import CorpusError
from charplay.plan import Plan
from charplay.text import batching
from charplay.text.batching import Batch, cut_batches, name_row, pad_rows
from charplay.text.corpus import NameList, Prose
from charplay.text.order import ComputedPermutation, computed_orders, course_order, shuffled_orders
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

NO = NO_TOKEN
ABC = Prose.of("abcdefghijk", "letters", "")  # the token of a letter is its place


def cut(corpus, **plan):
    return cut_batches(corpus, corpus.vocabulary, Plan(**plan))


def written(batch):
    """The letters of inputs and targets, `.` where there is none."""
    return [
        ["".join("." if token == NO else chr(97 + token) for token in row) for row in rows]
        for rows in (batch.inputs, batch.targets)
    ]


def test_streams_side_by_side_written_out():
    batches = cut(ABC, cutting="stream", batch_size=2, length=2)
    assert batches.per_epoch == 2
    for k, inputs, targets, fresh in (
        (0, ["ab", "fg"], ["bc", "gh"], True),
        (1, ["cd", "hi"], ["de", "ij"], False),
        (2, ["ab", "fg"], ["bc", "gh"], True),
    ):
        batch = batches.batch(k)
        assert written(batch) == [inputs, targets]
        assert (batch.fresh, batch.characters, batch.prior) == (fresh, 4, None)


def test_the_places_of_streams_are_those_of_their_targets():
    batches = cut(ABC, cutting="stream", batch_size=2, length=2)
    assert batches.places(0).tolist() == [[1, 2], [6, 7]]
    assert batches.places(1).tolist() == [[3, 4], [8, 9]]
    assert batches.places(3).tolist() == [[3, 4], [8, 9]]


@pytest.mark.parametrize("cutting", ["stream", "windows"])
def test_at_its_place_in_the_text_stands_each_target(cutting):
    text = "".join(chr(97 + i * i % 23) for i in range(101))
    corpus = Prose.of(text, "prose", "")
    batches = cut(corpus, cutting=cutting, batch_size=3, length=5, stride=2)
    for k in range(2 * batches.per_epoch):
        batch, places = batches.batch(k), batches.places(k)
        assert places.shape == batch.targets.shape
        for places_of, inputs, targets in zip(places, batch.inputs, batch.targets, strict=True):
            assert "".join(text[place] for place in places_of) == corpus.vocabulary.decode(targets)
            assert "".join(text[place - 1] for place in places_of) == corpus.vocabulary.decode(
                inputs
            )


def test_windows_written_out_in_the_order_of_the_seed():
    batches = cut(ABC, cutting="windows", batch_size=2, length=3, stride=3, seed=5)
    order = np.random.Generator(np.random.Philox(key=np.array([5, 0], np.uint64))).permutation(3)
    windows = ["abcd", "defg", "ghij"]
    expected = [windows[i] for i in order]
    assert batches.per_epoch == 2
    first, last = batches.batch(0), batches.batch(1)
    assert written(first) == [[w[:3] for w in expected[:2]], [w[1:] for w in expected[:2]]]
    assert written(last) == [[expected[2][:3]], [expected[2][1:]]]
    assert (first.fresh, first.characters, last.characters) == (True, 6, 3)


def test_of_windows_only_the_last_character_may_be_scored():
    batches = cut(ABC, cutting="windows", batch_size=9, length=3, scored="last")
    batch = batches.batch(0)
    inputs, targets = written(batch)
    assert sorted(inputs) == ["abc", "bcd", "cde", "def", "efg", "fgh", "ghi", "hij"]
    assert sorted(targets) == ["..d", "..e", "..f", "..g", "..h", "..i", "..j", "..k"]
    assert batch.characters == 8


@pytest.mark.parametrize(("most", "computed"), [(8, False), (7, True)])
def test_the_order_of_too_many_windows_is_computed(monkeypatch, most, computed):
    monkeypatch.setattr(batching, "MOST_SHUFFLED", most)
    places = cut(ABC, cutting="windows", batch_size=8, length=3, seed=4).places(0)[:, 0] - 1
    order = ComputedPermutation(8, 4, 0)[:] if computed else shuffled_orders(8, 4)(0)
    assert places.tolist() == order.tolist()


def test_names_one_at_a_time_written_out_over_epochs():
    names = NameList(("ba", "c"), "names", "")
    batches = cut_batches(names, names.vocabulary, Plan(batch_size=1, carry=True, seed=3))
    order = shuffled_orders(2, 3)
    rows = {0: ([[NO, 2, 1]], [[2, 1, 0]], 3), 1: ([[NO, 3]], [[3, 0]], 2)}
    assert batches.per_epoch == 2
    for k in range(6):
        batch = batches.batch(k)
        inputs, targets, characters = rows[order(k // 2)[k % 2]]
        assert (batch.inputs.tolist(), batch.targets.tolist()) == (inputs, targets)
        assert (batch.characters, batch.fresh) == (characters, k == 0)


def test_names_side_by_side_are_sorted_by_length_in_the_order_of_the_seed():
    """Names of one length stay in the shuffled order, and so do the batches."""
    names = NameList(tuple(f"{chr(97 + n % 26)}" * (1 + n % 2) for n in range(52)), "names", "")
    plan = Plan(batch_size=5, seed=7)
    batches = cut_batches(names, names.vocabulary, plan)
    assert batches.per_epoch == 11
    for epoch in range(2):
        shuffled = [names.names[i] for i in shuffled_orders(52, 7)(epoch)]
        by_length = sorted(shuffled, key=len)
        groups = [by_length[i : i + 5] for i in range(0, 52, 5)]
        order = shuffled_orders(11, 7 + 2**63)(epoch)
        for k in range(11):
            batch = batches.batch(epoch * 11 + k)
            rows = [names.vocabulary.decode(row[row != NO])[:-1] for row in batch.targets]
            assert rows == groups[order[k]]
            assert batch.characters == sum(len(name) + 1 for name in rows)


def test_rows_are_padded_on_the_right():
    batch = pad_rows([np.array([NO, 1, 0], np.int32), np.array([NO, 2, 3, 0], np.int32)])
    assert batch.inputs.tolist() == [[NO, 1, NO], [NO, 2, 3]]
    assert batch.targets.tolist() == [[1, 0, NO], [2, 3, 0]]
    assert (batch.fresh, batch.characters) == (True, 5)
    assert batch.inputs.dtype == batch.targets.dtype == np.int32


def test_a_name_is_a_row_from_nothing_to_its_newline():
    row = name_row(Vocabulary.of("\nab"), "ba")
    assert (row.tolist(), row.dtype) == ([NO, 2, 1, 0], np.int32)


@pytest.mark.parametrize(("reduction", "scale"), [("sum", 3), ("mean", 7)])
def test_a_loss_is_divided_by_rows_or_by_characters(reduction, scale):
    tokens = np.zeros((3, 4), np.int32)
    assert Batch(tokens, tokens, True, 7).loss_scale(Plan(reduction=reduction)) == scale


NAMES = NameList(("a", "b"), "names", "")
REFUSED = {
    "names as a stream": (
        NAMES, {"cutting": "stream"}, "names is a list of names and cannot be cut as stream",
        "use --set cutting=names, or read it as prose with --kind prose",
    ),
    "prose as names": (
        ABC, {"cutting": "names"}, "letters is prose and cannot be cut as names",
        "use --set cutting=stream, or read it as a list with --kind names",
    ),
    "carried names side by side": (
        NAMES, {"carry": True, "batch_size": 2},
        "a state carried from name to name needs names one at a time, not 2 side by side",
        "use --set batch-size=1",
    ),
    "streams": (
        ABC, {"cutting": "stream", "batch_size": 2, "length": 6},
        "letters has 11 characters to train on, and this plan needs 13: 2 streams of 6",
        "use a longer text, or a smaller plan with --set batch-size=1",
    ),
    "one stream": (
        ABC, {"cutting": "stream", "batch_size": 1, "length": 11},
        "letters has 11 characters to train on, and this plan needs 12: 1 streams of 11",
        "use a longer text, or a smaller plan with --set length=5",
    ),
    "one character": (
        Prose.of("a", "letter", ""), {"cutting": "stream", "batch_size": 1, "length": 1},
        "letter has 1 characters to train on, and this plan needs 2: 1 streams of 1",
        "use a longer text",
    ),
    "windows": (
        ABC, {"cutting": "windows", "length": 11},
        "letters has 11 characters to train on, and this plan needs 12: "
        "a window of 11 and the next one",
        "use a longer text, or a shorter window with --set length=8",
    ),
    "windows of a short text": (
        Prose.of("abc", "letters", ""), {"cutting": "windows", "length": 8},
        "letters has 3 characters to train on, and this plan needs 9: "
        "a window of 8 and the next one",
        "use a longer text, or a shorter window with --set length=2",
    ),
    "windows of one character": (
        Prose.of("a", "letter", ""), {"cutting": "windows", "length": 1},
        "letter has 1 characters to train on, and this plan needs 2: "
        "a window of 1 and the next one",
        "use a longer text",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_plan_that_does_not_fit_is_refused_with_what_would(what):
    corpus, plan, message, hint = REFUSED[what]
    with pytest.raises(CorpusError) as caught:
        cut(corpus, **plan)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("cutting", ["stream", "windows"])
@pytest.mark.parametrize(
    ("letters", "length"), [("ab", 2), ("ab", 9), ("abcdefgh", 8), ("abcdefgh", 9)]
)
def test_what_is_typed_as_a_hint_says_fits(cutting, letters, length):
    corpus = Prose.of(letters, "letters", "")
    plan = {"cutting": cutting, "length": length, "batch_size": 1}
    with pytest.raises(CorpusError) as caught:
        cut(corpus, **plan)
    plan["length"] = int(caught.value.hint.rpartition("=")[2])
    assert cut(corpus, **plan).per_epoch


WRITTEN_DOWN = {
    1: [0],
    2: [1, 0],
    16: [1, 14, 13, 4, 2, 12, 3, 9, 6, 5, 10, 0, 15, 11, 8, 7],
    17: [2, 3, 1, 14, 0, 8, 5, 6, 7, 11, 15, 9, 12, 4, 16, 13, 10],
}


@pytest.mark.parametrize("count", WRITTEN_DOWN)
def test_a_computed_order_of_few_is_the_one_that_was_written_down(count):
    assert ComputedPermutation(count, 7, 2)[:].tolist() == WRITTEN_DOWN[count]


def test_a_shuffled_order_is_numpys_by_a_generator_of_seed_and_epoch():
    for seed, epoch in ((0, 0), (2**64 - 1, 3)):
        generator = np.random.Generator(np.random.Philox(key=np.array([seed, epoch], np.uint64)))
        assert shuffled_orders(9, seed)(epoch).tolist() == generator.permutation(9).tolist()


def test_a_computed_order_is_that_of_its_seed_and_epoch():
    order = computed_orders(30, 5)(2)
    assert order[4:9].tolist() == ComputedPermutation(30, 5, 2)[4:9].tolist()
    assert order[:].dtype == np.int64


def test_the_order_of_the_exercise_is_the_same_in_every_epoch():
    order = course_order(4)
    assert order(0).tolist() == order(5).tolist() == [2, 3, 1, 0]


def kept_of_an_epoch(order):
    """Whether an epoch's order is still there in that epoch, and in the next one."""
    first = order(0)
    gone, again = weakref.ref(first), order(0) is first
    order(1)
    del first
    gc.collect()
    return again, gone() is not None


def test_only_the_order_of_the_present_epoch_stays_in_memory():
    assert kept_of_an_epoch(shuffled_orders(9, 0)) == (True, False)
