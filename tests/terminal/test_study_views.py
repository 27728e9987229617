"""States, comparisons and confusion tables on a screen: straight columns whatever the text."""

import io
import os
from dataclasses import replace

import pytest
from rich.cells import cell_len

from charplay.commands.settings import Interface
from charplay.insight.classify import Classified, ClassShare, ClassTest, ConfusionCell
from charplay.insight.compare import ComparedModel, Comparison
from charplay.insight.finding import Finding, Findings
from charplay.insight.memorised import CopiedShare, Memorised
from charplay.insight.states import StatePicture
from charplay.insight.units import UnitReading, UnitValues
from charplay.terminal.render.console import make_console
from charplay.terminal.render.side_by_side import show_side_by_side
from charplay.terminal.render.studies import (
    show_class_test,
    show_classified,
    show_comparison,
    show_memorised,
)
from charplay.terminal.render.units import show_findings, show_state_picture, show_unit_reading
from tests.conftest import make_environment

TEXT = "a中\u0301b\x1b\n\U0001f468\u200dc "


def shown(tmp_path, show, columns=60, plain=False, **variables):
    """What a view writes to a terminal of so many columns, without colours unless asked."""
    environment = make_environment(tmp_path, tty=True, **{"NO_COLOR": "1", **variables})
    environment = replace(environment, terminal_size=lambda s: os.terminal_size((columns, 24)))
    console = make_console(environment)
    console.adopt(Interface(plain=plain))
    show(console)
    return environment.stdout.getvalue()


def picture(text=TEXT, units=2):
    values = tuple(float(place % 5 - 2) for place in range(len(text)))
    rows = tuple(UnitValues(f"hidden.0:{n}", values, 2.0) for n in range(units))
    return StatePicture("mine", 3, "hidden.0", 9, text, rows)


@pytest.mark.parametrize("columns", [24, 40, 80])
def test_each_mark_of_a_state_is_below_the_first_column_of_its_character(tmp_path, columns):
    out = shown(tmp_path, lambda console: show_state_picture(picture(), console), columns)
    lines = out.splitlines()
    starts = [place for place, line in enumerate(lines) if line.startswith("           ")]
    marks = []
    for start in starts:
        signs, row = lines[start][11:], lines[start + 1][11:]
        assert lines[start + 1].startswith("hidden.0:0 ")
        assert cell_len(row.rstrip()) <= cell_len(signs)
        assert cell_len(lines[start]) <= columns
        marks += [each for each in row if each != " "]
    expected = [v for v in picture().units[0].values if v]
    assert len(marks) == len(expected)


def test_a_unit_over_a_text_shows_every_character_and_acts_on_nothing(tmp_path):
    values = UnitValues("cell.0:1", tuple(1.0 for _ in TEXT), 1.0)
    reading = UnitReading("mine", TEXT, (values,))
    out = shown(tmp_path, lambda console: show_unit_reading(reading, console))
    assert "\x1b" not in out
    assert "\u200d" not in out
    assert sum(line.count("9") for line in out.splitlines()[1:]) == len(TEXT)


@pytest.mark.parametrize("columns", [26, 40, 80])
def test_texts_side_by_side_begin_in_one_column(tmp_path, columns):
    rows = [("中文中文", "x"), ("a long line of words that folds", "[red]y\x1b[0m"), ("a\nb", "z")]
    out = shown(tmp_path, lambda console: show_side_by_side(("A", "B"), rows, console), columns)
    begin = (columns - 2) // 2 + 2
    assert "\x1b" not in out
    for sign in ("B", "x", "[red]", "z"):
        [line] = [line for line in out.splitlines() if sign in line]
        assert cell_len(line[: line.index(sign)]) == begin


@pytest.mark.parametrize(("columns", "plain"), [(20, False), (80, True)])
def test_where_there_is_no_room_texts_stand_below_each_other(tmp_path, columns, plain):
    rows = [("one", "two")]
    out = shown(
        tmp_path, lambda console: show_side_by_side(("A", "B"), rows, console), columns, plain
    )
    assert [line.strip() for line in out.splitlines()] == ["A", "one", "B", "two"]


def test_many_classes_are_told_by_letters(tmp_path):
    names = tuple(f"class {n}" for n in range(28))
    cells = tuple(ConfusionCell(a, b, int(a == b)) for a in names for b in names)
    value = ClassTest(names, 28, 1.0, 1 / 28, cells)
    out = shown(tmp_path, lambda console: show_class_test(value, console), 200)
    assert "AB class 27" in out
    assert "100.0 % of 28" in out
    narrow = shown(tmp_path, lambda console: show_class_test(value, console), 60)
    assert "AB class 27" in narrow
    assert io.StringIO(narrow).readline()


BAD = "a\x1b[31m\u202e[red]\x9b2J\x07b"
COMPARED = ComparedModel(BAD, 1.0, 0.5, 9, 9, 9.0, 0.5, 0.5, 0.5, 0.5, 3, (BAD, BAD))
COPIED = CopiedShare(BAD, 9, 0.5, 3, 0.5, 0.5, 0.5, (BAD,))
HOSTILE = {
    "comparison": (show_comparison, Comparison(BAD, 7, "names", (COMPARED, COMPARED), (BAD,))),
    "classified": (show_classified, Classified(BAD, (ClassShare(BAD, 1.0, 1.0, 2.0),), (BAD,))),
    "class test": (
        show_class_test,
        ClassTest((BAD,), 3, 1.0, 1.0, (ConfusionCell(BAD, BAD, 3),), (BAD,)),
    ),
    "memorised": (show_memorised, Memorised(BAD, "names", 3, 7, (COPIED,), (BAD,))),
    "findings": (
        show_findings,
        Findings(BAD, (Finding(BAD, BAD, 0.9, 0.1, 0.2),), 9, 3, (BAD,), (BAD,)),
    ),
}


@pytest.mark.parametrize("columns", [30, 80])
@pytest.mark.parametrize("view", HOSTILE)
def test_foreign_text_acts_on_nothing_in_any_study(tmp_path, view, columns):
    show, value = HOSTILE[view]
    out = shown(tmp_path, lambda console: show(value, console), columns)
    assert not [sign for sign in out if sign in "\x1b\x07\x9b\u202e"]
    assert "[red]" in "".join(out.split())
