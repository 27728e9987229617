"""Every key that `help keys` tells of, pressed."""

import pytest
from prompt_toolkit.completion import WordCompleter

from charplay.commands.keys import EMACS, KEYS, VI, list_keys
from charplay.terminal.shell import EditorWanted
from tests.terminal.line_prompt import LinePrompt
from tests.terminal.test_repl import typed_into

ESC, ENTER, ALT_ENTER = "\x1b", "\r", "\x1b\r"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END, DELETE, BACKSPACE = "\x1b[H", "\x1b[F", "\x1b[3~", "\x7f"


def ctrl(letter):
    return chr(ord(letter) & 0x1F)


def suggested(buffer):
    """Whether the rest of an earlier line is shown."""
    return buffer.suggestion


EARLIER = ("one two", "three four", "thrice")

# What is pressed before Enter, and the line that is sent.
BOTH = {
    "Enter": [(("ab",), "ab")],
    "Up, Down": [
        ((UP,), "thrice"),
        ((UP, UP), "three four"),
        ((UP, UP, DOWN), "thrice"),
        (("ab" + ALT_ENTER + "cd" + UP + "x" + DOWN + "y",), "abx\ncdy"),
    ],
    "Ctrl-R": [
        ((ctrl("R") + "thr" + ENTER,), "thrice"),
        ((ctrl("R") + "thr" + ctrl("R") + ENTER,), "three four"),
    ],
    "Right, Ctrl-E, Ctrl-F": [
        (("on", suggested, RIGHT), "one two"),
        (("thre", suggested, ctrl("E")), "three four"),
        (("th", suggested, ctrl("F")), "thrice"),
    ],
    "Home, End": [(("bc" + HOME + "a" + END + "d",), "abcd")],
    "Backspace, Delete": [
        (("abc" + BACKSPACE,), "ab"),
        (("abc" + HOME + DELETE,), "bc"),
    ],
    "Ctrl-W": [(("one two" + ctrl("W"),), "one ")],
    "Ctrl-U": [(("one two" + LEFT + ctrl("U"),), "o")],
    "Tab": [(("na\t", lambda buffer: buffer.text == "names"), "names")],
    "Alt-Enter": [
        (("a" + ALT_ENTER + "b",), "a\nb"),
        (("a" + ESC + ctrl("J") + "b",), "a\nb"),
    ],
}
ONE = {
    EMACS: {
        "Ctrl-A, Ctrl-E": [(("b" + ctrl("A") + "a" + ctrl("E") + "c",), "abc")],
        "Ctrl-B, Ctrl-F": [(("ad" + ctrl("B") * 2 + ctrl("F") + "b",), "abd")],
        "Alt-B, Alt-F": [(("one two" + ESC + "b" + "x" + ESC + "f" + "y",), "one xtwoy")],
        "Ctrl-K": [(("one" + ctrl("A") + RIGHT + ctrl("K"),), "o")],
        "Alt-D": [(("one two" + ctrl("A") + ESC + "d",), " two")],
        "Ctrl-Y": [(("one two" + ctrl("W") + "and " + ctrl("Y"),), "one and two")],
        "Ctrl-_": [(("one two" + ctrl("W") + ctrl("_"),), "one two")],
        "Alt-.": [(("x " + ESC + ".",), "x thrice"), (("x " + ESC + "." + ESC + ".",), "x four")],
    },
    VI: {
        "Esc": [(("ab" + ESC + "x",), "a")],
        "i, a, I, A": [
            (("bd" + ESC + "ic" + ESC + "IA" + ESC + "AE",), "AbcdE"),
            (("ac" + ESC + "hab",), "abc"),
        ],
        "h, l, w, b, 0, $": [
            (("one two" + ESC + "0x",), "ne two"),
            (("one two" + ESC + "0wx",), "one wo"),
            (("one two" + ESC + "0wbx",), "ne two"),
            (("one two" + ESC + "0$x",), "one tw"),
            (("one two" + ESC + "hhlx",), "one to"),
        ],
        "k, j": [
            ((ESC + "k",), "thrice"),
            ((ESC + "kk",), "three four"),
            ((ESC + "kkj",), "thrice"),
        ],
        "x, dw, dd": [
            (("abc" + ESC + "x",), "ab"),
            (("one two" + ESC + "0dw",), "two"),
            (("one two" + ESC + "ddix",), "x"),
        ],
        "p, u": [
            (("one two" + ESC + "0dw$p",), "twoone "),
            (("one two" + ESC + "0dwu",), "one two"),
        ],
        "/": [((ESC + "/four" + ENTER,), "three four")],
    },
}
# These send no line: see the tests below.
OTHER = {"Ctrl-C", "Ctrl-D", "Ctrl-G", "Ctrl-L"}
PRESSED = [
    (editor, keys, pieces, line)
    for editor in (EMACS, VI)
    for keys, examples in {**BOTH, **ONE[editor]}.items()
    for pieces, line in examples
]


@pytest.mark.parametrize("editor", [EMACS, VI])
def test_every_key_of_the_table_is_pressed_here(editor):
    assert {row.keys for row in list_keys(editor).rows} == {*BOTH, *ONE[editor], *OTHER}
    assert {key.keys for key in KEYS} == {*BOTH, *ONE[EMACS], *ONE[VI], *OTHER}


@pytest.mark.parametrize(("editor", "keys", "pieces", "line"), PRESSED)
def test_a_key_does_what_the_table_says(home, editor, keys, pieces, line):
    prompt = LinePrompt(home, editor, EARLIER)
    prompt.completer = WordCompleter(["names"])
    assert prompt.press(*pieces, ENTER) == line


@pytest.mark.parametrize("editor", [EMACS, VI])
def test_keys_that_leave_the_line(home, editor):
    prompt = LinePrompt(home, editor)
    with pytest.raises(KeyboardInterrupt):
        prompt.press("ab" + ctrl("C"))
    with pytest.raises(EOFError):
        prompt.press(ctrl("D"))
    with pytest.raises(EditorWanted) as wanted:
        prompt.press("ab" + ALT_ENTER + "c" + ctrl("G"))
    assert wanted.value.text == "ab\nc"
    assert (prompt.press("ab" + ctrl("L") + ENTER), prompt.output.erased) == ("ab", 1)


def test_ctrl_j_is_enter_as_a_terminal_gives_it_that_was_pressed_early(home):
    assert LinePrompt(home).press("ab" + ctrl("J")) == "ab"


def test_ctrl_g_leaves_a_search_and_opens_no_editor(home):
    assert LinePrompt(home, lines=EARLIER).press(ctrl("R") + "thr" + ctrl("G") + "x\r") == "x"


def test_in_vi_alt_enter_among_commands_sends_the_line(home):
    assert LinePrompt(home, VI).press("ab" + ESC + "h" + ALT_ENTER) == "ab"


def test_help_keys_tells_of_the_editor_that_is_set_and_a_changed_one_holds_from_then_on(home):
    said = typed_into(home, ":help keys\r", ":set keys vi\r", "Esc\x1bx:help keys\r" + ENTER,
                      ":help keys\r")  # fmt: skip
    emacs, vi = said.out.split("keys is vi")
    assert "Ctrl-K" in emacs
    assert ":set keys vi changes to the keys of vi" in emacs
    assert "go to vi's commands" in vi
    assert "Ctrl-K" not in vi
    assert ":set keys emacs changes" in vi


def test_help_keys_is_no_action_of_a_topic(home):
    said = typed_into(home, ":help keys more\r")
    assert said.err.startswith("error: there is no command 'keys'")
