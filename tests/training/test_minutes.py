"""From minutes to updates: the pace of a machine, and the plans that fit."""

from dataclasses import replace
from fractions import Fraction

import pytest

from charplay.plan import Part, Plan, Stage
from charplay.text.corpus import NameList
from charplay.training.minutes import Pace, fit_parts, fit_plan, measure_pace, share_minutes
from charplay.training.texts import RunTexts
from tests.training.test_trainer import Scripted

NAMES = NameList(tuple("abcdefghijklmnopqrst"), "letters", "")


class Hands:
    """A learner, and a clock that moves by what an update and a model take."""

    def __init__(self, update, model=0.0):
        self.seconds, self._model = Fraction(0), Fraction(model)
        self.learner = Scripted(NAMES.vocabulary, losses=lambda number: self.work(update))
        self.learner.model, self._make = self._look, self.learner.model

    def work(self, seconds):
        self.seconds += Fraction(seconds)
        return 1.0

    def _look(self):
        self.work(self._model)
        return self._make()

    def pace(self, held_out=0.1, **plan):
        stage = Stage(updates=3, learning_rate=0.5, schedule="linear")
        chosen = Plan(batch_size=2, held_out=held_out, stages=(stage,), **plan)
        texts = RunTexts.split(NAMES, held_out)
        return measure_pace(self.learner, chosen, texts, lambda: self.seconds)


@pytest.mark.parametrize(
    ("each", "made"), [(5, 4), (0.125, 4), (0.0625, 7), (Fraction(0.4) / 8, 8), (0.03125, 13)]
)
def test_the_pace_is_that_of_updates_of_four_tenths_of_a_second_and_of_four_at_least(each, made):
    hands = Hands(each, model=3)
    assert hands.pace() == Pace(update=each, validation=3, updates=3)
    assert len(hands.learner.rates) == 1 + made, "the first makes what is made once"
    assert hands.learner.rates == pytest.approx(([0.5, 1 / 3, 1 / 6] * 5)[: 1 + made])


def test_without_a_text_that_decides_no_validation_takes_any_time():
    assert Hands(5, model=3).pace(held_out=0).validation == 0


def test_a_whole_plan_needs_its_updates_and_a_dozen_validations():
    assert Pace(update=0.5, validation=2, updates=100).needed == 74


@pytest.mark.parametrize(
    ("seconds", "updates"), [(24, 1), (24.9, 1), (25, 2), (25.4, 2), (74, 100), (73.9, 99), (0, 1)]
)
def test_as_many_updates_fit_as_there_is_time_for_beside_the_validations(seconds, updates):
    assert Pace(update=0.5, validation=2, updates=100).updates_within(seconds) == updates


def plan_of(stage, **options):
    return Plan(stages=(stage,), **options)


def test_a_plan_that_is_fitted_keeps_all_but_its_length():
    stage = Stage(epochs=9, learning_rate=0.3, warmup=2)
    plan = plan_of(stage, minutes=3, patience=4, batch_size=7)
    fitted = fit_plan(plan, Pace(0.5, 2, 100), 44.25)
    assert fitted == replace(
        plan, stages=(replace(stage, epochs=None, updates=40),), validate_every=4, minutes=None
    )


@pytest.mark.parametrize(("updates", "every"), [(1, 1), (12, 1), (13, 2), (24, 2), (25, 3)])
def test_a_fitted_plan_has_a_dozen_validations(updates, every):
    fitted = fit_plan(plan_of(Stage()), Pace(0.5, 0, updates), 1000)
    assert (fitted.stages[0].updates, fitted.validate_every) == (updates, every)


COUNTED = Part("counts", plan=plan_of(Stage(epochs=1)), counted=True)
FIRST, SECOND = (Part("net", plan=plan_of(Stage(epochs=1, learning_rate=r))) for r in (0.1, 0.2))
PACES = {1: Pace(0.5, 2, 100), 2: Pace(0.25, 1, 40)}


def lengths(parts):
    return [(part.backend, part.plan.stages[0].updates) for part in parts]


@pytest.mark.parametrize(
    ("seconds", "first", "second"),
    [(30, 12, None), (74, 100, None), (95.9, 100, None), (96, 100, 40), (900, 100, 40)],
)
def test_a_later_part_is_there_only_where_all_of_it_fits(seconds, first, second):
    fitted = fit_parts((COUNTED, FIRST, SECOND), PACES, seconds)
    assert fitted[0] is COUNTED
    assert lengths(fitted[1:]) == [("net", n) for n in (first, second) if n]


def test_a_part_that_does_not_fit_is_left_out_and_one_after_it_that_does_is_kept():
    fitted = fit_parts((COUNTED, FIRST, FIRST, SECOND), {**PACES, 3: PACES[2], 2: PACES[1]}, 100)
    assert [part.plan.stages[0].learning_rate for part in fitted[1:]] == [0.1, 0.2]
    assert fit_parts((FIRST, COUNTED), {0: PACES[1]}, 100)[1] is COUNTED


def test_parts_that_are_trained_on_share_the_time_alike():
    shared = share_minutes((COUNTED, FIRST, SECOND), PACES, 60)
    assert shared[0] is COUNTED
    assert lengths(shared[1:]) == [("net", 12), ("net", 40)]
    assert share_minutes((COUNTED,), {}, 60) == (COUNTED,)
    alone = share_minutes((COUNTED, FIRST), {1: PACES[1]}, 60)
    assert lengths(alone) == [("counts", None), ("net", 72)]
