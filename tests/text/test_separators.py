"""What parts cells: the layout of rows, and which separator makes a table, at each limit."""

import pytest

from charplay.errors import UsageError
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus
from charplay.text.tables.finding import find_table
from charplay.text.tables.rows import parse_rows
from charplay.text.tables.separators import (
    Layout,
    count_titles,
    declared_separator,
    find_layout,
    find_separator,
    separator_name,
    separator_of,
)

NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "line": ""}


@pytest.mark.parametrize("name", NAMED)
def test_a_separator_has_a_name(name):
    assert (separator_of(name), separator_name(NAMED[name])) == (NAMED[name], name)


def test_a_separator_without_a_name_is_its_character():
    assert (separator_of("^"), separator_of(","), separator_name("^")) == ("^", ",", "^")
    with pytest.raises(UsageError):
        separator_of("::")


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("sep=;\na", ";"),
        ("SEP=|", "|"),
        ('"sep=,"\na', ","),
        ("sep=;;;\na", ";"),
        ("sep=\t\na", None),
        ("sep=;a\nb", None),
        ("a\nsep=;\n", None),
        ("sep=", None),
    ],
)
def test_a_first_line_may_declare_the_separator(text, separator):
    assert declared_separator(text) == separator


def layout(text, separator=","):
    return find_layout(parse_rows(text, separator))


LAYOUTS = {
    "a table": ("a,b\nc,d\n", Layout(2, 0, 1.0, False)),
    "a title": ("t\na,b\nc,d\n", Layout(2, 1, 1.0, False)),
    "the usual width": ("a,b\nc,d\ne,f,g\nh\n", Layout(2, 0, 0.5, False)),
    "of two widths the first": ("a,b\nc,d,e\n", Layout(2, 0, 0.5, False)),
    "one cell": ("a\nb\n", Layout(1, 0, 1.0, False)),
    "nothing": ("", Layout(1, 0, 0, False)),
    "a mark": ('a",b\nc,d\n', Layout(2, 0, 1.0, True)),
    "two marks": ('a"",b\nc,d\n', Layout(2, 0, 1.0, False)),
    "a mark in the title": ('t"\na,b\nc,d\n', Layout(2, 1, 1.0, False)),
}


@pytest.mark.parametrize("what", LAYOUTS)
def test_the_layout_of_rows(what):
    text, expected = LAYOUTS[what]
    assert layout(text) == expected


TITLES = {
    "none": ("a,b\n", 0),
    "one": ("t\na,b\n", 1),
    "ten": ("t\n" * 10 + "a,b\n", 10),
    "eleven are too many": ("t\n" * 11 + "a,b\n", 0),
    "only titles": ("t\nu\n", 0),
    "padded, above a header": ("t,\nname,n\nAnn,3\n", 1),
    "padded, above no header": ("t,\nAnn,Rome\nBob,Oslo\n", 0),
    "half of them padded": ("t\nu,\nAnn,Rome\nBob,Oslo\n", 0),
    "the padded one below": ("t\nAnn,Rome\nBob,\n", 1),
}


@pytest.mark.parametrize("what", TITLES)
def test_titles_stand_above_the_first_row_with_more_than_one_cell(what):
    text, count = TITLES[what]
    assert count_titles(parse_rows(text, ",")) == count


FIVE = "Ann{0}Rome\nBob{0}Oslo\nCy{0}Bern\nDi{0}Bonn\nEd{0}Graz\n"
TABLES = {
    "semicolons": (FIVE.format(";"), ";"),
    "commas": (FIVE.format(","), ","),
    "a blank after each": (FIVE.format(", "), ""),
    "a blank after each below a header": ("name, city\n" + FIVE.format(", "), ","),
    "a blank after each beside figures": ("Ann, 1\nBob, 2\nCy, 3\n", ","),
    "a heading of one cell above": ("name\n" + FIVE.format(","), ""),
    "a title above": ("Von 2024\n" + FIVE.format(","), ","),
    "four of five rows": ("Ann,Rome\nBob,Oslo\nCy,Bern\nDi,Bonn\nEd\n", ","),
    "three of four": ("Ann,Rome\nBob,Oslo\nCy,Bern\nDi\n", ""),
    "half of those below a header": ("name,city\nAnn\nBob\nCy,Bern\n", ","),
    "less of them": ("name,city\nAnn\nBob\n", ""),
    "a stray mark": ('name,n\nAnn",3\nBob,4\n', ""),
    "decimal commas": ("Ann;1,5\nBob;2,5\nCy;3,5\n", ";"),
    "decimal commas alone": ("1,5\n2,5\n3,5\n", ","),
    "tabs before commas": ("Ann\t1,x\nBob\t2,y\nCy\t3,z\n", "\t"),
    "the one that fits more rows": ("a;b,1\nc,2\nd;e,3\nf;g,4\nh;i,5\nj;k,6\n", ","),
    "the one without blanks": ("a; b,1\nc; d,2\ne; f,3\n", ","),
    "blanks inside quotation marks": ('"a, b",1\n"c, d",2\n"e, f",3\n', ","),
    "decimal commas behind blanks": ("Ann; 1,5\nBob; 2,5\nCy; 3,5\n", ";"),
    "commas that are no decimal ones": ("x; 1,b\ny; 2,c\nz; 3,d\n", ","),
    "nothing": ("", ""),
    "one cell in a row": ("Ann\nBob\n", ""),
}


