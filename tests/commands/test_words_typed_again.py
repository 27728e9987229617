"""Words of a line that is split off, still being typed, or typed again: each case written out."""

import pytest

from charplay.commands.words import (
    Word,
    first_word,
    quote_word,
    split_before_text,
    split_off,
    split_unfinished,
    split_words,
    type_word,
    unquote,
)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('a "b c" d', [("a", False), ("b c", True), ("d", False)]),
        ("'-n' x", [("-n", True), ("x", False)]),
        ('a"b" --stop="x y"', [('a"b"', False), ("--stop=x y", False)]),
        ('x= y ="z"', [("x=", False), ("y", False), ("=z", False)]),
        ('""', [("", True)]),
        (r'"\n\t\"\\" x', [('\n\t"\\', True), ("x", False)]),
        (r"'\n' \n", [("\\n", True), ("\\n", False)]),
    ],
)
def test_each_word_says_whether_it_was_quoted(line, words):
    assert [(word.text, word.quoted) for word in split_words(line)] == words


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("-", False),
        ("--", True),
        ("-n", True),
        ("n-", False),
        ("x", False),
        ("", False),
        ("-5", False),
        ("-.5", False),
        ("-..5", False),
        ("-.", True),
        ("-n5", True),
        ("-inf", True),
        ("--5", True),
    ],
)
def test_an_option_begins_with_a_dash_and_is_no_number(text, flag):
    assert Word(text).is_flag is flag
    assert Word(text, quoted=True).is_flag is False


def takes_value(flag):
    return flag in ("--seed", "-n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--seed   7   two  words", [("--seed", False), ("7", False), ("  two  words", True)]),
        ("--greedy  x", [("--greedy", False), (" x", True)]),
        ("-n", [("-n", False)]),
        ("-n ", [("-n", False)]),
        ("-n 5", [("-n", False), ("5", False)]),
        ("-n 5 ", [("-n", False), ("5", False)]),
        ("-n '5 6' x", [("-n", False), ("5 6", True), ("x", True)]),
        ("-- -n 5", [("-n 5", True)]),
        ("--", []),
        ("-n -n x", [("-n", False), ("-n", False), ("x", True)]),
        ("-5 x -n", [("-5 x -n", True)]),
        ("x -n 5", [("x -n 5", True)]),
    ],
)
def test_options_before_a_text_are_words_and_the_text_counts_as_quoted(line, words):
    read = split_before_text(line, takes_value)
    assert [(word.text, word.quoted) for word in read] == words


@pytest.mark.parametrize(
    ("line", "most", "words", "rest"),
    [
        ("", 1, [], ""),
        ("   ", 2, [], "   "),
        ("a b c", 0, [], "a b c"),
        ("a b c", 1, ["a"], "b c"),
        ("  a   b  c ", 1, ["a"], "  b  c "),
        ("  a   b  c ", 2, ["a", "b"], " c "),
        ("a b", 2, ["a", "b"], ""),
        ("a b", 3, ["a", "b"], ""),
        ('"a b" c', 1, ["a b"], "c"),
        ('a "b', 1, ["a"], '"b'),
        ("a", 1, ["a"], ""),
        ("a ", 1, ["a"], ""),
    ],
)
def test_words_are_split_off_and_the_rest_stays_as_it_was_typed(line, most, words, rest):
    read, left = split_off(line, most)
    assert ([word.text for word in read], left) == (words, rest)


@pytest.mark.parametrize(
    ("line", "words", "last"),
    [
        ("", [], ""),
        ("  ", [], ""),
        ("na", [], "na"),
        ("  na", [], "na"),
        ("names", [], "names"),
        ("names ", ["names"], ""),
        ("names  dr", ["names"], "dr"),
        ("names drugs -n ", ["names", "drugs", "-n"], ""),
        ('names "my mo', ["names"], '"my mo'),
        ('names "my model"', ["names"], '"my model"'),
        ('names "my model" ', ["names", "my model"], ""),
        ("a 'b c", ["a"], "'b c"),
    ],
)
def test_the_word_that_is_being_typed_is_told_from_those_before_it(line, words, last):
    read, typed = split_unfinished(line)
    assert ([word.text for word in read], typed) == (words, last)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", ""),
        ("ab", "ab"),
        ('"my mo', "my mo"),
        ("'my mo", "my mo"),
        ('"my model"', "my model"),
        ("'it\"s", 'it"s'),
        ('--stop="a b', "--stop=a b"),
        ("--stop='a b", "--stop=a b"),
        (r'"a\tb', "a\tb"),
    ],
)
def test_a_word_that_is_being_typed_stands_for_what_is_in_its_open_quote(typed, text):
    assert unquote(typed) == text


def test_an_open_quote_that_ends_in_a_backslash_stands_for_itself():
    assert unquote('"a\\') == '"a\\'


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("drugs", "drugs"),
        ("don't", "don't"),
        ("", '""'),
        ("my model", '"my model"'),
        ("a\tb", r'"a\tb"'),
        ("a\nb", r'"a\nb"'),
        ('"', r'"\""'),
        ("'x", '"\'x"'),
        ("-n", '"-n"'),
        (">", '">"'),
        ("|", '"|"'),
        ("a-b>c|d", "a-b>c|d"),
        ('a="b', r'"a=\"b"'),
        ("a='b", '"a=\'b"'),
        ('a"b', 'a"b'),
        ("a\\ b", r'"a\\ b"'),
    ],
)
def test_a_text_has_quotes_where_it_would_be_read_otherwise(text, typed):
    assert quote_word(text) == typed
    assert [word.text for word in split_words(typed)] == [text]


@pytest.mark.parametrize(
    ("text", "quoted", "typed"),
    [
        ("drugs", False, "drugs"),
        ("drugs", True, '"drugs"'),
        ("-n", False, "-n"),
        ("-n", True, '"-n"'),
        ("my model", False, '"my model"'),
        ("--stop=a b", False, '--stop="a b"'),
        ("--stop=a b", True, '"--stop=a b"'),
        ("--stop=", False, "--stop="),
        ('--stop="', False, r'--stop="\""'),
        ("a b=c d", False, '"a b=c d"'),
        ("=a b", False, '"=a b"'),
        ("", False, '""'),
        ("'a", False, '"\'a"'),
        ("it's", False, "it's"),
    ],
)
def test_a_word_is_typed_so_that_it_reads_as_it_was(text, quoted, typed):
    word = Word(text, quoted)
    assert type_word(word) == typed
    (read,) = split_words(typed)
    assert (read.text, read.is_flag) == (word.text, word.is_flag)


@pytest.mark.parametrize(
    ("line", "word"), [("", ""), ("  ", ""), ("a b c", "a"), ("  'a b' c", "'a"), ("a", "a")]
)
def test_the_first_word_of_a_line_is_what_stands_before_its_first_blank(line, word):
    assert first_word(line) == word
