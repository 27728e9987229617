"""Names are drawn in blocks: how much a model is asked, and what an interruption leaves."""

import numpy as np
import pytest

from charplay.generation.generator import draw_names
from charplay.generation.options import Sampling
from charplay.generation.sampling import Philox
from charplay.models.contract import Model
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

NOTHING = np.array([], np.int32)
# A tab comes before the line end.
LETTERS = "\t\nab"


class Counting(Model):
    """After so many steps the line end is sure; until then an a. It counts its steps."""

    def __init__(self, length):
        super().__init__(Vocabulary(LETTERS), "names", None)
        self.length, self.asked = length, []

    def initial_state(self, batch_size):
        return {"read": np.zeros((batch_size, 1), np.float32)}

    def step(self, state, tokens):
        self.asked.append(tokens.tolist())
        read = state["read"] + 1
        logits = np.full((len(tokens), len(LETTERS)), -50.0)
        logits[:, 2] = np.where(read[:, 0] <= self.length, 50, -50)
        logits[:, 1] = -logits[:, 2]
        return logits, {"read": read}


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setattr("charplay.generation.generator.blas_threads", lambda: 1)


def drawn(model, count=1, interrupted=lambda: False, **more):
    sampling = more.pop("sampling", Sampling(max_chars=9))
    return list(
        draw_names(model, NOTHING, sampling, Philox(7), range(1, count + 1), interrupted, **more)
    )


def test_a_model_is_asked_no_more_once_all_names_have_ended():
    model = Counting(3)
    assert [answer.text for answer in drawn(model, 2)] == ["aaa", "aaa"]
    assert len(model.asked) == 4
    assert model.asked[0][:2] == [NO_TOKEN, NO_TOKEN]
    assert model.asked[1][:2] == [2, 2]


def test_a_name_is_as_long_as_it_may_be_and_not_longer():
    model = Counting(99)
    [answer] = drawn(model, sampling=Sampling(max_chars=5))
    assert (answer.text, answer.stopped, len(model.asked)) == ("aaaaa", "length", 5)


def test_nothing_is_drawn_where_it_is_interrupted_before():
    model = Counting(3)
    assert drawn(model, 2, interrupted=lambda: True) == []
    assert model.asked == []


@pytest.mark.parametrize("steer", [None, lambda text, character: True])
def test_a_model_is_asked_no_more_after_an_interruption(steer):
    model = Counting(9)
    [answer] = drawn(model, interrupted=lambda: len(model.asked) >= 3, steer=steer)
    assert (answer.text, answer.stopped) == ("aa", "interrupted")
    assert len(model.asked) == 3


def test_where_nothing_may_follow_the_name_ends():
    model = Counting(9)
    [answer] = drawn(model, steer=lambda text, character: len(text) < 2 and character == "a")
    assert (answer.text, answer.stopped) == ("aa", "end")


def test_steering_is_asked_with_the_text_so_far():
    asked = []

    def steer(text, character):
        asked.append((text, character))
        return True

    drawn(Counting(2), steer=steer)
    assert set(asked) == {("", "a"), ("a", "a"), ("aa", "\n")}


def test_a_steering_that_is_interrupted_asks_for_no_further_name():
    asked = []

    def steer(text, character):
        asked.append(text)
        return True

    drawn(Counting(9), 5, interrupted=lambda: len(asked) >= 2, steer=steer)
    assert len(asked) == 2


def test_a_block_that_is_interrupted_before_it_begins_has_no_names():
    asked, model = iter([False, True, True, True]), Counting(3)
    assert drawn(model, 2, interrupted=lambda: next(asked)) == []
    assert model.asked == []
