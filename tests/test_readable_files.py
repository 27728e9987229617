"""What may be read where a person names a file."""

import io
import os

import pytest

from charplay import readable
from charplay.readable import UnreadableError, open_readable, read_bounded, why_unreadable

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")


@pytest.fixture
def paths(tmp_path):
    (tmp_path / "file").write_bytes(b"text")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    return {name: tmp_path / name for name in ("file", "pipe", "folder")}


def test_files_are_read_and_pipes_where_they_may_be(paths):
    reasons = {
        name: (why_unreadable(path), why_unreadable(path, True)) for name, path in paths.items()
    }
    odd = "it is not a regular file"
    assert reasons == {
        "file": ("", ""), "pipe": (odd, ""), "folder": ("it is a folder", "it is a folder"),
    }  # fmt: skip
    for path in ("/dev/null", "/proc/self/environ"):
        if os.path.exists(path):
            assert why_unreadable(paths["file"].parent / path, True) == odd


def test_a_file_is_opened_for_its_bytes_and_waited_for(paths):
    with open_readable(paths["file"]) as stream:
        assert stream.read() == b"text"
        assert os.get_blocking(stream.fileno())
        with pytest.raises(io.UnsupportedOperation):
            stream.write(b"x")


def test_a_pipe_that_nobody_writes_to_is_at_its_end(paths):
    with open_readable(paths["pipe"], pipes=True) as stream:
        assert stream.read() == b""
        assert os.get_blocking(stream.fileno())


@pytest.mark.parametrize("name", ["pipe", "folder"])
def test_what_is_not_read_is_told_with_its_reason(paths, name):
    with pytest.raises(UnreadableError) as told:
        open_readable(paths[name])
    assert told.value.strerror == why_unreadable(paths[name])


@pytest.mark.parametrize("size", [0, 999, 1000, 1001, 5000])
def test_a_text_has_a_largest_size(monkeypatch, size):
    monkeypatch.setattr(readable, "MOST_TEXT", 1000)
    if size <= 1000:
        assert read_bounded(io.BytesIO(b"a" * size)) == b"a" * size
        return
    with pytest.raises(UnreadableError) as told:
        read_bounded(io.BytesIO(b"a" * size))
    assert told.value.strerror == "it is larger than 0 MB"


def test_no_more_is_read_than_shows_that_it_is_too_large(monkeypatch):
    monkeypatch.setattr(readable, "MOST_TEXT", 1000)
    stream = io.BytesIO(b"a" * 5000)
    with pytest.raises(UnreadableError):
        read_bounded(stream)
    assert stream.tell() == 1001


def test_the_limit_is_told_in_megabytes(monkeypatch):
    monkeypatch.setattr(readable, "MOST_TEXT", 2_000_000)
    with pytest.raises(UnreadableError, match="larger than 2 MB"):
        read_bounded(io.BytesIO(b"a" * 2_000_001))
