"""Spreadsheets are read by the extra package, as tables are."""

import zipfile
from xml.sax.saxutils import escape

import pytest

from charplay.errors import CorpusError, UsageError
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus

CELLS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def write_spreadsheet(path, **sheets):
    """A file with those sheets, each a list of rows, as a spreadsheet program writes one."""
    numbered = list(enumerate(sheets, 1))
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n, _ in numbered
    )
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        f'officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{CELLS}" xmlns:r="{LINKS}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        "</Relationships>",
        **{f"xl/worksheets/sheet{n}.xml": sheet_xml(sheets[name]) for n, name in numbered},
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def sheet_xml(rows):
    written = "".join(
        f'<row r="{r}">{"".join(cell_xml(f"{chr(65 + c)}{r}", v) for c, v in enumerate(row))}</row>'
        for r, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{CELLS}"><sheetData>{written}</sheetData></worksheet>'


def cell_xml(place, value):
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


ROWS = [["Name", "Price"], ["Aspirol, Inc.", 12.5], ["Benzodar", 3], ["Café & Co", None]]
NAMES = ("Aspirol, Inc.", "Benzodar", "Café & Co")


@pytest.fixture
def read(tmp_path):
    """Writes a spreadsheet and reads it."""
    pytest.importorskip("python_calamine")

    def read(choice=None, **sheets):
        path = tmp_path / "stock.xlsx"
        write_spreadsheet(path, **sheets)
        corpus = load_corpus(TextChoice(str(path), **(choice or {})), {})
        assert load_corpus(corpus.reading.choice, {}) == corpus
        return corpus

    return read


def test_the_column_of_text_is_taken(read):
    assert read(Stock=ROWS).names == NAMES
    assert read(Stock=[["Report 2024"], [], *ROWS]).names == NAMES
    assert read({"column": "2"}, Stock=ROWS).names == ("12.5", "3")


def test_one_column_is_a_list(read):
    assert read(Stock=[["company"], ["Aspirol"], ["Benzodar"]]).names == ("Aspirol", "Benzodar")


def test_the_first_sheet_with_rows_is_read_and_that_is_said(read):
    corpus = read(Empty=[], Stock=ROWS, Other=[["x"], ["y"]])
    assert corpus.names == NAMES
    assert corpus.reading.notes[0].startswith("read the sheet Stock, the first of 2")


def test_two_columns_of_text_are_asked_for(read):
    with pytest.raises(UsageError) as caught:
        read(Stock=[["Name", "City"], ["Ann", "Rome"], ["Bob", "Oslo"]])
    assert caught.value.hint == "choose one with --column Name or City"


def test_what_is_no_spreadsheet_is_told(tmp_path):
    pytest.importorskip("python_calamine")
    path = tmp_path / "stock.xlsx"
    path.write_text("Name;Price\n")
    with pytest.raises(CorpusError, match="is not a whole spreadsheet"):
        load_corpus(TextChoice(str(path)), {})


def test_without_the_package_it_is_said_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr("charplay.text.tables.spreadsheet.find_spec", lambda name: None)
    path = tmp_path / "stock.xlsx"
    write_spreadsheet(path, Stock=ROWS)
    with pytest.raises(CorpusError) as caught:
        load_corpus(TextChoice(str(path)), {})
    assert caught.value.hint.startswith("pip install 'charplay[excel]'")
