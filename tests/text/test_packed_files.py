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
from charplay.text.corpus import load_corpus
from charplay.text.reading import reader
from charplay.text.tables.unpacked import check_unpacked


def test_a_gz_bomb_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "_MOST_UNPACKED", 5_000_000)
    path = tmp_path / "bomb.txt.gz"
    path.write_bytes(gzip.compress(b"a" * 10_000_000))
    with pytest.raises(CorpusError, match=r"bomb\.txt\.gz has .* bytes, and holds 8") as caught:
        load_corpus(TextChoice(str(path)), {})
    assert "gunzip" in caught.value.hint


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


@pytest.mark.parametrize(
    "raw",
    [BOMB, lying(BOMB), sheet(b'<row r="1048576"><c s="1" r="XFD1048576"/></row>')],
    ids=["a bomb", "a bomb that lies", "a cell in the last row and column"],
)
def test_a_spreadsheet_that_is_more_than_it_seems_is_refused(raw):
    with pytest.raises(CorpusError, match="unpacks to far more"):
        check_unpacked("table.xlsx", raw)


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
