"""Cells, columns and headings: what each is told by, at each limit."""

import pytest

from charplay.errors import UsageError
from charplay.text.tables.cells import (
    is_figure,
    is_flag,
    is_heading,
    is_missing,
    is_name_heading,
    is_number,
)
from charplay.text.tables.columns import Columns, ColumnsError, begins_with_heading
from charplay.text.tables.rows import OpenQuoteError, Row, parse_rows


def columns(*rows, width=None):
    cells = [row.split(",") for row in rows]
    return Columns.of([Row(n, row) for n, row in enumerate(cells)], width or len(cells[0]))


KINDS_OF_CELLS = {
    "": "missing", "-": "missing", "N/A": "missing", "null": "missing",
    "yes": "flag", "NEIN": "flag", "x": "flag", "✓": "flag",
    "7": "number", "-1.5": "number", "€ 12": "number", ".5": "number", "7 abcd": "text",
    "1234 abcd": "number", "12345 abcde": "text", "~3": "number", "abc": "text", "$": "text",
}  # fmt: skip


@pytest.mark.parametrize("cell", KINDS_OF_CELLS)
def test_a_cell_is_one_thing_or_text(cell):
    kind = KINDS_OF_CELLS[cell]
    assert [is_missing(cell), is_flag(cell), is_number(cell)] == [
        kind == "missing",
        kind == "flag",
        kind == "number",
    ]
    assert is_figure(cell) is (kind != "text")


@pytest.mark.parametrize(
    ("cell", "heading", "of_names"),
    [
        ("name", True, True),
        (" Name: ", True, True),
        ("Drug_name", True, True),
        ("city", True, False),
        ("Drug class", True, False),
        ("product-id", True, False),
        ("name Ann", False, False),
        ("Ann name", False, False),
        ("Ann", False, False),
        ("city Ann", False, False),
    ],
)
def test_a_heading_is_told_by_its_words(cell, heading, of_names):
    assert (is_heading(cell), is_name_heading(cell)) == (heading, of_names)


def test_columns_have_cells_below_the_first_row_and_empty_ones_where_a_row_is_short():
    found = columns("a,b,c", "1", "2,3,4,5")
    assert found == Columns(("a", "b", "c"), (("1", "2"), ("", "3"), ("", "4")))
    assert columns("a,b") == Columns(("a", "b"), ((), ()))


HEADERS = {
    "a usual heading": (("city,Ann", "Rome,Bob"), True),
    "one that is also a cell": (("city,Ann", "city,Bob"), False),
    "a usual heading beside a number": (("name,2019", "Ann,3"), True),
    "a number": (("Sorte,2019", "3,3"), False),
    "figures below": (("Sorte,Ann", "3,Bob"), True),
    "text below": (("Sorte,Ann", "Cox,Bob"), False),
    "an empty cell above figures": ((",Ann", "3,Bob"), False),
    "a flag above flags": (("yes,Ann", "no,Bob"), False),
    "a flag above numbers": (("x,Ann", "3,Bob"), True),
    "four of five figures below": (("Sorte,Ann", "3,B", "4,B", "5,B", "6,B", "Cox,B"), True),
    "three of four": (("Sorte,Ann", "3,B", "4,B", "5,B", "Cox,B"), False),
    "nothing below": (("Sorte,Ann",), False),
    "only gaps below": (("Sorte,Ann", ",Bob", "-,Cy"), False),
    "gaps and a figure": (("Sorte,Ann", ",Bob", "3,Cy"), True),
}


@pytest.mark.parametrize("what", HEADERS)
def test_the_first_row_is_a_header_by_its_words_or_by_what_is_below(what):
    rows, header = HEADERS[what]
    assert columns(*rows).has_header() is header


def test_a_row_with_a_number_can_be_no_header():
    assert columns("Ann,Rome").may_have_header
    assert not columns("Ann,3").may_have_header


def test_a_column_holds_text_numbers_or_nothing():
    found = columns("Ann,x,,a", "Bob,1,,", "Cy,2,,", "Di,3,,", "Ed,4,,", "Fay,5,,")
    assert found.kinds(True) == ["text", "numbers", "nothing", "nothing"]
    assert found.kinds(False) == ["text", "numbers", "nothing", "text"]
    assert columns("n", "-").kinds(True) == ["numbers"], "a mark for nothing is something"


def test_columns_are_named_by_headings_of_their_own():
    found = columns("a,b,,a", "1,2,3,4")
    assert found.names(True) == ["1", "b", "3", "4"]
    assert found.names(False) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("name", "place"), [("City", 1), ("city", 1), ("CITY", 1), ("1", 0), ("3", 2), ("name", 0)]
)
def test_a_column_is_found_by_its_name_or_number(name, place):
    assert columns("name,City,n", "Ann,Rome,3").find("t.csv", name, True) == place


def test_a_name_in_the_right_capitals_goes_first():
    found = columns("name,Name,NAME,7", "Ann,Bob,Cy,Di")
    assert [found.find("t", name, True) for name in ("name", "Name", "NAME", "7", "4")] == [
        0, 1, 2, 3, 3,
    ]  # fmt: skip
    with pytest.raises(UsageError):
        found.find("t", "nAME", True)


@pytest.mark.parametrize("name", ["0", "4", "-1", "town"])
def test_a_column_that_there_is_not_is_refused(name):
    with pytest.raises(UsageError) as caught:
        columns("name,City,n", "Ann,Rome,3").find("t.csv", name, True)
    assert caught.value.message == f"there is no column of t.csv {name!r}"


