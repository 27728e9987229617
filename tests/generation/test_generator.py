"""Answers: the same seed and number give the same text, however it is asked for."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from charplay.generation.generator import Continuation, draw_names
from charplay.generation.options import Sampling
from charplay.generation.place import Place, initial_place, read_tokens
from charplay.generation.sampling import Course, Philox
from charplay.models.cells import CELLS
from charplay.models.contract import Model
from charplay.models.recurrent import RecurrentModel
from charplay.models.weights import LayerWeights, RecurrentWeights
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("\n abcdefgh")
NOTHING = np.array([], np.int32)
SAMPLING = Sampling(max_chars=30)


def model_of(kind, vocabulary=VOCABULARY, hidden=24, seed=0, ending=0):
    """A recurrent network whose weights are large enough to have a taste of its own.

    `ending` is how much it likes the newline, its first token.
    """
    random = np.random.default_rng(seed)
    size = len(vocabulary)
    shapes = [(size, hidden), (hidden, hidden), (hidden,), (hidden, size), (size,)]
    arrays = [random.normal(0, 0.5, shape).astype(np.float32) for shape in shapes]
    arrays[-1][0] += ending
    table, recurrent, bias, *output = arrays
    weights = RecurrentWeights(CELLS["rnn"], table, (LayerWeights(recurrent, bias),), *output)
    return RecurrentModel(vocabulary, kind, None, {}, weights)


@pytest.fixture(scope="module")
def namer():
    return model_of("names")


@pytest.fixture(scope="module")
def poet():
    return model_of("prose")


def drawn(model, numbers, prefix="", sampling=SAMPLING, draws=None, **more):
    tokens = model.vocabulary.encode(prefix)
    return list(draw_names(model, tokens, sampling, draws or Philox(7), numbers, **more))


class Dictation(Model):
    """A model sure of its text: after its i-th character comes the next, whatever was drawn."""

    def __init__(self, text, kind="names"):
        super().__init__(Vocabulary.of(text + "\n"), kind, None)
        self._tokens = self.vocabulary.encode(text)

    def initial_state(self, batch_size):
        return {"read": np.zeros(batch_size, np.int64)}

    def step(self, state, tokens):
        places = state["read"]
        following = self._tokens[np.minimum(places, len(self._tokens) - 1)]
        logits = np.full((len(places), len(self.vocabulary)), -1e4, np.float32)
        logits[np.arange(len(places)), following] = 0
        return logits, {"read": places + 1}


def naive_name(model, seed, number, longest):
    """One name by itself, as the contracts say: one row, one draw a character."""
    vocabulary = model.vocabulary
    state, token, text = model.initial_state(1), NO_TOKEN, ""
    for position in range(longest):
        logits, state = model.step(state, np.array([token], np.int32))
        scores = logits[0].astype(np.float64)
        if not text:
            scores[vocabulary.newline] = -np.inf
        chances = np.exp(scores - scores.max())
        cumulative = np.cumsum(chances / chances.sum())
        key = np.array([seed, position], np.uint64)
        uniform = np.random.Generator(np.random.Philox(key=key)).random(number)[-1]
        token = int(np.searchsorted(cumulative / cumulative[-1], uniform, side="right"))
        if token == vocabulary.newline:
            break
        text += vocabulary.characters[token]
    return text


def test_a_name_is_what_the_contracts_say(namer):
    for answer in drawn(namer, [1, 2, 3, 64, 65, 200]):
        assert answer.text == naive_name(namer, 7, answer.number, 30)
        assert answer.seed == 7
        assert answer.label == f"7/{answer.number}"


@pytest.fixture(scope="module")
def ten_thousand(namer):
    return drawn(namer, range(1, 10_001))


def test_ten_thousand_names_are_numbered_in_order(ten_thousand):
    assert [answer.number for answer in ten_thousand] == list(range(1, 10_001))
    assert len({answer.text for answer in ten_thousand}) > 1000


def test_a_single_name_is_the_same_as_among_ten_thousand(namer, ten_thousand):
    numbers = [*range(1, 131), *range(9_900, 10_001), *range(200, 9_900, 97)]
    for number in numbers:
        assert drawn(namer, [number]) == [ten_thousand[number - 1]]


def test_a_few_names_are_the_same_as_among_ten_thousand(namer, ten_thousand):
    for numbers in ([3, 5], [1, 64, 65, 128, 129], [63, 66, 9999], list(range(50, 80))):
        assert drawn(namer, numbers) == [ten_thousand[number - 1] for number in numbers]


def test_names_with_a_prefix_are_the_same_alone_as_among_many(namer):
    many = drawn(namer, range(1, 300), prefix="ab")
    assert all(answer.text.startswith("ab") for answer in many)
    for number in (1, 2, 64, 65, 299):
        assert drawn(namer, [number], prefix="ab") == [many[number - 1]]


def test_another_seed_gives_other_names(namer):
    one, other = drawn(namer, range(1, 20)), drawn(namer, range(1, 20), draws=Philox(8))
    assert [answer.text for answer in one] != [answer.text for answer in other]


def test_a_name_far_along_is_drawn_without_the_others(namer):
    far = 10**12
    assert drawn(namer, [far]) == drawn(namer, [far - 1, far, far + 1])[1:2]


def test_no_name_is_empty(namer):
    eager = model_of("names", ending=5)
    answers = drawn(eager, range(1, 200))
    assert all(answer.text for answer in answers)
    assert {len(answer.text) for answer in answers} >= {1}
    course = drawn(eager, range(1, 50), draws=Course())
    assert "" in {answer.text for answer in course}, "the exercise's names may be empty"


def test_a_name_may_end_right_after_its_prefix():
    eager = model_of("names", ending=50)
    [answer] = drawn(eager, [1], prefix="ab")
    assert (answer.text, answer.stopped) == ("ab", "end")


def test_a_name_ends_at_the_longest_length_prefix_included():
    model = Dictation("a" * 100)
    [answer] = drawn(model, [1], sampling=Sampling(max_chars=7))
    assert (answer.text, answer.stopped) == ("a" * 7, "length")
    [answer] = drawn(model, [1], prefix="aaa", sampling=Sampling(max_chars=7))
    assert answer.text == "a" * 7


def test_a_name_as_long_as_the_longest_that_ends_there_ended():
    [answer] = drawn(Dictation("abc\n"), [1], sampling=Sampling(max_chars=4))
    assert (answer.text, answer.stopped) == ("abc", "end")


def test_a_name_ends_after_the_stop_text():
    model = Dictation("abracadabra\n")
    [answer] = drawn(model, [1], sampling=Sampling(stop="cad"))
    assert (answer.text, answer.stopped) == ("abracad", "stop")


def test_the_stop_text_is_not_looked_for_in_the_prefix():
    model = Dictation("abracadabra\n")
    [answer] = drawn(model, [1], prefix="abr", sampling=Sampling(stop="abr"))
    assert (answer.text, answer.stopped) == ("abracadabr", "stop")


def test_greedy_names_are_all_the_same_whatever_the_seed(namer):
    greedy = Sampling(temperature=0, max_chars=30)
    answers = [*drawn(namer, [1, 2], sampling=greedy), *drawn(namer, [70], "", greedy, Philox(9))]
    assert len({answer.text for answer in answers}) == 1


def test_a_model_that_does_not_know_the_end_of_a_name_is_refused():
    model = model_of("names", Vocabulary("abc"))
    with pytest.raises(ValueError, match="newline"):
        drawn(model, [1])


def test_no_numbers_give_no_names(namer):
    assert drawn(namer, []) == []


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_an_interruption_keeps_the_names_so_far(namer, ten_thousand, monkeypatch, threads):
    """Ctrl-C is pressed once two blocks are seen; those drawn beside them come to their end."""
    monkeypatch.setattr("charplay.generation.generator.blas_threads", lambda: threads)
    seen = []
    answers = draw_names(
        namer, NOTHING, SAMPLING, Philox(7), range(1, 1000), lambda: len(seen) >= 128
    )
    for answer in answers:
        seen.append(answer)  # noqa: PERF402 - it is looked at on the way
    assert 128 <= len(seen) < 999
    assert seen == ten_thousand[: len(seen)]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_name_is_the_same_however_many_threads_draw(namer, ten_thousand, monkeypatch, threads):
    monkeypatch.setattr("charplay.generation.generator.blas_threads", lambda: threads)
    assert drawn(namer, range(1, 500)) == ten_thousand[:499]


@pytest.mark.parametrize("at_once", [1, len(VOCABULARY) * 7, len(VOCABULARY) * 8])
def test_a_name_is_the_same_however_few_rows_are_drawn_at_once(
    namer, ten_thousand, monkeypatch, at_once
):
    monkeypatch.setattr("charplay.generation.generator._PROBABILITIES_AT_ONCE", at_once)
    assert drawn(namer, range(1, 130)) == ten_thousand[:129]


def test_an_interrupted_name_says_so(monkeypatch):
    monkeypatch.setattr("charplay.generation.generator.blas_threads", lambda: 1)
    asked = []

    def interrupted():
        asked.append(None)
        return len(asked) > 4

    answers = drawn(Dictation("a" * 100), [1, 2, 100], interrupted=interrupted)
    assert [answer.number for answer in answers] == [1, 2]
    for answer in answers:
        assert 0 < len(answer.text) < 100
        assert answer.stopped == "interrupted"


# Prose.


def grown(model, place, sampling, seed=7, number=1):
    continuation = Continuation(model, place, sampling, seed, number)
    text = "".join(continuation)
    assert continuation.text == text
    return continuation


def assert_same_place(one, other):
    assert one.pending == other.pending
    assert one.state.keys() == other.state.keys()
    for name, array in one.state.items():
        np.testing.assert_allclose(array, other.state[name], rtol=1e-5, atol=1e-6)


def test_a_prose_answer_is_what_the_contracts_say(poet):
    continuation = grown(poet, initial_place(poet), Sampling(max_chars=40), seed=3, number=5)
    state, token, expected = poet.initial_state(1), VOCABULARY.newline, ""
    for position in range(40):
        logits, state = poet.step(state, np.array([token], np.int32))
        chances = np.exp(logits[0].astype(np.float64))
        cumulative = np.cumsum(chances / chances.sum())
        uniform = np.random.Generator(np.random.Philox(key=(3, position))).random(5)[-1]
        token = int(np.searchsorted(cumulative, uniform, side="right"))
        expected += VOCABULARY.characters[token]
    assert continuation.text == expected
    assert continuation.answer.label == "3/5"


def test_the_same_seed_and_number_give_the_same_prose(poet):
    place, sampling = initial_place(poet), Sampling(max_chars=60)
    texts = [grown(poet, place, sampling, 7, 3).text for _ in range(2)]
    assert texts[0] == texts[1]
    assert grown(poet, place, sampling, 7, 4).text != texts[0]


def test_text_and_place_belong_together_after_each_character(poet):
    start = read_tokens(poet, initial_place(poet), VOCABULARY.encode("a bad "))
    continuation = Continuation(poet, start, Sampling(max_chars=25), 7, 1)
    assert continuation.place == start
    places = [(continuation.text, continuation.place) for _ in continuation]
    assert len(places) == 25
    for text, place in places:
        assert_same_place(place, read_tokens(poet, start, VOCABULARY.encode(text)))


def test_going_on_from_the_place_gives_what_one_longer_answer_would(poet):
    greedy = Sampling(greedy=True, max_chars=50)
    whole = grown(poet, initial_place(poet), greedy)
    first = grown(poet, initial_place(poet), replace(greedy, max_chars=20))
    second = grown(poet, first.place, replace(greedy, max_chars=30))
    assert first.text + second.text == whole.text
    assert_same_place(second.place, whole.place)


def test_a_place_can_be_gone_on_from_again_and_again(poet):
    start = read_tokens(poet, initial_place(poet), VOCABULARY.encode("abc"))
    kept = {name: array.copy() for name, array in start.state.items()}
    texts = {grown(poet, start, Sampling(max_chars=20)).text for _ in range(3)}
    assert len(texts) == 1
    for name, array in start.state.items():
        np.testing.assert_array_equal(array, kept[name])


def test_an_interruption_keeps_text_and_place(poet):
    continuation = Continuation(poet, initial_place(poet), Sampling(max_chars=100), 7, 1)
    text = "".join(islice(continuation, 13))
    assert continuation.text == text
    assert continuation.answer.stopped == "interrupted"
    assert_same_place(
        continuation.place, read_tokens(poet, initial_place(poet), VOCABULARY.encode(text))
    )
    assert len("".join(continuation)) == 87, "and it could have gone on"


class Alarm(Dictation):
    """Ctrl-C is pressed while it works on its sixth character."""

    def step(self, state, tokens):
        if state["read"][0] == 5:
            raise KeyboardInterrupt
        return super().step(state, tokens)


def test_an_interruption_inside_the_model_keeps_what_was_there():
    model = Alarm("abcdefgh", "prose")
    continuation = Continuation(model, initial_place(model), Sampling(max_chars=100), 7, 1)
    with pytest.raises(KeyboardInterrupt):
        list(continuation)
    assert continuation.text == "abcde"
    assert continuation.place.state["read"] == [5]
    assert continuation.place.pending == model.vocabulary.index["e"]


@pytest.mark.parametrize(
    ("options", "text", "stopped"),
    [
        ({"max_chars": 5}, "one\nt", "length"),
        ({"lines": 1}, "one\n", "lines"),
        ({"lines": 2}, "one\ntwo\n", "lines"),
        ({"stop": "tw"}, "one\ntw", "stop"),
        ({"stop": "\nt"}, "one\nt", "stop"),
        ({"stop": "two", "max_chars": 7}, "one\ntwo", "stop"),
        ({"stop": "e", "lines": 1}, "one", "stop"),
    ],
)
def test_prose_ends_where_it_is_told_to(options, text, stopped):
    model = Dictation("one\ntwo\nthree\nfour\n" * 9, "prose")
    continuation = grown(model, initial_place(model), Sampling(**options))
    assert (continuation.text, continuation.stopped) == (text, stopped)
    assert continuation.answer.text == text


def test_an_answer_that_has_ended_stays_ended(poet):
    continuation = grown(poet, initial_place(poet), Sampling(max_chars=3))
    assert list(continuation) == []
    assert len(continuation.text) == 3


def test_reading_a_text_leads_to_the_state_of_advance(poet):
    tokens = VOCABULARY.encode("a bad deaf cab\nfed")
    place = read_tokens(poet, initial_place(poet), tokens)
    fed = np.array([[VOCABULARY.newline, *tokens[:-1]]], np.int32)
    _, state = poet.advance(poet.initial_state(1), fed)
    assert place.pending == tokens[-1]
    np.testing.assert_array_equal(place.state["hidden.0"], state["hidden.0"])


def test_reading_in_pieces_is_reading_in_one(poet):
    start = initial_place(poet)
    whole = read_tokens(poet, start, VOCABULARY.encode("abcdefgh"))
    pieces = start
    for piece in ("a", "bcd", "", "efg", "h"):
        pieces = read_tokens(poet, pieces, VOCABULARY.encode(piece))
    assert_same_place(pieces, whole)


def test_prose_begins_after_a_line_end_and_a_name_after_nothing(poet, namer):
    assert initial_place(poet).pending == VOCABULARY.newline
    assert initial_place(namer).pending == NO_TOKEN
    without = model_of("prose", Vocabulary("abc"))
    assert initial_place(without).pending == NO_TOKEN
    assert len(grown(without, initial_place(without), Sampling(max_chars=9)).text) == 9


def test_a_place_is_a_value(poet):
    place = initial_place(poet)
    assert isinstance(place, Place)
    with pytest.raises(AttributeError):
        place.pending = 3
