"""What becomes of results: their cells, their tables, their lines of JSON and CSV, their files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import numpy as np
import pytest

from charplay.commands.formats import as_csv, as_json_lines, as_lines, json_document, written_as
from charplay.commands.results import (
    Column,
    EventStream,
    IncomingRows,
    RowStream,
    Table,
    asides_of,
    count_rows,
    find_table,
    is_dataclass_value,
    is_rows,
    plain_value,
    result_of,
    table_of,
)
from charplay.commands.saving import SavedFile, SavePlan, is_picture
from charplay.commands.spreadsheet import MARK, Spreadsheet, local_spreadsheet
from charplay.errors import CharplayError, UsageError


@dataclass(frozen=True)
class Bird:
    bird: str
    weight: float | None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flock:
    tree: str
    birds: tuple[Bird, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    left: tuple[Bird, ...]
    right: list[Bird]


@dataclass(frozen=True)
class Single:
    is_row: ClassVar[bool] = True
    tree: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    count: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Birds(RowStream):
    row_type: ClassVar[type] = Bird
    rows_field: ClassVar[str] = "birds"
    head_fields: ClassVar[tuple[str, ...]] = ("place",)

    place: str = "oak"


@dataclass(frozen=True)
class Sum(EventStream):
    ends_in_table: ClassVar[bool] = True

    def results(self) -> Iterator[object]:
        yield Flock("sum", tuple(self.events))


WREN, TIT = Bird("wren", 8.9), Bird("tit", None)
TABLE = Table((WREN, TIT), (Column("bird"), Column("weight")), "no bird", "a note")
SHEET = Spreadsheet()


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (Column("x"), "wren", "wren"),
        (Column("x"), 5, "5"),
        (Column("x"), 0, "0"),
        (Column("x", format=".2f"), 0.125, "0.12"),
        (Column("x", format=","), 12345, "12,345"),
        (Column("x", format=".3"), "wrens", "wre"),
        (Column("x", format=".2f"), "wren", "wren"),
        (Column("x", format=".2f"), None, "–"),
        (Column("x", format=".2f"), float("nan"), "–"),
        (Column("x"), "", "–"),
        (Column("x"), (), "–"),
        (Column("x"), [], "–"),
        (Column("x"), {}, "–"),
        (Column("x"), (1, "a"), "1, a"),
        (Column("x"), ["a"], "a"),
        (Column("x"), True, "yes"),
        (Column("x"), False, ""),
        (Column("x", mark=True), True, "*"),
        (Column("x", mark=True), False, ""),
        (Column("x", mark=True), "a", "*"),
        (Column("x", mark=True), 0, ""),
    ],
)
def test_a_cell_shows_its_value_as_its_column_says(column, value, text):
    assert column.text_of({"x": value, "y": "other"}) == text


def test_a_time_is_shown_as_the_persons_clock_says_to_the_minute():
    made = datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)
    shown = Column("x").text_of({"x": made})
    assert shown == made.astimezone().strftime("%Y-%m-%d %H:%M")
    assert (len(shown), shown[-3:]) == (16, ":04")


@pytest.mark.parametrize(
    ("column", "header", "may_drop"),
    [
        (Column("held_out_loss"), "held out loss", False),
        (Column("size", "bytes"), "size\nbytes", False),
        (Column("current", mark=True), "", False),
        (Column("size", shrink="drop"), "size", True),
        (Column("size", shrink="fold"), "size", False),
        (Column("size", rank=1), "size", False),
        (Column("size", shrink="fold", rank=1), "size", True),
        (Column("size", rank=0), "size", False),
    ],
)
def test_a_header_has_the_name_as_words_and_the_unit_below(column, header, may_drop):
    assert (column.header, column.may_drop) == (header, may_drop)


def test_a_column_is_never_cut_unless_it_says_so_and_folds_to_eight():
    column = Column("x")
    assert (column.unit, column.format, column.align, column.shrink) == ("", "", None, "never")
    assert (column.rank, column.least, column.most, column.usual) == (0, 8, None, None)
    assert not column.mark


def test_a_table_says_that_there_is_nothing_unless_it_says_otherwise():
    table = Table((), ())
    assert (table.empty, table.note, table.json_only) == ("nothing to show", "", ())


@pytest.mark.parametrize(
    ("value", "asides"),
    [
        (TABLE, ("a note",)),
        (Table((), (), "no bird", "a note"), ("no bird",)),
        (Table((WREN,), ()), ()),
        (Flock("oak", (), ("one", "two")), ("one", "two")),
        (Flock("oak", ()), ()),
        (Single("oak", ("noted",)), ("noted",)),
        ("text", ()),
        (None, ()),
    ],
)
def test_what_stands_beside_rows_is_a_note_or_what_is_noticed(value, asides):
    assert asides_of(value) == asides


def test_notices_that_are_no_lines_are_no_asides():
    @dataclass
    class Odd:
        notices: str = "text"

    assert asides_of(Odd()) == ()


def test_rows_that_come_are_counted_and_what_the_others_notice_is_kept_once():
    events = [Seen(1, ("a",)), WREN, Seen(2, ("b", "a")), TIT, Seen(3)]
    rows = IncomingRows(iter(events), Bird)
    table = Table(rows, ())
    assert (rows.count, rows.notices, count_rows(table)) == (0, (), 0)
    assert next(rows) is WREN
    assert (rows.count, rows.notices) == (1, ("a",))
    assert list(rows) == [TIT]
    assert (rows.count, rows.notices, count_rows(table)) == (2, ("a", "b"), 2)
    assert asides_of(table) == ("a", "b")
    assert count_rows(TABLE) == 2


def test_a_stream_of_rows_is_a_table_with_a_column_for_each_field():
    stream = Birds(iter([WREN, Seen(1)]))
    (table,) = stream.results()
    assert [column.name for column in table.columns] == ["bird", "weight", "notices"]
    assert list(table.rows) == [WREN]
    assert (EventStream.ends_in_table, RowStream.ends_in_table) == (False, True)
    assert (RowStream.rows_field, RowStream.head_fields) == ("answers", ("model", "seed", "prompt"))


def test_a_stream_comes_to_its_table_where_it_ends_in_one_and_else_to_itself():
    assert result_of(Sum(iter([WREN]))) == Flock("sum", (WREN,))
    stream = EventStream(iter([WREN]))
    assert result_of(stream) is stream
    assert list(stream.events) == [WREN]
    assert result_of("text") == "text"


@pytest.mark.parametrize(
    ("value", "rows", "names"),
    [
        (TABLE, [WREN, TIT], ["bird", "weight"]),
        (None, [], []),
        ([], [], []),
        ((), [], []),
        ([WREN, TIT], [WREN, TIT], ["bird", "weight", "notices"]),
        (Flock("oak", (WREN,)), [WREN], ["bird", "weight", "notices"]),
        (Flock("oak", ()), [], []),
        (Single("oak"), [Single("oak")], ["tree", "notes"]),
    ],
)
def test_the_table_of_a_result_is_its_one_field_of_rows(value, rows, names):
    table = find_table(value)
    assert list(table.rows) == rows
    assert [column.name for column in table.columns] == names


def test_a_mapping_is_a_table_of_names_and_values():
    table = find_table({"a": 1, 2: "b"})
    assert [(row.name, row.value) for row in table.rows] == [("a", 1), ("2", "b")]
    assert [(column.name, column.shrink) for column in table.columns] == [
        ("name", "fold"),
        ("value", "fold"),
    ]


@pytest.mark.parametrize("value", ["text", 5, ["a"], [WREN, "a"], WREN, Pair((), []), Bird])
def test_what_has_no_rows_or_two_fields_of_them_is_no_table(value):
    assert find_table(value) is None


def test_only_a_list_of_dataclasses_is_rows():
    assert is_rows([WREN])
    assert is_rows((WREN, TIT))
    assert not any(map(is_rows, ([], (), [WREN, "a"], {WREN}, WREN, None, [Bird])))
    assert is_dataclass_value(WREN)
    assert not is_dataclass_value(Bird)
    assert table_of([]).columns == ()


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (TABLE, [plain_value(WREN), plain_value(TIT)]),
        (WREN, {"bird": "wren", "weight": 8.9, "notices": []}),
        ({"a": (1, {2})}, {"a": [1, [2]]}),
        (frozenset([1]), [1]),
        (float("inf"), None),
        (0.5, 0.5),
        (False, False),
        (None, None),
        (np.array([1.5, float("nan")]), [1.5, None]),
        (np.int64(3), 3),
        (datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (SHEET.separator, ","),
        (b"a", "b'a'"),
    ],
)
def test_any_value_is_plain_in_json(value, plain):
    assert plain_value(value) == plain


def written(format, value, **more):
    return "".join(written_as(format, value, SHEET, **more))


def test_each_format_ends_its_lines_as_its_readers_want_it():
    assert written("json", ["ö"]) == '["ö"]\n'
    assert written("json", ["ö\x9b\u202e\ud800"]) == '["ö\\u009b\\u202e\\ud800"]\n'
    assert written("json", ["ö"], ascii_only=True) == '["\\u00f6"]\n'
    assert written("json", None) == ""
    assert written("json", EventStream(iter([1, 2]))) == "1\n2\n"
    assert written("json", iter([1, 2])) == "1\n2\n"
    assert written("jsonl", [WREN, TIT]).count("\n") == 2
    assert written("jsonl", [Bird("ö", None)], ascii_only=True).startswith('{"bird": "\\u00f6"')
    assert written("jsonl", "ö", ascii_only=True) == '"\\u00f6"\n'
    assert written("csv", TABLE) == "bird,weight,notices\nwren,8.9,\ntit,,\n"
    assert written("lines", TABLE) == "wren\ntit\n"
    assert written("excel", TABLE) == f"{MARK}bird,weight,notices\r\nwren,8.9,\r\ntit,,\r\n"
    assert written("csv", Sum(iter([WREN]))) == "bird,weight,notices\nwren,8.9,\n"
    assert written("lines", Sum(iter([WREN]))) == "wren\n"
    assert list(as_json_lines(Sum(iter([WREN])))) == [json.dumps(plain_value(WREN))]


def test_a_stream_of_rows_is_one_object_that_grows_and_ends_with_what_is_known_then():
    pieces = list(written_as("json", Birds(iter([Seen(0), WREN, TIT, Seen(2, ("b",))])), SHEET))
    assert pieces[0] == '{"place": "oak", "birds": ['
    assert pieces[1] == json.dumps(plain_value(WREN))
    assert pieces[2] == ", " + json.dumps(plain_value(TIT))
    assert pieces[3] == '], "count": 2, "notices": ["b"]}\n'
    assert json.loads("".join(pieces))["birds"][1]["bird"] == "tit"
    assert len(pieces) == 4
    escaped = written("json", Birds(iter([Bird("ö", None), Seen(1)]), "ü"), ascii_only=True)
    assert escaped.isascii()


def test_an_object_that_breaks_off_is_closed_before_the_error():
    def events():
        yield WREN
        raise CharplayError("gone")

    collected = []
    with pytest.raises(CharplayError, match="gone"):
        collected.extend(written_as("json", Birds(events()), SHEET))
    assert json.loads("".join(collected)) == {"place": "oak", "birds": [plain_value(WREN)]}
    assert collected[-1] == "]}\n"


def test_one_document_of_json_holds_a_result_or_a_list_of_several():
    assert json_document("ö") == '"ö"'
    assert list(as_json_lines("ö")) == ['"ö"']
    assert json_document(EventStream(iter([1, 2]))) == "[1,\n2]"
    assert json_document(EventStream(iter([]))) == "[]"
    assert json_document(None) == "[]"


def test_csv_has_one_cell_a_value_and_none_for_what_fits_into_none():
    rows = [{"a": ["x", 1, None], "b": {"n": "y", "m": 2}, "c": None, "d": True, "e": ["z"]}]
    table = Table(rows, (Column("a"),), json_only=("e",))
    assert list(as_csv(table)) == ["a,b,c,d", "x; 1; ,y 2,,True"]
    assert list(as_csv(Table((), (Column("a"),)))) == []


def test_lines_are_the_texts_of_a_list_or_the_first_column_without_line_ends():
    assert list(as_lines(["a\nb", 5, 0.5])) == ["a\\nb", "5", "0.5"]
    assert list(as_lines(7)) == ["7"]
    assert list(as_lines(("a\r\nb",))) == ["a\\r\\nb"]
    marked = Table([{"now": True, "bird": None}], (Column("now", mark=True), Column("bird")))
    assert list(as_lines(marked)) == [""]
    for value in ([WREN, "a"], [["a"]]):
        with pytest.raises(UsageError) as caught:
            list(as_lines(value))
        assert (caught.value.message, caught.value.hint) == (
            "this is not a table",
            "use --format json",
        )


@pytest.mark.parametrize(
    ("variables", "encoding", "expected"),
    [
        ({}, "utf-8", None),
        ({"LANG": "de_DE.UTF-8"}, "utf-8", Spreadsheet(",", True)),
        ({"LANG": "de-DE"}, "UTF-16", Spreadsheet(",", True)),
        ({"LANG": "de_CH"}, "cp1252", Spreadsheet(".", False)),
        ({"LANG": "de"}, "latin-1", Spreadsheet(",", False)),
        ({"LANG": "en_US@latin"}, "utf-8", Spreadsheet(".", True)),
        ({"LC_NUMERIC": "fr_FR", "LANG": "en_GB"}, "utf-8", Spreadsheet(",", True)),
        ({"LC_ALL": "C", "LC_NUMERIC": "fr_FR"}, "utf-8", Spreadsheet(".", True)),
        ({"LC_ALL": "", "LC_NUMERIC": "fr_FR"}, "utf-8", Spreadsheet(",", True)),
        ({"LANG": "pt@x.y"}, "utf-8", Spreadsheet(",", True)),
    ],
)
def test_the_language_of_a_spreadsheet_is_the_first_that_a_variable_names(
    variables, encoding, expected
):
    sheet = local_spreadsheet(variables, encoding)
    assert sheet == expected or (expected is None and sheet.unicode)
    assert (SHEET.decimal, SHEET.unicode, SHEET.separator) == (".", True, ",")


def test_where_no_variable_names_a_language_the_system_does(monkeypatch):
    import locale

    asked = []
    monkeypatch.setattr(locale, "localeconv", lambda: {"decimal_point": ","})
    monkeypatch.setattr(
        locale, "setlocale", lambda kind, name=None: asked.append((kind, name)) or "before"
    )
    assert local_spreadsheet({}) == Spreadsheet(",", True)
    numbers = locale.LC_NUMERIC
    assert asked == [(numbers, None), (numbers, ""), (numbers, "before")]


def test_a_system_without_its_language_writes_a_point(monkeypatch):
    import locale

    def refuse(kind, name=None):
        if name == "":
            raise locale.Error
        return "before"

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert local_spreadsheet({}).decimal == "."


def test_only_texts_of_a_spreadsheet_are_disarmed_and_only_its_first_row_has_the_mark():
    rows = list(Spreadsheet(",").written([["=a", -1.5, True, "-2.5"], ["b", None, 3, ""]]))
    assert rows == [f"{MARK}'=a;-1,5;True;-2.5\r\n", "b;;3;\r\n"]


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [("a.svg", True), ("a.SVG", True), ("a.html", True), ("a.csv", False), ("svg", False)],
)
def test_a_picture_is_known_by_its_ending(typed, is_one):
    assert is_picture(typed) is is_one


@pytest.mark.parametrize(
    ("name", "format", "known"),
    [
        ("a.txt", None, "lines"),
        ("a.CSV", None, "csv"),
        ("a.json", None, "json"),
        ("a.jsonl", None, "jsonl"),
        ("a.dat", "csv", "csv"),
        ("a.csv", "json", "json"),
        ("a.csv", "excel", "excel"),
        ("a.CSV", "excel", "excel"),
    ],
)
def test_the_ending_of_a_file_decides_its_format_unless_one_is_given(tmp_path, name, format, known):
    plan = SavePlan.of(str(tmp_path / name), format)
    assert (plan.path, plan.format) == (tmp_path / name, known)
    assert not plan.path.exists()


@pytest.mark.parametrize(
    ("name", "format", "draws", "message", "hint"),
    [
        (
            "a.xyz", None, False, "a result cannot be saved as '.xyz'",
            "it can be saved as .txt, .csv, .json, .jsonl; or give a --format",
        ),
        (
            "birds", None, True, "a result cannot be saved as 'birds'",
            "it can be saved as .txt, .csv, .json, .jsonl, .svg, .html; or give a --format",
        ),
        (
            "a.svg", None, False, "a result cannot be saved as '.svg'",
            "it can be saved as .txt, .csv, .json, .jsonl; or give a --format",
        ),
        (
            "a.txt", "text", False, "what the screen shows cannot be saved",
            "name a .txt, or a .csv file",
        ),
        ("a.txt", "excel", False, "--excel writes CSV", "name a .csv file: a.csv"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_hold_a_result_is_refused(tmp_path, name, format, draws, message, hint):
    with pytest.raises(UsageError) as caught:
        SavePlan.of(str(tmp_path / name), format, draws)
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(UsageError):
        SavePlan.of(str(tmp_path / "a.csv"), None)
    assert (tmp_path / "a.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "value", "text", "rows", "notices"),
    [
        ("a.csv", TABLE, "bird,weight,notices\nwren,8.9,\ntit,,\n", 2, ("a note",)),
        ("a.txt", ["ö", "b"], "ö\nb\n", None, ()),
        ("a.json", [1, 2], "[1, 2]\n", None, ()),
        ("a.json", EventStream(iter([1, 2])), "[1,\n2]\n", None, ()),
        ("a.jsonl", Sum(iter([WREN])), json.dumps(plain_value(WREN)) + "\n", 1, ()),
        ("a.txt", "\ud800", "\\ud800\n", None, ()),
        (
            "a.json", Birds(iter([Seen(1)])),
            '{"place": "oak", "birds": [], "count": 1, "notices": []}\n', None, (),
        ),
        ("a.txt", Birds(iter([Seen(1, ("n",)), WREN])), "wren\n", 1, ("n",)),
        ("a.jsonl", Birds(iter([WREN, TIT])), None, 2, ()),
        ("a.csv", Table((), (), "no bird"), "", 0, ("no bird",)),
    ],
)  # fmt: skip
def test_a_result_is_saved_whole_and_its_rows_are_counted(
    tmp_path, name, value, text, rows, notices
):
    path = tmp_path / name
    saved = SavePlan.of(str(path), None).save(value, SHEET)
    assert saved == SavedFile(str(path), rows, notices)
    assert text is None or path.read_text("utf-8") == text
    assert path.stat().st_mode & 0o044, "it can be shared"


def test_a_result_that_breaks_off_leaves_no_file(tmp_path):
    def events():
        yield WREN
        raise CharplayError("gone")

    with pytest.raises(CharplayError, match="gone"):
        SavePlan.of(str(tmp_path / "a.csv"), None).save(Birds(events()), SHEET)
    assert not list(tmp_path.iterdir())
