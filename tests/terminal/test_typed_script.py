"""Several commands that were pasted or typed together."""

import pytest

from charplay.errors import ExitStatus
from charplay.terminal.shell import EditorWanted
from charplay.terminal.typed_script import perform_typed, script_commands
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


class Said:
    """Stands for a shell: what was done, and how each line ends."""

    def __init__(self, *ends):
        self.ends, self.done = list(ends), []

    def perform_line(self, line):
        self.done.append(line)
        end = self.ends.pop(0)
        if isinstance(end, EditorWanted):
            raise end
        return end


def answering(answer, asked):
    """A person who says this, or leaves."""

    def ask(question):
        asked.append(question)
        if answer is None:
            raise EOFError
        return answer

    return ask


@pytest.mark.parametrize(
    ("text", "question"),
    [("# a\n:b", "run 1 command? Y/n "), (":a\n:b", "run 2 commands? Y/n "),
     ("\n".join([":a"] * 1_000), "run 1,000 commands? Y/n ")],
)  # fmt: skip
def test_the_question_says_how_many_commands_there_are(text, question):
    asked = []
    assert perform_typed(Said(), text, answering("n", asked)) == ExitStatus.DONE
    assert asked == [question]


@pytest.mark.parametrize(
    ("answer", "done"),
    [("", 2), (" ", 2), ("y", 2), ("yes", 2), ("n", 0), ("no", 0), ("perhaps", 0), (None, 0)],
)
def test_enter_is_yes_and_leaving_is_no(answer, done):
    shell = Said(ExitStatus.DONE, ExitStatus.DONE)
    assert perform_typed(shell, ":a\n:b", answering(answer, [])) == ExitStatus.DONE
    assert shell.done == [":a", ":b"][:done]


def test_one_line_is_done_unasked_and_its_status_is_told():
    shell, asked = Said(ExitStatus.WRONG_USAGE), []
    assert perform_typed(shell, ":a", answering("n", asked)) == ExitStatus.WRONG_USAGE
    assert (shell.done, asked) == ([":a"], [])


def test_the_first_status_that_is_not_done_counts_and_ctrl_c_ends_the_commands():
    done, failed, wrong = ExitStatus.DONE, ExitStatus.FAILED, ExitStatus.WRONG_USAGE
    yes = answering("", [])
    assert perform_typed(Said(done, failed, wrong), ":a\n:b\n:c", yes) == failed
    shell = Said(done, ExitStatus.INTERRUPTED, failed)
    assert perform_typed(shell, ":a\n:b\n:c", yes) == ExitStatus.INTERRUPTED
    assert shell.done == [":a", ":b"]


def test_of_several_editors_the_last_opens_when_all_is_done():
    shell = Said(EditorWanted("first"), EditorWanted("last"), ExitStatus.DONE)
    with pytest.raises(EditorWanted) as wanted:
        perform_typed(shell, ":a\n:b\n:c", answering("", []))
    assert (wanted.value.text, shell.done) == ("last", [":a", ":b", ":c"])
