"""Curves of losses: what a run's events tell, also where it was taken up again or is very long."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.plan import Part, Plan, TextChoice, TrainingRun
from charplay.training.curves import CurveReader, ThinnedSamples, _Sample, history_points
from charplay.training.events import Evaluated, Failed, Finished, Measured, Progress, Started

STARTED = Started("mine", "list", "names", 900, 100, 27, 5000, 100)


def progress(update, loss=2.0, *, elapsed=None, rate=10.0, **more):
    """Progress at a tenth of a second and at 10 characters an update."""
    seconds = update / 10 if elapsed is None else elapsed
    more.setdefault("characters", 10 * update)
    return Progress(update, 100, 1, loss + 9, loss, rate, seconds, 0.0, **more)


def points_of(*events, **more):
    reader = CurveReader("mine", 3, **more)
    for event in events:
        reader.take(event)
    return reader.points()


def places(points, curve="training"):
    return [(p.update, p.characters, p.seconds, p.loss) for p in points if p.curve == curve]


def test_a_point_has_the_running_mean_of_the_loss_and_how_far_the_run_was():
    points = points_of(STARTED, progress(10, 3.0), progress(20, 2.5))
    assert places(points) == [(10, 100, 1.0, 3.0), (20, 200, 2.0, 2.5)]
    assert {(point.run, point.model, point.part) for point in points} == {(3, "mine", 0)}


def test_a_validation_stands_between_the_progress_around_it():
    events = (
        STARTED,
        progress(10),
        Evaluated(15, 2.2, True),
        progress(20),
        Evaluated(40, 2.1, True),
    )
    held = places(points_of(*events), "held_out")
    assert held == [(15, 150, 1.5, 2.2), (40, 400, 4.0, 2.1)], "after the last, as fast as before"


def test_an_older_file_without_characters_has_them_from_its_rate():
    points = points_of(STARTED, progress(20, characters=0, rate=70.0, elapsed=2.0))
    assert places(points) == [(20, 140, 2.0, 2.0)]


def test_a_run_taken_up_again_goes_on_from_its_checkpoint_and_forgets_what_was_lost():
    points = points_of(
        STARTED, progress(10), Evaluated(12, 2.2, True), progress(20), progress(30, 9.0),
        Evaluated(31, 8.0, False),
        replace(STARTED, update=25), progress(30, 1.8), Evaluated(30, 1.9, True), progress(35, 1.7),
    )  # fmt: skip
    assert places(points) == [
        (10, 100, 1.0, 2.0), (20, 200, 2.0, 2.0), (30, 300, 3.0, 1.8), (35, 350, 3.5, 1.7),
    ]  # fmt: skip
    assert [place[0] for place in places(points, "held_out")] == [12, 30]


def test_a_run_that_began_anew_has_nothing_of_the_first_attempt():
    again = points_of(STARTED, progress(30, 9.0), STARTED, progress(10))
    assert again == points_of(STARTED, progress(10))


def test_a_run_under_way_and_one_killed_have_what_there_is():
    assert points_of() == points_of(STARTED) == ()
    assert len(points_of(progress(10))) == 1, "its beginning is lost"


def test_a_loss_that_is_no_number_is_no_point():
    bad = (math.nan, math.inf, -math.inf)
    events = [
        each for n, loss in enumerate(bad) for each in (progress(n, loss), Evaluated(n, loss, True))
    ]
    assert points_of(STARTED, *events, progress(10), Failed("exploded", "")) == points_of(
        progress(10)
    )


def test_where_an_inner_text_decides_that_is_the_validation_and_the_last_loss_is_held_out():
    events = (
        STARTED,
        progress(10),
        Evaluated(10, 2.2, True),
        Finished(10, "done", 2, 2.2, "last", 1),
    )
    points = points_of(*events, Measured(2.1), decides="validation")
    assert places(points, "validation") == [(10, 100, 1.0, 2.2)]
    assert places(points, "held_out") == [(10, 100, 1.0, 2.1)]
    assert len(places(points_of(*events, Measured(2.1)), "held_out")) == 1


def test_the_parts_of_a_mix_are_curves_one_after_the_other_and_a_counted_part_has_none():
    parts = (Part("ngram", counted=True), Part("numpy"), Part("numpy"))
    run = TrainingRun("mine", TextChoice("list"), "mix", plan=Plan(inner=0.1, parts=parts))
    reader = CurveReader.of_run(run, 3)
    between = replace(progress(3), smoothed=0.0, part=0, parts=3)
    counted, second, third = (progress(u, part=n, parts=3) for n, u in ((1, 3), (2, 9), (3, 20)))
    for event in (STARTED, counted, between, Evaluated(3, 2.5, True), second, third):
        reader.take(event)
    points = reader.points()
    assert [(p.part, p.update) for p in points if p.curve == "training"] == [(2, 9), (3, 20)]
    assert places(points, "validation") == [(3, 30, 0.3, 2.5)], "its time is known from counting"


def test_a_models_history_has_losses_and_updates_only():
    points = history_points(
        "mine", ((10, 3.0, None), (20, 2.0, 2.2), (30, math.nan, 2.1)), "held_out"
    )
    assert [(p.curve, p.update, p.loss) for p in points] == [
        ("training", 10, 3.0), ("training", 20, 2.0), ("held_out", 20, 2.2),
    ]  # fmt: skip
    assert {(p.run, p.characters, p.seconds) for p in points} == {(None, None, None)}


LOSSES = st.lists(st.floats(0.5, 9), min_size=1, max_size=300)


@given(LOSSES, st.sampled_from([2, 4, 10, 64]))
def test_thinning_keeps_the_ends_and_the_extremes_in_order_and_is_bounded(losses, most):
    thinned = ThinnedSamples(most)
    made = [_Sample(update, loss) for update, loss in enumerate(losses)]
    for sample in made:
        thinned.add(sample)
    kept = thinned.samples()
    assert kept == sorted(set(kept) & set(made))
    assert kept[0] == made[0]
    assert kept[-1] == made[-1]
    assert {min(losses), max(losses)} <= {sample.loss for sample in kept}
    assert len(kept) <= 2 * most + 2
    if len(losses) <= most:
        assert kept == made, "nothing is thinned that has room"


@given(LOSSES, st.integers(0, 300))
def test_what_is_cut_off_is_gone_and_what_comes_after_is_kept(losses, update):
    thinned = ThinnedSamples(8)
    for number, loss in enumerate(losses):
        thinned.add(_Sample(number, loss))
    before = [sample for sample in thinned.samples() if sample.update <= update]
    thinned.cut_after(update)
    assert thinned.samples() == before
    for number in range(update + 1, update + 101):
        thinned.add(_Sample(number, 0.1))
    after = thinned.samples()
    assert after[-1] == _Sample(update + 100, 0.1)
    assert len(after) <= 2 * 8 + 2 + 1


def test_a_dip_in_a_million_updates_is_kept():
    thinned = ThinnedSamples()
    for update in range(100_000):
        thinned.add(_Sample(update, 1.0 if update == 54_321 else 2 + update % 7))
    kept = thinned.samples()
    assert _Sample(54_321, 1.0) in kept
    assert len(kept) <= 2002


@pytest.mark.parametrize("again", [0, 5])
def test_an_update_told_twice_is_one_point(again):
    assert len(points_of(STARTED, progress(10), progress(10 - again))) == 1
