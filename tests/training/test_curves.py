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


def thinned_to_two(losses, start=0, thinned=None):
    """Samples of one bucket or two, of which each has its least and its greatest loss."""
    thinned = thinned or ThinnedSamples(2)
    for update, loss in enumerate(losses, start):
        thinned.add(_Sample(update, loss))
    return thinned


FIRST_EIGHT, SECOND_EIGHT = (5, 3, 9, 4, 6, 2, 8, 7), (5, 4, 6, 1, 7, 3, 2, 4.5)


def test_buckets_stand_for_equally_many_samples_and_two_become_one_where_there_are_too_many():
    thinned = thinned_to_two(FIRST_EIGHT)
    assert [each.update for each in thinned.samples()] == [0, 1, 2, 5, 6, 7], "four in each"
    thinned_to_two(SECOND_EIGHT, 8, thinned)
    assert [each.update for each in thinned.samples()] == [0, 2, 5, 11, 12, 15], "eight in each"
    thinned_to_two([3], 16, thinned)
    assert [each.update for each in thinned.samples()] == [0, 2, 11, 16]


def test_of_equal_losses_the_first_stays():
    assert [each.update for each in thinned_to_two([2.0] * 8).samples()] == [0, 4, 7]
    assert [each.update for each in thinned_to_two([2.0] * 9).samples()] == [0, 8]
    again = thinned_to_two((5, 1, 9, 1, 9, 5, 5, 1, 9, 5, 5, 5, 5, 5, 5, 5, 5))
    assert [each.update for each in again.samples()] == [0, 1, 2, 16]
    lows, highs = thinned_to_two((5, 5, 5, 5, 5, 3, 3, 4)), thinned_to_two((5, 5, 5, 5, 5, 6, 6, 5))
    for thinned in (lows, highs):
        assert [each.update for each in thinned.samples()] == [0, 4, 5, 7]


def test_what_comes_after_a_cut_is_beside_what_was_kept_and_not_in_its_last_bucket():
    thinned = thinned_to_two((5, 3, 9, 4, 6))
    thinned.cut_after(4)
    assert [each.update for each in thinned.samples()] == [0, 1, 2, 4]
    # Each of the four is a bucket now: two become one, and the next has room beside them.
    thinned.add(_Sample(5, 5.5))
    thinned.add(_Sample(6, 5.7))
    assert [each.update for each in thinned.samples()] == [0, 1, 2, 4, 5, 6]


def test_nothing_is_left_where_all_is_cut_off_and_a_sample_begins_anew():
    thinned = thinned_to_two((5, 3, 9), start=1)
    thinned.cut_after(0)
    assert thinned.samples() == []
    thinned.add(_Sample(1, 4.0))
    assert thinned.samples() == [_Sample(1, 4.0)]


def test_of_an_update_told_twice_the_first_loss_stays():
    points = points_of(STARTED, progress(10, 3.0), progress(10, 2.0), progress(9, 1.0))
    assert places(points) == [(10, 100, 1.0, 3.0)]


def test_a_run_without_a_name_has_the_one_that_its_events_tell():
    reader = CurveReader("")
    reader.take(STARTED)
    reader.take(replace(STARTED, name="other"))
    assert reader.model == "mine"
    named = CurveReader("given")
    named.take(STARTED)
    assert named.model == "given"


def test_a_failure_is_kept_until_the_run_goes_on():
    reader, failure = CurveReader("mine"), Failed("exploded", "smaller steps")
    reader.take(STARTED)
    assert reader.failed is None
    reader.take(failure)
    assert reader.failed is failure
    reader.take(progress(10))
    assert reader.failed is failure
    reader.take(STARTED)
    assert reader.failed is None


def test_the_last_loss_is_forgotten_where_a_run_goes_on():
    end = Finished(10, "done", 2, 2.2, "last", 1)
    told = (STARTED, progress(10), end, Measured(2.1))
    points = points_of(*told, decides="validation")
    assert places(points, "held_out") == [(10, 100, 1.0, 2.1)]
    assert {point.part for point in points} == {0}
    again = points_of(*told, replace(STARTED, update=10), decides="validation")
    assert places(again, "held_out") == []
    assert places(points_of(STARTED, end, Measured(2.1), decides="validation"), "held_out") == []


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (2, (2, 6, 0.6)),
        (4, (4, 12, 1.2)),
        (5, (5, 22, 1.7)),
        (8, (8, 52, 3.2)),
        (10, (10, 65, 4.0)),
    ],
)
def test_the_place_of_a_loss_is_between_those_known_from_nothing_on(update, expected):
    """After 4 updates 12 characters in 1.2 s, after 8 updates 52 in 3.2 s; then as until then."""
    known = progress(4, characters=12, elapsed=1.2), progress(8, characters=52, elapsed=3.2)
    points = points_of(STARTED, *known, Evaluated(update, 2.2, True))
    assert places(points, "held_out") == [(*expected, 2.2)]
    assert {point.part for point in points} == {0}


def test_the_place_of_a_loss_after_few_updates_or_many_is_as_right():
    first = progress(1, characters=12, elapsed=1.2)
    assert places(points_of(first, Evaluated(3, 2.2, True)), "held_out") == [(3, 36, 3.6, 2.2)]
    assert places(points_of(first, Evaluated(1, 2.2, True)), "held_out") == [(1, 12, 1.2, 2.2)]
    known = (first, progress(2, characters=30, elapsed=2.0), progress(4))
    held = places(points_of(*known, Evaluated(2, 2.2, True), Evaluated(8, 2.1, True)), "held_out")
    assert held == [(2, 30, 2.0, 2.2), (8, 80, 0.8, 2.1)]


def test_a_time_is_told_to_a_thousandth_of_a_second_and_characters_whole():
    points = points_of(STARTED, progress(1, characters=12.6, elapsed=1.23456))
    assert places(points) == [(1, 13, 1.235, 2.0)]


def test_the_losses_of_a_history_are_those_that_are_numbers_and_the_last_one_is_held_out():
    history = ((10, 3.0, 2.9), (20, 2.0, math.inf), (30, 1.5, None), (40, math.nan, 1.2))
    points = history_points("mine", history, "validation", 1.75)
    assert [(p.curve, p.update, p.loss) for p in points] == [
        ("training", 10, 3.0), ("training", 20, 2.0), ("training", 30, 1.5),
        ("validation", 10, 2.9), ("held_out", 30, 1.75),
    ]  # fmt: skip
    assert {(p.model, p.part) for p in points} == {("mine", 0)}
    assert history_points("mine", (), "validation", 1.75) == ()


def test_a_run_of_one_text_that_decides_tells_its_held_out_loss_and_its_number():
    reader = CurveReader.of_run(TrainingRun("mine", TextChoice("list"), "numpy"), 4)
    for event in (progress(10), Evaluated(10, 2.2, True)):
        reader.take(event)
    assert [(p.run, p.curve) for p in reader.points()] == [(4, "training"), (4, "held_out")]
    assert CurveReader.of_run(TrainingRun("mine", TextChoice("list"), "numpy")).points() == ()
