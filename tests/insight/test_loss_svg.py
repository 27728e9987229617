"""The picture of a chart of losses: the whole text of one, and what others have besides."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from charplay.insight.loss_chart import LossChart
from charplay.insight.loss_svg import chart_svg
from charplay.training.curves import LossPoint

SVG = "{http://www.w3.org/2000/svg}"


def points(*losses, model="mine", run=None, curve="training", against=1):
    """Points of a curve, one after each update, or after so many."""
    return [
        LossPoint(run, model, curve, 0, update, 10 * update, update / 2, loss)
        for update, loss in zip(range(against, 10**6, against), losses)
    ]


def picture(*curves):
    return chart_svg(LossChart.of([point for curve in curves for point in curve], "updates"))


def groups(svg):
    """The lines of a picture, then those of its legend."""
    return ElementTree.fromstring(svg).findall(f"{SVG}g")


def line_places(group):
    """The places of a group's line, in pixels."""
    numbers = re.findall(r"(\S+) (\S+?)(?=[LM]|$)", group[0].get("d"))
    return [(float(x.lstrip("ML")), float(y)) for x, y in numbers]


def marks(group):
    return group.findall(f"{SVG}path[@class='mark']")


def test_a_picture_of_two_runs_is_this_file():
    """One has training and held-out losses; of the other, a model, one loss is known."""
    svg = picture(
        [*points(3, 2, run=3), LossPoint(3, "mine", "training", 0, 4, 40, 2.0, 1.0)],
        points(2.5, 1.5, run=3, curve="held_out", against=2),
        points(1.25, model="a<b", curve="held_out", against=4),
    )
    assert svg == Path(__file__).with_name("two_runs.svg").read_text(encoding="utf-8")


def test_a_training_line_alone_needs_no_mark():
    line, legend = groups(picture(points(3, 2, 1)))
    assert marks(line) == marks(legend) == []


def test_a_validation_line_has_a_mark_at_every_loss_and_one_in_the_middle_of_its_legend():
    line, legend = groups(picture(points(3, 2, 1, curve="validation")))
    assert line[0].get("class") == "line validation"
    assert len(marks(line)) == 3
    [mark] = marks(legend)
    assert mark.get("transform") == "translate(85.0 405.0) scale(1)"


def test_the_training_line_of_several_runs_has_its_mark_at_the_end():
    one, other, first, second = groups(picture(points(3, 2, 1), points(3, 1, model="other")))
    assert [mark.get("transform") for mark in marks(one)] == ["translate(696.0 348.0) scale(1)"]
    assert [mark.get("transform") for mark in marks(other)] == ["translate(487.3 348.0) scale(1)"]
    assert marks(one)[0].get("d") != marks(other)[0].get("d")
    for legend in (first, second):
        assert [mark.get("transform")[:15] for mark in marks(legend)] == ["translate(100.0"]


def test_what_is_above_the_top_is_said_and_cut_away():
    svg = picture(points(9, 3, *[2 - n / 30 for n in range(30)]))
    root = ElementTree.fromstring(svg)
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "loss in nats per character (losses up to 9 are above)" in texts
    assert root.find(f"{SVG}desc").text.endswith(": training 1.033. Losses up to 9 are above.")
    heights = [y for _, y in line_places(groups(svg)[0])]
    assert min(heights) == 40, "where the line crosses the top"
    assert max(heights) == 348


def test_of_a_drawn_whole_line_nothing_is_said_to_be_above():
    root = ElementTree.fromstring(picture(points(3, 2, 1)))
    assert root.find(f"{SVG}desc").text == (
        "Loss in nats per character against updates, from 0 to 3. mine: training 1.000."
    )


def test_long_lengths_are_told_in_their_unit():
    root = ElementTree.fromstring(picture(points(3, 2, 1, against=100_000)))
    assert "against thousand updates, from 0 to 300." in root.find(f"{SVG}desc").text


def test_of_a_column_of_pixels_the_first_highest_lowest_and_last_loss_are_drawn():
    some = [2.5, 2.3, 2.9, 2.3, 2.3, 2.3, 2.1, 2.3, 2.6, 2.4, 2.6]
    losses = [2.0] * 6259 + [3.0]
    column = [n for n in range(6260) if round(70 + 626 * (n + 1) / 6260) == 300]
    for place, loss in zip(column, some, strict=True):
        losses[place] = loss
    places = line_places(groups(picture(points(*losses)))[0])
    shown = [round(2 + (348 - y) / 308, 2) for x, y in places if 299.5 <= x <= 300.5]
    assert shown == [2.5, 2.9, 2.1, 2.6]
    assert len(places) < 4 * 630


def test_held_out_losses_are_all_drawn():
    line, _ = groups(picture(points(*[2 + n % 3 for n in range(2000)], curve="held_out")))
    assert len(line_places(line)) == len(marks(line)) == 2000


def test_the_seventh_run_has_the_first_ones_colours_and_mark_again():
    svg = picture(*(points(3, 2, 1, model=f"m{n}") for n in range(7)))
    style = ElementTree.fromstring(svg).find(f"{SVG}style").text
    light, dark = (re.findall(r"\.run(\d){color:(#\w+)}", part) for part in style.split("@media"))
    for colours in (dict(light), dict(dark)):
        assert colours["6"] == colours["0"]
        assert len(set(colours.values())) == 6
    assert set(dict(light).values()).isdisjoint(dict(dark).values())
    lines = groups(svg)[:7]
    shapes = [marks(line)[0].get("d") for line in lines]
    assert shapes[6] == shapes[0]
    assert len(set(shapes)) == 6


@pytest.mark.parametrize(
    ("name", "shown"),
    [("<b>&amp;", "<b>&amp;"), ("a\x1b[31m", "aU+001B[31m"), ("a\ufffeb", "a\ufffdb"), ('"', '"')],
)
def test_a_strange_name_is_text_and_nothing_else(name, shown):
    root = ElementTree.fromstring(picture(points(3, 2, model=name)))
    assert root.find(f"{SVG}title").text == f"Loss of {shown}"
    assert list(root.iter(f"{SVG}text"))[-1].text == f"{shown}: training 2.000"
