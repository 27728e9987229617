"""What is worked out in pieces is what the whole would give."""

from hypothesis import given
from hypothesis import strategies as st

from charplay.text.pieces import (
    cut_in_pieces,
    distinct_characters,
    distinct_lines,
    split_lines,
)

TEXTS = st.text(st.sampled_from("ab\n\r\x0b\x0c\x1c\x85\u2028 é"), max_size=60)


@given(TEXTS, st.integers(1, 7))
def test_pieces_are_the_whole_cut_up(text, size):
    pieces = list(cut_in_pieces(text, size))
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= size for piece in pieces)


@given(TEXTS.map(lambda text: text.replace("\r", "")), st.integers(1, 7))
def test_lines_and_characters_of_pieces_are_those_of_the_whole(text, size):
    pieces = list(cut_in_pieces(text, size))
    assert list(split_lines(pieces)) == text.splitlines()
    assert distinct_characters(pieces) == set(text)


def test_different_lines_are_in_the_order_of_their_first():
    lines = [str(n % 70_000) for n in range(140_000, 0, -1)]
    assert list(distinct_lines(lines)) == list(dict.fromkeys(lines))
