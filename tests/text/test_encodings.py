"""Encodings: known by certain signs, shown as the likely ones, and never guessed."""

import codecs
import re

import pytest

from charplay.errors import CorpusError, UsageError
from charplay.text.reading.encodings import (
    certain_encoding,
    check_encoding,
    encoding_in_words,
    is_utf8,
    likely_readings,
    wrong_encoding,
)


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"", "utf-8"),
        (b"ann\nbob\n", "utf-8"),
        ("恐竜\n鳥\n".encode("utf-16-be"), "utf-16-be"),
        ("恐竜\n鳥\n".encode("utf-16-le"), "utf-16-le"),
        ("ann\n".encode("utf-16"), "utf-16-le"),
        ("ann\r\nbob".encode("utf-16-be"), "utf-16-be"),
        (b"\x00ann", "utf-8"),
        (b"ann\nbob\n\x89PNG\x00\n", "utf-8"),
        (b"\x7fELF\x02\x00\xff", "utf-8"),
        (bytes(range(256)) * 9, "utf-8"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", "utf-8"),
    ],
)
def test_utf_16_is_known_by_its_mark_or_its_zeros(raw, encoding):
    assert certain_encoding("text", raw) == encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Łódź Żółw Kraków", "windows-1250"),
        ("Привет мир", "windows-1251"),
        ("café “quoted” naïve", "windows-1252"),
        ("Ελλάδα Αθήνα", "windows-1253"),
        ("İstanbul Şişli ığdır", "windows-1254"),
        ("שלום עולם", "windows-1255"),
        ("こんにちは 恐竜", "shift_jis"),
        ("你好 世界 恐龙", "gb18030"),
        ("안녕 세계", "euc-kr"),
        ("Müller Straße Öl", "cp850"),
        ("Mañana niño", "mac-roman"),
    ],
)
def test_the_right_encoding_is_among_a_handful_that_are_shown(text, encoding):
    shown = dict(likely_readings(text.encode(encoding)))
    assert shown[encoding] == text
    assert len(shown) <= 5


def test_encodings_that_read_a_text_alike_are_shown_once():
    assert likely_readings("Zoé\n".encode("cp1252")) == [("windows-1252", "Zoé")]


@pytest.mark.parametrize("name", ["windows-1252", "latin-1", "UTF-16", "shift_jis", "utf-8-sig"])
def test_an_encoding_may_have_any_of_its_names(name):
    assert check_encoding(name) == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [("windos-1252", "windows-1252"), ("hex", "windows-1252"), ("a\0b", "windows-1252")],
)
def test_an_unknown_encoding_is_refused_with_near_names(name, hint):
    with pytest.raises(UsageError) as caught:
        check_encoding(name)
    assert caught.value.message.startswith("there is no encoding")
    assert hint in caught.value.hint


@pytest.mark.parametrize("name", ["hex", "rot13", "base64", "bz2", "uu", "zlib", "quopri"])
def test_no_encoding_is_suggested_that_makes_no_text(name):
    with pytest.raises(UsageError) as caught:
        check_encoding(name)
    suggested = re.split(r", | or ", re.split(r"there are |did you mean ", caught.value.hint)[1])
    assert suggested
    for other in suggested:
        assert check_encoding(other.rstrip("?"))


ENCODED = {
    "a mark of UTF-16": ("Ann".encode("utf-16"), "utf-16-le"),
    "a mark of big-endian UTF-16": (codecs.BOM_UTF16_BE + "恐".encode("utf-16-be"), "utf-16-be"),
    "a single zero byte": (b"A\0", "utf-8"),
    "two of them": (b"A\0n\0", "utf-16-le"),
    "an odd number of bytes": (b"A\0n\0n", "utf-8"),
    "half a pair at the end": ("Ann".encode("utf-16-le") + b"\x3e\xd8", "utf-16-le"),
    "half a pair in the middle": (b"\x3e\xd8" + "Anna".encode("utf-16-le"), "utf-8"),
    "a control character": ("A\x01nn".encode("utf-16-le"), "utf-8"),
    "a tab, line ends and a DOS end": ("A\t\r\n\x1a".encode("utf-16-le"), "utf-16-le"),
    "a mark inside": ("A\ufeffn".encode("utf-16-be"), "utf-16-be"),
    "a character that there is not": ("An\u0378".encode("utf-16-le"), "utf-8"),
    "what the beginning cuts": (("A" * 32_767 + "🦖").encode("utf-16-le") + b"x", "utf-16-le"),
}