TWO = columns("name,n,City", "Ann,3,Rome", "Bob,4,Oslo")
REFUSED = {
    "two": (TWO, None, "t has 2 columns of text", "name or City", {1: "name", 3: "City"}),
    "another": (
        columns("name,n,City,land", "Ann,3,Rome,a", "Bob,4,Oslo,b"), 2,
        "t has 2 other columns of text", "name or land", {1: "name", 4: "land"},
    ),
    "none": (columns("a,b", "1,2"), None, "t has no column of text", "a or b", {1: "a", 2: "b"}),
    "no other": (
        columns("name,n,m", "Ann,3,4"), 0, "t has no other column of text", "n or m",
        {2: "n", 3: "m"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_which_column_is_asked_where_it_is_not_clear(what):
    found, besides, message, hint, shown = REFUSED[what]
    with pytest.raises(ColumnsError) as caught:
        found.only_text("t", True, besides)
    assert (caught.value.message, caught.value.columns) == (message, shown)
    assert caught.value.hint == f"choose one with --column {hint}"


def test_the_only_column_of_text_is_taken():
    assert columns("n,name", "3,Ann").only_text("t", True) == 1
    assert TWO.only_text("t", True, besides=0) == 2
    assert TWO.only_text("t", True, besides=2) == 0


@pytest.mark.parametrize(
    ("count", "hint"),
    [
        (2, "a or b"),
        (3, "a, b or c"),
        (8, "a, b, c, d, e, f, g or h"),
        (9, "a, b, c, d, e, f, g, h and 1 more"),
    ],
)
def test_of_many_columns_the_first_are_named(count, hint):
    found = columns(",".join("abcdefghi"[:count]), ",".join(["Ann"] * count))
    with pytest.raises(ColumnsError) as caught:
        found.only_text("t", True)
    assert caught.value.hint == f"choose one with --column {hint}"


def test_columns_that_are_alike_or_without_a_header_are_named_by_number_and_first_cell():
    with pytest.raises(ColumnsError) as caught:
        columns("a,a,b", "Ann,Bob,3").find("t", "a", True)
    assert caught.value.message == "t has several columns a"
    assert caught.value.hint == "choose one with --column 1 (a), 2 (a) or b"
    with pytest.raises(ColumnsError) as caught:
        columns("Ann,Bob", "Cy,Di").only_text("t", False)
    assert caught.value.hint == "choose one with --column 1 (Ann) or 2 (Bob)"


NAMES = ["Ann", "Bob", "Cy", "Di", "Ed", "Fay", "Gus", "Hal", "Ida"]


@pytest.mark.parametrize(
    ("lines", "plain", "heading"),
    [
        (["name"], False, False),
        (["name", "Ann"], True, True),
        (["Name", "Ann"], True, False),
        (["Name", "Ann"], False, True),
        (["NAME", "Ann"], True, True),
        (["city", "Ann"], False, True),
        (["City", "Ann"], False, False),
        (["town hall", "Ann"], False, False),
        (["name", "Ann", "name"], False, False),
        (["city", *NAMES, "jo"], False, True),
        (["city", *NAMES[:8], "jo"], False, False),
        (["CITY", "ann", "bob"], True, True),
        (["CITY", "ANN", "BOB"], True, False),
        (["city", "王明", "李娜"], True, True),
        (["city", "eBay", "iPod"], True, True),
    ],
)
def test_a_list_begins_with_a_heading_where_its_capitals_differ(lines, plain, heading):
    assert begins_with_heading(lines, plain) is heading


ROWS = {
    "a blank line": ("a,b\n\n , \nc", ",", [(1, ["a", "b"], "a,b"), (4, ["c"], "c")]),
    "no separator": ('a, b\n"c ""d"""\n', "", [(1, ["a, b"], "a, b"), (2, ['c "d"'], '"c ""d"""')]),
    "blanks at edges": (" a , b\t\n", ",", [(1, ["a", "b"], " a , b\t")]),
    "a quoted cell": ('"a,b" ,c,\n', ",", [(1, ["a,b", "c", ""], '"a,b" ,c,')]),
    "several lines": (
        'a,"b\nc\nd",e\nf', ",", [(1, ["a", "b\nc\nd", "e"], 'a,"b\nc\nd",e'), (4, ["f"], "f")],
    ),
    "marks within a cell": ('a "b" c,"d" e\n', ",", [(1, ['a "b" c', '"d" e'], 'a "b" c,"d" e')]),
    "tabs": ('a\t "b\tc" \td\n', "\t", [(1, ["a", "b\tc", "d"], 'a\t "b\tc" \td')]),
    "a tab before a quoted cell": ('a,\t"b"\n', ",", [(1, ["a", "b"], 'a,\t"b"')]),
    "empty quotes": ('"",a', ",", [(1, ["", "a"], '"",a')]),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_a_row_has_its_line_its_cells_and_its_text(what):
    text, separator, rows = ROWS[what]
    assert parse_rows(text, separator) == [Row(*row) for row in rows]


def test_an_open_quotation_mark_is_told_by_its_line_unless_only_the_beginning_is_looked_at():
    text = 'a,b\nc,d\ne,"f\ng\n'
    with pytest.raises(OpenQuoteError) as caught:
        parse_rows(text, ",")
    assert caught.value.line == 3
    assert [row.cells for row in parse_rows(text, ",", whole=False)] == [["a", "b"], ["c", "d"]]
