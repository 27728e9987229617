"""Tables: what is never cut is whole at any width, and what follows a resize fits it."""

import io
import os
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from charplay.commands.name_stream import NamesFound, NamesSoFar, NameStream
from charplay.commands.results import Column, Table
from charplay.insight.described_name import DescribedName
from charplay.terminal.render.console import make_console
from charplay.terminal.render.layout import fold_value, lay_out
from charplay.terminal.render.names import NAME_COLUMNS, show_name_stream
from charplay.terminal.render.tables import TableWriter, natural_widths, show_table
from tests.terminal.screen import Screen

LEFT: dict = {}


def row(text="Zanidosaurus", label="123456/100000", nearest="zanabazar"):
    return {
        "text": text, "loss": 1.234, "centile": 50, "listed": "held out", "nearest": nearest,
        "edits": 3, "label": label,
    }  # fmt: skip


def as_wide_as(environment, columns):
    """The environment with a window whose columns a function tells whenever something is drawn."""
    return replace(environment, terminal_size=lambda stream: os.terminal_size((columns(), 24)))


@pytest.fixture
def drawn(world):
    """The lines of rows in a terminal of a width, or in a pipe."""

    def draw(rows, width, columns=NAME_COLUMNS):
        environment = as_wide_as(world(tty=width is not None, TERM="dumb"), lambda: width)
        console = make_console(environment)
        TableWriter(console, columns, natural_widths(columns, rows), LEFT).write(rows)
        return environment.stdout.getvalue().splitlines()

    return draw


@pytest.mark.parametrize("width", [20, 24, 30, 40, 60, 80, 120])
def test_the_seed_is_whole_at_any_width_and_so_is_the_name(drawn, width):
    names = ("Zanidosaurus", "Micropachycephalosaurosaurus", "恐竜" * 9)
    lines = drawn([row(name, label=f"123456/{10**n}") for n, name in enumerate(names, 3)], width)
    if width > 24:  # there a name has a line of its own, which the terminal wraps
        assert max(map(cell_len, lines)) <= width
    labels = [re.search(r"123456/\d+", line)[0] for line in lines if "123456/" in line]
    assert labels == ["123456/1000", "123456/10000", "123456/100000"]
    letters = iter("".join(lines))
    assert all(letter in letters for letter in "".join(names)), "no letter of a name is lost"


def test_on_a_narrow_screen_columns_give_way_by_their_rank_before_the_name_is_cut_small():
    natural = natural_widths(NAME_COLUMNS, [row("x" * 30, label="7/3")])
    kept = {
        width: [column.name for column in lay_out(NAME_COLUMNS, natural, width).columns]
        for width in (80, 55, 44, 34, 25)
    }
    assert kept[80] == ["text", "loss", "centile", "listed", "nearest", "edits", "label"]
    assert kept[55] == ["text", "centile", "listed", "nearest", "edits", "label"]
    assert kept[44] == ["text", "listed", "nearest", "label"]
    assert kept[34] == ["text", "listed", "label"]
    assert kept[25] == ["text", "label"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_name_of_usual_length_is_in_one_piece_while_other_columns_can_give_way(drawn, width):
    lines = drawn([row("Micropachycephal", label="123456/1000000")] * 3, width)
    assert sum("Micropachycephal" in line for line in lines) == 3


COLUMNS = st.lists(
    st.builds(
        Column,
        name=st.uuids().map(str),
        shrink=st.sampled_from(["never", "fold", "drop"]),
        rank=st.integers(0, 3),
        least=st.integers(1, 12),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda column: column.name,
)


@given(COLUMNS, st.data(), st.integers(1, 300))
def test_a_layout_fits_and_keeps_every_column_that_may_not_be_dropped(columns, data, room):
    natural = {column.name: data.draw(st.integers(1, 60)) for column in columns}
    layout = lay_out(columns, natural, room)
    needed = [column for column in columns if not column.may_drop]
    assert [column for column in layout.columns if not column.may_drop] == needed
    if layout.stacked:
        assert list(layout.columns) == needed
        return
    assert layout.width <= room
    for column, width in zip(layout.columns, layout.widths, strict=True):
        if column.shrink != "fold":
            assert width == natural[column.name], "only what folds is narrower than its values"


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40), st.integers(2, 20))
def test_a_value_that_folds_loses_nothing(text, width):
    lines = fold_value(text, width, Console(file=io.StringIO(), width=80))
    assert "".join(lines) == text
    assert all(cell_len(line) <= width for line in lines)


def test_in_a_pipe_a_row_is_one_line_however_long_it_is(drawn):
    lines = drawn([row("x" * 300), row()], None)
    assert len(lines) == 3 + 2
    assert "x" * 300 in lines[-2]
    assert lines[-1].index("123456/") == lines[-2].index("123456/")


def test_rows_after_a_resize_fit_the_new_width_below_a_new_header(world):
    width = [80]
    environment = as_wide_as(world(tty=True, TERM="dumb"), lambda: width[0])
    console = make_console(environment)
    rows = [row(label="7/1")]
    table = TableWriter(console, NAME_COLUMNS, natural_widths(NAME_COLUMNS, rows), LEFT)
    table.write(rows * 2)
    before = environment.stdout.getvalue()
    width[0] = 40
    table.write(rows * 2)
    after = environment.stdout.getvalue().removeprefix(before)
    assert max(map(cell_len, before.splitlines())) > 40 >= max(map(cell_len, after.splitlines()))
    assert (before.count("label"), after.count("label")) == (1, 1)
    assert (before.count("7/1"), after.count("7/1")) == (2, 2)


def test_what_fits_beside_nothing_is_shown_a_value_a_line(world):
    environment = as_wide_as(world(tty=True, TERM="dumb"), lambda: 20)
    console = make_console(environment)
    columns = (Column("current", mark=True), Column("model"), Column("digest"), Column("loss"))
    rows = [{"current": True, "model": "birds", "digest": "0123456789abcdef01", "loss": 1.5}]
    show_table(Table(rows, columns), console)
    assert environment.stdout.getvalue().splitlines() == [
        "* birds",
        "  digest:",
        "0123456789abcdef01",
        "  loss: 1.5",
    ]


def test_a_notice_at_the_end_stands_on_a_row_of_its_own(world):
    screen = Screen(80)
    environment = as_wide_as(world(tty=True, TERM="xterm", NO_COLOR="1"), lambda: 80)
    console = make_console(replace(environment, stdout=screen))
    name = DescribedName("Zan", 1.0, 50, "new", "Zan", 0, 7, 1, "7/1", "newline")
    notice = "the session keeps the first of them"
    found = NamesFound(9, 1, 1, notices=(notice,), interrupted=True)
    events = [name, NamesSoFar(1, 1), found]
    show_name_stream(NameStream(iter(events), "m", 7, "", 9, 9), console)
    assert f"note: {notice}" in screen.lines
    assert not any("Ctrl-C ends with these" in line for line in screen.lines)
