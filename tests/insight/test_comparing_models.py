"""Models side by side: figures of samples whose every line is known."""

from dataclasses import replace

import pytest

from charplay.insight.compare import (
    Contestant,
    compare_models,
    compared_lines,
    draw_answers,
    line_shares,
)
from charplay.text.corpus import NameList
from tests.generation.test_answers import ask


def names_of(*names):
    return NameList(names, "test", "00")


def clock_of(*seconds):
    """A clock that shows these seconds, one after the other."""
    shown = iter(seconds)
    return lambda: next(shown)


def test_the_shares_are_those_of_new_learned_and_held_out_lines():
    lines = ["ab", "cd", "cd", "ef", "gh"]
    shares = line_shares(lines, names_of("AB", "xy"), names_of("cd", "ab"))
    assert shares == pytest.approx((2 / 5, 1 / 5, 2 / 5)), "what was learned is not held out too"
    assert sum(shares) == pytest.approx(1)


def test_a_comparison_has_the_figures_of_each_model():
    question = ask("ab\ncd\n", count=4, temperature=2, capital=True)
    contestant = Contestant("mine", question, 1234, names_of("ab"), names_of("zz"))
    comparison = compare_models([contestant, replace(contestant, name="other", learned=None)],
                                clock_of(0, 2, 10, 10), ("a note",))  # fmt: skip
    mine, other = comparison.models
    assert (comparison.prompt, comparison.seed, comparison.kind) == ("", 7, "names")
    assert comparison.notices == ("a note",)
    assert (mine.model, mine.temperature, mine.size) == ("mine", 2, 1234)
    assert mine.weights == question.opened.model.parameter_count
    assert mine.samples == ("Ab",) * 4
    assert mine.counted == 4
    assert mine.repeated == 3 / 4
    assert (mine.new, mine.listed, mine.held_out) == (0, 1, 0)
    assert mine.speed == 8 / 2, "characters a second"
    assert (other.new, other.listed, other.held_out) == (None, None, None)
    assert other.speed > 1e6, "no time at all is no error"


def test_what_is_taken_greedily_has_no_temperature():
    [row] = compare_models([Contestant("m", ask("ab\n", greedy=True), 1)], clock_of(0, 1)).models
    assert row.temperature == 0


def test_no_lines_have_no_shares():
    question = ask("abcdef", "prose", max_chars=3)
    [row] = compare_models([Contestant("m", question, 1, names_of(), names_of())],
                           clock_of(0, 1)).models  # fmt: skip
    assert (row.counted, row.repeated, row.new) == (0, None, None)
    assert row.samples == ("abc",)


@pytest.mark.parametrize(
    ("prompt", "lines"),
    [("", ["ab", "cd"]), ("x\n", ["ab", "cd"]), ("x", ["cd"])],
)
def test_lines_of_prose_are_compared_where_they_are_whole(prompt, lines):
    answers = draw_answers(ask("ab\n\ncd\nef\n", "prose", max_chars=9))
    assert compared_lines("prose", prompt, answers) == lines


def test_an_interruption_keeps_what_was_drawn():
    asked = iter([False, False, True] + [True] * 99)
    answers = draw_answers(ask("abcdef", "prose", count=3, max_chars=6), lambda: next(asked))
    assert [answer.text for answer in answers] == ["abc"]
    assert len(draw_answers(ask("abcdef", "prose", count=3, max_chars=6))) == 3
