"""Charts of losses before they are drawn: round numbers, units, a first drop left out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.insight.axes import length_axis, round_numbers, value_axis
from charplay.insight.loss_chart import LossChart, LossLine
from charplay.training.curves import LossPoint


def chart_of(*losses, against="updates", **more):
    """A chart of one line, an update a loss."""
    points = [
        LossPoint(
            3, "mine", more.get("curve", "training"), 0, update, 10 * update, update / 2, loss
        )
        for update, loss in enumerate(losses, start=1)
    ]
    return LossChart.of(points, against)


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_the_numbers_of_an_axis_are_round_in_it_and_two_at_least(low, span, most):
    numbers = round_numbers(low, low + span, most)
    assert 2 <= len(numbers) <= max(most, 5)
    step = numbers[1] - numbers[0]
    lead = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(lead - nice) for nice in (1, 2, 2.5, 5, 10)) < 1e-3
    assert all(low - span / 1e6 <= number <= low + span * (1 + 1e-6) for number in numbers)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1.43, 3.31, ("1.5", "2.0", "2.5", "3.0")),
        (1.501, 1.549, ("1.51", "1.52", "1.53", "1.54")),
        (0.0, 1e12, ("0", "5e+11", "1e+12")),
        (2.0, 2.0, ("1.8", "1.9", "2.0", "2.1", "2.2")),
    ],
)
def test_labels_have_as_many_decimals_as_tell_them_apart(low, high, labels):
    assert value_axis(low, high, 5 if high < 9 else 3, "nats").labels == labels


@pytest.mark.parametrize(
    ("greatest", "against", "unit", "labels"),
    [
        (3, "updates", "updates", ("0", "1", "2", "3")),
        (400, "updates", "updates", ("0", "100", "200", "300", "400")),
        (12_000, "updates", "updates", ("0", "2,500", "5,000", "7,500", "10,000")),
        (250_000, "updates", "thousand updates", ("0", "50", "100", "150", "200", "250")),
        (4e6, "characters", "million characters", ("0", "1", "2", "3", "4")),
        (0.4, "time", "seconds", ("0.0", "0.1", "0.2", "0.3", "0.4")),
        (90, "time", "seconds", ("0", "20", "40", "60", "80")),
        (300, "time", "minutes", ("0", "1", "2", "3", "4", "5")),
        (4 * 3600, "time", "hours", ("0", "1", "2", "3", "4")),
        (4 * 86400, "time", "days", ("0", "1", "2", "3", "4")),
    ],
)
def test_updates_characters_and_time_have_units_in_which_numbers_are_short(
    greatest, against, unit, labels
):
    axis = length_axis(greatest, 6, against)
    assert (axis.unit, axis.labels) == (unit, labels)


def test_a_chart_places_losses_by_updates_characters_or_time():
    assert chart_of(3.0, 2.0).lines[0].places == ((1, 3.0), (2, 2.0))
    assert chart_of(3.0, 2.0, against="characters").lines[0].places == ((10, 3.0), (20, 2.0))
    assert chart_of(3.0, 2.0, against="time").lines[0].places == ((0.5, 3.0), (1.0, 2.0))


def test_a_steep_first_drop_is_left_above_so_that_the_rest_has_the_height():
    chart = chart_of(4.0, 3.0, *(1.5 + 0.5 / n for n in range(1, 99)))
    assert chart.top == pytest.approx(1.5 + 0.5 / 8)
    assert chart.above == "losses up to 4 are above"
    assert chart.lowest < 1.51


def test_a_drop_over_the_whole_run_is_drawn_whole():
    chart = chart_of(*(4 - n / 50 for n in range(100)))
    assert (chart.top, chart.above) == (4.0, "")


def test_a_loss_that_rises_at_the_end_is_drawn_whole():
    assert chart_of(4.0, *[1.5] * 98, 30.0).top == 30.0


@pytest.mark.parametrize("losses", [(2.0,), (2.0, 2.0), (2.0,) * 50])
def test_a_flat_line_or_a_single_loss_has_an_axis_around_it(losses):
    axis = chart_of(*losses).loss_axis(5)
    assert axis.low < 2 < axis.high
    assert axis.share(2) == pytest.approx(0.5)


def test_what_is_above_is_cut_where_the_line_crosses_the_top():
    line = LossLine(0, "training", 0, ((0, 4.0), (2, 2.0), (4, 4.0), (6, 2.0)))
    assert list(line.below(3.0)) == [[(1, 3.0), (2, 2.0), (3, 3.0)], [(5, 3.0), (6, 2.0)]]
    assert list(line.below(9.0)) == [list(line.places)]
    assert list(line.below(1.0)) == []


def test_a_held_out_line_tells_its_least_loss_and_where_it_was():
    chart = chart_of(2.0, 1.5, 1.8, curve="held_out")
    assert chart.line_text(chart.lines[0]) == "held out 1.800, least 1.500 at update 2"
    timed = chart_of(2.0, 1.5, 1.8, curve="held_out", against="time")
    assert timed.line_text(timed.lines[0]) == "held out 1.800, least 1.500 at 1.0 seconds"
    falling = chart_of(2.0, 1.5, curve="held_out")
    assert falling.line_text(falling.lines[0]) == "held out 1.500"
