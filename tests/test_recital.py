"""Whether a poem recites: the longest run that it shares with a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.poem import longest_shared

TEXTS = st.lists(st.text("ab\n", max_size=30), min_size=1, max_size=3)


def naive(poems, texts):
    runs = {p[i:j] for p in poems for i in range(len(p)) for j in range(i, len(p) + 1)}
    return max((len(run) for run in runs if any(run in text for text in texts)), default=0)


@given(TEXTS, TEXTS)
def test_the_longest_shared_run_is_the_one_found_by_looking_for_each(poems, texts):
    assert longest_shared(poems, texts) == naive(poems, texts)


@pytest.mark.parametrize("length", [1, 40, 41, 150])
def test_a_run_of_any_length_is_found_wherever_it_stands(length):
    run = "".join(map(chr, range(1000, 1000 + length)))
    assert longest_shared(["other", f"so {run}!"], ["x" * 500, f"y{run}z"]) == length
