"""What a macro's line becomes with the words typed after its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.commands.builtin import all_commands
from charplay.commands.macro_lines import MOST_NESTED, expand_macro, expand_typed, usable_macros
from charplay.commands.words import Word, split_off, split_words, type_word
from charplay.errors import UsageError
from charplay.plugins.registry import Registry

COMMANDS = all_commands(Registry())
texts = st.text(st.sampled_from("aZé =-\"'\\$1*\t\n\u00a0|>"), max_size=8)


def expanded(line, rest):
    return expand_macro(COMMANDS, "zo", line, rest)


@given(texts, st.booleans())
def test_a_word_that_is_typed_reads_as_the_same_text(text, is_quoted):
    typed = type_word(Word(text, is_quoted))
    (word,) = split_words(typed)
    assert word.text == text
    assert word.quoted or not is_quoted


@given(st.lists(texts, min_size=1, max_size=4))
def test_words_that_were_read_from_a_line_are_the_same_after_typing_them_again(some):
    words = split_words(" ".join(map(type_word, map(Word, some))))
    assert split_words(" ".join(map(type_word, words))) == words


@given(st.lists(texts, min_size=2, max_size=4), st.integers(0, 4))
def test_the_words_split_off_and_those_of_the_rest_are_the_words_of_the_line(some, most):
    line = " ".join(map(type_word, map(Word, some)))
    words, rest = split_off(line, most)
    assert [*words, *split_words(rest)] == split_words(line)


@given(texts, texts)
def test_each_word_typed_stays_one_word_of_a_command_whatever_is_in_it(one, two):
    typed = f"{type_word(Word(one))} {type_word(Word(two))}"
    line = expanded(':names drugs --starts $2 --ends=$1 --pattern ".*$1" -n 3', typed)
    words = [word.text for word in split_words(line.removeprefix(":"))]
    assert words == ["names", "drugs", "--starts", two, f"--ends={one}", "--pattern", f".*{one}",
                     "-n", "3"]  # fmt: skip


@given(texts)
def test_an_option_with_a_word_put_in_after_its_equals_sign_is_still_an_option(text):
    line = expanded(":names --ends=$1", type_word(Word(text)))
    assert split_words(line)[1].is_flag


@pytest.mark.parametrize(
    ("line", "rest", "meant"),
    [
        (":names drugs --starts $1 -n 20", "Zo", ":names drugs --starts Zo -n 20"),
        (":names $1", "drugs -n 5", ":names drugs -n 5"),
        (":names", "drugs  --starts 'a b'", ":names drugs  --starts 'a b'"),
        (":names $1 --starts $2", "drugs '-a b'", ':names drugs --starts "-a b"'),
        (":names $1 $*", "drugs -n  5", ":names drugs -n  5"),
        (":names $1$2", "dr ugs", ":names drugs"),
        (":poem $*", "Shall I  'compare", ":poem Shall I  'compare"),
        (":poem --lines 3 O $1,", '"fair Zo" said', ":poem --lines 3 O fair Zo, said"),
        (":sessions search $1", '"a b"', ":sessions search a b"),
        ("Hello $1, how", '"Ty Rex"', "Hello Ty Rex, how"),
        ("Once upon a time", "", "Once upon a time"),
        ("It costs $ 5 or $10", "", "It costs $ 5 or $10"),
        (":names -n 5", "   ", ":names -n 5"),
    ],
)
def test_words_are_put_in_and_what_is_left_comes_at_the_end(line, rest, meant):
    assert expanded(line, rest) == meant


def test_missing_words_are_told_with_the_line():
    with pytest.raises(UsageError) as told:
        expanded(":names $1 --ends $3", "a b")
    assert told.value.message == "zo needs 3 words, and stands for: :names $1 --ends $3"
    assert told.value.hint == "type `zo WORD WORD WORD`"


def test_a_macro_may_be_made_of_another():
    macros = {"zo": ":many drugs --starts $1", "many": ":names $1 -n 20"}
    assert expand_typed(COMMANDS, macros, ":zo Ty") == ":names drugs -n 20 --starts Ty"


def test_a_macro_is_meant_by_its_whole_name_behind_a_colon_and_never_hides_a_command():
    macros = {"na": ":models", "names": ":models", "zo": "hello"}
    for line in ("zo", ":z", ":names", ":nam", ":", "", ": ", "na"):
        assert expand_typed(COMMANDS, macros, line) == line
    assert expand_typed(COMMANDS, macros, ":na") == ":models"
    assert expand_typed(COMMANDS, macros, ":  zo") == "hello"


@pytest.mark.parametrize("macros", [{"a": ":a"}, {"a": ":b", "b": ":c $*", "c": ":a"}])
def test_a_macro_that_runs_itself_is_refused(macros):
    with pytest.raises(UsageError, match="a runs itself: a → "):
        expand_typed(COMMANDS, macros, ":a")


def test_macros_nest_only_so_deep():
    macros = {f"m{number}": f":m{number + 1}" for number in range(MOST_NESTED)}
    assert expand_typed(COMMANDS, macros, ":m0") == f":m{MOST_NESTED}"
    with pytest.raises(UsageError, match="too many macros"):
        expand_typed(COMMANDS, macros | {f"m{MOST_NESTED}": ":names"}, ":m0")


def test_macros_whose_names_cannot_be_typed_are_told_and_left_out():
    macros = {"zo": "1", "names": "2", "exit": "3", "a b": "4", "1st": "5", "": "6", "Ze-2_é": "7"}
    usable, faults = usable_macros(COMMANDS, macros)
    assert usable == {"zo": "1", "Ze-2_é": "7"}
    assert len(faults) == 5
