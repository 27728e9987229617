"""What is counted of lines, and from which counts on a text is prose, at each limit."""

from collections import Counter

import pytest

from charplay.text.reading.kinds import guess_kind, kind_of_lines
from charplay.text.reading.line_counts import LineCounts


def counted(*lines):
    counts = LineCounts()
    for line in lines:
        counts.add(line)
    return counts


def figures(counts):
    """The counts that are not nought."""
    return {name: value for name, value in vars(counts).items() if value}


LINES = {
    "blank": (" \t", {"blank": 1}),
    "a word": (" Ann ", {"lines": 1, "characters": 3, "words": {1: 1}}),
    "a small word": ("ann", {"lines": 1, "characters": 3, "words": {1: 1}, "small_starts": 1}),
    "a hundred characters": ("X" * 100, {"lines": 1, "characters": 100, "words": {1: 1}}),
    "more": (
        "X" * 101,
        {"lines": 1, "characters": 101, "long_characters": 101, "words": {1: 1}},
    ),
    "a sentence": (
        "She Went home at four.",
        {"lines": 1, "characters": 22, "words": {5: 1}, "sentence_ends": 1, "line_ends": 1,
         "inner_words": 3, "small_words": 2},
    ),
    "a line of verse": (
        "Of Man's first disobedience,",
        {"lines": 1, "characters": 28, "words": {4: 1}, "line_ends": 1, "inner_words": 3,
         "small_words": 2},
    ),
    "speech": (
        "“Why?”",
        {"lines": 1, "characters": 6, "words": {1: 1}, "sentence_ends": 1, "line_ends": 1},
    ),
    "a company": ("Ann Inc.", {"lines": 1, "characters": 8, "words": {2: 1}}),
    "an abbreviation alone": (
        "Inc.", {"lines": 1, "characters": 4, "words": {1: 1}, "sentence_ends": 1, "line_ends": 1},
    ),
    "a small short word": (
        "Go to it.",
        {"lines": 1, "characters": 9, "words": {3: 1}, "sentence_ends": 1, "line_ends": 1},
    ),
    "a longer word": (
        "Ann Group.",
        {"lines": 1, "characters": 10, "words": {2: 1}, "sentence_ends": 1, "line_ends": 1,
         "inner_words": 1},
    ),
    "words of three letters": ("A Cat and Dog", {"lines": 1, "characters": 13, "words": {4: 1}}),
    "words of four": (
        "A Lion with Dogs",
        {"lines": 1, "characters": 16, "words": {4: 1}, "inner_words": 3, "small_words": 1},
    ),
    "a word in brackets": (
        "Ann (Smith) 2000", {"lines": 1, "characters": 16, "words": {3: 1}, "inner_words": 1},
    ),
    "Hebrew": ("תל אביבב", {"lines": 1, "characters": 8, "words": {2: 1}}),
    "a Chinese name": (
        "王小明", {"lines": 1, "characters": 3, "words": {1: 1}, "unspaced": {3: 1}},
    ),
    "twelve characters": (
        "王" * 12, {"lines": 1, "characters": 12, "words": {1: 1}, "unspaced": {12: 1}},
    ),
    "thirteen characters": (
        "王" * 13,
        {"lines": 1, "characters": 13, "words": {1: 1}, "unspaced": {13: 1}, "too_long": 1},
    ),
    "twenty syllables of katakana": (
        "カ" * 20, {"lines": 1, "characters": 20, "words": {1: 1}, "unspaced": {20: 1}},
    ),
    "twenty-one of them": (
        "カ" * 21,
        {"lines": 1, "characters": 21, "words": {1: 1}, "unspaced": {21: 1}, "too_long": 1},
    ),
    "nine of both": (
        "古池や蛙飛びこむ水", {"lines": 1, "characters": 9, "words": {1: 1}, "unspaced": {9: 1}},
    ),
    "ten of both": (
        "古池や蛙飛びこむ水の",
        {"lines": 1, "characters": 10, "words": {1: 1}, "unspaced": {10: 1}, "too_long": 1},
    ),
    "a Chinese sentence": (
        "你好，我们。",
        {"lines": 1, "characters": 6, "words": {1: 1}, "sentence_ends": 1, "line_ends": 1,
         "unspaced": {4: 1}, "inner_stops": 1},
    ),
    "half of it": ("ab王明", {"lines": 1, "characters": 4, "words": {1: 1}, "small_starts": 1,
                           "unspaced": {2: 1}}),
    "less than half": (
        "abc王明", {"lines": 1, "characters": 5, "words": {1: 1}, "small_starts": 1},
    ),
    "Thai from its first letter": (
        "ก", {"lines": 1, "characters": 1, "words": {1: 1}, "unspaced": {1: 1}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LINES)
def test_of_a_line_is_counted_what_it_has(what):
    line, expected = LINES[what]
    assert figures(counted(line)) == expected


@pytest.mark.parametrize(
    ("letter", "most"),
    [("王", 12), ("あ", 12), ("カ", 20), ("ก", 20), ("ກ", 20), ("ក", 20), ("က", 20), ("ཀ", 20)],
)
def test_a_line_of_a_script_without_blanks_is_too_long_for_a_name_beyond_a_limit(letter, most):
    assert counted(letter * most).too_long == 0
    assert counted(letter * (most + 1)).too_long == 1


def test_counts_of_lines_add_up():
    counts = counted("Ann Smith,", "", "ann lives there.", "ann", " ", "王明")
    assert figures(counts) == {
        "lines": 4,
        "blank": 2,
        "characters": 10 + 16 + 3 + 2,
        "words": {2: 1, 3: 1, 1: 2},
        "sentence_ends": 1,
        "line_ends": 2,
        "small_starts": 2,
        "inner_words": 3,
        "small_words": 2,
        "unspaced": {2: 1},
    }
    assert (counts.mean_words, counts.small_share) == (7 / 4, 2 / 3)
    assert (counts.share(1), LineCounts().share(3)) == (0.25, 3)


def test_without_longer_words_all_of_them_are_small():
    assert (LineCounts().small_share, counted("王 明").small_share) == (1, 1)
    assert LineCounts().mean_words == 0


@pytest.mark.parametrize(
    ("words", "usual"),
    [
        ([1] * 3, "1 word"),
        ([2] * 3, "2 words"),
        ([1, 3], "1 to 3 words"),
        ([1] * 18 + [9], "1 to 9 words"),
        ([1] * 19 + [9], "1 word"),
        ([1] + [4] * 19, "4 words"),
        ([1] + [4] * 18 + [9], "4 words"),
        ([1, 1] + [4] * 17 + [9], "1 to 4 words"),
    ],
)
def test_how_many_words_nearly_all_lines_have(words, usual):
    assert counted(*(" ".join("x" * number) for number in words)).usual_words == usual


def of(**given):
    """Counts of a hundred lines of one word, which begin with capitals, but for what is given."""
    return LineCounts(**{"lines": 100, "characters": 700, "words": Counter({1: 100}), **given})


def words(mean):
    """So many words in the mean of a hundred lines, none of which has many."""
    low = int(mean)
    more = round((mean - low) * 100)
    return Counter({low: 100 - more, low + 1: more})


SMALL, TITLES = {"inner_words": 100, "small_words": 36}, {"inner_words": 100, "small_words": 34}
VERSE = {"unspaced": Counter({5: 96, 4: 4})}
PUNCTUATED = "lines that end in punctuation, as sentences and verse do"
LIMITS = {
    "two lines": (LineCounts(lines=2, words=Counter({1: 2})), ""),
    "one": (LineCounts(lines=1, words=Counter({1: 1})), "a single line"),
    "half of it long lines": (of(long_characters=350), ""),
    "more than half": (of(long_characters=351), "lines of over 100 characters"),
    "a fifth with many words": (of(words=Counter({1: 80, 9: 20})), ""),
    "more with many words": (of(words=Counter({1: 79, 9: 21})), "lines of over 8 words"),
    "as many words as a name has": (of(words=Counter({8: 100}), inner_words=100), ""),
    "half of them sentences": (of(sentence_ends=50), ""),
    "more than half of them sentences": (of(sentence_ends=51), PUNCTUATED),
    "a fifth of lines with an end": (of(line_ends=20, words=words(2.3)), ""),
    "more of them": (of(line_ends=21, words=words(2.3)), PUNCTUATED),
    "more of them, but few words": (of(line_ends=21, words=words(2.2)), ""),
    "two fifths of titles": (of(line_ends=40, words=words(2.3), **TITLES), ""),
    "more of titles": (of(line_ends=41, words=words(2.3), **TITLES), PUNCTUATED),
    "more where a third is small": (
        of(line_ends=21, words=words(2.3), inner_words=100, small_words=35), PUNCTUATED,
    ),
    "few words": (of(words=words(2.2), **SMALL), ""),
    "words as in titles of many languages": (of(words=words(4.5), small_starts=4, **SMALL), ""),
    "more words than titles have": (
        of(words=words(4.51), small_starts=4, **SMALL),
        "lines of 4 to 5 words, as sentences and verse have",
    ),
    "as many words in titles with capitals": (of(words=words(4.51), **TITLES), ""),
    "a third of them without": (
        of(words=words(4.51), inner_words=100, small_words=35),
        "lines of 4 to 5 words, as sentences and verse have",
    ),
    "three words where some begin small": (of(words=words(3), small_starts=50, **SMALL), ""),
    "more where some begin small": (
        of(words=words(3.2), small_starts=50, **SMALL),
        "lines of 3 to 4 words, as sentences and verse have",
    ),
    "more where a tenth begins small": (of(words=words(3.2), small_starts=10, **SMALL), ""),
    "more where nine tenths begin small": (of(words=words(3.2), small_starts=90, **SMALL), ""),
    "more where a little more does": (
        of(words=words(3.2), small_starts=11, **SMALL),
        "lines of 3 to 4 words, as sentences and verse have",
    ),
    "more where a little less does": (
        of(words=words(3.2), small_starts=89, **SMALL),
        "lines of 3 to 4 words, as sentences and verse have",
    ),
    "as many as others may have": (of(words=words(3.4), small_starts=100, **SMALL), ""),
    "more than others have": (
        of(words=words(3.41), small_starts=100, **SMALL),
        "lines of 3 to 4 words, as sentences and verse have",
    ),
    "a twentieth begins small": (
        of(words=words(3.41), small_starts=5, **SMALL),
        "lines of 3 to 4 words, as sentences and verse have",
    ),
    "no longer words at all": (
        of(words=words(3.41)), "lines of 3 to 4 words, as sentences and verse have",
    ),
    "stanzas of few words": (of(words=words(1.5), blank=26, small_starts=51), ""),
    "stanzas": (
        of(words=words(1.51), blank=26, small_starts=51),
        "lines of 1 to 2 words, as sentences and verse have",
    ),
    "fewer stanzas": (of(words=words(1.51), blank=25, small_starts=51), ""),
    "stanzas with capitals": (of(words=words(1.51), blank=26, small_starts=50), ""),
    "stanzas of titles": (of(words=words(1.51), blank=26, small_starts=51, **TITLES), ""),
    "verse without blanks": (of(**VERSE), "lines of 5 characters each, as verse has"),
    "verse of seven": (of(unspaced=Counter({7: 96})), "lines of 7 characters each, as verse has"),
    "names of six": (of(unspaced=Counter({6: 96})), ""),
    "lines that are nearly alike": (of(unspaced=Counter({5: 95, 4: 5})), ""),
    "three lines of verse": (
        LineCounts(lines=3, words=Counter({1: 3}), unspaced=Counter({5: 3})), "",
    ),
    "four lines of verse": (
        LineCounts(lines=4, words=Counter({1: 4}), unspaced=Counter({5: 4})),
        "lines of 5 characters each, as verse has",
    ),
    "half without blanks": (of(unspaced=Counter({5: 50}), inner_stops=50, too_long=100), ""),
    "a fifth of lines with stops": (of(unspaced=Counter({5: 51}), inner_stops=20), ""),
    "more with stops": (
        of(unspaced=Counter({5: 51}), inner_stops=21), "lines with the punctuation of sentences",
    ),
    "half too long": (of(unspaced=Counter({5: 51}), too_long=50), ""),
    "more too long": (of(unspaced=Counter({5: 51}), too_long=51), "lines longer than names are"),
}  # fmt: skip


@pytest.mark.parametrize("what", LIMITS)
def test_a_text_is_prose_from_a_limit_on(what):
    counts, reason = LIMITS[what]
    names = f"{counts.lines} lines of {counts.usual_words}"
    guess = kind_of_lines(counts)
    assert (guess.kind, guess.reason) == (("prose", reason) if reason else ("names", names))


def test_many_lines_are_told_with_commas():
    counts = LineCounts(lines=2000)
    counts.words[1] = 2000
    assert kind_of_lines(counts).reason == "2,000 lines of 1 word"


def test_a_line_is_no_name_beyond_a_limit():
    giant = "a line too long for a name"
    assert guess_kind(["Ann\nBob\nCy\n" * 9_000 + "x" * (1 << 16) + "\n"]).reason != giant
    assert guess_kind(["Ann\nBob\n", "x" * (1 << 16), "y\n"]).reason == giant


def pieces_then_fail(*pieces):
    yield from pieces
    raise AssertionError("it was known by now")


def test_prose_is_read_until_so_many_characters_and_a_giant_line_no_further():
    sentence = "It was a knight.\n"
    assert guess_kind(pieces_then_fail(sentence * 8_193)).kind == "prose"
    with pytest.raises(AssertionError):
        guess_kind(pieces_then_fail(sentence * 8_192))
    assert guess_kind(pieces_then_fail("x" * ((1 << 16) + 1))).kind == "prose"
    with pytest.raises(AssertionError):
        guess_kind(pieces_then_fail("x" * (1 << 16)))


def test_a_list_is_looked_at_again_when_twice_as_much_is_read():
    """Half of the characters are in long lines then."""
    names, more = ("X" * 99 + "\n") * 1_324, ("Y" * 101 + "\n") * 1_300
    assert guess_kind(pieces_then_fail(names, more)).kind == "prose"
