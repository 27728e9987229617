"""Writing by hand: the keys, what is on the screen meanwhile, and a line at a time."""

import signal

import numpy as np
import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.generation.sampling import Philox
from charplay.insight.handwriting import Handwriting
from charplay.terminal.line_picker import pick_by_lines
from charplay.terminal.picker import HandwritingKeys, pick_by_keys
from charplay.terminal.picking import pick_text
from charplay.terminal.render.console import make_console
from tests.conftest import make_environment
from tests.insight.known_model import TableModel, table_model
from tests.terminal.screen import Screen, drawn_on
from tests.terminal.test_repl import CTRL_C, CTRL_D, ENTER, pasted

LEFT, RIGHT, UP, DOWN, END = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x1b[F"
BACKSPACE, TAB, ALT_ENTER, CTRL_V, CTRL_E = "\x7f", "\t", "\x1b\r", "\x16", "\x05"
SHIFT_TAB, CTRL_W, CTRL_LEFT, CTRL_J, INSERT = "\x1b[Z", "\x17", "\x1b[1;5D", "\n", "\x1bOP"


def handwriting(model, beginning=""):
    return Handwriting(model, initial_place(model), Sampling(), Philox(5), beginning)


def begin(kind="prose", letters="\n 12abcdefghijk"):
    return handwriting(table_model(letters, kind))


# The characters of a model by their rank: each has half of what is left, whatever came before.
RANKED = "abcdefghijk1 \n"


def halving(beginning="", kind="prose"):
    """A text written with that model."""
    letters = "\n abcdefghijk1"
    shares = {letter: 0.5 ** (rank + 1) for rank, letter in enumerate(RANKED)}
    shares["\n"] = shares[" "]
    row = [shares[letter] for letter in letters]
    return handwriting(TableModel(letters, np.tile(row, (len(letters) + 1, 1)), kind), beginning)


def press(*keys, writing=None):
    """What was written by pressing keys, and whether it is kept."""
    writing = begin() if writing is None else writing
    with create_pipe_input() as pipe:
        pipe.send_text("".join(keys))
        kept = pick_by_keys(writing, pipe, DummyOutput())
    return writing.text, kept


def ranked(*ranks):
    """The characters of ranks, chosen one after another."""
    writing = begin()
    for rank in ranks:
        writing.choose(rank)
    return writing.text


def drawn(*until):
    """What the model writes; again: something else in place of the last."""
    writing = begin()
    for each in until:
        writing.go_on_otherwise() if each == "again" else writing.go_on(each)
    return writing.text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("1", ranked(1)),
        ("302", ranked(3, 10, 2)),
        (RIGHT * 3, ranked(1, 1, 1)),
        (DOWN + "2", ranked(12)),
        (DOWN + "20", ranked(12, 10)),
        (DOWN + RIGHT, ranked(1)),
        (DOWN + DOWN + UP + "2", ranked(2)),
        (UP + "2", ranked(2)),
        (DOWN + "a" + LEFT + "2", ranked(2)),
        ("abc", "abc"),
        ("ab" + LEFT + "c", "ac"),
        ("ab" + BACKSPACE * 5 + "d", "d"),
        ("ab cd" + CTRL_W + "e", "ab e"),
        ("ab cd" + CTRL_LEFT + "e", "ab e"),
        (CTRL_V + "1" + CTRL_V + "2" + "a", "12a"),
        (pasted("12 ab"), "12 ab"),
        (pasted("ab\r\n"), "ab"),
        ("a" + ALT_ENTER + "b", "a\nb"),
        ("a" + INSERT + "b", "ab"),
        (TAB, drawn("word")),
        (TAB * 2 + END, drawn("word", "word", "line")),
        (CTRL_E, drawn("line")),
        (TAB + SHIFT_TAB, drawn("word", "again")),
        ("ax€b", "ab"),
    ],
)
def test_keys_write(keys, text):
    assert press(keys, ENTER) == (text, True)


