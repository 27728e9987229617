"""Packed files that hold far more than they are, and paths that lead to no file."""

import gzip
import io
import os
import socket
import threading
import zipfile

import pytest

from charplay.errors import CharplayError, CorpusError
from charplay.files import read_text_file
from charplay.plan import TextChoice
from charplay.readable import open_readable
from charplay.testing.terminal import Terminal
from charplay.text.corpus import load_corpus
from charplay.text.reading import reader
from charplay.text.reading.reader import PackedError
from charplay.text.tables import unpacked
from charplay.text.tables.unpacked import check_unpacked


def test_a_gz_bomb_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "_MOST_UNPACKED", 5_000_000)
    path = tmp_path / "bomb.txt.gz"
    path.write_bytes(gzip.compress(b"a" * 10_000_000))
    with pytest.raises(CorpusError, match=r"bomb\.txt\.gz has .* bytes, and holds 8") as caught:
        load_corpus(TextChoice(str(path)), {})
    assert "--large" in caught.value.hint
    assert load_corpus(TextChoice(str(path), kind="prose", large=True), {}).characters == 10_000_000


def test_a_text_that_packs_well_is_read(tmp_path):
    path = tmp_path / "list.txt.gz"
    path.write_bytes(gzip.compress(b"anna\nbob\ncleo\n" * 1_000))
    assert load_corpus(TextChoice(str(path)), {}).size == 3_000


def sheet(xml):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", xml)
    return packed.getvalue()


def lying(raw):
    """The same archive, which says of its member that it has ten bytes."""
    size = (60_000_000).to_bytes(4, "little")
    assert size in raw
    return raw.replace(size, (10).to_bytes(4, "little"))


BOMB = sheet(b" " * 60_000_000)


@pytest.mark.parametrize("raw", [BOMB, lying(BOMB)], ids=["a bomb", "a bomb that lies"])
def test_a_spreadsheet_that_is_more_than_it_seems_is_read_where_that_is_meant(raw):
    with pytest.raises(PackedError, match="bytes, and holds far more"):
        check_unpacked("table.xlsx", raw)
    check_unpacked("table.xlsx", raw, large=True)


@pytest.mark.parametrize("large", [False, True])
def test_a_cell_in_the_last_row_and_column_is_no_reason_to_make_all_others(large):
    raw = sheet(b'<row r="1048576"><c s="1" r="XFD1048576"/></row>')
    with pytest.raises(CorpusError, match="17,179,869,184 cells, nearly all of them empty"):
        check_unpacked("table.xlsx", raw, large)


FILLED = b'<table:table-cell office:value-type="string" table:number-columns-repeated="%d">'
EMPTY = b'<table:table-cell table:number-columns-repeated="16384"/>'
ROWS = b'<table:table-row table:number-rows-repeated="%d">'


@pytest.mark.parametrize(
    ("xml", "cells"),
    [
        (ROWS % 1_000_000 + FILLED % 16_384, 16_384_000_000),
        (ROWS % 1_000_000 + EMPTY + ROWS % 1 + EMPTY + FILLED % 1, 1_000_001 * 16_385),
    ],
)
def test_cells_that_are_alike_are_counted_as_often_as_they_are_there(xml, cells):
    with pytest.raises(CorpusError, match=f"has {cells:,} cells"):
        check_unpacked("table.ods", sheet(xml))


def test_each_sheet_has_cells_of_its_own():
    one = b'<table:table table:name="a">' + ROWS % 400 + FILLED % 1_000
    check_unpacked("table.ods", sheet(one * 2))
    with pytest.raises(CorpusError, match="has 1,200,000 cells"):
        check_unpacked("table.ods", sheet(one * 3))


def test_what_is_empty_to_the_end_of_a_sheet_is_no_cell():
    """As programs write it: a name in each of three columns, and nothing to the last row."""
    row = b"<table:table-row>" + FILLED % 3 + b"<text:p>Anna</text:p></table:table-cell>" + EMPTY
    xml = row * 100_000 + ROWS % 948_576 + EMPTY
    check_unpacked("table.ods", sheet(xml))


def test_gigabytes_of_a_spreadsheet_are_not_read_even_if_asked_for(monkeypatch):
    monkeypatch.setattr(unpacked, "_LARGEST", 30_000_000)
    with pytest.raises(CorpusError, match="unpacks to gigabytes"):
        check_unpacked("table.xlsx", BOMB, large=True)


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """A small file with a text of 6 MB, more than is read unasked."""
    monkeypatch.setattr(reader, "_MOST_UNPACKED", 5_000_000)
    path = tmp_path / "list.txt.gz"
    path.write_bytes(gzip.compress(b"anna\nbob\ncleo\n" * 400_000))
    return path


@pytest.mark.parametrize(
    ("answer", "told"), [("y", "names"), ("n", "if you trust it, add --large")]
)
def test_on_a_terminal_a_file_that_holds_very_much_is_asked_about(home, packed, answer, told):
    said = Terminal(home).type(f":corpora show {packed}", answer)
    assert "bytes, and holds" in said
    assert "read all of it? [y/N]" in said.replace("\n", "")
    assert told in said.partition("[y/N]")[2]


def test_elsewhere_a_file_that_holds_very_much_is_read_with_a_word(charplay, packed):
    refused = charplay("corpora", "show", packed)
    assert (refused.status, refused.out) == (1, "")
    assert "add --large" in refused.err
    said = charplay("corpora", "show", packed, "--large")
    assert said.status == 0
    assert "1,200,000" in said.out


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", BOMB[:-30], b"x" * 100])
def test_what_is_no_archive_is_told(raw):
    with pytest.raises(CorpusError, match="not a whole spreadsheet"):
        check_unpacked("table.xlsx", raw)


needs_posix = pytest.mark.skipif(os.name != "posix", reason="devices and pipes as files")


@needs_posix
@pytest.mark.parametrize("what", ["device", "kernel", "folder", "socket", "pipe"])
def test_what_is_no_file_is_refused_at_once(tmp_path, what):
    path = {"device": "/dev/zero", "kernel": "/proc/self/status"}.get(what, tmp_path / what)
    if what == "folder":
        path.mkdir()
    if what == "pipe":
        os.mkfifo(path)
    with socket.socket(socket.AF_UNIX) as listening:
        if what == "socket":
            listening.bind(str(path))
        with pytest.raises(CorpusError, match=r"is a folder|is not a regular file"):
            load_corpus(TextChoice(str(path)), {})
        if what != "pipe":
            with pytest.raises(CharplayError, match=r"is a folder|is not a regular file"):
                read_text_file(str(path), "")


@needs_posix
def test_a_text_may_come_from_a_pipe_and_one_that_nobody_writes_to_is_empty(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert read_text_file(str(path), "") == ""
    with open_readable(path, pipes=True) as reading:
        writer = threading.Thread(target=path.write_text, args=("anna",))
        writer.start()
        writer.join()
        assert reading.read() == b"anna"


@needs_posix
def test_a_text_beyond_all_prompts_is_refused(tmp_path):
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        file.truncate(70_000_000)
    with pytest.raises(CharplayError, match="larger than 64 MB"):
        read_text_file(str(path), "")
