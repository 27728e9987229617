import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.errors import CorpusError
from charplay.text.vocabulary import Vocabulary

LOWER = Vocabulary.of(string.ascii_lowercase + " '\"-.\n")


def test_the_characters_are_sorted_and_distinct():
    vocabulary = Vocabulary.of("banana\n")
    assert vocabulary.characters == "\nabn"
    assert len(vocabulary) == 4
    assert vocabulary.newline == 0
    assert "b" in vocabulary
    assert "c" not in vocabulary


def test_a_vocabulary_is_no_larger_than_any_texts():
    points = [point for point in range(256, 65_536 + 256 + 2048) if not 0xD800 <= point < 0xE000]
    most = "".join(map(chr, points[:65_536]))
    assert len(Vocabulary.of(most)) == 65_536
    with pytest.raises(CorpusError, match="65,537 different characters are more than the 65,536"):
        Vocabulary.of(most + "a")


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


def test_characters_alike_differ_in_case_or_typography_alone():
    vocabulary = Vocabulary.of("aAéÉ'’-–b")
    assert vocabulary.alike("a") == vocabulary.alike("A") == "Aa"
    assert vocabulary.alike("É") == "Éé"
    assert vocabulary.alike("’") == "'’"
    assert vocabulary.alike("—") == "-–"
    assert vocabulary.alike("e") == ""


def test_equal_characters_have_one_digest_and_others_another():
    assert Vocabulary.of("abc").digest == Vocabulary.of("cbaabc").digest
    assert Vocabulary.of("abc").digest != Vocabulary.of("abd").digest
    assert Vocabulary("ab").digest != Vocabulary("ba").digest


def test_a_digest_is_the_same_on_every_machine():
    assert Vocabulary.of(string.ascii_lowercase + "\n").digest == "4262656cea97baa2"
