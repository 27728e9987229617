"""Patterns of names: how often they may repeat, how long they may take, in which letters."""

import pytest

from charplay.errors import UsageError
from charplay.generation.patterns import NamePattern


@pytest.fixture
def taking(monkeypatch):
    """Each match takes so many seconds of the processor's time."""

    def set_seconds(seconds):
        times = iter(range(10**9))

        def thread_time():
            # Each match looks twice, and begins at 0: no sum is inexact.
            return (next(times) % 2) * seconds

        monkeypatch.setattr("charplay.generation.patterns.thread_time", thread_time)

    return set_seconds


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("a{10000}", True), ("a{10001}", False), ("a{2,10001}", False), ("(a{100}){100}", True),
     ("(a{100}){101}", False), ("a{9999,}", True), ("a{10001,}", False), ("a{,}" * 14, True),
     ("a{}" * 14, True), ("(a{3,100}){101}", False)],
)  # fmt: skip
def test_a_pattern_repeats_a_part_ten_thousand_times_at_most(pattern, fits):
    if fits:
        NamePattern(pattern)
        return
    with pytest.raises(UsageError, match="repeats a part more than 10,000 times") as told:
        NamePattern(pattern)
    assert told.value.hint == (
        "correct it: [aeiou] is a vowel, . any character, .* any text, .{5,9} any 5 to 9"
    )


def test_a_long_pattern_is_told_by_its_first_sixty_characters():
    with pytest.raises(UsageError) as told:
        NamePattern("(" + "a" * 100)
    assert f"the pattern {'(' + 'a' * 59!r} is not" in told.value.message


@pytest.mark.parametrize(
    ("pattern", "steers"),
    [("ab", True), ("a.*b", True), (".*b", False), (".+b", False), (".b", True), ("a(?=b)b", False),
     ("a(?!b).", False), ("ab(?<=b)", False), ("ab$", False), (r"a\w", False), ("(?:ab)+", True)],
)  # fmt: skip
def test_a_beginning_decides_something_unless_any_text_may_begin_or_the_pattern_looks_around(
    pattern, steers
):
    assert NamePattern(pattern).steers is steers


def test_a_whole_name_matches_or_its_beginning_partly():
    pattern = NamePattern("ab+c")
    assert pattern.matches("abbc") is True
    assert pattern.matches("ab") is False
    assert pattern.matches("ab", partly=True) is True
    assert pattern.matches("ac", partly=True) is False


def test_slow_matches_are_given_up_once_they_take_two_seconds_together(taking):
    taking(0.5)
    pattern = NamePattern("ab")
    assert [pattern.matches("ab") for _ in range(4)] == [True] * 4
    with pytest.raises(UsageError, match="the pattern 'ab' takes too long on 'ab'") as told:
        pattern.matches("ab")
    assert told.value.hint == "use a simpler pattern"


def test_a_match_of_five_thousandths_of_a_second_is_not_slow(taking):
    taking(0.005)
    pattern = NamePattern("ab")
    assert all(pattern.matches("ab") for _ in range(500))
    taking(0.0051)
    with pytest.raises(UsageError):
        all(pattern.matches("ab") for _ in range(500))


@pytest.mark.parametrize(
    ("pattern", "fits", "not_"),
    [
        ("d’.*", "d'or", "dor"),
        ("É+", "éé", "e"),
        ("e\u0301", "é", "e"),
        ("(a|‐)b", "-b", "‐b"),
        ("[ab‐d]", "-", "c"),
        ("\\‐", "-", "a"),
        ("a\\.b", "a.b", "axb"),
        ("a.b", "axb", "ab"),
        ("a\u00a0b", "a b", "ab"),
        ("x＊", "x*", "xx"),
    ],
)
def test_a_pattern_is_in_the_letters_that_names_are_searched_by(pattern, fits, not_):
    compiled = NamePattern(pattern)
    assert compiled.matches(fits)
    assert not compiled.matches(not_)
