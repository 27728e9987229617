"""How columns share the width that there is, and values that have no view of their own."""

# what is seen stands here as it is seen

from dataclasses import dataclass
from functools import partial

import pytest
from rich.console import Console

from charplay.commands.results import Column, EventStream
from charplay.terminal.render.console import make_console
from charplay.terminal.render.layout import cells_of, fold_value, lay_out
from charplay.terminal.render.tables import (
    count_text,
    counting_text,
    declared_widths,
    loss_text,
    natural_widths,
)
from charplay.terminal.render.views import find_view, show
from tests.terminal.transcript import terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


def test_widths_are_known_from_headers_values_and_what_is_declared():
    columns = (Column("ab", usual=5), Column("long_name", usual=2), Column("c", "unit\nx"))
    assert declared_widths(columns) == {"ab": 5, "long_name": 9, "c": 4}
    assert declared_widths((Column("here", mark=True),)) == {"here": 0}
    rows = [{"ab": "x\nyyy", "long_name": "漢字漢字漢字", "c": 1}]
    assert natural_widths(columns, rows) == {"ab": 3, "long_name": 12, "c": 4}
    assert natural_widths(columns, rows, headed=False) == {"ab": 3, "long_name": 12, "c": 1}


def test_a_row_is_as_wide_as_its_columns_and_the_blanks_between():
    columns = (Column("a"), Column("b"), Column("c"))
    layout = lay_out(columns, {"a": 1, "b": 2, "c": 3}, None)
    assert (layout.width, layout.gap, layout.stacked) == (12, 3, False)


def widths(columns, natural, room):
    layout = lay_out(columns, dict(zip((c.name for c in columns), natural)), room)
    return layout.widths, layout.gap, layout.stacked


def test_columns_share_the_width_that_there_is():
    folding = (Column("a", shrink="fold", least=4), Column("b", shrink="fold", most=9), Column("c"))
    rooms = (36, 35, 34, 29, 28, 27, 22, 20, 19)
    assert [widths(folding, (10, 15, 5), room) for room in rooms] == [
        ((10, 15, 5), 3, False),
        ((10, 9, 5), 3, False),
        ((10, 9, 5), 3, False),
        ((10, 9, 5), 2, False),
        ((10, 9, 5), 2, False),
        ((10, 9, 5), 1, False),
        ((7, 8, 5), 1, False),
        ((5, 8, 5), 1, False),
        ((4, 8, 5), 1, False),
    ]
    wide = (Column("a", shrink="fold", least=30), Column("b"))
    assert [widths(wide, (40, 30), room) for room in (73, 72, 71, 62, 61, 60, 59)] == [
        ((40, 30), 3, False),
        ((40, 30), 2, False),
        ((39, 30), 2, False),
        ((30, 30), 2, False),
        ((30, 30), 2, True),
        ((30, 30), 2, True),
        ((30, 30), 1, True),
    ]


def test_columns_are_dropped_by_rank_and_of_equal_ones_the_last():
    columns = (
        Column("a"), Column("b", shrink="drop"), Column("c", shrink="fold", rank=1, least=2),
        Column("d", shrink="drop"),
    )  # fmt: skip
    natural = {"a": 4, "b": 4, "c": 4, "d": 4}
    names = {}
    for room in range(30, 2, -1):
        layout = lay_out(columns, natural, room)
        told = "".join(column.name for column in layout.columns) + "!" * layout.stacked
        names.setdefault(told, room)
    assert names == {"abcd": 30, "abd": 16, "ab": 13, "a": 8, "a!": 3}


def test_a_value_folds_between_words_at_line_ends_and_at_tabs():
    console = Console(width=80)
    assert fold_value("one two", 7, console) == ["one two"]
    assert fold_value("one two", 6, console) == ["one ", "two"]
    assert fold_value("a\n\nb", 7, console) == ["a", "", "b"]
    assert fold_value("a\tb", 7, console) == ["a    b"]
    assert fold_value("a\tb", 5, console) == ["a    ", "b"]
    assert fold_value("漢字", 3, console) == ["漢", "字"]
    assert (cells_of("ab"), cells_of("漢b"), cells_of("e\u0301")) == (2, 3, 1)


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (1.0, "about as good as counting"), (1.004, "about as good as counting"),
        (1.006, "1 % worse than counting"), (0.994, "1 % better than counting"),
        (2.0, "100 % worse than counting"), (2.004, "100 % worse than counting"),
        (2.01, "far worse than counting"), (0.5, "50 % better than counting"),
    ],
)  # fmt: skip
def test_a_loss_is_compared_with_that_of_counting(loss, words):
    assert counting_text(loss, 1.0) == counting_text(4 * loss, 4.0) == words


def test_a_figure_that_nobody_knows_is_a_dash():
    assert (loss_text(None), loss_text(1.23456), count_text(None), count_text(1234)) == (
        "–", "1.235", "–", "1,234",
    )  # fmt: skip


# Values without a view of their own.


@dataclass(frozen=True)
class Bird:
    name: str
    wing_span: float | None = None


@dataclass(frozen=True)
class Nest:
    place: str
    birds: tuple[Bird, ...]
    empty: bool = False
    eggs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Heron(Bird):
    """A bird."""


def test_a_value_is_shown_field_by_field(seen):
    shown = """\
place: a tree␇
birds:
⟨bold⟩name   wing span⟨⟩
────────────────
Tyr          1.5
Odin           –
empty: no
eggs: –
"""
    assert seen(Nest("a tree\x07", (Bird("Tyr", 1.5), Bird("Odin")))) == shown
    shown = """\
place: a
birds: –
empty: yes
eggs: 1, 2
"""
    assert seen(Nest("a", (), True, (1, 2))) == shown


def test_values_of_every_kind_have_a_look(seen):
    assert (
        seen((Bird("Tyr", 1.5),))
        == seen([Bird("Tyr", 1.5)])
        == """\
⟨bold⟩name   wing span⟨⟩
────────────────
Tyr          1.5
"""
    )
    shown = """\
⟨bold⟩name   value⟨⟩
────────────
a          1
b          –
"""
    assert seen({"a": 1, "b": None}) == shown
    assert seen("one\x07") == "one␇\n"
    assert seen(7) == "7\n"
    assert seen(None) == ""
    assert seen(["one", ("two", 2), ["three"]]) == "one\ntwo, 2\nthree\n"
    assert seen(iter(["one"])) == "one\n"
    shown = """\
one
name: Tyr
wing span: –
"""
    assert seen(EventStream(iter(["one", Bird("Tyr")]))) == shown


def test_a_view_is_found_by_the_type_or_the_nearest_one_that_it_is_derived_from():
    here = f"{__name__}:"
    views = {f"{here}Bird": "json:dumps", f"{here}Heron": "json:loads"}
    assert find_view(Heron, views).__name__ == "loads"
    assert find_view(Heron, {f"{here}Bird": "json:dumps"}).__name__ == "dumps"
    assert find_view(Nest, views) is None


def test_the_events_of_a_stream_are_shown_by_the_views_that_are_given(home):
    console = make_console(terminal(home))
    show(EventStream(iter([Bird("Tyr")])), console, {f"{__name__}:Bird": f"{__name__}:show_bird"})
    assert console.file.getvalue() == "a bird: Tyr\n"


def show_bird(bird, console):
    console.print(f"a bird: {bird.name}")
