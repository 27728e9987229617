"""Charts of losses before they are drawn: round numbers, units, a first drop left out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.insight.axes import length_axis, round_numbers, value_axis
from charplay.insight.loss_chart import LossChart, LossLine, length_of
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


def test_a_line_that_goes_back_is_as_long_as_it_was():
    places = tuple((float(x), 1.0) for x in (1, 90, 3))
    line = LossLine(0, "training", 0, places)
    chart = LossChart(("mine",), (line,), "updates")
    assert (line.length, chart.length) == (90, 90)


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


def point(run, model, update, loss, curve="training", part=0):
    return LossPoint(run, model, curve, part, update, 10 * update, update / 2, loss)


def test_lines_know_their_run_their_curve_and_their_part():
    chart = LossChart.of(
        [
            point(3, "mine", 1, 3.0, part=2),
            point(3, "mine", 2, 2.0, part=2),
            point(3, "mine", 2, 2.5, "validation", 2),
            point(None, "mine", 4, 1.5, "held_out"),
            point(3, "mine", 2, 2.75, "held_out"),
        ],
        "updates",
    )
    assert chart.runs == ("mine (run 3)", "mine")
    assert [(line.run, line.name, line.places) for line in chart.lines] == [
        (0, "training (part 2)", ((1, 3.0), (2, 2.0))),
        (0, "validation (part 2)", ((2, 2.5),)),
        (1, "held out", ((4, 1.5),)),
        (0, "held out", ((2, 2.75),)),
    ]
    assert (chart.lowest, chart.highest, chart.length) == (1.5, 3.0, 4)
    assert (chart.lines[0].last, chart.lines[0].least) == (2.0, (2, 2.0))


def test_a_point_without_characters_or_seconds_stands_at_the_beginning():
    bare = LossPoint(1, "mine", "training", 0, 7, None, None, 2.0)
    assert length_of(bare, "updates") == 7
    for against in ("characters", "time"):
        assert length_of(bare, against) is None
        assert LossChart.of([bare], against).lines[0].places == ((0.0, 2.0),)


@pytest.mark.parametrize(
    ("losses", "top"),
    [
        ((10, 6, *[0] * 8), 10),  # a loss at a tenth of the way belongs to the rest
        ((0.5, 6, *[0] * 18, 0), 6),
        ((10, 9, 6, *[0] * 18), 10),  # the rest has 0.6 of the height
        ((10, 9, 5.9, *[0] * 18), 5.9),
        ((4, *[2] * 18), 4),  # the rest is flat: nothing would be seen of it
    ],
)
def test_the_first_tenth_is_left_above_where_the_rest_has_less_than_six_tenths(losses, top):
    chart = chart_of(*losses)
    assert chart.top == top
    assert bool(chart.above) == (top < max(losses))
    assert chart.loss_axis(5).high == top


def test_the_axes_of_a_chart_have_its_units():
    chart = chart_of(3.0, 2.0, 1.0, against="time")
    losses, lengths = chart.loss_axis(3), chart.length_axis(3)
    assert (losses.low, losses.high, losses.unit) == (1, 3, "nats per character")
    assert (losses.ticks, lengths.ticks) == ((1, 2, 3), (0, 1))
    assert (lengths.high, lengths.unit) == (1.5, "seconds")


def test_of_two_equal_losses_the_first_is_the_least():
    assert chart_of(2.0, 1.0, 1.5, 1.0).lines[0].least == (2, 1.0)


@pytest.mark.parametrize(
    ("updates", "against", "text"),
    [
        (1234, "updates", "update 1,234"),
        (1234, "characters", "12,340 characters"),
        (12_340, "characters", "123.4 thousand characters"),
        (123, "time", "61.5 seconds"),
        (12_345, "time", "102.9 minutes"),
    ],
)
def test_where_the_least_loss_was_is_told_in_the_unit_of_the_axis(updates, against, text):
    line_points = [
        point(1, "m", updates, 1.5, "validation"),
        point(1, "m", 2 * updates, 1.75, "validation"),
    ]
    chart = LossChart.of(line_points, against)
    assert chart.line_text(chart.lines[0]) == f"validation 1.750, least 1.500 at {text}"


def test_a_least_loss_that_reads_like_the_last_is_not_told():
    chart = chart_of(1.50004, 1.5003, 1.50041, curve="held_out")
    assert chart.line_text(chart.lines[0]) == "held out 1.500"
    training = chart_of(1.0, 1.5)
    assert training.line_text(training.lines[0]) == "training 1.500"


def test_a_line_that_only_touches_the_top_is_whole():
    line = LossLine(0, "training", 0, ((0, 2.0), (2, 3.0), (4, 2.0)))
    assert list(line.below(3.0)) == [[(0, 2.0), (2, 3.0), (4, 2.0)]]
    above = LossLine(0, "training", 0, ((0, 3.5), (2, 2.5), (4, 3.5), (6, 3.5)))
    assert list(above.below(3.0)) == [[(1, 3.0), (2, 2.5), (3, 3.0)]]
    assert list(LossLine(0, "training", 0, ((5, 2.0),)).below(2.0)) == [[(5, 2.0)]]
