"""Why a character came: the sampler's own numbers, computed again from seed, number and place."""

from itertools import islice

import numpy as np
import pytest

from charplay.generation.constraints import Shape, steer_by
from charplay.generation.generator import Continuation, draw_names
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place, read_tokens
from charplay.generation.sampling import Course, Philox, draw_tokens, token_probabilities
from charplay.insight.choices import AnswerTrace
from charplay.insight.whys import explain_choices
from tests.insight.known_model import TableModel, table_model

SAMPLINGS = [
    Sampling(max_chars=40),
    Sampling(max_chars=40, temperature=0.6),
    Sampling(max_chars=40, temperature=1.5, top_k=3),
    Sampling(max_chars=40, top_p=0.8, min_p=0.1),
]


def prose_trace(model, sampling, seed=3, number=2, prompt="ab"):
    start = read_tokens(model, initial_place(model), model.vocabulary.encode(prompt))
    text = "".join(Continuation(model, start, sampling, seed, number))
    return AnswerTrace(model, start, "", text, sampling, Philox(seed), number)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_every_character_of_prose_has_the_number_that_chose_it(sampling):
    model = table_model()
    trace = prose_trace(model, sampling)
    after = "b"
    for position, (choice, _) in enumerate(trace):
        uniform = Philox(3)(2, 1, position)[0]
        row = np.log(model.table[model.vocabulary.index[after]])
        ends = token_probabilities(row, sampling).cumsum()
        token = model.vocabulary.index[choice.character]
        assert (choice.came, choice.repeats) == ("drawn", True)
        assert choice.uniform == uniform
        assert (choice.low, choice.high) == pytest.approx(
            (ends[token - 1] if token else 0, ends[token]), abs=1e-6
        )
        assert choice.low <= uniform < choice.high
        assert choice.bits == pytest.approx(-np.log2(np.exp(row[token])), abs=1e-5)
        after = choice.character


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_what_nearly_came_is_what_the_number_picks_a_little_further(sampling):
    model = table_model()
    for choice, expected in prose_trace(model, sampling):
        if choice.nearly is None:
            continue
        moved = choice.uniform + choice.nearly_by + np.copysign(1e-9, choice.nearly_by)
        (picked,) = draw_tokens(expected.drawn[None], np.array([moved]))
        assert choice.nearly == model.vocabulary.characters[picked]


def test_the_likeliest_is_drawn_by_no_number():
    model = table_model()
    trace = prose_trace(model, Sampling(max_chars=5, temperature=0))
    assert [choice.came for choice, _ in trace] == ["likeliest"] * 5
    assert all(choice.uniform is None and choice.rank == 1 for choice, _ in trace)


def test_another_text_than_the_number_picks_does_not_repeat():
    model = table_model()
    trace = prose_trace(model, SAMPLINGS[0])
    others = "".join("a" if each != "a" else "b" for each in trace.drawn)
    changed = AnswerTrace(model, trace.start, "", others, trace.sampling, trace.draws, trace.number)
    assert not all(choice.repeats for choice, _ in changed)


def name_traces(shape, count=12, start="", draws=None):
    draws, sampling = draws or Philox(5), Sampling(max_chars=12)
    model = table_model("\nabcde", "names", seed=4)
    steer = steer_by(shape, model.vocabulary.characters) if shape.steers else None
    prefix = model.vocabulary.encode(start)
    answers = draw_names(model, prefix, sampling, draws, range(1, count + 1), steer=steer)
    for answer in answers:
        drawn = answer.text[len(start) :] + ("\n" if answer.stopped == "end" else "")
        yield AnswerTrace(
            model, initial_place(model), start, drawn, sampling, draws, answer.number, steer
        )


@pytest.mark.parametrize(
    "shape",
    [
        Shape(),
        Shape(starts=("ab",)),
        Shape(max_length=4),
        Shape(min_length=6),
        Shape(pattern="[abc]+e[a-e]*"),
        Shape(ends="de", max_length=7),
    ],
)
def test_names_of_a_form_are_drawn_again_to_the_letter(shape):
    for trace in name_traces(shape, start="".join(shape.starts)):
        choices = [choice for choice, _ in trace]
        assert all(choice.repeats for choice in choices)
        given = [choice.came for choice in choices[: len(trace.given)]]
        assert given == ["given"] * len(trace.given)


def test_a_character_that_the_form_refuses_is_told():
    refused = [
        (choice.refused, choice.character)
        for trace in name_traces(Shape(pattern="[abc]+"), count=30)
        for choice, _ in trace
        if choice.refused
    ]
    assert refused
    assert all(set(before) <= set("de") and came in "abc\n" for before, came in refused)


def test_the_end_of_a_name_is_a_choice_too():
    trace = next(iter(name_traces(Shape())))
    *_, (last, _) = trace
    assert last.character == "\n"
    assert last.uniform is not None


def test_the_course_exercises_own_scheme_is_gone_through_too():
    for trace in name_traces(Shape(), count=4, draws=Course()):
        assert all(choice.repeats for choice, _ in trace)


def test_a_capital_is_the_letter_that_was_drawn():
    trace = next(iter(name_traces(Shape())))
    shown = trace.drawn[0].upper() + trace.drawn[1:]
    capital = AnswerTrace(
        trace.model, trace.start, "", shown, trace.sampling, trace.draws, 1, None, capital=True
    )
    first, _ = next(iter(capital))
    plain, _ = next(iter(trace))
    assert (first.character, first.bits, first.repeats) == (shown[0], plain.bits, True)


def test_a_text_written_by_hand_has_no_numbers():
    model = table_model()
    trace = AnswerTrace(model, initial_place(model), "", "abba", Sampling(), None, 1)
    assert [choice.came for choice, _ in trace] == ["by hand"] * 4


def test_the_least_expected_of_some_places_is_explained():
    model = TableModel("\nab", [[0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [0.2, 0.4, 0.4], [1, 0, 0]])
    trace = AnswerTrace(model, initial_place(model), "", "aabaa", Sampling(), None, 1)
    explained = explain_choices(trace, 1, 5)
    assert (explained.place, len(explained.choices)) == (3, 5)
    assert explain_choices(trace, 4, 4).place == 4
    assert explained.choices[2].instead == "a"
    assert explained.choices[2].instead_probability == pytest.approx(0.8)


def test_a_trace_is_computed_only_as_far_as_it_is_asked_for():
    model = table_model()
    read = []
    original = model.step
    model.step = lambda state, tokens: (read.append(1), original(state, tokens))[1]
    trace = AnswerTrace(model, initial_place(model), "", "a" * 1000, Sampling(), None, 1)
    list(islice(trace, 3))
    assert len(read) == 3


def test_an_explanation_reads_no_further_than_its_last_place():
    model = table_model()
    read = []
    original = model.step
    model.step = lambda state, tokens: (read.append(1), original(state, tokens))[1]
    trace = AnswerTrace(model, initial_place(model), "", "a" * 1000, Sampling(), None, 1)
    explain_choices(trace, 2, 3)
    assert len(read) < 10, "of a thousand"
