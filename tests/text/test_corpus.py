import gzip
import hashlib
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import CorpusError, UsageError
from charplay.plan import TextChoice
from charplay.text.corpus import (
    NameList,
    Prose,
    lines_of,
    load_corpus,
    split_corpus,
)
from charplay.text.entry import CorpusEntry
from charplay.text.reading.kinds import guess_kind
from tests.conftest import installed_plugins

CORPORA = Path(__file__).parents[2] / "corpora"
SOURCES = CORPORA / "charplay_corpora" / "SOURCES.md"


@pytest.fixture
def load(tmp_path):
    """Writes bytes to a file and reads them as a corpus."""

    def load(raw, file="list.txt", **choice):
        path = tmp_path / file
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return load_corpus(TextChoice(corpus=str(path), **choice), {})

    return load


@pytest.fixture
def refusal(load, tmp_path):
    """The one line, without the folder's name, with which a file is refused."""

    def refusal(raw, file="list.txt", **choice):
        with pytest.raises((CorpusError, UsageError)) as caught:
            load(raw, file, **choice)
        assert "\n" not in caught.value.message
        assert caught.value.hint
        return caught.value.message.replace(str(tmp_path) + os.sep, "")

    return refusal


def names_of(*names):
    return NameList(names, "test", "")


def test_names_keep_their_order_and_their_repeats(load):
    assert load("b\na\nb\nc\na\n", kind="names").names == ("b", "a", "b", "c", "a")


@pytest.mark.parametrize(
    "raw",
    [
        b"ann\nbob\n",
        b"ann\nbob",
        b"ann\r\nbob\r\n",
        b"ann\rbob\r",
        b"\xef\xbb\xbfann\nbob\n",
        b"\n\nann\n   \n\nbob\n\n",
        b"  ann \n\tbob\t\n",
    ],
)
def test_line_ends_byte_order_mark_blank_lines_and_edges_are_no_part_of_a_name(load, raw):
    corpus = load(raw, kind="names")
    assert corpus.names == ("ann", "bob")
    assert corpus.characters == len("ann\nbob\n")


def test_every_name_is_ended_by_a_newline_of_the_vocabulary(load):
    assert load("ann\nbob", kind="names").vocabulary.characters == "\nabno"


def test_prose_keeps_every_character_and_its_line_ends_are_newlines(load):
    corpus = load(b"\xef\xbb\xbf  One,\r\n\r\n two \xc3\xa9\r", kind="prose")
    assert isinstance(corpus, Prose)
    assert corpus.text == "  One,\n\n two é\n"
    assert corpus.characters == 15


def test_a_text_can_be_lower_cased(load):
    assert load("Ann\nBOB\n", kind="names", lower=True).names == ("ann", "bob")
    assert load("Ann met BOB.", kind="prose", lower=True).text == "ann met bob."


def test_the_checksum_is_that_of_the_file_as_it_lies_there(load):
    raw = b"\xef\xbb\xbfAnn\r\nBob\r\n"
    assert load(raw, lower=True).sha256 == hashlib.sha256(raw).hexdigest()


TABLE = 'name, year\n"Ann, the first",1901\nBob,1902\n\nBob,1903\n'


def test_a_column_of_a_table_is_a_list_of_names(load):
    assert load(TABLE, "t.csv", column="name").names == ("Ann, the first", "Bob", "Bob")
    assert load(TABLE, "t.CSV", column="year").names == ("1901", "1902", "1903")


def test_a_column_is_found_behind_a_byte_order_mark(load):
    assert load(b"\xef\xbb\xbfname,n\r\nann,1\r\nbob,2\r\n", "t.csv", column="name").names == (
        "ann",
        "bob",
    )


def test_a_row_that_is_too_short_has_no_name(load):
    assert load("n,name\n1,ann\n2\n3,bob\n", "t.csv", column="name").names == ("ann", "bob")


def test_a_table_of_one_column_needs_no_name_for_it(load):
    assert load("ann\nbob\n", "t.csv").names == ("ann", "bob")


def test_an_unknown_column_gets_the_nearest_ones_shown(load):
    with pytest.raises(UsageError) as caught:
        load(TABLE, "t.csv", column="nam")
    assert "'nam'" in caught.value.message
    assert caught.value.hint == "did you mean name?"


def test_a_table_of_several_columns_asks_which(load):
    with pytest.raises(UsageError) as caught:
        load("name,city\nann,Rome\nbob,Oslo\n", "t.csv")
    assert caught.value.message.endswith("t.csv has 2 columns of text")
    assert caught.value.hint == "choose one with --column name or city"


def test_a_text_has_no_columns(refusal):
    assert refusal("ann\nbob\n", column="name") == "list.txt is not a table, so it has no columns"


def test_a_table_with_an_open_quote_is_told(refusal):
    assert "t.csv is not a table" in refusal('name\n"ann\n', "t.csv")


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"  \r\n\t", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("choice", [{}, {"kind": "names"}, {"kind": "prose"}])
def test_an_empty_file_is_told(refusal, raw, choice):
    assert refusal(raw, **choice) == "list.txt is empty"


