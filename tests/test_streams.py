"""Streams that take any text, and one whose reader is gone."""

import io
import os

import pytest

from charplay.streams import NoInput, accept_any_text, is_unicode, silence_stream


def stream_of(data=b"", encoding="utf-8"):
    return io.TextIOWrapper(io.BytesIO(data), encoding, write_through=True)


def test_bytes_that_are_no_text_are_read_as_they_are_shown_also_when_asked_for_again():
    stream = stream_of(b"a\xff\nb\xfe\n")
    accept_any_text(stream)
    assert stream.readline() == "a\\xff\n"
    accept_any_text(stream)
    assert stream.readline() == "b\\xfe\n"


def test_what_an_encoding_lacks_is_replaced_in_as_many_columns():
    stream = stream_of(encoding="ascii")
    accept_any_text(stream)
    stream.write("é·恐’")
    assert stream.buffer.getvalue() == b"?-??'"


@pytest.mark.parametrize(
    ("encoding", "unicode"), [("utf-8", True), ("UTF-16", True), ("cp1252", False), (None, True)]
)
def test_whether_an_encoding_has_every_character(encoding, unicode):
    stream = io.StringIO() if encoding is None else stream_of(encoding=encoding)
    assert is_unicode(stream) is unicode


def test_a_silenced_stream_writes_nowhere_and_leaves_nothing_open(tmp_path):
    def open_descriptors():
        return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    with (tmp_path / "out").open("w") as stream:
        before = open_descriptors()
        silence_stream(stream)
        assert open_descriptors() == before
        stream.write("lost")
    assert (tmp_path / "out").read_text() == ""
    silence_stream(io.StringIO())


def test_a_plugin_that_reads_standard_input_is_told_what_to_do():
    for read in (NoInput().read, NoInput().readline):
        with pytest.raises(EOFError, match=r"asks by context\.ask"):
            read()
    assert NoInput().readable()
