"""The parts of reading a text by themselves: edges of names, pieces, and what is odd."""

import gzip
import hashlib

import pytest

from charplay.errors import CorpusError
from charplay.text.reading import reader as reading
from charplay.text.reading.cleaning import Cleaned, clean_pieces
from charplay.text.reading.list_marks import parse_json_list, strip_marks
from charplay.text.reading.name_lines import (
    amount_notes,
    clean_names,
    find_item_separator,
    split_items,
)
from charplay.text.reading.oddities import CharacterCount, count_by_kind, find_oddities
from charplay.text.reading.reader import PackedError, TextReader, is_bomb

EDGES = {
    "nothing": (("Ann", "Bob"), ("Ann", "Bob"), ()),
    "blanks": ((" Ann", "Bob\t ", "  "), ("Ann", "Bob"), ("blanks at the edges of 2 names",)),
    "what nobody sees": (
        ("\u200bAnn\u200b", "Bob\u2060", "Cy\u200b"), ("Ann", "Bob", "Cy"),
        ("invisible characters (U+200B, U+2060) at the edges of 3 names",),
    ),
    "both": (
        (" \u00adAnn",), ("Ann",),
        ("blanks at the edges of 1 name",
         "invisible characters (U+00AD) at the edges of 1 name"),
    ),
    "controls at the edges": (("\x00Ann\x7f",), ("Ann",), ("blanks at the edges of 1 name",)),
    "doubled blanks": (
        ("A  B", "A\tB", "A B"), ("A B", "A B", "A B"), ("doubled blanks in 2 names",),
    ),
    "controls": (
        ("A\x01B", "A\x9fB", "AB"), ("AB", "AB", "AB"), ("control characters in 2 names",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", EDGES)
def test_names_are_cleaned_and_what_was_cleaned_is_told(what):
    lines, names, told = EDGES[what]
    notes = (f"cleaned {', '.join(told)}",) if told else ()
    assert clean_names(lines, False) == (names, notes)


EVERY_EDGE = (
    *range(0x21), *range(0x7F, 0xA1), 0xAD, 0x61C, 0x1680, 0x180E, *range(0x2000, 0x2010),
    0x2028, 0x2029, *range(0x202A, 0x2030), 0x205F, *range(0x2060, 0x2070), 0x3000, 0xFEFF,
    0xFFF9, 0xFFFA, 0xFFFB,
)  # fmt: skip


def test_every_blank_control_and_hidden_character_is_an_edge_and_no_sign_is():
    for code in EVERY_EDGE:
        assert clean_names([f"{chr(code)}Ann{chr(code)}"], False)[0] == ("Ann",), hex(code)
    for code in (0x21, 0x7E, 0xA1, 0x1FFF, 0x2010, 0x2027, 0x2030, 0x2070):
        name = f"{chr(code)}Ann{chr(code)}"
        assert clean_names([name], False) == ((name,), ()), hex(code)


def test_small_letters_are_told_and_composed():
    told = ("capitals were made small letters; --set lower=off keeps them",)
    assert clean_names(["Ann", "bob"], True) == (("ann", "bob"), told)
    assert clean_names(["ann", "bob"], True) == (("ann", "bob"), ())
    assert clean_names(["J\u030c"], True)[0] == ("\u01f0",)


def test_amounts_are_told_of_few_names_and_of_repeats():
    many = [f"name {n}" for n in range(100)]
    assert amount_notes(many) == ()
    assert amount_notes([*many, many[0]]) == (
        "101 lines, 100 different names: repeated names count each time",
    )
    [few] = amount_notes(many[1:])
    assert few.startswith("99 names are few: ")


ITEMS = {
    "four": ("Ann, Bob, Cy, Di", ","),
    "three": ("Ann, Bob, Cy", ""),
    "four words": ("A b c d, Bob, Cy, Di", ","),
    "five words": ("A b c d e, Bob, Cy, Di", ""),
    "two and a half words each": ("A b c d, A b c d, Cy, Di", ","),
    "more": ("A b c d, A b c d, Cy e, Di", ""),
    "forty letters": ("x" * 40 + ", Bob, Cy, Di", ","),
    "forty-one": ("x" * 41 + ", Bob, Cy, Di", ""),
    "a sentence at the end": ("Ann, Bob, Cy, Di.", ","),
    "a sentence before it": ("Ann, Bob!, Cy, Di", ""),
    "a sentence next to it": ("Ann, Bob, Cy!, Di", ""),
    "a semicolon first": ("A, b; C, d; E, f; G, h", ";"),
    "a gap": ("Ann, Bob,, Cy, Di,", ","),
}


@pytest.mark.parametrize("what", ITEMS)
def test_items_on_one_line_are_names_where_they_are_short(what):
    line, separator = ITEMS[what]
    assert find_item_separator([line], sure=False) == separator
    assert find_item_separator([line], sure=True) == (separator or ",")


def test_items_have_no_blanks_at_their_edges():
    assert split_items(" a , b,\n c,", ",") == ["a", "b", "", "c", ""]


MARKS = {
    "two bullets": (["- a", "- b"], ["a", "b"], "bullet before"),
    "two numbers": (["1. a", "2. b"], ["a", "b"], "number before"),
    "numbers from seven": (["7) a", "8) b"], ["a", "b"], "number before"),
    "other quotation marks": (["„a“", "«b»", "'c',"], ["a", "b", "c"], "quotation marks around"),
    "a mark that does not close": (["„a“", '"b”'], None, ""),
    "marks that close": (["«a»", "“b”"], ["a", "b"], "quotation marks around"),
    "a blank line": (["- a", " ", "- b"], ["a", "b"], "bullet before"),
}  # fmt: skip


@pytest.mark.parametrize("what", MARKS)
def test_marks_that_all_lines_have_are_left_out(what):
    lines, names, mark = MARKS[what]
    notes = (f"left out the {mark} each name",) if mark else ()
    assert strip_marks(lines) == (lines if names is None else names, notes)


@pytest.mark.parametrize("text", ['["a"]', ' \n["a", "b"] '])
def test_a_json_list_is_its_strings(text):
    assert parse_json_list(text) == (["a"] if "b" not in text else ["a", "b"])


def test_characters_are_of_a_kind():
    counted = {"a": 5, "7": 4, "\u0301": 3, "\x07": 2, "\u200b": 1, "\n": 9, "\ue000": 1, "か": 1}
    assert count_by_kind(counted) == (
        CharacterCount("Latin letters", 5),
        CharacterCount("digits", 4),
        CharacterCount("combining marks", 3),
        CharacterCount("control characters", 2),
        CharacterCount("invisible characters", 2),
        CharacterCount("Hiragana letters", 1),
    )


def test_of_many_odd_things_the_first_are_shown():
    once = {chr(ord("a") + n): 1 for n in range(14)} | {" ": 500}
    [told] = find_oddities(once, (), 5)
    assert told == "characters seen once: a b c d e f g h i j k l and 2 more"
    hidden = {chr(n): 2 for n in range(1, 8)}
    assert find_oddities(hidden, (), 5) == [
        "characters that cannot be seen: U+0001 U+0002 U+0003 U+0004 U+0005 U+0006 U+0007"
    ]
    long = [letter * 21 for letter in "abcd"]
    assert find_oddities({}, long, 1) == [
        f"far longer than the others: {', '.join(long[:3])} and 1 more"
    ]


def test_signs_marks_and_letters_are_shown_as_they_are():
    once = {"$": 1, ".": 1, "7": 1, "é": 1, "\u0301": 1, " ": 500}
    assert find_oddities(once, (), 5) == ["characters seen once: $ . 7 é U+0301"]


@pytest.mark.parametrize(
    ("unpacked", "packed", "bomb"),
    [
        (50_000_000, 1, False),
        (50_000_001, 1, True),
        (50_000_100, 500_001, False),
        (50_000_101, 500_001, True),
    ],
)
def test_a_bomb_holds_much_and_a_hundred_times_what_it_is(unpacked, packed, bomb):
    assert is_bomb(unpacked, packed) is bomb


def test_how_much_a_packed_file_holds_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_MOST_UNPACKED", 5_000)
    raw = gzip.compress(b"a" * 10_000)
    path = tmp_path / "t.GZ"
    path.write_bytes(raw)
    with pytest.raises(PackedError) as caught:
        list(TextReader("t", path, piece=4_000))
    assert caught.value.message == f"t has {len(raw)} bytes, and holds 8,000 and more"
    assert caught.value.hint == "if you trust it, add --large"
    assert "".join(TextReader("t", path, large=True)) == "a" * 10_000
    plain = tmp_path / "t.txt"
    plain.write_bytes(b"a" * 10_000)
    assert "".join(TextReader("t", plain, piece=4_000)) == "a" * 10_000


def test_the_checksum_is_known_without_reading_twice(tmp_path, monkeypatch):
    path = tmp_path / "t"
    path.write_bytes(b"abcdef")
    read = TextReader("t", path, piece=4)
    assert (read.sha256, read.small) == (hashlib.sha256(b"abcdef").hexdigest(), False)
    path.unlink()
    assert read.sha256 == hashlib.sha256(b"abcdef").hexdigest()


def test_a_text_of_exactly_a_piece_does_not_stay_in_memory(tmp_path):
    path = tmp_path / "t"
    path.write_bytes(b"abcd")
    assert not TextReader("t", path, piece=4).small
    assert TextReader("t", path, piece=5).small
    path.write_bytes(b"")
    assert TextReader("t", path, piece=4).small
    assert TextReader("t", path).encoding == "utf-8"


def test_each_reading_tells_what_it_cleaned(tmp_path):
    path = tmp_path / "t"
    path.write_bytes("a\ufeffb".encode())
    read = TextReader("t", path)
    for _ in range(2):
        assert "".join(read) == "ab"
        assert read.cleaned.marks == 1


WRONG = {
    "behind pieces": (b"ab\ncd\xff", 3, "utf-8", "line 2, byte 3 is 0xff"),
    "held back": (b"ab\xc3", 2, "utf-8", "line 1, byte 3 is 0xc3"),
    "held back over a piece": (b"ab\n\xe6\x81\xffz", 5, "utf-8", "line 2, byte 1 is 0xe6"),
    "of a wide encoding": (
        "ab\nc".encode("utf-16-le") + b"\0\xdc", 4, "utf-16-le", "line 2, byte 3 is 0x00",
    ),
    "behind a mark": (b"\xef\xbb\xbfa\xff", 9, "utf-8", "line 1, byte 2 is 0xff"),
    "a mark that is none": (b"ab\xef\xbb\xbfa\xff", 2, "utf-8", "line 1, byte 7 is 0xff"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_byte_is_told_by_its_place(tmp_path, what):
    raw, piece, encoding, place = WRONG[what]
    path = tmp_path / "t"
    path.write_bytes(raw)
    with pytest.raises(CorpusError) as caught:
        list(TextReader("t", path, piece=piece, encoding=encoding))
    assert caught.value.message.partition(": ")[2] == place


def test_the_words_that_are_shown_begin_with_the_wrong_line(tmp_path):
    path = tmp_path / "t"
    path.write_bytes("Ann\nBöb\nZoé\n".encode("cp1252"))
    with pytest.raises(CorpusError) as caught:
        list(TextReader("t", path))
    assert "--encoding windows-1252 reads Böb Zoé" in caught.value.hint


def test_another_fault_of_an_encoding_is_told(tmp_path):
    path = tmp_path / "t"
    path.write_bytes(b"xn--\xff")
    with pytest.raises(CorpusError) as caught:
        list(TextReader("t", path, encoding="idna"))
    assert caught.value.message.startswith("t is not ")


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["ab", "c\n", "d"], ["a", "bc\n", "", "d"]),
        (["e", "\u0301"], ["", "", "é"]),
        (["ab\x1a", "\x1a"], ["a", "", "b"]),
        (["ab\x1a", "c"], ["a", "b\x1a", "c"]),
        (["\u1112", "\u1161", "x"], ["", "", "하", "x"]),
    ],
)
def test_a_piece_is_cut_where_nothing_after_it_changes_it(pieces, text):
    assert list(clean_pieces(pieces, Cleaned())) == text


def test_what_was_cleaned_is_told_in_sentences():
    assert Cleaned().notes == ()
    assert Cleaned(1).notes == ("left out 1 byte order mark (U+FEFF) inside the text",)
    assert Cleaned(2, True, True).notes == (
        "left out 2 byte order marks (U+FEFF) inside the text",
        "left out the end mark of a DOS file (^Z)",
        "accents that stood apart from their letters were joined (NFC)",
    )
