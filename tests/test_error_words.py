"""Errors: their words, their status, and the names that come near to one that nothing has."""

import pytest

from charplay.errors import (
    BackendMissingError,
    CharplayError,
    CorpusError,
    ExitStatus,
    MisfitError,
    ModelFileError,
    PluginError,
    SessionGoneError,
    StorageError,
    TrainingError,
    UsageError,
    list_first,
    nearest_names,
    quoted,
    show_commands,
    unknown,
)


def test_the_shell_is_told_by_a_number():
    assert {status.name: int(status) for status in ExitStatus} == {
        "DONE": 0, "FAILED": 1, "WRONG_USAGE": 2, "INTERRUPTED": 130,
    }  # fmt: skip
    assert CharplayError("what happened").status is ExitStatus.FAILED


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (CharplayError, 1), (UsageError, 2), (CorpusError, 1), (ModelFileError, 1),
        (BackendMissingError, 1), (TrainingError, 1), (StorageError, 1), (PluginError, 1),
        (SessionGoneError, 1),
    ],
)  # fmt: skip
def test_an_error_has_a_message_a_hint_and_a_status(kind, status):
    error = kind("what happened", "what to type")
    assert (str(error), error.message, error.hint) == (
        "what happened", "what happened", "what to type",
    )  # fmt: skip
    assert error.status == status
    assert kind("what happened").hint == ""


def test_what_does_not_keep_a_contract_is_told_with_what_came():
    error = MisfitError("Model.step", "logits", "nothing")
    assert error.message == str(error) == "Model.step should give logits; it gave nothing"


def test_an_unknown_name_is_told_with_the_nearest_ones():
    error = unknown("model", "dinosaur", ["drugs", "dinosaurs"])
    assert error.message == "there is no model 'dinosaur'"
    assert error.hint == "did you mean dinosaurs?"
    error = unknown("model", "ab", ["abb", "abc", "abd", "abe", "zz"], "models")
    assert error.hint == "did you mean abe or abd or abc?"
    error = unknown("command", "nmes", ["names"], typed="`{}`")
    assert error.hint == "did you mean `names`?"


def test_without_a_near_name_what_there_is_is_listed():
    assert unknown("model", "x", ["first", "a2"], "models").hint == "`models` lists what there is"
    assert unknown("model", "x", ["b2", "a2"]).hint == "there are a2, b2"
    assert unknown("model", "x", ["a2"]).hint == "there is a2"
    assert unknown("model", "x", []).hint == "there is none at all"
    assert unknown("model", "x", [], "models").hint == "`models` lists what there is"


@pytest.mark.parametrize(
    ("length", "shown"), [(59, "x" * 59), (60, "x" * 60), (61, "x" * 60 + "…")]
)
def test_a_long_name_is_told_by_its_first_sixty_characters(length, shown):
    assert unknown("model", "x" * length, ["a"]).message == f"there is no model '{shown}'"


def test_the_first_of_many_words_are_listed_with_how_many_more_there_are():
    words = [f"w{number}" for number in range(9)]
    assert list_first(words[:8]) == "w0, w1, w2, w3, w4, w5, w6, w7"
    assert list_first(words) == "w0, w1, w2, w3, w4, w5, w6, w7 and 1 more"
    assert list_first(words, most=2, between=" ") == "w0 w1 and 7 more"
    assert list_first(map(str, range(1234)), most=1) == "0 and 1,233 more"
    assert list_first([]) == ""


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("dinosaur", ["dinosaurs", "drugs"], ["dinosaurs"]),
        ("DINOSAURS", ["dinosaurs"], ["dinosaurs"]),
        ("--tempreature", ["--temperature", "--top-k"], ["--temperature"]),
        ("temp", ["--temperature", "temperature"], ["temperature"]),
        ("sh", ["shakespeare", "shelley"], ["shakespeare", "shelley"]),
        ("", ["shakespeare"], []),
        ("ab", ["abcdefgh", "xyab"], ["xyab", "abcdefgh"]),
        ("abcd", ["abcx", "abcy", "abcz", "abcw"], ["abcz", "abcy", "abcx"]),
        ("a", ["a1234", "a2345", "a3456", "a4567"], ["a1234", "a2345", "a3456"]),
    ],
)
def test_near_names_are_like_it_or_begin_with_it_three_at_most(name, known, near):
    assert nearest_names(name, known) == near


def test_half_alike_is_not_near():
    """Two names are near where six in ten of their characters match in order."""
    assert nearest_names("abcde", ["abcxy"]) == ["abcxy"]
    assert nearest_names("abcdef", ["abcxyz"]) == []


def test_a_name_that_is_like_it_and_begins_with_it_is_told_once():
    assert nearest_names("abc", ["abcd"]) == ["abcd"]


def test_commands_in_a_hint_are_written_as_they_are_typed():
    assert show_commands("`tree` shows it, or `goto 3`", ":") == ":tree shows it, or :goto 3"
    assert show_commands("a ` alone", ":") == "a ` alone"


def test_a_value_is_quoted_with_its_backslashes_as_they_are_typed():
    assert quoted("Ze\\xff") == "'Ze\\xff'"
    assert quoted(3) == "3"
