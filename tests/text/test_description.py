"""A text in figures, and what looks odd in it."""

import pytest

from charplay.text.corpus import NameList, Prose
from charplay.text.description import FIRST_LINES, LONGEST_LINE, RANDOM_LINES, describe_text
from charplay.text.facts import facts_of
from charplay.text.reading.oddities import (
    CharacterCount,
    count_by_kind,
    count_characters,
    find_oddities,
)

NAMES = NameList(("ab", "abcd", "ab", "abc", "ab", "z"), "names.txt", "5a")
PROSE = Prose.of("one\n\nthree and four\nfive\n", "book.txt", "5b")


def numbered(count):
    return NameList(tuple(f"name {number:04}" for number in range(count)), "many", "")


def test_a_list_in_figures():
    told = describe_text(NAMES, 0)
    assert (told.size, told.characters, told.distinct) == (6, 20, 6)
    assert (told.sha256, told.vocabulary) == ("5a", "\nabcdz")
    assert (told.lines, told.shortest, told.median, told.longest) == (6, 1, 2, 4)
    assert told.repeats == 2, "the second and third ab"


def test_prose_in_figures_has_no_repeats_and_passes_blank_lines():
    told = describe_text(PROSE, 0)
    assert (told.size, told.characters, told.lines, told.repeats) == (25, 25, 3, 0)
    assert (told.shortest, told.median, told.longest) == (3, 4, 14)
    assert told.first == ("one", "three and four", "five")
    assert told.random == ()


def test_some_lines_are_the_first_and_a_few_others_in_their_order():
    told = describe_text(numbered(200), seed=4)
    assert told.first == tuple(f"name {number:04}" for number in range(FIRST_LINES))
    assert len(set(told.random)) == RANDOM_LINES
    assert list(told.random) == sorted(told.random)
    assert not set(told.random) & set(told.first)
    assert told.random == describe_text(numbered(200), seed=4).random
    assert told.random != describe_text(numbered(200), seed=5).random


@pytest.mark.parametrize("count", [FIRST_LINES, FIRST_LINES + 1, FIRST_LINES + RANDOM_LINES])
def test_of_few_lines_each_is_shown_once(count):
    told = describe_text(numbered(count), 0)
    assert (*told.first, *told.random) == numbered(count).names


def test_a_very_long_line_is_cut_with_a_mark():
    told = describe_text(NameList(("x" * LONGEST_LINE, "y" * (LONGEST_LINE + 1)), "", ""), 0)
    whole, cut = told.first
    assert whole == "x" * LONGEST_LINE
    assert (len(cut), cut[-2:]) == (LONGEST_LINE, "y…")


def test_characters_are_counted_by_kind_the_most_frequent_first():
    counted = count_characters(["Zoë, Ζωή\t7\n", "é\u0301竜\u200d\x07€ ab"])
    assert count_by_kind(counted) == (
        CharacterCount("Latin letters", 6),
        CharacterCount("blanks", 3),
        CharacterCount("Greek letters", 3),
        *(
            CharacterCount(kind, 1)
            for kind in (
                "punctuation", "digits", "combining marks", "CJK letters", "invisible characters",
                "control characters", "symbols",
            )
        ),
    )  # fmt: skip


def test_what_is_seen_once_is_odd_in_a_text_of_some_length():
    long, short = {"a": 499, "q": 1, "\u00a0": 1, "b": 2}, {"a": 498, "q": 1}
    assert find_oddities(long, (), 5) == ["characters seen once: q U+00A0"]
    assert find_oddities(short, (), 5) == []


def test_what_cannot_be_seen_is_odd():
    assert find_oddities({"\u200b": 3, "\t": 2, "\n": 2, "a": 1}, (), 5) == [
        "characters that cannot be seen: U+200B"
    ]


@pytest.mark.parametrize(("median", "longest"), [(2, 20), (10, 30)])
def test_a_name_that_is_far_longer_than_the_others_is_odd(median, longest):
    usual, odd = "x" * longest, "y" * (longest + 1)
    assert find_oddities({}, (usual,), median) == []
    assert find_oddities({}, (usual, odd), median) == [f"far longer than the others: {odd}"]
    [told] = find_oddities({}, [odd + "z" * 99] * 5, median)
    assert told.startswith(f"far longer than the others: {(odd + 'z' * 99)[:50]}, ")
    assert "2 more" in told


def test_backends_are_told_of_all_texts_together():
    facts = facts_of(NAMES, numbered(3))
    assert (facts.kind, facts.size, facts.characters) == ("names", 9, 20 + 3 * 10)
    assert facts.vocabulary == len(set("\nabcdz" + "name 012"))
    assert facts.longest == len("name 0000\n")
    assert facts_of(PROSE).longest == 0
