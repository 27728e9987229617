"""Bytes that are no text: one form for them, and the way back where they name a file."""

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import list_first, quoted, unknown
from charplay.files import name_of_file, named_file, new_file, path_text
from charplay.undecoded import escape_path, escape_undecoded, restore_path


def test_a_byte_that_is_no_text_is_escaped_and_text_stays():
    assert escape_undecoded("Ze\udcff\udc80é恐\\x41\n") == "Ze\\xff\\x80é恐\\x41\n"
    assert escape_undecoded("half \ud800") == "half \\ud800"
    assert escape_undecoded("\udc7f\udc80\udcff\udd00") == "\\udc7f\\x80\\xff\\udd00"
    assert escape_path("a\n\x1b\udcfe é") == "a\\x0a\\x1b\\xfe é"


@given(st.binary(max_size=30))
def test_whatever_bytes_become_text_that_every_file_can_hold_and_a_path_comes_back(raw):
    text = raw.decode("utf-8", "surrogateescape")
    escape_undecoded(text).encode("utf-8")
    assert escape_path(text).isprintable() or not text.isprintable()
    if b"\\" not in raw:
        assert restore_path(escape_path(text)) == text


FILE_NAMES = st.binary(min_size=1, max_size=40).filter(
    lambda name: b"/" not in name and b"\0" not in name and name.strip(b".") and name[:1] != b"~"
)


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
@given(FILE_NAMES)
def test_a_file_of_any_name_is_found_by_the_text_that_is_shown_for_it(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("names")
    path = folder / os.fsdecode(name)
    path.touch()
    typed = str(folder / escape_undecoded(os.fsdecode(name)))
    assert named_file(typed) == path
    assert named_file(path_text(path)) == path
    path.unlink()
    assert new_file(typed) == path or b"\\x" in name


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a backslash parts folders")
def test_a_name_that_has_the_escape_for_letters_means_the_file_that_is_there(tmp_path):
    literal = tmp_path / r"a\xff.txt"
    literal.touch()
    assert named_file(str(literal)) == literal


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("/data/my list.csv", "my list"),
        (r"caf\xe9.txt", "caf-xe9"),
        ("plays.txt.gz", "plays"),
        ("恐竜.txt", "恐竜"),
        ("???", "text"),
    ],
)
def test_a_file_lends_its_name_to_what_it_holds(file, name):
    assert name_of_file(file, "text") == name


def test_of_many_words_a_handful_is_named_and_the_rest_is_counted():
    assert list_first(["a", "b"]) == "a, b"
    assert list_first(map(str, range(44_000))) == "0, 1, 2, 3, 4, 5, 6, 7 and 43,992 more"
    hint = unknown("column", "zzz", (f"c{n}" for n in range(44_000))).hint
    assert hint == "there are c0, c1, c10, c100, c1000, c10000, c10001, c10002 and 43,992 more"


def test_a_backslash_in_quotation_marks_is_single():
    assert quoted(r"Ze\xff") == r"'Ze\xff'"
    assert quoted("it's") == '"it\'s"'
