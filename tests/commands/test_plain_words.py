"""Lines without a colon that may be meant as commands."""

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.plain_words import (
    agrees,
    check_colons,
    declines,
    is_comment,
    meant_command,
    spoken_text,
)
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


@pytest.mark.parametrize(
    ("line", "question", "note"),
    [
        (
            " quit ", "quit charplay? y/N, or \\quit to say it: ",
            "quit went to the model as text; the command is :quit",
        ),
        (
            "models list", "do :models list? y/N, or \\models list to say it: ",
            "models list went to the model as text; the command is :models list",
        ),
        (
            "/info", "do :model? y/N, or \\/info to say it: ",
            "/info went to the model as text; the command is :model",
        ),
    ],
)  # fmt: skip
def test_what_a_line_is_likely_meant_as_is_asked_or_told(line, question, note):
    meant = meant_command(COMMANDS, line)
    assert (meant.question, meant.note) == (question, note)
    assert meant.escaped == "\\" + line.strip()


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/NAMES drugs", ":names drugs"),
        ("/ls", ":models"),
        ("/gone drugs", None),
        ("/", None),
        ("NAMES", ":names"),
        ("Names drugs -n 5", None),
        ("names()", ":names"),
        ("names()x", None),
        ("help  names", None),
        ("HELP keys", ":help keys"),
        ("help me", ":help"),
        ("help you", None),
        ("models show x", ":models show x"),
        ("models sho x", None),
        ("names a-b", None),
        ("names a -b", ":names a -b"),
        ("names a --by", ":names a --by"),
        ("names 5 birds", None),
        ("names 1/2", ":names 1/2"),
        ("export a.b", None),
        ("export a.toolong", None),
        ("set a=b c", None),
    ],
)
def test_what_follows_a_command_tells_it_from_a_sentence(line, command):
    meant = meant_command(COMMANDS, line)
    assert (meant.line if meant else None) == command


def test_a_comment_begins_with_its_mark():
    assert is_comment("# a")
    assert not is_comment(" # a")


@pytest.mark.parametrize(
    ("line", "command"),
    [("names x", ":names x"), (" models", ":models"), ("quit", ":quit"), ("?", ":help")],
)
def test_a_line_of_c_without_its_colon_is_told_with_it_and_how_to_say_it(line, command):
    with pytest.raises(UsageError) as caught:
        check_colons(COMMANDS, ["Tyr", line])
    assert caught.value.message == f"a command in a line of -c begins with a colon: {command}"
    assert caught.value.hint == f"type the colon, or say the text: \\{line.strip()}"


@pytest.mark.parametrize(
    ("answer", "yes", "no"),
    [
        ("y", True, False),
        ("Yes.", True, False),
        (" yes, please", True, False),
        ("n", False, True),
        ("NO!", False, True),
        ("", False, True),
        ("  ", False, True),
        ("not yet", False, False),
        ("yesterday", False, False),
        (":names", False, False),
    ],
)
def test_an_answer_is_yes_or_no_or_neither(answer, yes, no):
    assert (agrees(answer), declines(answer)) == (yes, no)
