"""The performance page shows the recorded measurements, and its charts are complete."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.chart import HEIGHT, WIDTH, Chart
from benchmarks.performance import DOCS, page_files
from benchmarks.scaling import RESULTS

MEASURED = json.loads(RESULTS.read_text(encoding="utf-8"))
LINES = {"a & b": [[1, 10], [10, 40], [1000, 25]], "<c>": [[10, 3], [1000, 4]]}


@pytest.mark.parametrize("name", page_files(MEASURED))
def test_the_page_and_its_charts_match_the_recorded_measurements(name):
    assert (DOCS / name).read_text(encoding="utf-8") == page_files(MEASURED)[name], (
        "make performance"
    )


def test_every_chart_of_the_page_is_there():
    drawn = {f"performance/{path.name}" for path in Path(DOCS / "performance").iterdir()}
    assert drawn == {name for name in page_files(MEASURED) if name.endswith(".svg")}
    for name in drawn:
        assert f"]({name})" in page_files(MEASURED)["performance.md"]


def parts(chart, tag):
    return ElementTree.fromstring(chart.svg()).findall(f".//{{http://www.w3.org/2000/svg}}{tag}")


@pytest.mark.parametrize("steep", [False, True])
def test_a_chart_has_a_mark_for_every_value_and_larger_values_are_higher(steep):
    marks = parts(Chart("t", "x", "y", LINES, steep=steep), "circle")
    places = [(float(mark.get("cx")), float(mark.get("cy"))) for mark in marks]
    assert len(places) == 5
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
    values = [value for line in LINES.values() for _, value in line]
    assert sorted(values) == [values[i] for i in sorted(range(5), key=lambda i: -places[i][1])]


def test_a_chart_names_its_lines_and_axes():
    words = [text.text for text in parts(Chart("one < two", "bytes", "speed", LINES), "text")]
    assert {"one < two", "bytes", "speed", "a & b", "<c>"} <= set(words)


def test_a_limit_is_drawn_inside_the_chart_above_or_below_the_values():
    for limit in (5.0, 400.0):
        paths = parts(Chart("t", "x", "y", LINES, limit=limit), "path")
        (bar,) = [path.get("d") for path in paths if path.get("stroke") == "#c00"]
        assert 0 < float(bar.split()[1].partition("H")[0]) < HEIGHT
