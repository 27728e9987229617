"""A text is cleaned in pieces as if it were whole."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from charplay.text.reading.cleaning import Cleaned, clean_pieces

# Letters and what joins them: accents above and below, parts of Korean syllables, a vowel sign.
LETTERS = "ae=\n \u0301\u0323\u0338\u1112\u1161\u11ab\uac00\u09c7\u09be\ufeff恐é"
PIECES = st.lists(st.text(st.sampled_from(LETTERS), max_size=4), max_size=12)


def cleaned_text(pieces):
    cleaned = Cleaned()
    return "".join(clean_pieces(pieces, cleaned)), cleaned


@given(PIECES)
def test_pieces_are_composed_as_the_whole_text_is(pieces):
    text, cleaned = cleaned_text(pieces)
    plain = "".join(pieces).replace("\ufeff", "")
    assert text == unicodedata.normalize("NFC", plain)
    assert cleaned.composed == (text != plain)


@given(PIECES)
def test_every_byte_order_mark_is_left_out_and_those_inside_are_counted(pieces):
    text, cleaned = cleaned_text(pieces)
    whole = "".join(pieces)
    assert "\ufeff" not in text
    assert cleaned.marks == whole.count("\ufeff") - whole.startswith("\ufeff")


def test_only_an_end_mark_at_the_end_is_left_out():
    assert cleaned_text(["a\x1ab", "\x1a", "\x1a"])[0] == "a\x1ab"
    assert cleaned_text(["ab\n", "\x1a"])[1].ended
    assert not cleaned_text(["a\x1ab"])[1].ended