def test_ctrl_v_is_for_one_key_whichever_it_is():
    assert press(CTRL_V, "112", ENTER, writing=halving()) == ("1ab", True)
    assert press(CTRL_V, "a2", ENTER, writing=halving()) == ("ab", True)


@pytest.mark.parametrize(("key", "kept"), [(CTRL_D, True), (CTRL_J, True), (CTRL_C, False)])
def test_enter_and_ctrl_d_keep_and_ctrl_c_does_not(key, kept):
    assert press("ab", key) == ("ab", kept)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals as POSIX has them")
def test_an_interrupt_that_is_no_key_leaves_as_ctrl_c_does(monkeypatch):
    writing, sent = halving(), []
    ranks = writing.ranked

    def interrupted(most):
        if not sent:
            sent.append(signal.raise_signal(signal.SIGINT))
        return ranks(most)

    monkeypatch.setattr(writing, "ranked", interrupted)
    assert press(writing=writing) == ("", False)


def shown(columns, *keys, writing=None, ascii_only=False, **more):
    """The lines of the screen after some calls of what keys do."""
    writing = halving(**more) if writing is None else writing
    pressed = HandwritingKeys(writing, ascii_only)
    for press in keys:
        press(pressed)
    return [line for _, line in pressed.lines(columns)]


HELP = [
    "1-9, 0 choose · → the likeliest · ↓ ↑ other ranks · letters are your own",
    "Tab a word · End a line · Shift-Tab another · ← back · Ctrl-W a word back",
    "Enter keeps it, Ctrl-C leaves it · Ctrl-V before a digit · Alt-Enter a line end",
]


def test_the_screen_has_the_text_the_ranks_and_the_keys():
    assert shown(80, lambda keys: keys.write("bad"), beginning="cab ") == [
        "cab bad▏",
        " 1  a    50.00 % ███████████████",
        " 2  b    25.00 % ███████▌",
        " 3  c    12.50 % ███▊",
        " 4  d     6.25 % █▉",
        " 5  e     3.12 % █",
        " 6  f     1.56 % ▌",
        " 7  g     0.78 % ▎",
        " 8  h     0.39 % ▏",
        " 9  i     0.20 % ",
        " 0  j     0.10 % ",
        *HELP,
    ]


def test_the_next_page_has_the_other_ranks_and_there_is_none_after_the_last():
    last = [
        "|",
        " 1  k     0.05 % ",
        " 2  1     0.02 % ",
        " 3  ⏎     0.01 % ",
        " 4  ␣     0.01 % ",
        *HELP,
    ]
    for pages in (1, 2):
        assert shown(80, *[lambda keys: keys.turn_page(1)] * pages, ascii_only=True) == last
    back = [lambda keys: keys.turn_page(1), lambda keys: keys.turn_page(-1)]
    assert shown(80, *back) == shown(80) == shown(80, lambda keys: keys.turn_page(-1))


def test_each_page_is_ten_ranks_further():
    writing = begin(letters="\n" + "abcdefghijklmnopqrstuvwxyz")
    letters = "".join(row.character for row in writing.ranked(27))
    assert press(DOWN, DOWN, "1", DOWN, DOWN, UP, "1", ENTER, writing=writing)[0][0] == letters[20]
    writing = begin(letters="\n" + "abcdefghijklmnopqrstuvwxyz")
    assert press(DOWN, DOWN, UP, "1", ENTER, writing=writing)[0] == letters[10]


def test_a_page_that_one_rank_begins_is_shown():
    letters = "\n abcdefghi"
    shares = [0.5 ** (rank + 1) for rank in range(len(letters))]
    model = TableModel(letters, np.tile(shares, (len(letters) + 1, 1)))
    rows = shown(80, lambda keys: keys.turn_page(1), writing=handwriting(model))
    assert rows[1:3] == [" 1  i     0.05 % ", HELP[0]]


def test_in_ascii_a_bar_is_made_of_signs():
    assert shown(80, ascii_only=True)[:3] == [
        "|",
        " 1  a    50.00 % ###############",
        " 2  b    25.00 % ########",
    ]


