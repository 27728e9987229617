"""Two columns beside each other, the cells of spreadsheets, and how far sheets reach."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest

from charplay.errors import CorpusError, UsageError
from charplay.plan import TextChoice
from charplay.text.tables import spreadsheet, unpacked
from charplay.text.tables.classes import read_classes
from charplay.text.tables.columns import ColumnsError
from charplay.text.tables.finding import find_table
from charplay.text.tables.rows import Row
from charplay.text.tables.spreadsheet import Spreadsheet
from charplay.text.tables.tables import Table
from charplay.text.tables.unpacked import check_unpacked
from tests.text.test_spreadsheet import write_spreadsheet

PEOPLE = "name;language;born\nSmith;English;1970\nIvanov;Russian;1980\nJones;English\n"


def pairs(text, by, **choice):
    table = find_table("t.csv", [text], TextChoice("t.csv", **choice), True)
    return table.read_pairs(TextChoice("t.csv", **choice), by)


def test_two_columns_beside_each_other_and_what_is_told_of_them():
    found = pairs(PEOPLE, "language", column="name")
    assert found.pairs == [("Smith", "English"), ("Ivanov", "Russian"), ("Jones", "English")]
    assert found.notes == ("took column name of 3 (separator: semicolon), by language",)


def test_the_only_other_column_of_text_is_taken():
    found = pairs(PEOPLE, "LANGUAGE")
    assert found.pairs[0] == ("Smith", "English")
    assert pairs(PEOPLE, "born", column="name").pairs[2] == ("Jones", "")


def test_titles_are_left_out_and_told():
    found = pairs("Of 2024\nby hand\n" + PEOPLE, "language")
    assert found.pairs[0] == ("Smith", "English")
    assert found.notes[0] == "left out 2 rows above the table: Of 2024"


def test_without_a_header_all_rows_count_unless_a_column_is_named_by_its_cell():
    rows = "Smith;English;7\nIvanov;Russian;8\n"
    found = pairs(rows, "2", column="1")
    assert found.pairs == [("Smith", "English"), ("Ivanov", "Russian")]
    assert found.notes == ("took column 1 of 3 (separator: semicolon), by 2",)
    plain = "Smith;English\nIvanov;Russian\n"
    assert pairs(plain, "2", column="1").notes[1] == (
        "no row looks like a header; --header yes leaves out the first one: Smith, English"
    )
    assert pairs(plain, "English").pairs == [("Ivanov", "Russian")]
    assert pairs(plain, "2", column="Smith").pairs == [("Ivanov", "Russian")]
    assert len(pairs(plain, "2", column="1", header="yes").pairs) == 1


def test_of_two_columns_of_one_name_the_number_is_asked_for_and_works():
    text = "name;name\nSmith;English\nIvanov;Russian\n"
    with pytest.raises(UsageError) as caught:
        pairs(text, "name")
    assert not isinstance(caught.value, ColumnsError), "its answer would be the other column"
    assert caught.value.message == "t.csv has several columns name"
    assert caught.value.hint == "choose one with --by 1 (name) or 2 (name)"
    assert pairs(text, "1").pairs == [("English", "Smith"), ("Russian", "Ivanov")]
    assert pairs(text, "2").pairs == [("Smith", "English"), ("Ivanov", "Russian")]


def test_one_column_has_no_other():
    for text in ("Smith\nJones\n", ""):
        with pytest.raises(CorpusError) as caught:
            Table("t.csv", lambda text=text: [Row(1, [c]) for c in text.split()], "").read_pairs(
                TextChoice("t.csv"), "language"
            )
        assert caught.value.message == "t.csv has one column, and no other to sort its cells by"
        assert caught.value.hint == "leave out --by, or name a table with two columns"


def test_a_row_that_is_too_long_is_told():
    with pytest.raises(CorpusError, match="line 5 has 4 cells where the others have 3"):
        pairs(PEOPLE + "Miller;English;1;2\n", "language")
    assert len(pairs(PEOPLE + "Miller;English;1;\n", "language").pairs) == 4


def test_which_other_column_is_asked():
    with pytest.raises(ColumnsError) as caught:
        pairs("name;city;language\nSmith;Rome;English\nLi;Oslo;Chinese\n", "language")
    assert caught.value.message == "t.csv has 2 other columns of text"
    assert caught.value.columns == {1: "name", 2: "city"}


def classes(tmp_path, text, by="language", name="t.csv", **choice):
    path = tmp_path / name
    path.write_bytes(text.encode(choice.get("encoding") or "utf-8"))
    return read_classes(name, path, TextChoice(name, **choice), by)


def test_classes_of_a_table_and_what_is_told(tmp_path):
    found = classes(tmp_path, PEOPLE + ";English;3\nMiller\n;;4\n")
    assert found.classes == {"English": ["Smith", "Jones"], "Russian": ["Ivanov"]}
    assert found.notes == (
        "took column name of 3 (separator: semicolon), by language",
        "3 rows are empty in one of the two columns and left out",
    )


def test_classes_are_read_in_the_encoding_that_is_named(tmp_path):
    found = classes(tmp_path, PEOPLE.replace("Smith", "Möller"), encoding="cp1252")
    assert found.classes["English"][0] == "Möller"


def test_a_plain_text_with_two_columns_has_classes(tmp_path):
    found = classes(tmp_path, PEOPLE, name="t.txt")
    assert found.classes["Russian"] == ["Ivanov"]
    table = "a\tRome\nb\tOslo\n"
    assert classes(tmp_path, table, name="t.tsv", by="2", column="1").classes["Oslo"] == ["b"]


def test_a_list_has_no_classes(tmp_path):
    with pytest.raises(UsageError) as caught:
        classes(tmp_path, "Smith\nJones\n", name="t.txt")
    assert caught.value.hint == "--by takes a column of a .csv file"


def test_classes_of_a_spreadsheet(tmp_path):
    pytest.importorskip("python_calamine")
    path = tmp_path / "t.XLSX"
    write_spreadsheet(path, People=[["name", "language"], ["Smith", "English"], ["Li", "Chinese"]])
    found = read_classes("t.XLSX", path, TextChoice("t.XLSX"), "language")
    assert found.classes == {"English": ["Smith"], "Chinese": ["Li"]}
    assert found.notes == ("took column name of 2, by language",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (2.5, "2.5"),
        (7, "7"),
        (" Ann ", "Ann"),
        (date(2024, 5, 1), "2024-05-01"),
        (datetime(2024, 5, 1, 7), "2024-05-01 07:00:00"),
        (time(7, 30), "07:30:00"),
        (timedelta(hours=1), "1:00:00"),
        (True, "True"),
        ("", ""),
    ],
)
def test_a_cell_of_a_spreadsheet_is_text(value, text):
    assert spreadsheet._sheet_rows([[], [value, "x"]]) == [Row(2, [text, "x"])]


def test_rows_of_a_spreadsheet_have_their_lines(tmp_path):
    pytest.importorskip("python_calamine")
    path = tmp_path / "t.xlsx"
    write_spreadsheet(path, A=[["a", 1], [], ["b", 2.5]])
    sheet = Spreadsheet("t", path)
    assert sheet.rows == [Row(1, ["a", "1"]), Row(3, ["b", "2.5"])]
    assert (sheet.notes, len(sheet.sha256)) == ((), 64)
    write_spreadsheet(path, A=[["a", "b"]], B=[["c", "d"]])
    assert Spreadsheet("t", path).notes == (
        "read the sheet A, the first of 2; save another one as .csv to read it",
    )
    write_spreadsheet(path, A=[], B=[["c", "d"]])
    assert (Spreadsheet("t", path).rows, Spreadsheet("t", path).notes) == ([Row(1, ["c", "d"])], ())
    write_spreadsheet(path, A=[])
    assert Spreadsheet("t", path).rows == []


def test_a_spreadsheet_that_is_none_or_cannot_be_read_is_told(tmp_path):
    pytest.importorskip("python_calamine")
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "b")
    with pytest.raises(CorpusError) as caught:
        Spreadsheet("t", path)
    assert caught.value.message == "t is not a whole spreadsheet"
    assert caught.value.hint == "save it again as .xlsx, or as .csv"
    with pytest.raises(CorpusError, match="is a folder"):
        Spreadsheet("t", tmp_path)


def test_a_spreadsheet_is_measured_before_it_is_read(tmp_path, monkeypatch):
    pytest.importorskip("python_calamine")
    path = tmp_path / "t.xlsx"
    write_spreadsheet(path, A=[["a", 1]])
    monkeypatch.setattr(unpacked, "is_bomb", lambda size, packed: True)
    with pytest.raises(CorpusError, match="and holds far more"):
        Spreadsheet("t", path)
    assert Spreadsheet("t", path, large=True).rows == [Row(1, ["a", "1"])]


def archive(*sheets, pack=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", pack) as written:
        for number, xml in enumerate(sheets):
            written.writestr(f"sheet{number}.xml", xml)
    return packed.getvalue()


def cells_told(raw, monkeypatch, most=0):
    """How many cells there are, where none may be empty; None where it is let pass."""
    monkeypatch.setattr(unpacked, "_MOST_EMPTY", most)
    monkeypatch.setattr(unpacked, "_BYTES_A_CELL", 1 << 40)
    try:
        check_unpacked("t", raw)
    except CorpusError as error:
        return int(error.message.split()[2].replace(",", ""))
    return None


ROW, CELL = b"<table:table-row>", b'<table:table-cell office:value-type="string">'
REACHES = {
    "a place": ((b'<c r="B3"/>',), 6),
    "two places": ((b'<c r="C1"/><c r="A4"/>',), 12),
    "a place of two letters": ((b'<c s="1" r="AB1"/>',), 28),
    "a place of three letters": ((b'<c r="AAA1"/>',), 703),
    "Z": ((b'<c r="Z2"/>',), 52),
    "two members": ((b'<c r="B3"/>', b'<c r="C1"/>'), 9),
    "a row": ((ROW + CELL * 3,), 3),
    "two rows": ((ROW + CELL + ROW + CELL * 2,), 4),
    "an empty row between": ((ROW + CELL + ROW + ROW + CELL,), 3),
    "an empty cell before": ((ROW + b"<table:table-cell/>" + CELL,), 2),
    "a covered cell before": ((ROW + b"<table:covered-table-cell/>" + CELL,), 2),
    "empty cells behind": ((ROW + CELL + b"<table:table-cell/>" * 5,), 1),
    "sheets": ((b"<table:table>" + ROW + CELL * 2 + b"<table:table>" + ROW + CELL,), 3),
    "rows alike": ((b'<table:table-row number-rows-repeated="5">' + CELL * 2,), 10),
    "other tags": ((ROW + b"<table:table-cells/>" + b"<table:table-column/>" + CELL,), 1),
}


@pytest.mark.parametrize("what", REACHES)
def test_how_far_the_cells_of_a_sheet_reach(monkeypatch, what):
    sheets, cells = REACHES[what]
    raw = archive(*sheets)
    assert cells_told(raw, monkeypatch, cells - 1) == cells
    assert cells_told(raw, monkeypatch, cells) is None


@pytest.mark.parametrize("size", [7, 16, 40])
def test_a_tag_is_read_whole_wherever_pieces_part_it(monkeypatch, size):
    monkeypatch.setattr(unpacked, "_PIECE", size)
    xml = b"<table:table>" + ROW + CELL + ROW + CELL * 3 + b'<c r="D2"/>' + b"text > more" + CELL
    assert cells_told(archive(xml), monkeypatch) == 2 * 4


def test_a_tag_without_an_end_is_held_only_so_long(monkeypatch):
    monkeypatch.setattr(unpacked, "_PIECE", 8)
    monkeypatch.setattr(unpacked, "_LONGEST_TAG", 20)
    assert cells_told(archive(b'<c r="B3"' + b" " * 100 + b"<" + b"x" * 50), monkeypatch) == 6


def test_what_is_held_is_measured_once(monkeypatch):
    monkeypatch.setattr(unpacked, "_PIECE", 8)
    monkeypatch.setattr(unpacked, "_LARGEST", 1_000)
    check_unpacked("t", archive(b"<" + b"x" * 999, pack=zipfile.ZIP_STORED))
    with pytest.raises(CorpusError) as caught:
        check_unpacked("t", archive(b"<" + b"x" * 1_000, pack=zipfile.ZIP_STORED))
    assert caught.value.message == "t unpacks to gigabytes"
    assert caught.value.hint == "save what you need of it as .csv, and name that"


def test_all_members_together_are_measured(monkeypatch):
    monkeypatch.setattr(unpacked, "_LARGEST", 1_000)
    check_unpacked("t", archive(b"x" * 500, b"x" * 500))
    with pytest.raises(CorpusError, match="gigabytes"):
        check_unpacked("t", archive(b"x" * 500, b"x" * 501))


def test_a_cell_may_be_empty_for_every_four_bytes(monkeypatch):
    monkeypatch.setattr(unpacked, "_MOST_EMPTY", 10)
    for cells in (15, 16):
        sheet = b'<c r="A%d"/>' % cells + b"123456789"
        assert len(sheet) == 21
        if cells == 15:
            check_unpacked("t", archive(sheet))
            continue
        with pytest.raises(CorpusError) as caught:
            check_unpacked("t", archive(sheet))
        assert caught.value.message == "t has 16 cells, nearly all of them empty"
        assert caught.value.hint == "save what you need of it as .csv, and name that"
