"""What is coloured while it is typed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document

from charplay.commands.builtin import all_commands
from charplay.plugins.registry import Registry
from charplay.terminal.lexer import CommandLexer, style_line
from charplay.terminal.style import prompt_style

COMMANDS = all_commands(Registry())


def styled(line):
    """The parts that have a style, as "style part"."""
    parts = list(style_line(COMMANDS, line))
    assert "".join(text for _, text in parts) == line
    return [f"{style.removeprefix('class:')} {text}" for style, text in parts if style]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Shall I --compare 'thee' @to 1", []),
        ("", []),
        (":", ["command :"]),
        (":names", ["command :", "command names"]),
        (":nam drugs", ["command :", "command nam"]),
        (":s", ["command :", "unknown-command s"]),
        (":nmaes -n 5", ["command :", "unknown-command nmaes", "option -n", "number 5"]),
        (":models show mine", ["command :", "command models", "action show"]),
        (":models sho", ["command :", "command models", "action sho"]),
        (":models nothing show", ["command :", "command models"]),
        (":models --format csv", ["command :", "command models", "option --format"]),
        (":names -n -5 --seed 7/3", [
            "command :", "command names", "option -n", "number -5", "option --seed", "number 7/3",
        ]),
        (""":names --pattern='a b' --prompt "c \\" d" 'e'""", [
            "command :", "command names", "option --pattern=", "string 'a b'", "option --prompt",
            'string "c \\" d"', "string 'e'",
        ]),
        (":poem O for a rock'n'roll", ["command :", "command poem"]),
        (":names --prompt 'open", ["command :", "command names", "option --prompt"]),
        (":names --prompt @file.txt @", [
            "command :", "command names", "option --prompt", "file @file.txt",
        ]),
        (":names ' '' \" \"\" 'a", [
            "command :", "command names", "string ''", 'string ""',
        ]),
        (":names @f -5/3 5x", [
            "command :", "command names", "file @f", "number -5/3",
        ]),
        (":models show delete 5", ["command :", "command models", "action show", "number 5"]),
        (":model show", ["command :", "command model"]),
        (":-x names", ["command :", "option -x"]),
        ("# a :names", ["comment # a :names"]),
    ],
)  # fmt: skip
def test_a_command_is_coloured_by_what_its_words_are(line, parts):
    assert styled(line) == parts


@given(st.text(st.sampled_from(":names od-'\"\\@=5 \t\u00a0é\n")))
def test_every_character_of_a_line_is_shown_once(line):
    styled(f":{line}")
    document = Document(line)
    lexed = CommandLexer(COMMANDS).lex_document(document)
    for number, text in enumerate(document.lines):
        assert "".join(part[1] for part in lexed(number)) == text


def test_lines_of_a_script_are_coloured_and_those_of_a_text_are_not():
    def styles(text):
        lexed = CommandLexer(COMMANDS).lex_document(Document(text))
        return [[part[0] for part in lexed(number)] for number in range(text.count("\n") + 1)]

    assert styles(":names\n# a\n:names")[1:] == [["class:comment"], ["class:command"] * 2 + [""]]
    assert styles("O\n:names") == [[""], [""]]


def test_a_very_long_line_is_coloured_at_its_beginning_alone_and_fast():
    for filler in ("a ", "'", '"\\', "-a=", "--"):
        line = ":names " + filler * 500_000
        begun = time.perf_counter()
        *_, last = style_line(COMMANDS, line)
        assert time.perf_counter() - begun < 0.5
        assert len(last[1]) == len(line) - 10_000


def test_a_macro_is_coloured_as_a_command():
    commands = all_commands(Registry())
    commands.macros = ("tyr",)
    assert list(style_line(commands, ":tyr"))[1] == ("class:command", "tyr")


def test_without_colours_what_remains_is_bold_dim_and_underlined():
    for theme in ("dark", "light", "none"):
        styles = dict(prompt_style(theme).style_rules)
        assert "underline" in styles["unknown-command"]
        assert "bold" in styles["command"]
        assert "bg:" not in "".join(styles.values())


def test_after_a_macro_there_is_no_action():
    commands = all_commands(Registry())
    commands.macros = ("tyr",)
    assert list(style_line(commands, ":tyr show"))[-2:] == [("", "show"), ("", "")]
    assert list(style_line(commands, ":tyx"))[1] == ("class:unknown-command", "tyx")
