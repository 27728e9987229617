import string
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.text.vocabulary import Vocabulary

LOWER = Vocabulary.of(string.ascii_lowercase + " '\"-.\n")


def test_the_characters_are_sorted_and_distinct():
    vocabulary = Vocabulary.of("banana\n")
    assert vocabulary.characters == "\nabn"
    assert len(vocabulary) == 4
    assert vocabulary.newline == 0
    assert "b" in vocabulary
    assert "c" not in vocabulary


def test_a_vocabulary_may_lack_the_newline():
    assert Vocabulary.of("ab").newline is None


@given(st.text())
def test_a_text_comes_back_from_its_own_vocabularys_tokens(text):
    vocabulary = Vocabulary.of(text)
    tokens = vocabulary.encode(text)
    assert tokens.dtype == np.int32
    assert vocabulary.decode(tokens) == text


@given(st.text(), st.text())
def test_a_token_is_a_characters_place_and_never_minus_one(corpus, text):
    vocabulary = Vocabulary.of(corpus)
    strange = [character for character in text if character not in corpus]
    if strange:
        with pytest.raises(KeyError) as caught:
            vocabulary.encode(text)
        assert caught.value.args == (strange[0],)
    else:
        tokens = vocabulary.encode(text)
        assert [vocabulary.characters[token] for token in tokens] == list(text)
        assert all(0 <= token < len(vocabulary) for token in tokens)


@pytest.mark.parametrize("character", ["!", "m", "~", "\U0001f600", "\x00", "é"])
def test_an_unknown_character_is_refused_by_name_wherever_it_would_sort(character):
    with pytest.raises(KeyError) as caught:
        Vocabulary.of("abcxyz").encode("abc" + character)
    assert caught.value.args == (character,)


def test_an_empty_vocabulary_refuses_every_character():
    with pytest.raises(KeyError):
        Vocabulary.of("").encode("a")


def test_half_a_surrogate_pair_is_an_unknown_character_like_any_other():
    with pytest.raises(KeyError):
        LOWER.encode("a\udc80")
    assert LOWER.admit("a\udc80b").text == "ab"


@pytest.mark.parametrize("token", [-1, 4, 2**31 - 1])
def test_a_token_outside_the_vocabulary_is_not_decoded(token):
    with pytest.raises(IndexError):
        Vocabulary.of("abcd").decode(np.array([0, token], np.int32))


@given(st.text())
def test_known_text_is_admitted_as_it_is_and_nothing_is_told(text):
    admitted = Vocabulary.of(text).admit(text)
    assert (admitted.text, admitted.folded, admitted.dropped) == (text, "", "")
    assert admitted.notice == ""


@given(st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_admitted_can_be_encoded(corpus, text):
    vocabulary = Vocabulary.of(corpus)
    assert set(vocabulary.admit(text).text) <= set(vocabulary.characters)


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_is_told_stood_in_the_text_or_is_what_its_marks_join_to(corpus, text):
    admitted = Vocabulary.of(corpus).admit(text)
    told = set(admitted.folded + admitted.dropped)
    assert told <= set(text) | set(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("typed", ["Tyranno", "TYRANNO", "tyranno"])
def test_a_change_of_case_alone_is_silent(typed):
    admitted = LOWER.admit(typed)
    assert admitted.text == "tyranno"
    assert admitted.notice == ""
    assert Vocabulary.of("TYRANO").admit(typed).text == "TYRANNO"


def test_a_character_that_is_known_keeps_its_case():
    assert Vocabulary.of("aA").admit("aAaA").text == "aAaA"


def test_an_accented_letter_in_the_other_case_keeps_its_accent_silently():
    admitted = Vocabulary.of("eé").admit("É")
    assert (admitted.text, admitted.notice) == ("é", "")


@pytest.mark.parametrize(
    ("typed", "text", "folded"),
    [
        ("é", "e", "é"),
        ("ÀÉ", "ae", "ÀÉ"),
        ("ñandú", "nandu", "ñú"),
        ("“it’s”", '"it\'s"', "“’”"),
        ("a—b–c", "a-b-c", "—–"),
        ("wait…", "wait...", "…"),
        ("æon", "aeon", "æ"),
        ("Straße", "strasse", "ß"),
        ("ﬁn", "fin", "ﬁ"),
        ("łódź", "lodz", "łóź"),
        ("éé", "ee", "é"),
        ("a\u00a0b", "a b", "\u00a0"),
    ],
)
def test_accents_and_typography_are_folded_and_told_once_each(typed, text, folded):
    admitted = LOWER.admit(typed)
    assert (admitted.text, admitted.folded, admitted.dropped) == (text, folded, "")
    assert folded in admitted.notice
    assert "without accents or typography" in admitted.notice


@pytest.mark.parametrize(
    ("typed", "text", "dropped"),
    [
        ("a1b2c1", "abc", "12"),
        ("日本", "", "日本"),
        ("hi \U0001f600", "hi ", "\U0001f600"),
        ("한", "", "한"),
    ],
)
def test_the_rest_is_dropped_and_told_once_each(typed, text, dropped):
    admitted = LOWER.admit(typed)
    assert (admitted.text, admitted.folded, admitted.dropped) == (text, "", dropped)
    assert admitted.notice == f"left out, unknown to this model: {dropped}"


def test_what_cannot_be_printed_is_told_by_its_number():
    assert LOWER.admit("a\x07").notice == "left out, unknown to this model: U+0007"


def test_folding_is_told_before_what_was_left_out():
    notice = LOWER.admit("é1").notice
    assert notice.index("é") < notice.index("1")
    assert ";" in notice


def test_nothing_is_half_folded():
    # Of æ's two letters only one is known: half a letter would be another word.
    assert Vocabulary.of("an").admit("æn").dropped == "æ"


def test_a_letter_with_a_combining_accent_is_the_letter_it_looks_like():
    assert Vocabulary.of("é").admit("e\u0301").text == "é"
    assert Vocabulary.of("é").admit("e\u0301").notice == ""
    assert LOWER.admit("e\u0301").text == "e"
    assert LOWER.admit("e\u0301").folded == "é"


def test_a_combining_mark_that_joins_with_nothing_is_left_out_and_its_letter_kept():
    admitted = LOWER.admit("x\u0301y")
    assert admitted.text == "xy"
    assert "\u0301" in admitted.folded + admitted.dropped


def test_a_vocabulary_that_spells_accents_apart_reads_both_spellings_with_the_accent():
    apart = Vocabulary.of("e\u0301")
    assert apart.admit("e\u0301").text == "e\u0301"
    assert apart.admit("é").text == "e\u0301"
    assert "without accents" not in apart.admit("é").notice


def test_equal_characters_have_one_digest_and_others_another():
    assert Vocabulary.of("abc").digest == Vocabulary.of("cbaabc").digest
    assert Vocabulary.of("abc").digest != Vocabulary.of("abd").digest
    assert Vocabulary("ab").digest != Vocabulary("ba").digest


def test_a_digest_is_the_same_on_every_machine():
    assert Vocabulary.of(string.ascii_lowercase + "\n").digest == "4262656cea97baa2"
