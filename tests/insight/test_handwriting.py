"""Writing by hand: the place is always that of the text, whatever way led to it."""

from itertools import pairwise

import numpy as np
import pytest

from charplay.generation.generator import Continuation
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place, read_tokens
from charplay.generation.sampling import Philox
from charplay.insight import handwriting
from charplay.insight.handwriting import Handwriting
from tests.insight.known_model import table_model


def begin(kind="prose", beginning="", **options):
    model = table_model("\n abcde" if kind == "prose" else "\nabcde", kind)
    start = read_tokens(model, initial_place(model), model.vocabulary.encode(beginning))
    return Handwriting(model, start, Sampling(**options), Philox(5), beginning), model


def assert_is_at(writing, model):
    """Whether its place is that of its text, read anew."""
    text = writing.beginning + writing.text
    place = read_tokens(model, initial_place(model), model.vocabulary.encode(text))
    assert writing.place.pending == place.pending
    np.testing.assert_array_equal(writing.place.state["read"], place.state["read"])


def test_a_rank_takes_the_character_that_has_it():
    writing, model = begin(beginning="a")
    ranked = writing.ranked(7)
    assert [row.rank for row in ranked] == list(range(1, 8))
    assert writing.choose(3)
    assert writing.text == ranked[2].character
    assert_is_at(writing, model)


def test_there_is_no_rank_beyond_the_characters():
    writing, _ = begin()
    assert not writing.choose(8)
    assert writing.text == ""


def test_text_of_ones_own_is_admitted_and_read():
    writing, model = begin()
    admitted = writing.write("ab éx")
    assert writing.text == "ab e"
    assert (admitted.folded, admitted.dropped) == ("é", "x")
    assert_is_at(writing, model)


def test_stepping_back_leads_where_it_came_from():
    writing, model = begin(beginning="ab")
    before = writing.ranked(3)
    writing.write("cde")
    for _ in range(3):
        assert writing.step_back()
        assert_is_at(writing, model)
    assert writing.ranked(3) == before
    assert not writing.step_back()


def test_stepping_back_very_far_reads_again(monkeypatch):
    monkeypatch.setattr(handwriting, "_KEPT", 8)
    writing, model = begin()
    writing.write("abcde " * 10)
    assert len(writing._places) <= 8 + 60 // 8 + 2
    while writing.step_back():
        assert_is_at(writing, model)
    writing.write("ab")
    assert_is_at(writing, model)


def test_what_the_model_writes_has_the_numbers_of_an_answer():
    writing, model = begin(beginning="a")
    drawn = "".join(writing.go_on("line") for _ in range(3))
    start = read_tokens(model, initial_place(model), model.vocabulary.encode("a"))
    answer = "".join(Continuation(model, start, Sampling(max_chars=len(drawn)), 5, 1))
    assert drawn == answer


def test_a_word_ends_with_the_blank_after_it():
    writing, _ = begin()
    for _ in range(10):
        word = writing.go_on("word")
        assert word.strip()
        assert word[-1].isspace()
        assert not any(map(str.isspace, word.strip()))


def test_a_line_ends_with_its_newline():
    writing, _ = begin()
    line = writing.go_on("line")
    assert line.endswith("\n")
    assert line.count("\n") == 1


def test_a_name_ends_once_and_takes_nothing_more():
    writing, _ = begin("names", "ab")
    writing.write("c\nde")
    assert (writing.text, writing.has_ended) == ("c\n", True)
    assert writing.ranked(5) == ()
    assert not writing.choose(1)
    assert writing.write("a").dropped == "a"
    assert writing.go_on("word") == ""
    assert writing.step_back()
    assert not writing.has_ended


def test_a_name_needs_a_letter():
    writing, _ = begin("names")
    assert next(row for row in writing.ranked(6) if row.character == "\n").drawn == 0
    writing.write("\n")
    assert writing.text == ""


@pytest.mark.parametrize("until", ["word", "line"])
def test_greedy_writing_takes_the_likeliest(until):
    writing, _ = begin(temperature=0)
    likeliest = writing.ranked(1)[0].character
    assert writing.go_on(until)[0] == likeliest


def test_what_the_model_wrote_last_can_be_another_each_time():
    writing, model = begin(beginning="a")
    words = [writing.go_on("word")]
    for _ in range(4):
        words.append(writing.go_on_otherwise())
        assert writing.text == words[-1]
        assert_is_at(writing, model)
    assert all(one != other for one, other in pairwise(words))
    writing.write("b")
    assert writing.go_on_otherwise() == ""


def test_a_word_back_leaves_the_blank_before_it():
    writing, model = begin()
    writing.write("ab cd  ")
    assert writing.step_back_word()
    assert writing.text == "ab "
    assert writing.step_back_word()
    assert writing.text == ""
    assert not writing.step_back_word()
    assert_is_at(writing, model)
