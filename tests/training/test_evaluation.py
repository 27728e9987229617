import math

import numpy as np
import pytest

from charplay.models.contract import Model
from charplay.text.corpus import NameList, Prose
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay.training.evaluation import log_probabilities, loss_of, negative_log_likelihood
from tests.insight.known_model import TableModel


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


class Lines(Uneven):
    """The same for names: what came before a name is nothing."""

    def __init__(self, vocabulary):
        super().__init__(vocabulary)
        self.kind = "names"


def losses_of_name(model, name):
    """The loss of each character of a name, and of its end, from nothing on."""
    state, token, losses = model.initial_state(1), NO_TOKEN, []
    for target in model.vocabulary.encode(name + "\n"):
        logits, state = model.step(state, np.array([token]))
        weights = [math.exp(score) for score in logits[0].tolist()]
        losses.append(math.log(sum(weights)) - math.log(weights[target]))
        token = target
    return losses


def many_names(count):
    letters = "abcdefgh"
    return NameList(
        tuple(letters[n % 8] * (n % 5) + letters[n // 8 % 8 :] for n in range(count)), "list", ""
    )


@pytest.mark.parametrize("count", [1, 2, 256, 257, 300])
def test_the_loss_of_names_is_the_mean_over_their_characters_and_their_ends(count):
    names = many_names(count)
    model = Lines(names.vocabulary)
    losses = [loss for name in names.names for loss in losses_of_name(model, name)]
    assert len(losses) == names.characters
    assert loss_of(model, names) == pytest.approx(math.fsum(losses) / len(losses), rel=1e-6)


def test_long_prose_is_read_in_32_streams_and_what_is_left_over_is_not_scored():
    text = TEXT[:2640] * 13  # 34,320 characters
    model = Uneven(Vocabulary.of(text))
    assert loss_of(model, Prose.of(text, "fox", "")) == pytest.approx(plainly(model, text, 32))


def test_the_likelihood_counts_scored_characters_alone_however_large_the_scores():
    logits = np.array([[[1e4, 1e4 - 1.0, -1e4], [0.0, 0.0, 0.0]], [[5.0, 1.0, 1.0], [0, 0, 0]]])
    targets = np.array([[1, NO_TOKEN], [NO_TOKEN, 2]])
    expected = (1 + math.log(1 + math.exp(-1))) + math.log(3)
    found = negative_log_likelihood(logits.astype(np.float32), targets)
    assert found == pytest.approx(expected)
    assert isinstance(found, float)


def test_a_look_that_is_interrupted_ends_where_it_is(monkeypatch):
    """Each stream is read 100 characters at a time."""
    asked = []

    def once(tasks):
        return [task(lambda: asked.append(1) or len(asked) > 2) for task in tasks]

    monkeypatch.setattr("charplay.training.evaluation.run_side_by_side", once)
    text = TEXT[:601]
    model = Uneven(Vocabulary.of(text))
    found = loss_of(model, Prose.of(text, "fox", ""))
    assert len(asked) == 3
    assert found == pytest.approx(plainly(model, text[:201], 1) * 200 / 600)


def softmax_logs(model, text):
    """The log-probabilities after each character of a text from a zero state, one by one."""
    state, rows = model.initial_state(1), []
    for token in text:
        logits, state = model.step(state, np.array([token]))
        weights = np.exp(logits[0].astype(float))
        rows.append(np.log(weights / weights.sum()))
    return rows


def test_probabilities_of_scores_however_large_are_numbers():
    logits = np.log(np.full((3, 2), 0.5)) + np.array([[1e4], [-1e4], [0.0]])
    model = TableModel("ab", np.ones((3, 2)))
    model.step = lambda state, tokens: (logits[tokens], state)
    views, _ = log_probabilities(model, Prose.of("abaab", "text", ""), 100)
    np.testing.assert_allclose(views, np.full((4, 2), np.log(0.5)), atol=1e-3)


@pytest.mark.parametrize(
    ("threads", "shares"), [(1, [3]), (2, [2, 1]), (3, [1, 1, 1]), (5, [1, 1, 1])]
)
def test_streams_are_shared_out_among_the_threads(monkeypatch, threads, shares):
    read = []
    monkeypatch.setattr("charplay.training.evaluation.blas_threads", lambda: threads)
    monkeypatch.setattr("charplay.training.evaluation.run_side_by_side", lambda tasks: read.extend(
        len(task.args[2]) for task in tasks) or [0.0])  # fmt: skip
    text = TEXT[:2640] + TEXT[7:1200]
    loss_of(Uneven(Vocabulary.of(text)), Prose.of(text, "fox", ""))
    assert read == shares


@pytest.mark.parametrize(
    ("characters", "most", "starts", "length"),
    [
        (5, 100, [0], 4),
        (2000, 300, [0], 300),
        (2000, 1000, [0], 1000),
        (2640, 2000, [0, 1639], 1000),
        (2640, 1999, [0], 1000),
        (2640, 10**6, [0, 1639], 1000),
        (3000, 10**6, [0, 1999], 1000),
        (3001, 10**6, [0, 1000, 2000], 1000),
        (3001, 2900, [0, 2000], 1000),
    ],
)
def test_probabilities_of_prose_are_those_of_stretches_spread_over_it(
    characters, most, starts, length
):
    text = (TEXT * 2)[:characters]
    model = Uneven(Vocabulary.of(text + "!"))
    views, targets = log_probabilities(model, Prose.of(text, "fox", ""), most)
    tokens = model.vocabulary.encode(text)
    assert targets.tolist() == [t for at in starts for t in tokens[at + 1 : at + 1 + length]]
    expected = [row for at in starts for row in softmax_logs(model, tokens[at : at + length])]
    np.testing.assert_allclose(views, expected, rtol=1e-4, atol=1e-4)
    assert views.dtype == np.float32


@pytest.mark.parametrize(("most", "every"), [(10**6, 1), (21, 1), (20, 2), (9, 3), (1, 21)])
def test_probabilities_of_names_are_those_of_every_so_many(most, every):
    names = NameList(("ab", "c", "abc", "d", "bcde", "a", "cc"), "list", "")
    assert -(-names.characters // most) == every
    model = Lines(names.vocabulary)
    views, targets = log_probabilities(model, names, most)
    chosen = sorted(names.names[::every], key=len)
    rows = [model.vocabulary.encode(name + "\n") for name in chosen]
    assert targets.tolist() == [token for row in rows for token in row]
    expected = [row for tokens in rows for row in softmax_logs(model, [NO_TOKEN, *tokens[:-1]])]
    np.testing.assert_allclose(views, expected, rtol=1e-4, atol=1e-4)


def test_probabilities_of_many_names_come_batch_by_batch_in_order_of_their_length():
    names = many_names(300)
    views, targets = log_probabilities(Lines(names.vocabulary), names, 10**6)
    assert len(views) == len(targets) == names.characters
    told = "".join(names.vocabulary.characters[token] for token in targets).split("\n")
    assert told[:-1] == sorted(names.names, key=len)
