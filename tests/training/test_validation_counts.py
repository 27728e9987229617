"""Validation: when it is due, what it notes, and how long patience lasts."""

import signal
from types import SimpleNamespace

import pytest

from charplay.interrupts import GIVE_UP
from charplay.plan import Plan, Stage
from charplay.training.counters import RunCounters
from charplay.training.events import Evaluated
from charplay.training.schedule import Schedule
from charplay.training.validation import Validation
from tests.training.test_stage_texts import Numbered

TWO_STAGES = (Stage(updates=3), Stage(updates=9))


def validation_of(losses=(), stages=TWO_STAGES, characters=50, known=None, until=1, **plan):
    told = iter(losses)
    schedule = Schedule(stages, {"": Numbered("own", 4)}, known, until)
    deciding = SimpleNamespace(characters=characters)
    return Validation(Plan(stages=stages, **plan), deciding, schedule, lambda model: next(told))


def at(update):
    counters = RunCounters()
    for _ in range(update):
        counters.count_update(2.0, 10)
    return counters


def test_it_is_due_after_each_pass_or_after_so_many_updates():
    validation = validation_of()
    assert [validation.next_due(update) for update in range(9)] == [4] * 4 + [8] * 4 + [12]
    often = validation_of(validate_every=5)
    assert [often.next_due(update) for update in (0, 4, 5, 9, 10)] == [5, 5, 10, 10, 15]


def test_it_is_due_once_more_before_the_inner_part_is_learned():
    validation = validation_of(known=Numbered("known", 4), until=0.5)
    assert [validation.next_due(update) for update in range(9)] == [4] * 4 + [6, 6, 8, 8, 12]
    assert [validation.is_over(at(update)) for update in (0, 5, 6, 7, 12)] == [
        False, False, False, True, True,
    ]  # fmt: skip


def test_each_loss_is_noted_and_the_least_is_the_best():
    validation, counters = validation_of((2.5, 2.25, 2.25, 2.4, 2.1)), at(1)
    events = []
    for _ in range(5):
        events.append(validation.validate(None, counters))
        counters.count_update(3.0, 10)
    assert events == [
        Evaluated(1, 2.5, True), Evaluated(2, 2.25, True), Evaluated(3, 2.25, False),
        Evaluated(4, 2.4, False), Evaluated(5, 2.1, True),
    ]  # fmt: skip
    assert counters.history == (
        (1, 2.0, 2.5), (2, 3.0, 2.25), (3, 3.0, 2.25), (4, 3.0, 2.4), (5, 3.0, 2.1),
    )  # fmt: skip
    assert counters.best == 2.1


def test_patience_counts_what_got_no_better_in_the_last_stage():
    validation, waited, over = validation_of((2, 3, 3, 3, 1, 3, 3), patience=2), [], []
    counters = at(2)
    for _ in range(7):
        validation.validate(None, counters)
        waited.append(counters.waited)
        over.append(validation.patience_is_over(counters))
        counters.count_update(2.0, 10)
    # Update 3 ends the first stage.
    assert waited == [0, 0, 1, 2, 0, 1, 2]
    assert over == [False, False, False, True, False, False, True]


def test_without_patience_a_run_goes_on():
    validation, counters = validation_of((2, 3, 3, 3)), at(9)
    for _ in range(4):
        validation.validate(None, counters)
        counters.count_update(2.0, 10)
    assert counters.waited == 3
    assert not validation.patience_is_over(counters)


def test_where_nothing_decides_the_training_loss_alone_is_noted():
    for validation, counters in (
        (validation_of(characters=0), at(2)),
        (validation_of(known=Numbered("known", 4), until=0.25), at(4)),
    ):
        update = counters.update
        assert validation.validate(None, counters) is None
        assert counters.history == ((update, 2.0, None),)
        assert (counters.best, counters.waited) == (None, 0)


def test_a_look_that_was_given_up_is_noted_nowhere(monkeypatch):
    previous = signal.signal(GIVE_UP, lambda number, frame: None)
    try:
        validation, counters = validation_of((2.5,)), at(2)
        validation._measure = lambda model: signal.raise_signal(GIVE_UP)
        assert validation.validate(None, counters) is None
    finally:
        signal.signal(GIVE_UP, previous)
    assert (counters.history, counters.scored, counters.best) == ((), 20, None)


@pytest.mark.parametrize("model", ["one", "other"])
def test_the_loss_is_that_of_the_model_given(model):
    validation = validation_of()
    validation._measure = {"one": 1.5, "other": 2.5}.get
    assert validation.validate(model, at(1)).loss == {"one": 1.5, "other": 2.5}[model]
