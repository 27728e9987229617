"""The forms in which texts are compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.text.typed.typography import (
    comparing_form,
    compose,
    letter_form,
    plain_spelling,
)

ALIKE = [
    ("Zoé", "ZOE\u0301"),
    ("O’Brien", "o'brien"),
    ("Anna–Marita", "anna-marita"),
    ("Dr\u00a0Asprin", "dr asprin"),
    ("Ｔｙｒａｎｎｏ", "tyranno"),
    ("ΣΟΦΟΣ", "σοφος"),
    ("İstanbul", "istanbul"),
]
SPELLED_ALIKE = [
    ("Straße", "STRASSE"),
    ("ﬁn", "fin"),
    ("So…", "so..."),
    ("№ 5™", "no 5tm"),
    ("i\u0307stanbul", "İSTANBUL"),
    ("as\u00adprin", "asprin"),
]
DIFFERENT = [("Zoé", "Zoe"), ("می\u200cنا", "مینا"), ("ı", "i"), ("a b", "ab")]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_case_typography_and_the_normal_form_make_no_difference(one, other):
    assert letter_form(one) == letter_form(other)
    assert comparing_form(one) == comparing_form(other)


@pytest.mark.parametrize(("one", "other"), SPELLED_ALIKE)
def test_names_compare_as_equal_where_several_characters_spell_one(one, other):
    assert comparing_form(one) == comparing_form(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_accents_joiners_and_blanks_are_spelling(one, other):
    assert comparing_form(one) != comparing_form(other)


@given(st.text())
def test_the_letter_form_has_a_character_for_each_of_the_composed_text(text):
    assert len(letter_form(text)) == len(compose(text))


@given(st.text())
def test_every_normal_form_of_a_text_has_the_same_forms(text):
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, text)
        assert letter_form(other) == letter_form(text)
        assert comparing_form(other) == comparing_form(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_compares_by_its_lower_case(text):
    assert comparing_form(text) == text.lower().replace("`", "'")
    assert letter_form(text) == comparing_form(text)


FORMS = {
    "…": ("...", "…", "..."),
    "ﬁ": ("fi", "ﬁ", "fi"),
    "Ａ": ("A", "a", "a"),
    "²": ("²", "²", "2"),
    "¨": ("¨", "¨", " \u0308"),
    "´": ("'", "'", "'"),
    "№": ("No", "№", "no"),
    "\u2001": ("\u2001", " ", " "),
    "ŉ": ("'n", "ŉ", "ʼn"),
    "ℌ": ("H", "h", "h"),
    "Ⅳ": ("IV", "ⅳ", "iv"),
    "İ": ("İ", "i", "i"),
    "ß": ("ß", "ß", "ss"),
    "é": ("é", "é", "é"),
}


@pytest.mark.parametrize("character", FORMS)
def test_each_form_of_a_character_is_this(character):
    forms = (plain_spelling(character), letter_form(character), comparing_form(character))
    assert forms == FORMS[character]


def test_what_nobody_sees_is_not_compared_but_joiners_are():
    assert comparing_form("É\u00adA\u200cB`") == "éa\u200cb'"
