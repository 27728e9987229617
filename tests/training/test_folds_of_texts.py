"""The folds of a text that a part corrects, and the logits that are remembered of them."""

import numpy as np
import pytest

from charplay.models.contract import Model
from charplay.text.corpus import Prose
from charplay.training import priors
from charplay.training.priors import CountedPrior
from charplay.training.texts import RunTexts

LETTERS = "abcdefghij"
# Ninety known characters, of which nine are inner: eighty-one in segments of eight.
OWN = Prose.of(LETTERS * 10, "own", "")


@pytest.fixture(autouse=True)
def short_segments(monkeypatch):
    monkeypatch.setattr(priors, "_SEGMENT", 8)
    monkeypatch.setattr(priors, "_READ_BEFORE", 2)


class Places(Model):
    """Its logits say how many tokens it has read, and which was the last."""

    def __init__(self, vocabulary, number=0.0):
        super().__init__(vocabulary, "prose", None)
        self.number, self.read = number, []

    def advance(self, state, tokens):
        self.read.append("".join(self.vocabulary.characters[token] for token in tokens[0]))
        logits = np.zeros((*tokens.shape, len(self.vocabulary)), np.float32)
        logits[..., 0] = np.arange(1, tokens.shape[1] + 1)
        logits[..., 1] = tokens
        logits[..., 2] = self.number
        return logits, state

    def step(self, state, tokens):
        raise AssertionError("it is read at once")


class World:
    """A prior of counted models that say which texts they were counted from."""

    def __init__(self, inner=0.1, share=1.0, **others):
        self.texts = RunTexts.split(OWN, 0.1, others, inner)
        self.whole, self.counted = Places(self.texts.vocabulary, 100), []
        self.prior = CountedPrior(self.texts, self.count, self.whole, share)

    def count(self, texts):
        self.counted.append({name: text.text for name, text in texts.items()})
        return Places(self.texts.vocabulary, len(self.counted))

    def at(self, *places, name=""):
        return self.prior._at(name, np.array([places]))[0]


def folded(inner=9, characters=90):
    return priors._FoldedText(Prose.of((LETTERS * 10)[:characters], "x", ""), inner)


def test_segments_count_from_the_end_of_the_inner_part():
    text = folded()
    assert text.segments() == range(-2, 11)
    spans = [text.span(segment) for segment in text.segments()]
    assert spans == [
        (0, 1), (1, 9), (9, 17), (17, 25), (25, 33), (33, 41), (41, 49), (49, 57), (57, 65),
        (65, 73), (73, 81), (81, 89), (89, 90),
    ]  # fmt: skip
    places = np.arange(90)
    found = text.segment_of(places)
    assert all(
        text.span(s)[0] <= place < text.span(s)[1] for place, s in zip(places, found.tolist())
    )
    assert folded(inner=0, characters=16).segments() == range(2)
    assert folded(inner=8, characters=24).segments() == range(-1, 2)


def test_each_fifth_of_the_segments_is_a_fold_and_the_inner_ones_are_in_none():
    text = folded()
    folds = [text.fold_of(segment) for segment in text.segments()]
    assert folds == [None, None, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_the_text_without_a_fold_has_neither_that_nor_the_inner_part():
    text = folded()
    whole = LETTERS * 9
    assert text.without(0).text == whole[33:90]
    assert text.without(1).text == whole[9:33] + whole[49:90]
    assert text.without(4).text == whole[9:81]


@pytest.mark.parametrize(
    ("segment", "read", "first"),
    [(-2, "", None), (-1, "abcdefgh", 1), (0, "gh" + "ijabcdef", 3), (10, "ghi", 3)],
)
def test_a_segment_is_judged_with_what_stands_before_it(segment, read, first):
    """Each place by the tokens before it; two more are read, so that the first ones are known."""
    text, model = folded(), Places(OWN.vocabulary)
    judged = text.judge(segment, model)
    begin, end = text.span(segment)
    assert judged.shape == (end - begin, 10)
    assert judged.dtype == np.float16
    if first is None:
        assert not judged.any(), "nothing foretells the first character"
        return
    assert model.read[0].endswith(read[-(end - begin) :])
    before = [LETTERS.index((LETTERS * 10)[place - 1]) for place in range(begin, end)]
    assert judged[:, 1].tolist() == before
    assert len(model.read[0]) - (end - begin) == min(2, begin - 1)
    assert judged[:, 0].tolist() == list(range(first, first + end - begin))


def test_the_first_character_of_all_has_no_logits_and_the_rest_of_its_segment_has():
    text = folded(inner=0)
    judged = text.judge(0, Places(OWN.vocabulary))
    assert not judged[0].any()
    assert judged[1:, 1].tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_inner_places_are_told_by_the_whole_and_others_by_the_rest_of_their_fold():
    world = World()
    told = world.at(3, 9, 16, 17, 33, 89)[:, 2]
    assert told.tolist() == [100, 1, 1, 1, 2, 3]
    whole = LETTERS * 9
    assert [counted[""] for counted in world.counted] == [
        whole[33:90], whole[9:33] + whole[49:90], whole[9:81],
    ]  # fmt: skip


def test_a_share_of_the_logits_is_told():
    assert World(share=0.5).at(3)[0, 2] == 50
    assert World(share=0.5).at(3).dtype == np.float32


def test_other_texts_are_folded_too_and_counted_with_the_own():
    world = World(sea=Prose.of("jihgfedcba" * 4, "sea", ""))
    assert world.at(1, 39, name="sea")[:, 2].tolist() == [1, 2]
    assert world.counted[0]["sea"] == ("jihgfedcba" * 4)[8:]
    assert world.counted[0][""] == (LETTERS * 9)[33:90]


def test_what_was_judged_is_remembered_and_the_models_are_not_once_all_is(monkeypatch):
    world = World()
    world.prior.judge_all(lambda: False)
    assert len(world.counted) == 5
    assert world.prior._models == {}
    world.at(*range(90))
    assert len(world.counted) == 5


def test_whoever_is_done_waiting_has_what_was_judged_so_far():
    world, asked = World(), []
    world.prior.judge_all(lambda: asked.append(1) or len(asked) > 4)
    assert sorted(segment for _, segment in world.prior._judged) == [-2, -1, 0, 1]
    assert list(world.prior._models) == [0]


# A whole segment takes eight places of ten halves.
SEGMENT_BYTES = 8 * 10 * 2


def test_what_is_judged_beforehand_ends_where_memory_does(monkeypatch):
    first = 1 * 10 * 2
    for most, judged in ((first - 1, 1), (first, 2), (first + SEGMENT_BYTES, 3)):
        monkeypatch.setattr(priors, "_MOST_BYTES", most)
        world = World()
        world.prior.judge_all(lambda: False)
        assert len(world.prior._judged) == judged
        assert world.prior._bytes == first + (judged - 1) * SEGMENT_BYTES


def test_the_segments_judged_first_are_forgotten_first(monkeypatch):
    monkeypatch.setattr(priors, "_MOST_BYTES", 2 * SEGMENT_BYTES)
    world = World()
    for place in (9, 17, 25, 33, 41):
        world.at(place)
    remembered = [segment for _, segment in world.prior._judged]
    assert remembered == [2, 3, 4]
    assert world.prior._bytes == 3 * SEGMENT_BYTES
