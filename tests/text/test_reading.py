"""A text read in pieces is the text read whole, wherever the pieces part."""

import codecs
import gzip
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import CorpusError
from charplay.text.reading.reader import TextReader

# One to four bytes a character, both kinds of line end, and a mark that may stand anywhere.
TEXTS = st.text(st.sampled_from("aé恐🦕\r\n \ufeff"), max_size=40)
PIECES = st.integers(4, 24)
WORDS = st.lists(st.text(st.sampled_from("aBΣσİß'é"), max_size=5), max_size=12)


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    """Reads bytes in pieces of so many."""
    path = tmp_path_factory.mktemp("reading") / "text"

    def reading(raw, piece, lower=False):
        path.write_bytes(raw)
        return TextReader("text", path, lower, piece)

    return reading


def whole(raw):
    text = raw.decode().replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\ufeff", "")


@given(TEXTS, PIECES)
def test_it_is_the_text_whatever_stands_where_two_pieces_meet(reading, text, piece):
    read = reading(text.encode(), piece)
    assert "".join(read) == "".join(read) == whole(text.encode())
    assert read.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert read.small == (len(text.encode()) < piece)


@given(st.lists(st.sampled_from([" ", "\n"]), min_size=12, max_size=12), WORDS)
def test_it_is_lower_cased_as_if_it_were_whole_a_sigma_by_its_word_too(reading, blanks, words):
    text = "".join(word + blank for word, blank in zip(words, blanks, strict=False))
    assert "".join(reading(text.encode(), 12, lower=True)) == text.lower()


def test_a_word_longer_than_a_piece_is_lower_cased_all_the_same(reading):
    assert "".join(reading(b"ACGT" * 10, 8, lower=True)) == "acgt" * 10


def told(read):
    with pytest.raises(CorpusError) as caught:
        list(read)
    return caught.value.message


@given(TEXTS, st.sampled_from([b"\xff", b"\xc3", b"\xe6\x81", b"\xf0\x9f\xa6"]), TEXTS, PIECES)
def test_what_is_not_utf_8_is_told_by_the_same_line_and_byte(reading, before, wrong, after, piece):
    raw = before.encode() + wrong + b"\n" + after.encode()
    with pytest.raises(UnicodeDecodeError) as caught:
        raw.removeprefix(codecs.BOM_UTF8).decode()
    read = caught.value.object[: caught.value.start].split(b"\n")
    assert told(reading(raw, piece)).startswith(
        f"text is not UTF-8: line {len(read)}, byte {len(read[-1]) + 1} is 0x"
    )


@given(st.text("ab\n", max_size=60), PIECES)
def test_a_zero_byte_is_told_by_its_line(reading, before, piece):
    line = before.count("\n") + 1
    message = told(reading(before.encode() + b"\0\n", piece))
    assert message == f"text is not a text: line {line} has a zero byte"


def test_a_packed_text_is_read_in_pieces_too(tmp_path):
    text = "Call me Ishmael.\r\n" * 100
    path = tmp_path / "novel.txt.gz"
    path.write_bytes(gzip.compress(text.encode()))
    read = TextReader("novel", path, piece=50)
    assert "".join(read) == text.replace("\r", "")
    assert (read.sha256, read.small) == (hashlib.sha256(text.encode()).hexdigest(), False)


def test_a_packed_text_that_breaks_off_behind_its_first_piece_is_told(tmp_path):
    path = tmp_path / "novel.txt.gz"
    path.write_bytes(gzip.compress(bytes(range(1, 128)) * 1000, 0)[:-1000])
    assert told(TextReader("novel", path, piece=50)) == "novel is not a whole .gz file"


def test_a_file_that_changes_while_it_is_read_is_told(reading):
    read = reading(b"To be, or not to be", 4)
    assert read.sha256
    reading(b"To be, and that is all", 4)
    assert told(read) == "text changed while it was read"


def test_a_file_that_goes_away_while_it_is_read_is_told(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"To be, or not to be")
    read = TextReader("text", path, piece=4)
    path.unlink()
    assert told(read) == "text cannot be read: No such file or directory"


@given(TEXTS)
def test_a_small_text_is_read_from_the_disk_once(reading, text):
    read = reading(text.encode(), 1000)
    assert read.small
    reading(b"another", 1000)
    assert "".join(read) == whole(text.encode())


def test_no_more_is_read_than_is_asked_for(reading):
    pieces = iter(reading(b"To be\n" + b"\xff" * 100, 6))
    assert next(pieces) == "To be\n"
