"""What a run shows of its model: an exercise's lines and names, samples, or nothing."""

import math
import sys
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest

from charplay.generation.generator import Continuation, draw_names
from charplay.generation.options import AnswerOptions
from charplay.generation.place import initial_place
from charplay.generation.sampling import Course, Philox
from charplay.plan import Plan
from charplay.report import Report
from charplay.text.corpus import NameList, Prose
from charplay.text.vocabulary import Vocabulary
from charplay.training.counters import RunCounters
from charplay.training.events import Reported, Sampled
from charplay.training.exercise import ExerciseReporter
from charplay.training.reporting import NoReporter, SampleReporter
from tests.insight.known_model import TableModel, random_table

LETTERS = "\nabc"
NAMES = NameList(("abc", "ab"), "list", "")


def reporter(corpus=NAMES, options=None, **report):
    fields = {"line": "{iteration}", **report}
    return ExerciseReporter(
        Report(**fields), corpus, Vocabulary(LETTERS), options or AnswerOptions(max_chars=9)
    )


def names_model():
    return TableModel(LETTERS, random_table(LETTERS, seed=3), kind="names")


def test_a_report_follows_the_first_update_and_then_equal_steps():
    found = reporter(every=10)
    assert [found.next_due(update) for update in (0, 1, 2, 10, 11, 20, 21)] == [
        1, 11, 11, 11, 21, 21, 31,
    ]  # fmt: skip
    assert [reporter(every=1).next_due(update) for update in (0, 1, 2)] == [1, 2, 3]


def test_the_running_mean_begins_at_a_uniform_guess_of_so_many_characters():
    found, counters = reporter(guess=7, smoothing=0.75), RunCounters()
    found.count_losses([8.0], counters)
    assert counters.reported == pytest.approx(0.75 * 7 * math.log(4) + 0.25 * 8)
    counters.reported = 4.0
    found.count_losses([8.0, 1.0], counters)
    assert counters.reported == pytest.approx(0.75 * 5 + 0.25)


def test_a_line_has_the_figures_of_the_last_update():
    found = reporter(line="{iteration}|{epoch}|{loss:.2f}|{smoothed:.3f}|", smoothing=0.5)
    counters = RunCounters(update=12, reported=4.0)
    found.count_losses([9.0, 2.0], counters)
    assert found.report(None, counters, 3) == Reported(12, "11|3|2.00|4.250|", ())


def test_before_any_loss_a_line_has_none():
    counters = RunCounters(update=1, reported=0.0)
    assert reporter(line="{loss:.1f}").report(None, counters, 1).line == "0.0"


def test_the_names_are_those_of_the_exercises_seeds_with_a_large_first_letter():
    model, counters = names_model(), RunCounters(update=1, reported=0.0)
    report = reporter(names=4).report(model, counters, 1)
    nothing, options = np.array([], np.int32), AnswerOptions(max_chars=9)
    drawn = draw_names(model, nothing, options, Course(), [1, 2, 3, 4])
    assert report.names == tuple(answer.text[:1].upper() + answer.text[1:] for answer in drawn)
    assert len(set(report.names)) > 1


@pytest.mark.parametrize(
    "corpus", [Prose.of("abcab", "text", ""), NameList(("abca", "b"), "l", "")]
)
def test_the_most_probable_character_is_told_at_every_place_but_the_first(corpus):
    """A name ends where the next begins; there an a is foretold."""
    chain = np.eye(4)[[1, 2, 3, 0, 1]]
    model = TableModel(LETTERS, 0.9 * chain + 0.025, kind=corpus.kind)
    counters = RunCounters(update=1, reported=0.0)
    told = reporter(corpus, line="<{predicted}>").report(model, counters, 1).line
    assert told == {"prose": "<bc\nb>", "names": "<bc\nba>"}[corpus.kind]


def test_nothing_is_shown_where_nobody_asked():
    quiet = NoReporter()
    assert quiet.next_due(7) == sys.maxsize
    assert quiet.report(None, RunCounters(update=7), 1) == Sampled(7, ())


def test_samples_follow_so_many_updates_or_each_validation():
    validation = SimpleNamespace(next_due=lambda update: update + 100)
    every = SampleReporter(Plan(sample_every=4), AnswerOptions(), validation)
    assert [every.next_due(update) for update in (0, 3, 4, 5, 8)] == [4, 4, 8, 8, 12]
    with_validations = SampleReporter(Plan(), AnswerOptions(), validation)
    assert with_validations.next_due(7) == 107


def test_samples_of_names_are_the_first_six_of_the_runs_seed_as_they_are_presented():
    model, options = names_model(), AnswerOptions(max_chars=9, capital=True)
    samples = SampleReporter(Plan(seed=5), options, None)
    told = samples.report(model, RunCounters(update=8), 2)
    drawn = draw_names(model, np.array([], np.int32), options, Philox(5), range(1, 7))
    assert told == Sampled(8, tuple(options.present(answer.text) for answer in drawn))
    assert len(told.texts) == 6


def test_a_sample_of_prose_is_120_characters_of_the_runs_seed():
    model, options = TableModel(LETTERS, random_table(LETTERS, seed=3)), AnswerOptions()
    texts = [
        SampleReporter(Plan(seed=seed), options, None).report(model, RunCounters(), 1).texts
        for seed in (5, 5, 6)
    ]
    first = islice(Continuation(model, initial_place(model), options, 5, 1), 120)
    assert texts[0] == texts[1] == ("".join(first),)
    assert texts[2] != texts[0]