@pytest.mark.parametrize("raw", ["", "name,n\n", "name,n\n ,1\n"])
def test_a_table_with_nothing_in_the_column_is_told(refusal, raw):
    assert refusal(raw, "t.csv", column="name" if raw else None) == "t.csv is empty"


def test_one_line_is_no_list(refusal):
    assert "has only one line" in refusal("\nann\n", kind="names")


@pytest.mark.parametrize(
    ("raw", "line"), [(b"\x00ann", 1), (b"ann\nbob\n\x89PNG\x00\n", 3), (b"\x7fELF\x02\x00\xff", 1)]
)
def test_a_binary_file_is_told_with_the_line_of_its_first_zero(refusal, raw, line):
    assert refusal(raw) == f"list.txt is not a text: line {line} has a zero byte"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_utf_32_is_told(refusal, encoding):
    assert refusal("ann\nbob\n".encode(encoding)) == "list.txt is UTF-32"


@pytest.mark.parametrize(
    ("raw", "line", "byte", "value"),
    [
        (b"\xff", 1, 1, "ff"),
        (b"ann\nren\xe9\n", 2, 4, "e9"),
        (b"ann\r\nren\xe9\r\n", 2, 4, "e9"),
        ("é\né".encode() + b"\xc3", 2, 3, "c3"),
        (b"\xef\xbb\xbfann\nren\xe9\n", 2, 4, "e9"),
        (b"\xef\xbb\xbfann\nbob\n\n\x80", 4, 1, "80"),
    ],
)
def test_what_is_not_utf_8_is_told_with_line_and_byte(refusal, raw, line, byte, value):
    assert refusal(raw) == f"list.txt is not UTF-8: line {line}, byte {byte} is 0x{value}"


def test_a_folder_is_told(tmp_path):
    with pytest.raises(CorpusError, match="is a folder"):
        load_corpus(TextChoice(str(tmp_path)), {})


@pytest.mark.parametrize("corpus", ["missing.txt", "no/such/file", "~/no-such-file-of-anybody.txt"])
def test_a_missing_file_is_told(corpus):
    with pytest.raises(UsageError) as caught:
        load_corpus(TextChoice(corpus), {})
    assert caught.value.message == f"there is no file {corpus}"


@pytest.mark.parametrize(
    "corpus",
    ["x" * 5000, "x" * 5000 + ".txt", "a\0b", "~nobody-of-that-name/x"],
    ids=["long", "long.txt", "zero byte", "no home"],
)
def test_what_can_be_no_file_is_a_missing_one(corpus):
    with pytest.raises(UsageError, match="there is no"):
        load_corpus(TextChoice(corpus), {})


@pytest.fixture
def entries(tmp_path):
    path = tmp_path / "shipped"
    path.write_text("one two three four five six seven\nAnd more.\n")
    entry = CorpusEntry("poems", "prose", "poems", "none", "nowhere", path)
    return {"poems": entry}


def test_a_corpus_is_found_by_name_and_is_of_its_declared_kind(entries):
    corpus = load_corpus(TextChoice("poems"), entries)
    assert (corpus.kind, corpus.source) == ("prose", "poems")


def test_a_corpus_is_not_read_as_what_it_is_not(entries):
    with pytest.raises(UsageError, match="the corpus poems is prose, not names"):
        load_corpus(TextChoice("poems", kind="names"), entries)


def test_an_unknown_corpus_gets_the_nearest_ones_shown(entries):
    with pytest.raises(UsageError) as caught:
        load_corpus(TextChoice("peoms"), entries)
    assert caught.value.hint == "did you mean poems?"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ann\nbob\n", "names"),
        ("Tyrannosaurus\nAnna Maria von Hausen\nBob\n", "names"),
        ("Aspirin\n\nIbuprofen\n", "names"),
        ("ann", "prose"),
        ("To be, or not to be, that is the question:\nWhether 'tis nobler\n", "prose"),
        ("Shall I compare thee to\na summer's day?\nThou art more lovely and\n", "prose"),
        ("x" * 41 + "\ny\n", "names"),
        ("x" * 141 + "\ny\n", "prose"),
        ("", "prose"),
    ],
)
def test_a_list_of_names_and_prose_are_told_apart(text, kind):
    assert guess_kind([text]).kind == kind


@given(st.lists(st.sampled_from(["ann\n", "bob bo", "\n", " ", "x" * 30, "a b c"]), max_size=12))
def test_a_text_in_pieces_is_told_to_be_what_it_is_whole(pieces):
    assert guess_kind(pieces) == guess_kind(["".join(pieces)])


def test_no_more_is_read_than_tells_what_a_text_is():
    def pieces():
        yield "ann\nIt was the best of times, it was the worst of times\n" * 20_000
        raise AssertionError("this is prose, however it goes on")

    assert guess_kind(pieces()).kind == "prose"


