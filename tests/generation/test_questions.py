"""What a model is asked: counts, seeds, prompts, options and what of them is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from charplay.errors import ModelFileError, UsageError
from charplay.generation.answers import (
    Answers,
    AnswerStarted,
    NameAnswers,
    NamesAnswered,
    ProseAnswer,
)
from charplay.generation.options import AnswerOptions, Seed
from charplay.generation.place import initial_place
from charplay.generation.question import (
    ask_question,
    check_room,
    choose_options,
    first_line,
    list_known,
)
from charplay.models.header import Header
from charplay.models.library import OpenModel
from charplay.text.vocabulary import Vocabulary
from tests.generation.test_generator import Dictation


def opened_of(text="abc\n", kind="names", **sampling):
    model = Dictation(text, kind)
    header = Header("dictation", "1", kind, model.vocabulary.characters, {}, sampling=sampling)
    return OpenModel("dictation", "00" * 32, header, model, Path("dictation.safetensors"))


def ask(prompt="", count=1, kind="names", options=None, text="abc\n", **sampling):
    opened = opened_of(text, kind, **sampling)
    return ask_question(opened, options or choose_options(opened), prompt, count, lambda: 7)


@pytest.mark.parametrize("count", [1, 2, 1_000_000])
def test_as_many_answers_as_are_asked_for_have_numbers(count):
    question = ask(count=count)
    assert question.numbers == range(1, count + 1)
    assert question.seed == 7


@pytest.mark.parametrize("count", [0, -1, 1_000_001, True, 2.0, "3", None])
def test_a_count_that_is_none_is_refused(count):
    with pytest.raises(UsageError) as told:
        ask(count=count)
    assert told.value.message == f"n is a whole number from 1 to 1,000,000, and not {count!r}"


def test_a_seed_with_a_number_is_one_answer():
    question = ask(count=5, options=AnswerOptions(seed=Seed(3, 8)))
    assert (question.seed, question.numbers) == (3, range(8, 9))
    question = ask(count=2, options=AnswerOptions(seed=Seed(3)))
    assert (question.seed, question.numbers) == (3, range(1, 3))


def test_a_name_begins_with_one_line_and_prose_with_any_text():
    assert ask("a\n").admitted.text == "a"
    with pytest.raises(UsageError, match="a name is one line, and this text has more"):
        ask("a\nb")
    prose = ask("a\nb\n", kind="prose")
    assert (prose.prompt, prose.admitted.text) == ("a\nb\n", "a\nb\n")


def test_one_line_is_taken_without_its_end():
    assert first_line("ab\n") == "ab"
    assert first_line("ab") == "ab"
    with pytest.raises(UsageError) as told:
        first_line("ab\n\n")
    assert told.value.hint == "give one line"


def test_a_prompt_of_which_nothing_is_known_is_refused_with_what_is():
    with pytest.raises(UsageError) as told:
        ask("xyz")
    assert told.value.message == "dictation knows none of these characters: x y z"
    assert told.value.hint == "it knows a b c"
    assert ask("").admitted.text == ""


def test_the_line_end_is_not_told_as_a_character_to_ask_for():
    assert list_known(Vocabulary("\n 'ab")) == "it knows ␣ ' a b"


def test_a_name_needs_room_beyond_its_beginning():
    for most, told_most in ((2, "2"), (3, "3 with its line end"), (4, "")):
        question = ask("abc", options=AnswerOptions(max_chars=most))
        if not told_most:
            assert check_room(question) is question
            continue
        with pytest.raises(UsageError) as told:
            check_room(question)
        assert told.value.message == (
            f"the beginning has 3 characters, and a name may have {told_most}"
        )
        assert told.value.hint == "allow longer names: --max-chars 6"
    with pytest.raises(UsageError, match=r"^the beginning has 1 character, and a name m"):
        check_room(ask("a", options=AnswerOptions(max_chars=1)))
    prose = ask("abc", kind="prose", options=AnswerOptions(max_chars=2))
    assert check_room(prose) is prose


@pytest.mark.parametrize(
    ("characters", "hint"),
    [
        (500_000, "allow longer names: --max-chars 1000000"),
        (500_001, "allow longer names: --max-chars 1000000"),
        (999_999, "allow longer names: --max-chars 1000000"),
        (1_000_000, "ask for a shorter name: none has more than 999,999 characters"),
    ],
)
def test_no_hint_asks_for_more_characters_than_can_be_asked_for(characters, hint):
    with pytest.raises(UsageError) as told:
        check_room(ask("a" * characters, options=AnswerOptions(max_chars=9)))
    assert told.value.hint == hint


def test_options_are_those_of_the_models_file_and_then_those_given_the_last_first():
    opened = opened_of(temperature=0.5, capital=True)
    assert choose_options(opened) == AnswerOptions(max_chars=50, temperature=0.5, capital=True)
    given = ({"temperature": 0.7, "top_k": 3}, {"top_k": 5})
    chosen = choose_options(opened, *given)
    assert (chosen.temperature, chosen.top_k, chosen.capital) == (0.7, 5, True)
    assert choose_options(opened_of(kind="prose")).max_chars == 400
    assert choose_options(opened, usual=AnswerOptions(max_chars=9)).max_chars == 9


def test_options_that_cannot_be_are_told_as_the_files_fault():
    with pytest.raises(ModelFileError) as told:
        choose_options(opened_of(temperature=-1))
    assert told.value.message.startswith("the file of dictation asks for options that cannot be: ")
    assert told.value.hint == "get the file again, or make the model again"


def test_what_differs_from_the_models_own_options_is_told_as_it_is_typed():
    options = AnswerOptions(
        temperature=0.5, max_chars=50, top_k=3, verse=True, seed=Seed(3), capital=True
    )
    assert ask(options=options).changed == {"temperature": 0.5, "top-k": 3, "capital": True}
    assert ask(options=options, temperature=0.5, capital=True).changed == {"top-k": 3}
    assert ask().changed == {}


def test_what_is_usual_for_a_question_is_no_change():
    opened = opened_of(kind="prose")
    usual = AnswerOptions(lines=13, max_chars=1500)
    question = ask_question(opened, usual, "", 1, lambda: 7)
    assert question.changed == {"max-chars": 1500, "lines": 13}
    assert replace(question, usual=usual).changed == {}


def test_remarks_are_told_before_what_became_of_the_prompt():
    question = replace(ask("a?"), remarks=("first", ""))
    assert len(question.notices) == 2
    assert question.notices[0] == "first"
    assert "?" in question.notices[1]
    assert ask("a").notices == ()


def test_an_answer_in_prose_tells_all_that_it_was_asked():
    question = ask("a", kind="prose", options=AnswerOptions(max_chars=2, verse=True), text="abc\n")
    answer = ProseAnswer(question, initial_place(question.opened.model), ("told",), lambda: False)
    started = answer.started
    assert (started.model, started.kind, started.seed) == ("dictation", "prose", 7)
    assert (started.prompt, started.notices, started.verse) == ("a", ("told",), True)
    assert started.changed == {"max-chars": 2}
    list(answer.reading())
    list(answer.events())
    finished = answer.finished
    assert (finished.model, finished.seed, finished.prompt) == ("dictation", 7, "a")
    assert (finished.notices, finished.interrupted) == (("told",), False)
    assert finished.changed == {"max-chars": 2}
    assert [reply.text for reply in finished.answers] == ["bc"]


def test_names_tell_all_that_they_were_asked():
    question = ask("a?", options=AnswerOptions(max_chars=9))
    names = NameAnswers(question, ("told",), lambda: True)
    assert names.started.changed == {"max-chars": 9}
    assert (names.started.kind, names.started.verse) == ("names", False)
    finished = names.finished(("last",))
    assert finished.notices == ("told", *question.notices, "last")
    assert (finished.interrupted, finished.changed) == (True, {"max-chars": 9})


def test_an_answer_that_is_interrupted_before_it_begins_ends_them_all():
    question = ask("", count=3, kind="prose")
    asked = iter([True, *[False] * 99])
    answer = ProseAnswer(question, initial_place(question.opened.model), (), lambda: next(asked))
    assert list(answer.events()) == []


def test_a_value_that_is_told_by_default_is_none_or_nothing():
    question = ask()
    assert (question.words, question.after, question.usual, question.remarks) == (
        (),
        None,
        None,
        (),
    )
    assert (question.goes_on, question.moves) == (False, False)


def test_what_an_event_does_not_say_is_nothing():
    question = ask()
    names = NameAnswers(question, (), lambda: False)
    assert names.started == AnswerStarted("dictation", "names", 7, "")
    assert names.finished() == NamesAnswered()
    place = initial_place(question.opened.model)
    prose = ProseAnswer(question, place, (), lambda: False)
    assert prose.finished == Answers("dictation", 7, "", ())
    told = (names.started, names.finished(), prose.finished)
    assert [(each.notices, each.changed) for each in told] == [((), {})] * 3
    assert (names.started.verse, prose.finished.interrupted) == (False, False)
