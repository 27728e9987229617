"""Answers to a question, as a reader sees them: capitals, verse, notices, interruptions."""

from pathlib import Path

import pytest

from charplay.generation.answers import (
    AnswerEnded,
    AnswerText,
    NameAnswers,
    PromptRead,
    ProseAnswer,
)
from charplay.generation.options import AnswerOptions, Seed
from charplay.generation.place import initial_place, read_pieces, read_tokens
from charplay.generation.question import ask_question
from charplay.models.header import Header
from charplay.models.library import OpenModel
from tests.generation.test_generator import Dictation

LINES = "ab\ncd\nef\ngh\n"


def ask(text, kind="names", prompt="", count=1, **options):
    """A question to a model sure of that text."""
    model = Dictation(text, kind)
    header = Header("dictation", "1", kind, model.vocabulary.characters, {})
    opened = OpenModel("dictation", "00" * 32, header, model, Path("dictation.safetensors"))
    return ask_question(opened, AnswerOptions(**options), prompt, count, lambda: 7)


def never():
    return False


def names(question, interrupted=never):
    return [answer.text for answer in NameAnswers(question, (), interrupted).names()]


def labels(question):
    return [answer.label for answer in NameAnswers(question, (), never).names()]


def characters(answer):
    """The characters of all answers."""
    return (event for event in answer.events() if isinstance(event, AnswerText))


def prose(question, begun=""):
    """All that is answered in prose where this text was said before; the answer."""
    model = question.opened.model
    start = read_tokens(model, initial_place(model), model.vocabulary.encode(begun))
    answer = ProseAnswer(question, start, (), never)
    assert not list(answer.reading()), "a short prompt is read at once"
    text = "".join(event.text for event in characters(answer))
    [finished] = answer.finished.answers
    assert finished.text == text
    return finished


def test_the_first_letter_is_printed_large_on_request():
    assert names(ask("été\n", capital=True)) == ["Été"]
    assert names(ask("abc\n")) == ["abc"]
    assert names(ask("abc\n", prompt="a", capital=True))[0].startswith("A")


def test_of_verse_the_line_that_was_begun_is_not_counted():
    assert prose(ask(LINES, "prose", verse=True, lines=2), "a").text == "b\ncd\nef\n"
    assert prose(ask(LINES, "prose", lines=2), "a").text == "b\ncd\n"
    assert prose(ask(LINES, "prose", prompt="a", verse=True, lines=2)).text == "b\ncd\nef\n"
    assert prose(ask(LINES, "prose", verse=True, lines=2), "a").stopped == "lines"


def test_verse_that_begins_at_a_line_end_has_as_many_lines_as_were_asked_for():
    assert prose(ask(LINES, "prose", verse=True, lines=2)).text == "ab\ncd\n"
    assert prose(ask(LINES, "prose", verse=True, lines=2), "ab\n").text == "cd\nef\n"


def test_verse_without_a_number_of_lines_ends_where_other_prose_does():
    assert prose(ask(LINES, "prose", verse=True, max_chars=4), "a").text == "b\ncd"


def test_a_seed_with_a_number_asks_for_that_one_answer_however_many_are_wanted():
    question = ask("abc\n", count=5, seed=Seed(9, 3))
    assert labels(question) == ["9/3"]
    question = ask("abc\n", count=2)
    assert labels(question) == ["7/1", "7/2"]


def test_what_becomes_of_the_prompt_is_told_after_what_was_to_be_told_anyway():
    question = ask("abc\n", prompt="a?")
    answers = NameAnswers(question, ("first",), never)
    notices = answers.started.notices
    assert answers.finished().notices == notices
    assert notices[0] == "first"
    assert "?" in notices[1]
    question = ask(LINES, "prose", prompt="a?")
    start = initial_place(question.opened.model)
    assert ProseAnswer(question, start, ("first",), never).started.notices == notices


@pytest.mark.parametrize("seen", [0, 1, 5])
def test_an_interruption_keeps_the_text_so_far_and_the_place_after_it(seen):
    question = ask(LINES * 9, "prose", count=3)
    model = question.opened.model
    drawn = []
    answer = ProseAnswer(question, initial_place(model), (), lambda: len(drawn) >= seen)
    for event in characters(answer):
        drawn += [event.text]
    finished = answer.finished
    assert finished.interrupted
    assert [reply.text for reply in finished.answers] == ([LINES[:seen]] if seen else [])
    read = read_tokens(model, initial_place(model), model.vocabulary.encode(LINES[:seen]))
    assert answer.place.pending == read.pending
    assert answer.place.state["read"] == read.state["read"]


def test_several_answers_in_prose_all_begin_at_the_same_place():
    question = ask(LINES, "prose", count=3, max_chars=4)
    answer = ProseAnswer(question, initial_place(question.opened.model), (), never)
    events = list(characters(answer))
    assert [event.number for event in events] == [1] * 4 + [2] * 4 + [3] * 4
    assert "".join(event.text for event in events) == LINES[:4] * 3


def test_the_end_of_each_answer_is_told_with_its_reason():
    question = ask(LINES, "prose", count=2, max_chars=4)
    answer = ProseAnswer(question, initial_place(question.opened.model), (), never)
    *_, last = answer.events()
    assert last == AnswerEnded(2, "length")
    assert [event.number for event in answer.events() if isinstance(event, AnswerEnded)] == [1, 2]


def test_a_long_prompt_is_told_of_while_it_is_read():
    text = "abcdef" * 2000
    question = ask(text, "prose", prompt=text[:9000], max_chars=6)
    answer = ProseAnswer(question, initial_place(question.opened.model), (), never)
    assert list(answer.reading()) == [PromptRead(4096, 9000), PromptRead(8192, 9000)]
    assert "".join(event.text for event in characters(answer)) == text[9000:9006]


def test_a_place_comes_with_each_piece_of_a_long_text():
    question = ask("ab" * 5000, "prose")
    model = question.opened.model
    tokens = model.vocabulary.encode("ab" * 4096 + "a")
    pieces = list(read_pieces(model, initial_place(model), tokens))
    assert [read for read, _ in pieces] == [4096, 8192, 8193]
    for read, place in pieces:
        assert place.pending == tokens[read - 1]
        assert place.state["read"].tolist() == [read]
    assert read_tokens(model, initial_place(model), tokens[:0]) == initial_place(model)