@pytest.mark.parametrize("what", ENCODED)
def test_an_encoding_is_certain_by_its_mark_or_its_zeros(what):
    raw, encoding = ENCODED[what]
    assert certain_encoding("t", raw) == encoding


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("Ann".encode("utf-32"), "utf-32"),
        ("Ann".encode("utf-32-le"), "utf-32-le"),
        ("Ann".encode("utf-32-be"), "utf-32-be"),
    ],
)
def test_utf_32_is_certain_and_refused(raw, named):
    with pytest.raises(CorpusError) as caught:
        certain_encoding("t", raw)
    assert caught.value.hint == f"save it as UTF-8, or add --encoding {named}"


def test_an_encoding_is_named_as_people_write_it():
    names = ("utf-8", "UTF-16-LE", "utf-16-be", "Latin-1", "cp1252")
    assert [encoding_in_words(name) for name in names] == [
        "UTF-8", "UTF-16", "UTF-16", "latin-1", "cp1252",
    ]  # fmt: skip
    assert [is_utf8(name) for name in ("utf8", "U8", "utf-8-sig", "utf-16", "ascii")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_an_encoding_that_there_is_not_gets_three_near_ones():
    with pytest.raises(UsageError) as caught:
        check_encoding("Latin1x")
    assert caught.value.hint == "did you mean latin1 or latin10 or latin-1?"
    with pytest.raises(UsageError) as caught:
        check_encoding("qqqqqq")
    assert caught.value.hint == "there are windows-1250, windows-1251, windows-1252, windows-1253"


def readings(text, encoding):
    return dict(likely_readings(text.encode(encoding)))


LOOKS = {
    "one script": ("Москва", "windows-1251", True),
    "two scripts": ("Моcква", "windows-1251", False),
    "a sign among letters": ("caf\u00e9\u00a4", "cp1252", False),
    "typography": ("«café»", "cp1252", True),
    "two foreign letters": ("éü", "cp1252", True),
    "three of them": ("éüö", "cp1252", False),
    "three and a plain one": ("éüöa", "cp1252", True),
    "a capital behind a small letter": ("éÜa", "cp1252", False),
    "plain capitals behind small letters": ("iPodé", "cp1252", True),
    "scripts that stand together": ("恐竜のカ", "shift_jis", True),
    "words without letters of a kind": ("…", "cp1252", True),
}


@pytest.mark.parametrize("what", LOOKS)
def test_only_what_looks_written_is_shown(what):
    word, encoding, written = LOOKS[what]
    named = {"cp1252": "windows-1252"}.get(encoding, encoding)
    assert (readings(word, encoding).get(named) == word) is written


def test_without_foreign_words_there_is_nothing_to_show():
    assert likely_readings(b"plain words") == [("windows-1252", "")]


def test_of_many_words_as_many_are_shown_as_fit():
    eight = "é1 é2 é3 é4 é5 é6 é7 é8"
    assert readings(eight + " é9", "cp1252")["windows-1252"] == eight
    long = "é" + "a" * 46
    assert readings(f"{long} b", "cp1252")["windows-1252"] == long
    assert readings(f"{long}a b é", "cp1252")["windows-1252"] == long + "a"
    assert readings(f"{long}aa", "cp1252")["windows-1252"] == long + "a"
    fits, too_long = "é" + "a" * 20, "ü" + "b" * 26
    assert readings(f"{fits} {too_long}", "cp1252")["windows-1252"] == f"{fits}"
    assert (
        readings(f"{fits} {too_long[:-1]}", "cp1252")["windows-1252"] == f"{fits} {too_long[:-1]}"
    )


def test_a_word_is_shown_once():
    assert readings("é é é ü", "cp1252")["windows-1252"] == "é ü"


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        (
            "Zoé".encode("cp1252"),
            "type the one that reads it right: --encoding windows-1252 reads Zoé",
        ),
        (
            b"\xff\xfa \xe9\xff\x80\x81",
            "save it as UTF-8, or name its encoding: --encoding NAME",
        ),
    ],
)
def test_of_wrong_bytes_the_likely_readings_are_shown(raw, hint):
    error = wrong_encoding("t", "utf-8", "line 1, byte 3 is 0xe9", raw)
    assert error.message == "t is not UTF-8: line 1, byte 3 is 0xe9"
    assert error.hint == hint
