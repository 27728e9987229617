"""The learning rate of every update, against the schedules written out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import UsageError
from charplay.plan import Plan, Stage
from charplay.training.rates import stage_rate

SCHEDULES = ("constant", "step", "linear", "cosine")


def rates(length, **options):
    stage = Stage(updates=length, **options)
    return [stage_rate(stage, update, length) for update in range(length)]


def test_a_constant_rate_stays():
    assert set(rates(10, learning_rate=0.5)) == {0.5}


def test_a_linear_rate_falls_from_the_rate_given_to_just_above_zero():
    assert rates(4, learning_rate=0.8, schedule="linear") == pytest.approx([0.8, 0.6, 0.4, 0.2])


def test_a_cosine_rate_falls_slowly_then_fast_then_slowly():
    half = math.sqrt(0.5)
    expected = [1, (1 + half) / 2, 0.5, (1 - half) / 2]
    assert rates(4, learning_rate=1, schedule="cosine") == pytest.approx(expected)


def test_a_step_rate_falls_by_a_factor_after_so_many_updates():
    stepped = rates(7, learning_rate=0.8, schedule="step", step_every=3, step_factor=0.1)
    assert stepped == pytest.approx([0.8] * 3 + [0.08] * 3 + [0.008])


def test_without_a_number_there_are_four_steps_each_half_of_the_one_before():
    assert rates(8, learning_rate=1, schedule="step") == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_warm_up_rises_evenly_to_the_rate_and_the_schedule_takes_the_rest(schedule):
    warmed = rates(10, learning_rate=0.8, schedule=schedule, warmup=4)
    assert warmed[:4] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert warmed[4:] == rates(6, learning_rate=0.8, schedule=schedule)


def test_a_warm_up_takes_half_of_a_short_stage():
    assert rates(4, learning_rate=1, warmup=100) == [0.5, 1, 1, 1]
    assert rates(1, learning_rate=1, warmup=100) == [1]


@given(
    st.integers(1, 60),
    st.sampled_from(SCHEDULES),
    st.integers(0, 80),
    st.floats(1e-6, 10),
    st.none() | st.integers(1, 70),
)
def test_a_rate_is_above_zero_and_never_above_the_one_given(length, schedule, warmup, rate, every):
    found = rates(length, learning_rate=rate, schedule=schedule, warmup=warmup, step_every=every)
    assert all(0 < each <= rate for each in found)
    top = found.index(max(found))
    assert found[:top] == sorted(found[:top])
    assert found[top:] == sorted(found[top:], reverse=True)


@pytest.mark.parametrize("schedule", ["constant", "linear"])
def test_a_plan_written_before_there_was_a_warm_up_gives_the_same_rates_bit_for_bit(schedule):
    plan = Plan.from_dict(
        {"stages": [{"updates": 999, "learning_rate": 0.003, "schedule": schedule}]}
    )
    before = [0.003 * (1 - u / 999 if schedule == "linear" else 1) for u in range(999)]
    assert [stage_rate(plan.stages[0], update, 999) for update in range(999)] == before


@pytest.mark.parametrize(
    "wrong", [{"schedule": "cosinus"}, {"step_factor": 0}, {"step_every": 0}, {"warmup": -1}]
)
def test_an_option_that_cannot_be_is_refused(wrong):
    with pytest.raises(UsageError):
        Plan().changed(wrong)
