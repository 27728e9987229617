"""A text of any length meets the characters of a model piece by piece, as it would at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.text.typed.streaming import StreamAdmission
from charplay.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary.of("\n ’abcdé")


def admit(pieces):
    stream = StreamAdmission(VOCABULARY)
    return list(stream.admit(pieces)), stream.admitted


@given(st.text(alphabet="ab' \ne\u0301xY", max_size=40), st.integers(1, 9))
def test_however_it_is_cut_a_text_is_admitted_as_it_would_be_whole(text, size):
    shown, admitted = admit([text[at : at + size] for at in range(0, len(text), size)])
    whole = VOCABULARY.admit(text)
    assert "".join(shown) == whole.text
    assert all(shown)
    assert set(admitted.folded) == set(whole.folded)
    assert set(admitted.dropped) == set(whole.dropped)
    assert len(set(admitted.dropped)) == len(admitted.dropped), "each is told once"


def test_pieces_are_cut_after_a_blank_or_a_line_end():
    assert admit(["ab c", "d a", "b\nc", "d"])[0] == ["ab ", "cd ", "ab\n", "cd"]


@pytest.mark.parametrize(("length", "pieces"), [(4096, 1), (4097, 2)])
def test_a_word_without_an_end_is_held_only_so_long(length, pieces):
    shown, _ = admit(["a" * length, "b"])
    assert len(shown) == pieces
    assert "".join(shown) == "a" * length + "b"
