"""The numbers of an axis, by hand: how far apart they are, their units, their decimals."""

import pytest

from charplay.insight.axes import Axis, length_axis, round_numbers, unit_for, value_axis


@pytest.mark.parametrize(
    ("low", "high", "most", "numbers"),
    [
        (0, 10, 11, (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        (0, 10, 10, (0, 2, 4, 6, 8, 10)),
        (0, 10, 6, (0, 2, 4, 6, 8, 10)),
        (0, 10, 5, (0, 2.5, 5, 7.5, 10)),
        (0, 10, 4, (0, 5, 10)),
        (0, 10, 3, (0, 5, 10)),
        (0, 10, 2, (0, 10)),
        (0, 20, 4, (0, 10, 20)),
        (0, 40, 4, (0, 20, 40)),
        (0, 90, 4, (0, 25, 50, 75)),
        (1, 2, 6, (1, 1.2, 1.4, 1.6, 1.8, 2)),
        (-3, 3, 4, (-2, 0, 2)),
        (0.3, 0.9, 5, (0.4, 0.6, 0.8)),
    ],
)
def test_the_finest_round_step_that_leaves_few_numbers_is_taken(low, high, most, numbers):
    assert round_numbers(low, high, most) == pytest.approx(numbers)


def test_a_few_more_numbers_than_asked_for_are_better_than_one_alone():
    assert round_numbers(4.1, 5.9, 2) == (4.5, 5.0, 5.5)
    assert round_numbers(1.2, 8.8, 2) == (2.5, 5.0, 7.5)


@pytest.mark.parametrize(
    ("high", "most", "numbers"),
    [
        (10, 5, (0, 5, 10)),
        (3, 6, (0, 1, 2, 3)),
        (1, 12, (0, 1)),
        (2, 30, (0, 1, 2)),
        (100, 5, (0, 25, 50, 75, 100)),
    ],
)
def test_what_is_counted_has_whole_numbers(high, most, numbers):
    assert round_numbers(0, high, most, whole=True) == numbers


@pytest.mark.parametrize(
    ("greatest", "against", "unit"),
    [
        (0, "time", (1, "seconds")),
        (119.9, "time", (1, "seconds")),
        (120, "time", (60, "minutes")),
        (7199, "time", (60, "minutes")),
        (7200, "time", (3600, "hours")),
        (172_799, "time", (3600, "hours")),
        (172_800, "time", (86_400, "days")),
        (0, "updates", (1, "updates")),
        (99_999, "updates", (1, "updates")),
        (100_000, "updates", (1000, "thousand updates")),
        (999_999, "characters", (1000, "thousand characters")),
        (1_000_000, "characters", (1_000_000, "million characters")),
        (999_999_999, "characters", (1_000_000, "million characters")),
        (1_000_000_000, "characters", (1_000_000_000, "billion characters")),
    ],
)
def test_a_unit_is_taken_from_its_least_value_on(greatest, against, unit):
    assert unit_for(greatest, against) == unit


def test_numbers_of_a_larger_unit_stand_where_they_belong():
    axis = length_axis(5400, 4, "time")
    assert (axis.unit, axis.size, axis.low, axis.high) == ("minutes", 60, 0, 5400)
    assert axis.ticks == (0, 25 * 60, 50 * 60, 75 * 60)
    assert axis.labels == ("0", "25", "50", "75")


def test_updates_are_never_counted_in_parts_and_thousands_of_them_may_be():
    assert length_axis(10, 5, "updates").labels == ("0", "5", "10")
    assert length_axis(10, 5, "characters").labels == ("0", "5", "10")
    assert length_axis(10, 5, "time").labels == ("0.0", "2.5", "5.0", "7.5", "10.0")
    assert length_axis(1e7, 5, "characters").labels == ("0.0", "2.5", "5.0", "7.5", "10.0")


def test_no_length_yet_is_drawn_up_to_one():
    axis = length_axis(0, 4, "updates")
    assert (axis.low, axis.high, axis.ticks, axis.size) == (0, 1, (0, 1), 1)


@pytest.mark.parametrize(
    ("value", "low", "high"), [(2, 1.8, 2.2), (-20, -22, -18), (0, -1, 1), (0.5, 0.45, 0.55)]
)
def test_one_value_alone_has_a_tenth_of_it_around_it_and_zero_has_one(value, low, high):
    axis = value_axis(value, value, 5, "nats")
    assert (axis.low, axis.high) == pytest.approx((low, high))
    assert axis.unit == "nats"
    assert len(axis.ticks) >= 2


def test_values_that_differ_are_the_ends_of_their_axis():
    axis = value_axis(1, 3, 3, "nats")
    assert (axis.low, axis.high, axis.ticks, axis.size) == (1, 3, (1, 2, 3), 1)
    assert [axis.share(value) for value in (1, 1.5, 3)] == [0, 0.25, 1]
    near = value_axis(1.0, 1.0 + 2e-9, 3, "nats")
    assert (near.low, near.high) == (1.0, 1.0 + 2e-9)
    nearer = value_axis(1.0, 1.0 + 5e-10, 3, "nats")
    assert nearer.high - nearer.low == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("ticks", "size", "labels"),
    [
        ((0, 1, 2), 1, ("0", "1", "2")),
        ((0, 0.5, 1), 1, ("0.0", "0.5", "1.0")),
        ((0, 0.25, 1), 1, ("0.00", "0.25", "1.00")),
        ((0, 1500, 3000), 1000, ("0.0", "1.5", "3.0")),
        ((0, 1500, 3000), 1, ("0", "1,500", "3,000")),
        ((1e-9, 2e-9), 1, ("0.000000001", "0.000000002")),
        ((1e-10, 2e-10), 1, ("0.000000000", "0.000000000")),
        ((0, 999_999), 1, ("0", "999,999")),
        ((0, 1_000_000), 1, ("0", "1e+06")),
        ((-2_000_000, 0), 1, ("-2e+06", "0")),
        ((0, 1_234_567), 1, ("0", "1.23e+06")),
        ((), 1, ()),
    ],
)
def test_labels_are_short_and_tell_the_numbers_apart(ticks, size, labels):
    assert Axis(0, 1, ticks, "units", size).labels == labels
