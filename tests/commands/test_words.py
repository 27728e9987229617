from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.commands.words import split_before_text, split_words
from charplay.errors import UsageError


def texts(line):
    return [word.text for word in split_words(line)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("   \t ", []),
        ("train dinosaurs", ["train", "dinosaurs"]),
        ("  train   dinosaurs\t-n\n5 ", ["train", "dinosaurs", "-n", "5"]),
        ("ein wörtliches “Wort”", ["ein", "wörtliches", "“Wort”"]),
    ],
)
def test_words_are_parted_by_blanks(line, words):
    assert texts(line) == words


@pytest.mark.parametrize(
    "line", ["don't", "o'clock's", "rock'n'roll", 'the6"disk', "dogs'", "a\\b"]
)
def test_an_apostrophe_or_a_quote_inside_a_word_is_a_letter(line):
    assert texts(f"{line} {line}") == [line, line]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('"two words" three', ["two words", "three"]),
        ("'two words' three", ["two words", "three"]),
        ('--stop="a b"', ["--stop=a b"]),
        ("--stop='a b' c", ["--stop=a b", "c"]),
        ('""', [""]),
        ("'' x", ["", "x"]),
        ('--stop=""', ["--stop="]),
        ('"it\'s"', ["it's"]),
        ("'say \"so\"'", ['say "so"']),
        ('"a"b', ["ab"]),
        ("\"don't\" don't", ["don't", "don't"]),
    ],
)
def test_quotes_keep_blanks_together_and_are_no_part_of_the_word(line, words):
    assert texts(line) == words


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (r'"a\nb"', "a\nb"),
        (r'"a\tb"', "a\tb"),
        (r'"a\"b"', 'a"b'),
        (r'"a\\"', "a\\"),
        (r'"a\\n"', "a\\n"),
        (r'"a\xb"', r"a\xb"),
        (r"'a\nb'", r"a\nb"),
        (r"a\nb", r"a\nb"),
    ],
)
def test_a_backslash_means_something_inside_double_quotes_only(line, text):
    assert texts(line) == [text]


@pytest.mark.parametrize(
    ("line", "quote"),
    [('"abc', '"'), ("'abc", "'"), ('x "', '"'), ("--stop='a b", "'"), (r'"abc\"', '"')],
)
def test_a_quote_that_is_not_closed_is_told_with_what_would_close_it(line, quote):
    with pytest.raises(UsageError) as caught:
        split_words(line)
    assert caught.value.message == f"the quote {quote} is not closed"
    assert caught.value.hint == f"end the text with {quote}"


@pytest.mark.parametrize("line", ["-n", "--seed", "--seed=7", "-", "--", "-5", "-1.5", "5", "x-y"])
def test_options_look_like_options_and_negative_numbers_do_not(line):
    assert split_words(line)[0].is_flag == (line in ("-n", "--seed", "--seed=7", "--"))


@pytest.mark.parametrize("line", ['"-n"', "'--seed'", '"--"'])
def test_what_is_quoted_is_never_an_option(line):
    (word,) = split_words(line)
    assert word.quoted
    assert not word.is_flag


@given(st.lists(st.text(st.characters(exclude_characters="\n\t", exclude_categories=["Cs"]))))
def test_any_words_come_back_from_double_quotes(words):
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    assert texts(" ".join(f'"{word}"' for word in escaped)) == words


@given(st.text(st.sampled_from("ab \"'\\=-\n")))
def test_whatever_is_typed_is_words_or_one_clear_refusal(line):
    with suppress(UsageError):
        assert all(word.text or "'" in line or '"' in line for word in split_words(line))


@given(st.text(st.characters(exclude_characters="\"'", exclude_categories=["Cs"])))
def test_a_line_without_quotes_is_parted_as_python_parts_it(line):
    assert texts(line) == line.split()


def takes_value(flag):
    return flag in ("--seed", "-n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  'Tis the east \t ", ["  'Tis the east \t "]),
        ('"so," he said', ['"so," he said']),
        ("--seed 7 --greedy don't  go --seed 8", ["--seed", "7", "--greedy", "don't  go --seed 8"]),
        ("--seed=7 Shall I", ["--seed=7", "Shall I"]),
        ('--stop="a b" -n 5 two', ["--stop=a b", "-n", "5", "two"]),
        ("--seed", ["--seed"]),
        ("--  --seed is a word", [" --seed is a word"]),
        ("-5 degrees", ["-5 degrees"]),
        ("- and then", ["- and then"]),
    ],
)
def test_the_text_after_the_options_is_one_word_as_it_was_typed(line, words):
    assert [word.text for word in split_before_text(line, takes_value)] == words


@given(st.text().filter(lambda text: text.strip() and not text.lstrip().startswith("-")))
def test_any_text_is_kept_to_the_letter_and_never_taken_for_an_option(text):
    [*_, last] = split_before_text(f"--seed 7 {text}", takes_value)
    assert (last.text, last.is_flag) == (text, False)
