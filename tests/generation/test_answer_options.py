"""The options of an answer: what each may be, what it is without a word, and how it is told."""

import pytest

from charplay.errors import UsageError
from charplay.generation.options import (
    POEM_OPTIONS,
    AnswerOptions,
    Sampling,
    Seed,
    choosing_options,
    describe_options,
)
from charplay.options import find_option
from tests.declared import declared

LARGEST_SEED = 2**64 - 1
# For each option with bounds: values just inside them, and values just outside.
BOUNDS = {
    "temperature": (["0", "100", "0.5"], ["-0.1", "100.1", "nan", "inf"]),
    "top-k": (["1", "1000"], ["0", "-1", "1.5"]),
    "top-p": (["1", "0.001"], ["0", "1.001", "-1"]),
    "min-p": (["0", "1"], ["-0.001", "1.001"]),
    "max-chars": (["1", "1000000"], ["0", "-1", "1000001"]),
    "lines": (["1", "1000000"], ["0", "1000001"]),
    "seeding": (["philox", "course"], ["mersenne", ""]),
    "seed": (
        ["0", str(LARGEST_SEED), "7/1", f"7/{2**63 - 1}"],
        [str(LARGEST_SEED + 1), "-1", "7/0", "7/-1", "7/", f"7/{2**63}"],
    ),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_a_value_is_taken_up_to_its_bounds_and_refused_beyond(name):
    declared = find_option(AnswerOptions, name)
    inside, outside = BOUNDS[name]
    for text in inside:
        declared.parse(text)
    for text in outside:
        with pytest.raises(UsageError):
            declared.parse(text)


def test_without_a_word_characters_are_drawn_as_the_model_has_them():
    assert Sampling() == Sampling(
        temperature=1.0, greedy=False, top_k=None, top_p=None, min_p=None, max_chars=400,
        lines=None, stop=None, seeding="philox", seed=None,
    )  # fmt: skip
    usual = AnswerOptions()
    assert (usual.verse, usual.capital) == (False, False)


def test_each_option_is_declared_with_its_bounds_and_the_word_for_its_value():
    assert declared(AnswerOptions) == {
        "temperature": (1.0, {"minimum": 0, "maximum": 100}),
        "greedy": (False, {}),
        "top_k": (None, {"minimum": 1, "metavar": "K"}),
        "top_p": (None, {"above": 0, "maximum": 1, "metavar": "P"}),
        "min_p": (None, {"minimum": 0, "maximum": 1, "metavar": "P"}),
        "max_chars": (400, {"minimum": 1, "maximum": 1_000_000}),
        "lines": (None, {"minimum": 1, "maximum": 1_000_000}),
        "stop": (None, {"metavar": "TEXT"}),
        "seeding": ("philox", {"choices": ("philox", "course")}),
        "seed": (None, {"metavar": "SEED"}),
        "verse": (False, {}),
        "capital": (False, {}),
    }


def test_names_are_shorter_than_prose():
    assert Sampling.usual("names").max_chars == 50
    assert Sampling.usual("prose").max_chars == 400


@pytest.mark.parametrize(
    ("options", "greedy"),
    [(Sampling(), False), (Sampling(greedy=True), True), (Sampling(temperature=0), True)],
)
def test_nothing_is_drawn_where_the_likeliest_is_taken(options, greedy):
    assert options.is_greedy is greedy


def test_a_poem_has_thirteen_lines_below_the_readers():
    assert AnswerOptions(lines=13, max_chars=1500, verse=True) == POEM_OPTIONS
    assert POEM_OPTIONS.within_line(True).lines == 14
    assert POEM_OPTIONS.within_line(False).lines == 13
    assert AnswerOptions(lines=3).within_line(True).lines == 3, "prose counts every line end"
    assert AnswerOptions(verse=True).within_line(True).lines is None


def test_options_are_told_in_words():
    told = describe_options({"temperature": 2.0, "lines": None, "capital": True, "top-k": 5})
    assert told == "temperature 2, no lines, capital, top-k 5"
    assert describe_options({"greedy": False}) == "no greedy"


def test_only_what_chooses_and_was_changed_is_told_of_the_choosing():
    assert choosing_options(Sampling()) == ""
    changed = Sampling(temperature=0.5, top_p=0.9, max_chars=3, seed=Seed(7), lines=2)
    assert choosing_options(changed) == "temperature 0.5, top-p 0.9"
    assert choosing_options(Sampling(greedy=True, top_k=3, min_p=0.1)) == (
        "greedy, top-k 3, min-p 0.1"
    )


def test_a_label_is_read_as_it_is_written():
    assert str(Seed.parse("7/3")) == "7/3"
    assert str(Seed.parse("7")) == "7"