@pytest.mark.parametrize(
    ("columns", "text", "bars"),
    [
        (54, "…" + "a" * 51, ("█" * 15, "█" * 7 + "▌")),
        (44, "…" + "a" * 41, ("█" * 10, "█" * 5)),
        (26, "…" + "a" * 23, ("█", "▌")),
        (25, "…" + "a" * 22, ("▌", "▎")),
        (24, "…" + "a" * 21, ("", "")),
    ],
)
def test_on_a_narrow_screen_the_end_of_the_text_stays_and_bars_are_short(columns, text, bars):
    first, second = bars
    assert shown(columns, lambda keys: keys.write("a" * 80))[:3] == [
        f"{text}▏",
        f" 1  a    50.00 % {first}",
        f" 2  b    25.00 % {second}",
    ]


def test_on_the_narrowest_screens_no_line_is_broken():
    assert shown(3, lambda keys: keys.write("a" * 80))[:3] == ["…▏", " 1", " 2"]
    assert shown(2, lambda keys: keys.write("a" * 80))[:3] == ["…", " ", " "]


def test_a_text_that_the_row_has_room_for_is_shown_whole():
    assert shown(12, lambda keys: keys.write("a" * 10))[0] == "a" * 10 + "▏"
    assert shown(12, lambda keys: keys.write("a" * 11))[0] == "…" + "a" * 9 + "▏"


@pytest.mark.parametrize("columns", [80, 40, 12, 3, 2, 1])
def test_no_line_is_wider_than_the_screen(columns):
    lines = shown(columns, lambda keys: keys.write("abc " * 50), writing=begin())
    assert all(len(line) < max(columns, 2) for line in lines)


@pytest.mark.parametrize(
    "does",
    [
        lambda keys: keys.choose("2"),
        lambda keys: keys.take_likeliest(),
        lambda keys: keys.type_letter("a"),
        lambda keys: keys.write("b"),
        lambda keys: keys.step_back(),
        lambda keys: keys.step_back_word(),
        lambda keys: keys.go_on("word"),
        lambda keys: keys.go_on_otherwise(),
    ],
)
def test_after_a_change_the_first_ranks_are_shown_and_no_notice_of_before(does):
    keys = HandwritingKeys(begin(), ascii_only=False)
    keys.write("a")
    keys.go_on("word")
    keys.notice, keys.first = "of before", 11
    does(keys)
    assert (keys.notice, keys.first) == ("", 1)
    # What changes nothing leaves the page that is looked at.
    keys = HandwritingKeys(begin(), ascii_only=False)
    keys.turn_page(1)
    keys.step_back()
    keys.choose("9")
    assert keys.first == 11


def test_an_unknown_letter_is_told_until_the_next_key():
    keys = HandwritingKeys(halving(), ascii_only=False)
    keys.write("€a\x1b")
    assert [line for _, line in keys.lines(80)][-1] == "unknown to this model: € U+001B"
    keys.write("éöß#+*~%&/")
    assert keys.notice.endswith(" and 1 more") or "more" in keys.notice
    keys.write("a")
    assert [line for _, line in keys.lines(80)][-1] == HELP[-1]


def test_what_is_another_is_told_to_who_has_none():
    keys = HandwritingKeys(begin(), ascii_only=False)
    keys.go_on_otherwise()
    assert keys.notice == "Tab or End first; then this takes another"
    keys.go_on("word")
    assert keys.notice == ""


def test_a_name_that_has_ended_says_so_and_takes_nothing_more():
    keys = HandwritingKeys(halving(kind="names"), ascii_only=False)
    keys.write("ab\n")
    told = ["ab⏎▏", "the name has ended", *HELP]
    assert [line for _, line in keys.lines(80)] == told
    keys.write("€")
    assert [line for _, line in keys.lines(80)] == told


