"""Results for programs and spreadsheets: what each format writes of them."""

import csv
import io
import json
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charplay.commands.formats import as_csv, as_json, as_json_lines, as_lines
from charplay.commands.results import Column, Table
from charplay.commands.spreadsheet import MARK, Spreadsheet, disarmed, local_spreadsheet
from charplay.errors import UsageError


@dataclass(frozen=True)
class Bird:
    current: bool
    bird: str
    weight: float | None


COLUMNS = (Column("current", mark=True), Column("bird"), Column("weight"))


def table(*names, weight=8.9):
    return Table([Bird(False, name, weight) for name in names], COLUMNS)


def test_lines_are_the_first_column_that_is_no_mark_one_row_a_line():
    assert list(as_lines(table("wren", "", "tit"))) == ["wren", "", "tit"]
    assert list(as_lines(["wren", "tit"])) == ["wren", "tit"]
    assert list(as_lines("wren")) == ["wren"]
    assert list(as_lines(Table((), COLUMNS))) == []


HIDDEN = "\x7f\x9b\u200e\u2028\u2029\u202e\u2066\ufeff\udc80\U000e0001\U000e0041\U000e007f"


@pytest.mark.parametrize("ascii_only", [False, True])
def test_json_is_exact_and_nothing_in_it_acts_or_hides(ascii_only):
    [line] = as_json({"wren": f"é{HIDDEN}"}, ascii_only)
    assert json.loads(line) == {"wren": f"é{HIDDEN}"}
    assert not set(line) & set(HIDDEN)
    assert line.endswith(r'\udb40\udc01\udb40\udc41\udb40\udc7f"}')


def test_json_keeps_a_joiner_inside_a_word():
    assert list(as_json("می\u200cنا\u200c")) == ['"می\u200cنا\\u200c"']


@given(st.lists(st.text(), min_size=1))
def test_lines_are_as_many_as_answers_whatever_these_hold(names):
    written = "".join(f"{line}\n" for line in as_lines(table(*names)))
    assert written.count("\n") == len(names)
    assert "\r" not in written


def test_a_cell_with_a_line_end_stays_one_cell():
    written = "".join(f"{line}\n" for line in as_csv(table("a\nb", "c\r", "\n")))
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert [row[1] for row in rows[1:]] == ["a\nb", "c\r", "\n"]


@given(st.text() | st.floats())
@example("Ze\udcff")
@example(float("nan"))
def test_json_is_valid_and_can_be_written_as_utf_8_whatever_it_holds(value):
    (line,) = as_json(Table([{"value": value}], ()))
    line.encode("utf-8")
    (row,) = json.loads(line)
    if isinstance(value, str):
        assert row["value"] == value
    assert "NaN" not in line or isinstance(value, str)


def test_json_lines_are_a_line_a_row():
    lines = list(as_json_lines(table("wren", "tit")))
    assert [json.loads(line)["bird"] for line in lines] == ["wren", "tit"]


def test_csv_for_programs_has_every_cell_as_it_is():
    assert list(as_csv(table("=1+1")))[1] == "False,=1+1,8.9"


SHEETS = {
    "en_GB.UTF-8": ",",
    "C": ",",
    "de_DE.UTF-8": ";",
    "de_CH.UTF-8": ",",
    "fr-FR": ";",
    "es_MX": ",",
    "pt_BR@latin": ";",
}


@pytest.mark.parametrize(("name", "separator"), SHEETS.items())
def test_the_separator_is_the_one_of_the_language_that_the_locale_names(name, separator):
    assert local_spreadsheet({"LANG": name}).separator == separator
    assert local_spreadsheet({"LC_ALL": name, "LANG": "fi_FI"}).separator == separator


def written(decimal, *cells):
    text = "".join(Spreadsheet(decimal).written([["head"] * len(cells), cells]))
    assert text.startswith(MARK)
    assert text.endswith("\r\n")
    separator = Spreadsheet(decimal).separator
    return list(csv.reader(io.StringIO(text.removeprefix(MARK)), delimiter=separator))[1]


def test_numbers_have_the_decimal_sign_of_the_language_and_stay_numbers():
    assert written(",", 1.89, -2, "-7", "+3,5", "-1e5") == ["1,89", "-2", "-7", "+3,5", "-1e5"]
    assert written(".", 1.89, -2.5) == ["1.89", "-2.5"]


@pytest.mark.parametrize("start", "=+-@\t\r\n＝＋－＠")
def test_what_a_spreadsheet_would_run_becomes_text(start):
    assert disarmed(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert disarmed(f"Zor{start}") == f"Zor{start}"


@given(st.text())
def test_no_cell_of_a_spreadsheet_begins_with_what_it_runs_unless_it_is_a_number(text):
    (cell,) = written(",", text)
    if cell[:1] in tuple("=@\t"):
        pytest.fail(cell)
    if cell[:1] in tuple("+-"):
        float(cell.replace(",", ".").replace(".", "", cell.count(".") + cell.count(",") - 1))


def test_a_stream_in_another_encoding_than_unicode_has_no_mark():
    assert local_spreadsheet({"LANG": "C"}, "cp1252").unicode is False
    assert next(Spreadsheet(unicode=False).written([["a"]])) == "a\r\n"


def test_what_is_no_table_is_refused():
    for write in (as_csv, as_lines):
        with pytest.raises(UsageError, match="not a table"):
            list(write(Bird(False, "wren", 1.0)))
