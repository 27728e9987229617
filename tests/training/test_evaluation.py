import math

import numpy as np
import pytest

from charplay.models.contract import Model
from charplay.text.corpus import Prose
from charplay.text.vocabulary import Vocabulary
from charplay.training.evaluation import loss_of


class Uneven(Model):
    """Thinks some characters likelier than others, by the one before and how many came before."""

    def __init__(self, vocabulary):
        super().__init__(vocabulary, "prose", None)
        size = len(vocabulary)
        self._scores = np.random.default_rng(1).normal(size=(size + 1, size)).astype(np.float32)

    def initial_state(self, batch_size):
        return {"read": np.zeros((batch_size, 1), np.float32)}

    def step(self, state, tokens):
        read = state["read"] + 1
        return self._scores[tokens] / (1 + read % 7), {"read": read}


def plainly(model, text, streams):
    """The loss of a text read in so many streams, a character at a time."""
    columns = (len(text) - 1) // streams
    losses = []
    for stream in range(streams):
        state = model.initial_state(1)
        for place in range(stream * columns, (stream + 1) * columns):
            token, target = model.vocabulary.encode(text[place : place + 2])
            logits, state = model.step(state, np.array([token]))
            weights = [math.exp(score) for score in logits[0].tolist()]
            losses.append(math.log(sum(weights)) - math.log(weights[target]))
    return math.fsum(losses) / len(losses)


TEXT = "the quick brown fox jumps over the lazy dog\n" * 60


@pytest.mark.parametrize(("length", "streams"), [(2, 1), (999, 1), (2000, 2), (2640, 2)])
@pytest.mark.parametrize("more", ["", "!ABCDEFZ~"])
def test_the_loss_of_prose_is_that_of_its_streams_in_a_vocabulary_that_may_know_more(
    length, streams, more
):
    text = TEXT[:length]
    model = Uneven(Vocabulary.of(text + more))
    expected = plainly(model, text, streams)
    assert loss_of(model, Prose.of(text, "fox", "")) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_loss_is_the_same_on_any_number_of_threads(monkeypatch, threads):
    monkeypatch.setattr("charplay.training.evaluation.blas_threads", lambda: threads)
    text = TEXT[:2640] + TEXT[7:1200]
    expected = plainly(Uneven(Vocabulary.of(text)), text, 3)
    found = loss_of(Uneven(Vocabulary.of(text)), Prose.of(text, "fox", ""))
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_text_with_a_character_that_the_model_lacks_is_not_scored_as_another():
    with pytest.raises(KeyError):
        loss_of(Uneven(Vocabulary.of("abc")), Prose.of("abd", "strange", ""))