@pytest.mark.parametrize("what", TABLES)
def test_the_separator_of_a_table_is_found(what):
    text, separator = TABLES[what]
    assert find_separator(text, plain=False) == separator


PLAIN = {
    "four rows": ("Ann;Rome\nBob;Oslo\nCy;Bern\nDi;Bonn\n", ""),
    "five rows": (FIVE.format(";"), ";"),
    "five rows with commas": (FIVE.format(","), ""),
    "tabs in two rows": ("Ann\tRome\nBob\tOslo\n", ""),
    "tabs in three": ("Ann\tRome\nBob\tOslo\nCy\tBern\n", "\t"),
    "commas and figures": ("Ann,1\nBob,2\nCy,3\n", ","),
    "figures alone": ("4,1\n5,2\n6,3\n", ""),
    "semicolons and a heading": ("name;city\nAnn;Rome\nBob;Oslo\n", ";"),
    "commas and a heading": ("name,city\nAnn,Rome\nBob,Oslo\n", ""),
    "a blank after one": ("Ann;1\nBob; 2\nCy;3\n", ""),
    "an empty first cell": ("Ann;1\n;2\nCy;3\n", ""),
    "a row that does not fit": ("Ann;1\nBob\nCy;3\nDi;4\n", ""),
    "a title": ("t\nAnn;1\nBob;2\nCy;3\n", ""),
    "a stray mark": ('Ann;1\nB"ob;2\nCy;3\n', ""),
}


@pytest.mark.parametrize("what", PLAIN)
def test_a_plain_text_is_a_table_where_it_can_be_nothing_else(what):
    text, separator = PLAIN[what]
    assert find_separator(text, plain=True) == separator


def table(text, by_ending=True, **choice):
    """The separator and the cells of the table that a text is; None where it is none."""
    found = find_table("t", [text], TextChoice("t", **choice), by_ending)
    return found and (found.separator, [row.cells for row in found.rows()])


FOUND = {
    "by its ending": ("Ann\nBob\n", {}, ("", [["Ann"], ["Bob"]])),
    "a list": ("Ann\nBob\n", {"by_ending": False}, None),
    "a list with a column": ("Ann\nBob\n", {"by_ending": False, "column": "1"}, None),
    "a declared separator": ("sep=;\na;b\n", {"by_ending": False}, (";", [["a", "b"]])),
    "nothing but a declared one": ("sep=;", {}, (";", [])),
    "another than the declared one": (
        "sep=;\na;b,c\n", {"separator": "comma"}, (",", [["a;b", "c"]]),
    ),
    "a given one": (
        "a,b\nc,d\n", {"by_ending": False, "separator": "comma"}, (",", [["a", "b"], ["c", "d"]]),
    ),
    "names on one line": ("a,b\n", {"separator": "comma"}, None),
    "names on one line of which one is a column": (
        "a,b\n", {"separator": "comma", "column": "1"}, (",", [["a", "b"]]),
    ),
    "whole lines": (
        "a,b\nc,d\n", {"separator": "line"}, ("", [["a,b"], ["c,d"]]),
    ),
    "whole lines of a list": ("a,b\nc,d\n", {"by_ending": False, "separator": "line"}, None),
    "one line": ("Ann,Bob,3\n", {}, None),
    "one line that is a header": ("name,city\n", {}, (",", [["name", "city"]])),
    "one line with a column": ("city,n\n", {"column": "1"}, (",", [["city", "n"]])),
    "two lines": ("Ann,3\nBob,4\n", {}, (",", [["Ann", "3"], ["Bob", "4"]])),
    "a plain text with a column": (
        "Ann,Rome\nBob,Oslo\n", {"by_ending": False, "column": "1"},
        (",", [["Ann", "Rome"], ["Bob", "Oslo"]]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FOUND)
def test_whether_a_text_is_a_table(what):
    text, given, expected = FOUND[what]
    assert table(text, **given) == expected


def test_only_the_whole_lines_at_the_beginning_of_a_text_decide():
    rows = "Ann;1;\nBob;2;\n" * 4_681
    assert len(rows) == 65_534
    assert find_table("t", [rows + "a;b;c\n" * 99], TextChoice("t"), False).separator == ";"
    few = "x" * 30_000 + ";1\n"
    assert find_table("t", [few * 3 + "a" * 60_000], TextChoice("t"), False) is None


def test_a_table_is_looked_at_as_often_as_it_is_asked(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,name\n" + "".join(f"{i},Ann\n" for i in range(2_000)) + "x,\n,Bob\n")
    assert load_corpus(TextChoice(str(path)), {}).names == ("Ann",) * 2_000 + ("Bob",)
