"""What a run does by the clock: blocks, checkpoints, and the measure of its progress."""

import pytest

from charplay.training.counters import RunCounters
from charplay.training.events import Progress
from charplay.training.timing import BlockLength, CheckpointTimer, ProgressMeter, updates_along


def test_a_block_begins_with_one_update():
    assert BlockLength().updates == 1


@pytest.mark.parametrize(
    ("made", "seconds", "expected"),
    [(8, 0.049, 16), (8, 0.05, 4), (8, 9, 4), (1, 9, 1), (3, 9, 1), (1000, 0, 2000),
     (1001, 0, 2000), (2000, 0, 2000), (999, 0, 1998)],
)  # fmt: skip
def test_a_block_is_twice_or_half_as_long_as_the_one_before(made, seconds, expected):
    block = BlockLength()
    block.adapt(made, seconds)
    assert block.updates == expected


@pytest.mark.parametrize(
    ("updates", "count", "expected"),
    [(100, 0, set()), (100, 1, {50}), (100, 3, {50, 25, 12}), (5, 4, {2, 1}), (1, 2, set())],
)
def test_models_are_kept_along_the_way_at_a_half_a_quarter_and_so_on(updates, count, expected):
    assert updates_along(updates, count) == expected


def test_checkpoints_come_soon_at_first_and_then_ever_later_up_to_the_seconds_asked_for():
    timer = CheckpointTimer(2.0, 100.0)
    saved = []
    for tick in range(100_000, 105_000):  # a thousandth of a second each
        if timer.is_due(tick / 1000):
            saved.append(tick - 100_000)
            timer.restart(tick / 1000, tick / 1000)
    assert saved == pytest.approx([30, 150, 630, 2550, 4550], abs=4)


def test_a_checkpoint_is_due_at_its_second_and_not_before():
    timer = CheckpointTimer(0.01, 1.0)
    assert not timer.is_due(1.0)
    assert not timer.is_due(1.0078125)
    assert timer.is_due(1.015625)
    at_once = CheckpointTimer(0.0, 1.0)
    assert at_once.is_due(1.0)


def test_a_costly_checkpoint_is_followed_by_ten_times_what_it_took_at_most_the_seconds_asked_for():
    timer = CheckpointTimer(60.0, 0.0)
    timer.restart(1.0, 3.0)
    assert not timer.is_due(22.5)
    assert timer.is_due(23.0)
    timer.restart(23.0, 53.0)
    assert not timer.is_due(112.5)
    assert timer.is_due(113.0)


def counters_at(update, characters=0, loss=2.0, seconds=0.0):
    return RunCounters(
        update, loss, smoothed=1.5, weight=0.5, characters=characters, seconds=seconds
    )


def test_progress_tells_how_far_a_run_is_and_how_fast_it_was():
    meter = ProgressMeter(10.0, RunCounters(), 40)
    meter.count_characters(60)
    meter.count_characters(20)
    told = meter.measure(14.0, counters_at(8, 80), 3)
    # Each update took half a second, so does each of the 32 to come.
    assert told == Progress(8, 40, 3, 2.0, 3.0, 20.0, 4.0, 16.0, characters=80)
    # Two more updates in four seconds: 0.8 s over the whole run, 2 s lately, 30 to come.
    meter.count_characters(40)
    told = meter.measure(18.0, counters_at(10, 120), 4)
    assert told == Progress(10, 40, 4, 2.0, 3.0, 15.0, 8.0, 42.0, characters=120)
    again = meter.measure(18.0, counters_at(10, 120), 4)
    assert again.remaining == 12.0, "no update lately: half of 0.8 s each"


def test_the_time_of_a_run_taken_up_again_is_counted_on_and_its_speed_anew():
    meter = ProgressMeter(100.0, counters_at(20, 500, seconds=7.0), 40)
    assert meter.elapsed(100.0) == 7.0
    meter.count_characters(30)
    told = meter.measure(103.0, counters_at(23, 530), 2)
    assert told == Progress(23, 40, 2, 2.0, 3.0, 10.0, 10.0, 17.0, characters=530)


def test_a_run_without_a_loss_tells_none_and_one_that_took_no_time_divides_by_nothing():
    meter = ProgressMeter(5.0, RunCounters(), 4)
    told = meter.measure(5.0, RunCounters(), 1)
    assert (told.loss, told.smoothed, told.rate, told.elapsed) == (0.0, 0.0, 0.0, 0.0)
    assert told.remaining == pytest.approx(0, abs=1e-6)


def test_one_update_is_an_update():
    meter = ProgressMeter(0.0, RunCounters(), 4)
    assert meter.measure(2.0, counters_at(1), 1).remaining == 6.0


def test_progress_is_due_a_twentieth_of_a_second_after_the_last():
    meter = ProgressMeter(0.0, RunCounters(), 4)
    assert not meter.is_due(0.0)
    assert not meter.is_due(0.049)
    assert meter.is_due(0.05)
    meter.measure(0.05, RunCounters(), 1)
    assert not meter.is_due(0.09)
    assert meter.is_due(0.1)
