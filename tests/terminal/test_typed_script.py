"""Several commands that were pasted or typed together."""

import pytest

from charplay.terminal.typed_script import script_commands
from tests.terminal.test_repl import CTRL_C, CTRL_D, ENTER, names_in, pasted, typed_into

ALT_ENTER, UP = "\x1b\r", "\x1b[A"
SCRIPT = ":names drugs -n 1\n\n# two more\n:names drugs -n 2\n"


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        (SCRIPT, [":names drugs -n 1", ":names drugs -n 2"]),
        (":a\n:b", [":a", ":b"]),
        ("# a\n:b", [":b"]),
        (":a", []),
        (":a\n", []),
        (":a\nb", []),
        (":a\n :b", []),
        ("a\nb", []),
        ("# a\n# b", []),
        ("", []),
        ("\n\n", []),
    ],
)
def test_several_lines_are_a_script_where_each_is_a_command_a_comment_or_blank(text, commands):
    assert script_commands(text) == commands


@pytest.mark.parametrize("answer", [ENTER, "y\r", "Yes\r"])
def test_a_script_that_is_pasted_runs_when_the_person_wants_it(home, answer):
    said = typed_into(home, pasted(SCRIPT) + ENTER, answer)
    assert (said.status, said.err, len(names_in(said))) == (0, "", 3)


def test_commands_typed_together_are_a_script_too(home):
    said = typed_into(home, f":names drugs -n 1{ALT_ENTER}:names drugs -n 2\r", ENTER)
    assert (said.err, len(names_in(said))) == ("", 3)


@pytest.mark.parametrize("answer", ["n\r", "what?\r", CTRL_C, CTRL_D])
def test_a_script_that_the_person_does_not_want_can_be_gone_back_to(home, answer):
    said = typed_into(home, pasted(SCRIPT) + ENTER, answer)
    assert (said.status, said.err, names_in(said)) == (0, "", [])
    said = typed_into(home, UP + ENTER, ENTER)
    assert (said.status, said.err, len(names_in(said))) == (0, "", 3)


def test_a_script_goes_on_after_a_command_that_fails_and_ends_with_quit(home):
    said = typed_into(home, pasted(":nonsense\n:names drugs -n 1\n:quit\n:names\n") + ENTER, ENTER,
                      ":names\r")  # fmt: skip
    assert (said.status, said.err.count("error: "), len(names_in(said))) == (0, 1, 1)


def test_an_editor_in_a_script_opens_after_the_last_command(home):
    said = typed_into(home, pasted(":edit Tyr\n:names drugs -n 1\n") + ENTER, ENTER, ENTER,
                      VISUAL="true")  # fmt: skip
    assert said.err == ""
    assert len(names_in(said)) == 6