LINES = ["Call me Ishmael.", "", "  ", "Some years ago –", "never mind how long precisely –"]


@pytest.mark.parametrize("piece", [1, 3, 16, 1000])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_a_text_is_had_in_pieces_and_in_lines(monkeypatch, piece, end):
    monkeypatch.setattr("charplay.text.corpus.PIECE", piece)
    corpus = Prose.of("\n".join(LINES) + end, "novel", "")
    pieces = list(corpus.pieces())
    assert "".join(pieces) == corpus.text == "\n".join(LINES) + end
    assert max(map(len, pieces)) <= piece
    assert list(lines_of(corpus)) == [line for line in LINES if line.strip()]


def test_a_list_is_had_as_a_file_of_it_and_in_names():
    corpus = names_of("b", "a", "b")
    assert "".join(corpus.pieces()) == "b\na\nb\n"
    assert list(lines_of(corpus)) == ["b", "a", "b"]


def test_what_is_asked_for_goes_before_what_is_guessed(load):
    assert load("ann\nbob\n").kind == "names"
    assert load("ann\nbob\n", kind="prose").kind == "prose"
    assert load("It was the best of times, it was the worst of times.\nSo.").kind == "prose"
    assert load("It was the best of times.\nIt was the worst.", kind="names").kind == "names"


def test_the_last_tenth_of_prose_is_held_out():
    text = "".join(chr(0x4E00 + i) for i in range(200))
    training, held_out = split_corpus(Prose.of(text, "p", ""), 0.1)
    assert (training.text, held_out.text) == (text[:180], text[180:])


lists = st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=60)


@given(lists.filter(lambda names: len(set(names)) >= 8))
def test_a_tenth_of_the_distinct_names_is_held_out_and_repeats_stay_on_one_side(names):
    training, held_out = split_corpus(names_of(*names), 0.1)
    assert len(set(held_out.names)) == round(len(set(names)) * 0.1)
    assert not set(training.names) & set(held_out.names)
    assert sorted(training.names + held_out.names) == sorted(names)
    assert list(training.names) == [name for name in names if name in set(training.names)]


def test_the_same_list_always_keeps_the_same_tenth():
    corpus = names_of(*map(str, range(100)))
    # Written down: were it to change, no figure could be compared with an earlier one.
    assert split_corpus(corpus, 0.1)[1].names == (
        "15",
        "20",
        "21",
        "23",
        "37",
        "53",
        "58",
        "67",
        "81",
        "91",
    )


def test_nothing_is_held_out_where_nothing_was_asked_for():
    corpus = names_of("a", "b")
    assert split_corpus(corpus, 0)[0].names == ("a", "b")
    assert split_corpus(corpus, 0)[1].names == ()
    assert split_corpus(Prose.of("ab", "p", ""), 0)[0].text == "ab"


@pytest.mark.parametrize("corpus", [names_of("a", "b", "a"), Prose.of("abcdef", "short", "")])
def test_a_text_too_small_to_part_is_told_with_the_way_to_train_on_all_of_it(corpus):
    with pytest.raises(CorpusError) as caught:
        split_corpus(corpus, 0.1)
    assert "too few to hold any out" in caught.value.message
    assert "--set held-out=0" in caught.value.hint


def checksums_in(path):
    return set(re.findall(r"\b[0-9a-f]{64}\b", path.read_text(encoding="utf-8")))


def checksum_of(path):
    """That of the text: one that is kept packed is checked unpacked."""
    raw = path.read_bytes()
    return hashlib.sha256(gzip.decompress(raw) if path.suffix == ".gz" else raw).hexdigest()


def test_the_shipped_dinosaurs_are_1318_distinct_names():
    corpus = load_corpus(TextChoice("dinosaurs"), installed_plugins().corpora)
    assert len(corpus.names) == len(set(corpus.names)) == 1318
    assert "tyrannosaurus" in corpus.names
    assert corpus.vocabulary.newline == 0


def test_the_shipped_dinosaurs_are_those_that_were_recorded():
    corpus = load_corpus(TextChoice("dinosaurs"), installed_plugins().corpora)
    (row,) = [line for line in SOURCES.read_text().splitlines() if line.startswith("| `dinosaurs`")]
    assert corpus.sha256 in row
    assert "1318 distinct names" in row
    assert "npm `dinosaurs` 1.2.1" in row
    assert "WTFPL" in row


def test_every_shipped_text_has_its_checksum_in_sources_and_in_the_script_that_makes_it():
    recorded = checksums_in(SOURCES) & checksums_in(CORPORA / "build.py")
    shipped = {checksum_of(path) for path in (CORPORA / "charplay_corpora" / "texts").iterdir()}
    assert shipped
    assert shipped <= recorded


def test_the_sources_name_no_checksum_that_the_script_does_not_check():
    assert checksums_in(SOURCES) <= checksums_in(CORPORA / "build.py")