def test_the_text_is_bold_the_keys_are_faint_and_the_ranks_as_they_are():
    keys = HandwritingKeys(halving(), ascii_only=False)
    keys.notice = "a notice"
    faint = "class:auto-suggestion"
    assert [style for style, _ in keys.lines(80)] == ["bold", *[""] * 10, *[faint] * 3, ""]


# On a screen.


def test_while_one_picks_all_is_on_the_screen_and_after_it_nothing_is(monkeypatch):
    screen, writing, seen = Screen(81), halving(), []
    ranks = writing.ranked

    def look(most):
        seen.append(([line for line in screen.lines if line], screen.has_cursor))
        pipe.send_text("a" if len(seen) == 1 else ENTER)
        return ranks(most)

    writing.write("bad")
    expected = [line.rstrip() for line in shown(81, writing=writing)]
    monkeypatch.setattr(writing, "ranked", look)
    with create_pipe_input() as pipe:
        assert pick_by_keys(writing, pipe, drawn_on(screen))
    assert writing.text == "bada"
    assert seen[1] == (expected, False)
    assert ("".join(screen.lines), screen.has_cursor) == ("", True)


# A line at a time.


def picked_by_lines(*lines, writing=None):
    writing, told, typed = begin() if writing is None else writing, [], list(lines)
    assert pick_by_lines(writing, lambda question: typed.pop(0), told.append) is True
    assert not typed
    return writing.text, told


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["2\n", "ab\n", "-\n", "=12\n"], ranked(2) + "a12"),
        (["+", "++"], drawn("word", "line")),
        (["+", "~"], drawn("word", "again")),
        (["ab cd", "--", "e"], "ab e"),
        (["ab cd\r\n", "-\r\n"], "ab c"),
        (["0", "16", "99"], ""),
        (["012"], ranked(12)),
        (["0012"], "12"),
        (["=+", "=-", "==", "=a"], "a"),
    ],
)
def test_lines_choose_write_step_back_and_go_on(lines, text):
    assert picked_by_lines(*lines, "")[0] == text


def test_each_question_has_the_text_and_the_ranks_before_it():
    text, told = picked_by_lines("bad", "€é", "", writing=halving("cab "))
    ranks = (
        "1 a 50.00 %, 2 b 25.00 %, 3 c 12.50 %, 4 d 6.25 %, 5 e 3.12 %, 6 f 1.56 %, "
        "7 g 0.78 %, 8 h 0.39 %, 9 i 0.20 %, 10 j 0.10 %"
    )
    assert text == "bade"
    assert told[0].startswith("a number chooses, + goes on for a word, ++ for a line, ~ writes")
    assert told[1:] == [
        "cab ", ranks, "cab bad", ranks, "unknown to this model: €", "cab bade", ranks,
    ]  # fmt: skip


def test_a_name_that_has_ended_takes_nothing_more_by_lines():
    writing = halving(kind="names")
    writing.write("ab\n")
    text, told = picked_by_lines("€", "abc", "-", "", writing=writing)
    assert text == "ab"
    assert told[1:7] == ["ab\n", "the name has ended"] * 3
    assert told[7] == "ab"


# Which of the two.


def test_by_lines_is_told_on_the_console_with_nothing_that_acts_on_it(home):
    environment, answers = make_environment(home), ["a\n", "\n"]
    writing = halving("\x1b[1m[b]")
    console = make_console(environment)
    assert pick_text(writing, lambda question: answers.pop(0), console, environment, True)
    assert "\n␛[1m[b]a\n" in environment.stdout.getvalue()


def test_by_keys_is_drawn_as_the_terminal_can(home):
    for variables, cursor in (({"TERM": "xterm"}, "▏"), ({"TERM": "linux"}, "|")):
        environment = make_environment(home, tty=True, **variables)
        screen = Screen(60)
        with create_pipe_input() as pipe:
            pipe.send_text("ab" + ENTER)
            writing, console = halving("bad"), make_console(environment)
            assert pick_text(writing, input, console, environment, False, pipe, drawn_on(screen))
        assert writing.text == "ab"
        assert f"bad{cursor}" in screen.getvalue()
