"""How many things there are, in words."""

import pytest

from charplay.plural import count_in_words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 names"), (1, "1 name"), (2, "2 names"), (2000, "2,000 names")]
)
def test_one_thing_has_no_s(number, words):
    assert count_in_words(number, "name") == words


@pytest.mark.parametrize(("number", "words"), [(1, "1 row is"), (2, "2 rows are")])
def test_words_for_several_may_be_others(number, words):
    assert count_in_words(number, "row is", "rows are") == words
