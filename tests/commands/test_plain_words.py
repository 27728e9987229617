"""Lines without a colon that may be meant as commands."""

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.plain_words import check_colons, meant_command, spoken_text
from charplay.errors import UsageError
from charplay.plugins.registry import Registry

COMMANDS = all_commands(Registry())


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("quit", ":quit"),
        ("exit", ":quit"),
        ("bye", ":quit"),
        ("exit()", ":quit"),
        ("/quit", ":quit"),
        ("  Help ", ":help"),
        ("?", ":help"),
        ("names", ":names"),
        ("models", ":models"),
        ("names drugs -n 5", ":names drugs -n 5"),
        ("train list.txt --quick", ":train list.txt --quick"),
        ("tour", ":help tour"),
        ("help me", ":help"),
        ("help tour", ":help tour"),
        ("help names", ":help names"),
        ("/set temperature 0.5", ":set temperature 0.5"),
        ("/save talk.md", ":export talk.md"),
        ("/list", ":models"),
        ("keep 1", ":keep 1"),
        ("keep 1, 3-4", ":keep 1, 3-4"),
        ("models list", ":models list"),
        ("sessions rename a b", ":sessions rename a b"),
        ("export talk.csv", ":export talk.csv"),
        ("set temperature=0.5", ":set temperature=0.5"),
        ("goto 3", ":goto 3"),
    ],
)
def test_a_command_alone_on_its_line_or_with_options_is_meant_as_one(line, command):
    meant = meant_command(COMMANDS, line)
    assert meant.line == command
    assert f"or \\{line.strip()} to say it" in meant.question
    assert spoken_text(COMMANDS, f"\\{line}") == line
    assert spoken_text(COMMANDS, f"\\\\{line}") == f"\\{line}"


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "Tyr",
        "set fire to the rain",
        "keep - or lose - it",
        "helpless",
        "quit it",
        "help us",
        "/x y",
        "list",
        "keep 1 for me",
        "state of the art",
        "models of virtue",
        "set us free.",
    ],
)
def test_other_lines_are_text(line):
    assert meant_command(COMMANDS, line) is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("\\:names", ":names"),
        ("\\# one", "# one"),
        ("\\train of thought", "train of thought"),
        ("\\alpha", "\\alpha"),
        ("\\", "\\"),
        ("\\ ", "\\ "),
    ],
)
def test_a_backslash_is_dropped_where_it_keeps_a_text_from_being_something_else(line, text):
    assert spoken_text(COMMANDS, line) == text


@pytest.mark.parametrize("line", ["names x", "quit", "exit", "?", " models"])
def test_a_line_of_c_that_begins_with_a_command_is_refused_with_its_colon_shown(line):
    with pytest.raises(UsageError, match=r":[a-z]"):
        check_colons(COMMANDS, [":models", line])
    check_colons(COMMANDS, [f"\\{line.strip()}", "Tyr", "# names", ""])
