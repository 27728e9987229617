import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.insight import nearest
from charplay.insight.nearest import NameIndex, Neighbour, edit_distances

# Few letters, so that names are near each other, equally near, and equal but for case.
NAMES = st.text(alphabet="abAB", max_size=7)


def edits(one, other):
    """The optimal string alignment distance by its recurrence, cell by cell."""
    table = [[i + j for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            differs = one[i - 1] != other[j - 1]
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + differs
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 1] + other[j - 2]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def nearest_by_hand(known, name):
    """The first of the names that are nearest by the recurrence."""
    by_distance = [(edits(name.lower(), other.lower()), other) for other in known]
    distance, other = min(by_distance, key=lambda each: each[0])
    return Neighbour(other, distance)


def random_names(count, seed):
    letters = random.Random(seed)
    return ["".join(letters.choices("aeinrst", k=letters.randint(2, 9))) for _ in range(count)]


@given(st.text(max_size=12), st.text(max_size=12))
def test_distances_are_those_of_the_recurrence(one, other):
    [block] = edit_distances([one], [other])
    assert block.tolist() == [[edits(one, other)]]


@given(st.lists(NAMES, min_size=1, max_size=12), st.lists(NAMES, max_size=6))
def test_the_nearest_is_the_first_of_those_at_the_least_distance(known, names):
    expected = [nearest_by_hand(known, name) for name in names]
    assert NameIndex(known).nearest(names) == expected


def test_a_swap_of_two_neighbours_is_one_edit():
    [near] = NameIndex(["paroxetine"]).nearest(["paroxeitne"])
    assert near.edits == 1


@pytest.mark.parametrize("known", [["lamict", "lamics"], ["lamics", "lamict"]])
def test_of_names_equally_near_the_first_in_the_list_is_given(known):
    assert NameIndex(known).nearest(["lamicx"]) == [Neighbour(known[0], 1)]


def test_case_does_not_count_and_the_lists_spelling_is_given():
    index = NameIndex(["Celebrex", "CELEBREX", "Zantac"])
    assert len(index) == 2
    assert index.nearest(["celebrex"]) == [Neighbour("Celebrex", 0)]
    assert index.contains("zANTAC")
    assert not index.contains("Zanta")


@pytest.mark.parametrize(
    ("listed", "name"),
    [("Zoé", "zoe\u0301"), ("Zoe\u0301", "Zoé"), ("O’Brien", "o'brien"), ("Straße", "STRASSE")],
)
def test_a_name_in_another_normal_form_or_typography_is_no_edit_away(listed, name):
    index = NameIndex([listed])
    assert index.nearest([name]) == [Neighbour(listed, 0)]
    assert index.contains(name)


def test_an_accent_is_one_edit_however_it_is_spelled():
    assert [near.edits for near in NameIndex(["Zoe\u0301"]).nearest(["Zoe", "Zoè"])] == [1, 1]


def test_an_empty_list_has_no_nearest_name():
    index = NameIndex([])
    assert index.nearest(["zantac", "xanax"]) == [None, None]
    assert index.nearest([]) == []
    assert not index.contains("")


def test_no_names_have_no_neighbours():
    assert NameIndex(["zantac"]).nearest([]) == []


@pytest.mark.parametrize("at_once", [1, 41, 200])
def test_blocks_of_any_size_give_the_same_neighbours(monkeypatch, at_once):
    known, names = random_names(40, seed=1), random_names(23, seed=2)
    whole = NameIndex(known).nearest(names)
    monkeypatch.setattr(nearest, "_DISTANCES_AT_ONCE", at_once)
    blocks = list(edit_distances(names, known))
    assert [len(block) for block in blocks[:-1]] == [max(1, at_once // 40)] * (len(blocks) - 1)
    assert sum(map(len, blocks)) == 23
    assert NameIndex(known).nearest(names) == whole


@pytest.mark.parametrize("length", [64, 65, 300, 70_000])
def test_a_long_names_distance_does_not_wrap(length):
    [near] = NameIndex(["b" * length]).nearest(["a"])
    assert near.edits == length


def test_a_thousand_names_are_compared_with_ten_thousand():
    names = ["".join(pair) for pair in zip(random_names(1000, 3), string.ascii_lowercase * 40)]
    known = random_names(10_000, 4)
    found = NameIndex(known).nearest(names)
    assert len(found) == 1000
    assert found[500:505] == [nearest_by_hand(known, name) for name in names[500:505]]


def test_what_a_view_names_of_insight_imports_no_library(process):
    code = (
        "import sys\n"
        "from charplay.insight.described_name import Claim, DescribedName, SoundingName\n"
        "print(sorted({'numpy', 'rapidfuzz', 'jellyfish'} & set(sys.modules)))"
    )
    assert process(python=("-c", code)).lines == ["[]"]
