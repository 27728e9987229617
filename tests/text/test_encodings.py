"""Encodings: known by certain signs, shown as the likely ones, and never guessed."""

import pytest

from charplay.errors import UsageError
from charplay.text.reading.encodings import certain_encoding, check_encoding, likely_readings


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
    [("windos-1252", "windows-1252"), ("hex", "hex"), ("rot13", ""), ("a\0b", "windows-1252")],
)
def test_an_unknown_encoding_is_refused_with_near_names(name, hint):
    with pytest.raises(UsageError) as caught:
        check_encoding(name)
    assert caught.value.message.startswith("there is no encoding")
    assert hint in caught.value.hint
