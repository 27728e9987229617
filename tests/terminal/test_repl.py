"""The REPL, driven through a pipe in place of a keyboard."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from charplay import open_session
from charplay.commands.configuration import Configuration
from charplay.commands.settings import Interface
from charplay.sessions.choice import SessionChoice
from charplay.terminal.repl import run_repl
from charplay.terminal.shell import Shell
from tests.conftest import Said, make_environment, variables_for

ENTER, CTRL_C, CTRL_D, CTRL_G = "\r", "\x03", "\x04", "\x07"
STILL_HERE = ":recipes\r"


def pasted(text):
    """Text as a terminal sends it that is asked not to take it for keys."""
    return f"\x1b[200~{text}\x1b[201~"


def typed_into(
    home, *keys, keeping=SessionChoice(), interface=Interface(), configured=Configuration(), **more
):
    """What a REPL came to that was given these keys, text or bytes, and then no more."""
    environment = make_environment(home, tty=True, TERM="dumb", **more)
    shell = Shell(environment, interface=interface, configured=configured)
    try:
        with create_pipe_input() as pipe:
            for key in keys:
                pipe.send_bytes(key) if isinstance(key, bytes) else pipe.send_text(key)
            pipe.send_text(CTRL_C + CTRL_D)
            status = run_repl(shell, keeping, input=pipe, output=DummyOutput())
    finally:
        shell.close()
    return Said.of(status, environment)


@pytest.fixture
def repl(home):
    """A REPL on the test's own home."""
    return lambda *keys, **more: typed_into(home, *keys, **more)


@pytest.fixture(scope="module")
def lasting_home(trained_home, tmp_path_factory):
    """A home with a model, for REPLs that change nothing in it but their history."""
    home = tmp_path_factory.mktemp("lasting") / "home"
    shutil.copytree(trained_home, home)
    return home


def names_in(said):
    """The names in answers, by the label beside each."""
    return [line.split()[0] for line in said.lines if re.search(r"\d+/\d+\s*$", line)]


def test_an_empty_home_is_told_how_to_begin(repl):
    said = repl()
    assert (said.status, said.err) == (0, "")
    assert ":train dinosaurs" in said.out
    assert ":help" in said.out


def test_the_greeting_names_the_model_talked_to(repl, with_model):
    assert "talking to dinosaurs" in repl().out


def test_whoever_names_a_session_that_is_not_there_is_told_that_it_begins(repl, with_model):
    told = "note: your next words begin the session winter"
    assert told in repl(keeping=SessionChoice("winter")).out
    assert told in repl("Tyr\r", keeping=SessionChoice("winter")).out
    assert "going on: session winter, after turn 1" in repl(keeping=SessionChoice("winter")).out


def test_plain_text_talks_and_names_begin_with_it(repl, with_model):
    said = repl("Tyr\r")
    assert (said.status, said.err) == (0, "")
    assert len(names_in(said)) == 5
    assert all(name.startswith("Tyr") for name in names_in(said))


def test_a_unique_beginning_of_a_command_is_enough(repl, with_model):
    said = repl(":na -n 3\r")
    assert (len(names_in(said)), said.err) == (3, "")


def test_a_wrong_command_gets_did_you_mean_and_the_repl_goes_on(repl, with_model):
    said = repl(":nmaes\r", ":names -n 2\r")
    assert said.err == "error: there is no command 'nmaes'\n  → did you mean :names?\n"
    assert len(names_in(said)) == 2
    assert said.status == 0


def test_ctrl_c_at_the_prompt_clears_the_line(repl, with_model):
    said = repl(":nonsense", CTRL_C, ":names -n 1\r")
    assert (said.status, said.err) == (0, "")
    assert len(names_in(said)) == 1


def test_ctrl_d_leaves(repl, with_model):
    said = repl(CTRL_D, ":names\r")
    assert (said.status, names_in(said)) == (0, [])


def test_quit_leaves(repl, with_model):
    said = repl(":quit\r", ":names\r")
    assert (said.status, names_in(said)) == (0, [])


@pytest.mark.parametrize("word", ["quit", "exit", "bye", "exit()"])
def test_a_word_for_leaving_asks_before_it_leaves(repl, with_model, word):
    said = repl(f"{word}\r", "y\r", ":names -n 2\r")
    assert (said.status, said.err, names_in(said)) == (0, "", [])
    said = repl(f"{word}\r", ENTER, ":names -n 2\r")
    assert (said.status, said.err, len(names_in(said))) == (0, "", 2)


def test_a_command_without_its_colon_is_done_or_said_as_the_person_answers(repl, with_model):
    said = repl("names -n 2\r", "y\r", "help\r", "y\r", "?\r", "n\r")
    assert (said.status, said.err, len(names_in(said))) == (0, "", 2)
    assert said.out.count(":help COMMAND explains one") == 1
    said = repl("names\r", "\\names\r", "\\quit\r")
    assert (said.status, said.err) == (0, "")
    assert [name[:4] for name in names_in(said)] == ["Name"] * 5 + ["Quit"] * 5


def test_removing_a_model_or_a_text_asks(repl, with_model, home):
    said = repl(":models remove dinosaurs\r", "n\r", ":models remove dinosaurs\r", "y\r")
    assert (said.status, said.err) == (0, "")
    assert re.search("^kept dinosaurs.*^removed dinosaurs", said.out, re.MULTILINE | re.DOTALL)
    assert not list((home / "models" / "names").iterdir())


def test_a_model_named_at_the_start_is_the_one_talked_to(home):
    environment = make_environment(home, tty=True, TERM="dumb")
    shell = Shell(environment)
    with create_pipe_input() as pipe:
        pipe.send_text("Ze\r" + CTRL_D)
        assert run_repl(shell, model="drugs", input=pipe, output=DummyOutput()) == 0
    shell.close()
    assert "talking to drugs" in environment.stdout.getvalue()
    assert run_with_unknown_model(home) == 2


def run_with_unknown_model(home):
    shell = Shell(make_environment(home, tty=True, TERM="dumb"))
    with create_pipe_input() as pipe:
        try:
            return run_repl(shell, model="no-such", input=pipe, output=DummyOutput())
        finally:
            shell.close()


def test_the_end_of_the_input_leaves(home):
    environment = make_environment(home, tty=True, TERM="dumb")
    shell = Shell(environment)
    with create_pipe_input() as pipe:
        pipe.close()
        assert run_repl(shell, input=pipe, output=DummyOutput()) == 0
    shell.close()


def test_an_empty_line_goes_on_with_prose(repl):
    said = repl(":model shakespeare\r", ":set max-chars 20\r", "O\r", ENTER)
    assert (said.status, said.err) == (0, "")
    assert said.out.count("shakespeare · 7/1") == 2


def test_an_empty_line_makes_no_names_and_says_what_does(repl, with_model):
    said = repl(ENTER, "  \r")
    assert (said.status, said.err, names_in(said)) == (0, "", [])
    assert said.out.count(":names makes names") == 2


def test_whoever_has_trained_nothing_talks_to_a_shipped_model(repl):
    said = repl("Tyr\r")
    assert (said.status, said.err) == (0, "")
    assert len(names_in(said)) == 5


def test_a_command_without_a_name_does_nothing(repl, with_model):
    said = repl(":\r", ":   \r")
    assert (said.status, said.err, names_in(said)) == (0, "", [])


def test_a_backslash_lets_a_text_begin_with_a_colon(repl, with_model):
    said = repl("\\:names\r")
    assert len(names_in(said)) == 5
    assert all(name.lower().startswith("names") for name in names_in(said))
    # The colon is a character of the text, which this model does not know.
    assert "left out, unknown to this model: :" in said.out


def test_what_is_set_holds_for_the_next_commands(repl, with_model):
    said = repl(":set temperature 0\r", ":names -n 10\r", ":set temperature default\r")
    assert said.err == ""
    assert len(set(names_in(said))) == 1
    assert len(names_in(said)) == 10


def test_set_without_a_value_shows_and_with_a_wrong_one_keeps_the_old(repl, with_model):
    said = repl(":set temperature 0.5\r", ":set temperature -1\r", ":set temperature\r")
    assert said.err.startswith("error: temperature cannot be ")
    assert re.search(r"^temperature\b.* 0\.5\b", said.lines[-1])


def test_a_model_trained_is_still_there_and_chosen_at_the_next_start(repl):
    first = repl(":train dinosaurs --wait --quick\r", ":names -n 3 --seed 5\r", ":quit\r")
    assert (first.status, first.err) == (0, "")
    second = repl(":names -n 3 --seed 5\r")
    assert "talking to dinosaurs" in second.out
    assert names_in(second) == names_in(first) != []


def test_training_leaves_the_conversation_in_sight_and_offers_the_new_model(repl, with_model):
    said = repl(
        "Tyr\r", ":keep 1\r", ":train dinosaurs --wait --name mine --quick\r", ":kept\r", "Ank\r"
    )
    assert ":model mine talks to it" in said.lines
    assert said.out.count("7/1") == 4, "said, kept, listed, and said to the model of before"
    said = repl(":model mine\r", "Ank\r", ":tree\r", ":sessions --format csv\r")
    assert "session talk-1 goes on with it; :session NAME begins another" in said.lines
    assert ",mine,3," in said.lines[-1]
    assert said.lines[-2].startswith("current,"), "and it is the only session"


def test_where_nothing_was_said_yet_the_model_just_trained_is_the_one_to_talk_to(repl, with_model):
    said = repl(":train dinosaurs --wait --name mine --quick\r", ":model\r", "Ank\r", ":tree\r")
    assert "talks to it" not in said.out
    assert any(line.startswith("mine (names, ") for line in said.lines)
    assert said.lines[-1].startswith("●1 [main] ank")


def test_a_failed_training_leaves_the_repl_and_its_model(repl, with_model):
    said = repl(":train dinosaurs --wait --set learning-rate=1e30\r", ":names -n 3\r")
    assert said.err.count("error: ") == 1
    assert len(names_in(said)) == 3
    assert said.status == 0


def test_lines_are_remembered_from_one_start_to_the_next(repl, with_model):
    repl(":names -n 4\r")
    up = "\x1b[A"
    assert len(names_in(repl(up + ENTER))) == 4


def test_a_home_that_cannot_be_written_still_gives_a_repl(home):
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where the folder should be")
    said = typed_into(home, STILL_HERE)
    assert said.status == 0
    assert "course-dinosaurs" in said.out


KEYS = [chr(code) for code in range(32) if chr(code) not in (CTRL_D, "\x1b")]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{ord(key):02x}")
def test_no_control_key_ends_the_repl(lasting_home, key):
    said = typed_into(lasting_home, key, CTRL_G, CTRL_C, STILL_HERE, VISUAL="true")
    assert said.status == 0
    assert "course-dinosaurs" in said.out


def test_ctrl_z_that_no_terminal_sends_stops_no_process(lasting_home, monkeypatch):
    sent = []
    monkeypatch.setattr(os, "kill", lambda *signal: sent.append(signal))
    assert typed_into(lasting_home, "\x1a", CTRL_C, STILL_HERE).status == 0
    assert sent == []


STUPID = {
    "very long": "a" * 20_000,
    "very long word of a command": ":" + "names" * 5_000,
    "very long option": ":names --seed " + "9" * 5_000,
    "double quote": ':names --prompt "',
    "single quote": ":names --prompt '",
    "backslash": ":names --prompt \\",
    "markup": "[bold]Tyr[/bold][/]",
    "markup in a command": ":[bold]",
    "markup in an option": ":names --[/red]",
    "emoji": "🦖👩‍👩‍👧‍👦🏳️‍🌈",
    "emoji in a command": ":🦖",
    "NUL": "\0",
    "NUL in a path": ":names /\0",
    "NUL in a model": ":model \0",
    "NUL in a file": ":names --prompt @\0",
    "NUL in a corpus": ":train /\0",
    "NUL in a corpus's name": ":train \0",
    "NUL in a model's name": ":train dinosaurs --name \0",
    "control characters": "".join(map(chr, range(32))),
    "escape codes": "\x1b[2J\x1b]0;title\x07\x9b31m",
    "bidi marks": "\u202etyr\u2066\u200f",
    "combining": "e" + "\u0301" * 500,
    "lines": "Tyr\nann\n:quit\n",
    "blanks": " \t \u00a0\u3000",
    "dashes": ":names -- -- --",
    "only a dash": ":names -",
    "empty option": ":names --=",
    "option without value": ":names --seed",
    "format without value": ":names --format",
    "empty model": ':names ""',
    "empty command": ':""',
    "braces": ":names {} {0} %s %d",
    "a folder as a model": ":names /",
    "a folder as a prompt": ":names --prompt @/",
    "an at sign": ":names --prompt @",
    "a home that nobody has": ":names ~nobody-at-all/model",
    "a home that nobody has, as a prompt": ":names --prompt @~nobody-at-all/x",
    "a home that nobody has, as a corpus": ":train ~nobody-at-all/x",
    "a folder as a corpus": ":train /",
    "a path that is too long as a model": ":model " + "x" * 300,
    "a path that is too long as a prompt": ":names --prompt @" + "x" * 300,
    "a path that is too long as a corpus": ":train " + "x" * 300,
    "digits of other scripts": ":names -n ٣",
    "a superscript": ":names -n ²",
    "huge count": ":names -n " + "9" * 5_000,
    "infinity": ":set temperature inf",
    "superscript seed": ":names --seed ²",
}


@pytest.mark.parametrize("text", STUPID.values(), ids=STUPID.keys())
def test_no_stupid_input_ends_the_repl_or_breaks_it(lasting_home, text):
    said = typed_into(lasting_home, pasted(text) + ENTER, STILL_HERE)
    assert said.status == 0
    assert "course-dinosaurs" in said.out
    assert_well_told(said)


def assert_well_told(said):
    """Errors are for a person: no bug of ours, no traceback, never without a next step."""
    assert "Traceback" not in said.err + said.out
    assert "charplay broke" not in said.err
    assert said.err.count("error: ") == said.err.count("\n  → ")


def test_bytes_that_are_no_text_do_not_end_the_repl(lasting_home):
    said = typed_into(lasting_home, b"Tyr\xff\xfe\r", b":names \xc3\r", STILL_HERE)
    assert said.status == 0
    assert "course-dinosaurs" in said.out
    assert_well_told(said)


# The beginnings lead into every part that reads what a person typed. `q` alone would be `:quit`.
BEGINNINGS = st.sampled_from(
    (
        *(":names ", ":names --prompt ", ":names --seed ", ":set ", ":set stop ", ":model "),
        *(":train ", ":train dinosaurs --set ", ":train dinosaurs --name ", ":help "),
        *(":s", ":", "\\:", ""),
    )
)
TEXTS = st.text(st.characters(exclude_characters="qt0123456789", exclude_categories=["Cs"]))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(st.tuples(BEGINNINGS, TEXTS).map("".join), min_size=1, max_size=5))
@example([":names --prompt \x1b[201~"])
def test_no_input_at_all_ends_the_repl_or_breaks_it(lasting_home, lines):
    keys = [pasted(line) + ENTER for line in lines]
    said = typed_into(lasting_home, *keys, CTRL_C, STILL_HERE)
    assert said.status == 0
    assert "course-dinosaurs" in said.out
    assert_well_told(said)


class Terminal:
    """charplay in a terminal of its own, as a person has it."""

    def __init__(self, home, **variables):
        import pty

        self._near, far = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "charplay"],
            stdin=far,
            stdout=far,
            stderr=far,
            env=variables_for(home, **{"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **variables}),
            start_new_session=True,
        )
        os.close(far)
        self.seen = ""

    def type(self, text):
        os.write(self._near, text.encode())

    def wait_for(self, text):
        """Read until there is that text after all that was waited for before."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            before, found, after = self.seen.partition(text)
            if found:
                self.seen = after
                return before
            self.read_waiting(0.1)
        raise AssertionError(f"{text!r} was not among {self.seen[-2000:]!r}")

    def read_waiting(self, seconds=0.0):
        """Read what is there, or comes soon."""
        if select.select([self._near], [], [], seconds)[0]:
            self.seen += os.read(self._near, 65536).decode("utf-8", "replace")
            # Decoration would stand between the words waited for.
            self.seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.seen)

    def ctrl_c(self):
        """As the terminal does it where no prompt reads keys."""
        self.process.send_signal(signal.SIGINT)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(60)
        os.close(self._near)


@pytest.fixture
def terminal(home):
    if os.name != "posix":
        pytest.skip("terminals as POSIX has them")
    home.mkdir(exist_ok=True)
    terminal = Terminal(home)
    terminal.wait_for("❯")
    yield terminal
    terminal.close()


def test_ctrl_c_while_a_run_is_shown_stops_it_and_the_repl_stays(terminal):
    terminal.type(":train dinosaurs --wait --recipe course-dinosaurs --updates 10000000\r")
    terminal.wait_for("Ctrl-C stops with a checkpoint")
    terminal.wait_for("update")
    terminal.ctrl_c()
    terminal.wait_for("course-dinosaurs is in the library")
    terminal.wait_for("❯")
    terminal.type(":names -n 1 --seed 7\r")
    terminal.wait_for("7/1")
    terminal.wait_for("❯")
    terminal.type("\x04")
    assert terminal.process.wait(60) == 0


def test_ctrl_c_while_text_streams_stops_it_and_the_repl_stays(terminal):
    terminal.type(":train hihello --wait\r")
    terminal.wait_for("hihello is in the library")
    terminal.wait_for("❯")
    terminal.type(":sample -n 1000000 --seed 7\r")
    # What was drawn before is kept, and says what brings it back.
    terminal.wait_for("hihello · 7/")
    terminal.ctrl_c()
    terminal.wait_for("❯")
    terminal.type(":quit\r")
    assert terminal.process.wait(60) == 0


def test_ctrl_c_while_names_are_drawn_stops_them_and_the_repl_stays(terminal):
    terminal.type(":train dinosaurs --wait --quick\r")
    terminal.wait_for("dinosaurs is in the library")
    terminal.wait_for("❯")
    terminal.type(":names -n 1000000 --seed 7\r")
    terminal.wait_for(":names -n 1000000 --seed 7")
    time.sleep(0.5)
    terminal.ctrl_c()
    terminal.wait_for("❯")
    terminal.type(":names -n 1 --seed 8\r")
    terminal.wait_for("8/1")
    terminal.wait_for("❯")
    terminal.type(":quit\r")
    assert terminal.process.wait(60) == 0


def test_ctrl_c_while_text_streams_keeps_the_text_so_far_and_the_place_after_it(terminal, home):
    terminal.type(":train hihello --wait\r")
    terminal.wait_for("hihello is in the library")
    terminal.wait_for("❯")
    terminal.type(":set max-chars 1000000\r")
    terminal.wait_for("max-chars is 1000000")
    terminal.type("hi\r")
    terminal.wait_for("lohihel")
    terminal.ctrl_c()
    terminal.wait_for("hihello · ")
    terminal.wait_for("❯")
    terminal.type(":quit\r")
    assert terminal.process.wait(60) == 0
    with open_session("talk-1", home=home) as session:
        (turn,) = session.turns()
        [reply] = turn.said.replies
        assert (reply.stopped, len(reply.text) >= 7) == ("interrupted", True)
        stopped = session.say("", seed=3, max_chars=20).answers
    with open_session(model="hihello", home=home) as unstopped:
        unstopped.say("hi", seed=turn.said.seed, max_chars=len(reply.text))
        assert unstopped.turn.answers == (reply.text,)
        assert unstopped.say("", seed=3, max_chars=20).answers == stopped


def test_three_starts_are_one_conversation(terminal, home):
    """In real terminals: said, left, come back to, gone back in, left, come back to."""
    terminal.type("Tyr\r")
    terminal.wait_for("/5")
    terminal.type("Ann\r")
    terminal.wait_for("/5")
    terminal.type(":quit\r")
    assert terminal.process.wait(60) == 0
    second = Terminal(home)
    second.wait_for("going on: session talk-1, after turn 2, in main")
    second.type(":undo\r")
    second.wait_for("went back before turn 2: session talk-1, after turn 1, in main")
    second.type(":sessions delete talk-1\r")
    second.wait_for("Delete talk-1 with all its turns (2)? [y/N]")
    second.type("n\r")
    second.wait_for("session talk-1 kept")
    second.process.kill()
    second.close()
    third = Terminal(home)
    third.wait_for("going on: session talk-1, after turn 1, in main")
    third.type("Bob\r")
    third.wait_for("/5")
    third.type(":tree\r")
    third.wait_for("[branch-3]")
    third.close()


def test_the_column_of_a_table_is_asked_for_and_the_answer_is_taken(repl, tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("Name,City\n" + "".join(f"Zor{c},{c.upper()}ville\n" for c in "abcdefghij"))
    said = repl(f":corpora add {path}\r", "City\r", ":corpora show stock\r")
    assert (said.status, said.err) == (0, "")
    assert "stock added: 10 names" in said.out
    assert "  Aville" in said.lines


@pytest.mark.parametrize("answer", ["yes please", "Y.", "yes"])
def test_yes_is_understood_as_people_say_it(repl, answer):
    said = repl(":set lines 3\r", ":set reset\r", f"{answer}\r", ":set lines\r")
    assert "lines is default" in said.out


def test_an_answer_that_is_neither_yes_nor_no_is_asked_for_again(repl):
    said = repl(":set lines 3\r", ":set reset\r", ":help\r", "n\r", ":set lines\r")
    assert said.out.count("answer y for yes, or n for no") == 1
    assert said.out.rstrip().endswith("lines is 3")


def test_what_is_typed_in_place_of_an_answer_about_a_command_is_the_next_line(repl):
    assert "lines is 3" in repl("help\r", ":set lines 3\r").out
    assert "is not saved" not in repl("quit\r", "\r").told


def test_a_line_copied_with_its_mark_is_done_without_it(repl):
    assert "lines is 3" in repl("❯ :set lines 3\r").out


def test_set_takes_an_equals_sign_too(repl):
    assert "lines is 3" in repl(":set lines=3\r").out
    assert "no option 'linse'" in repl(":set linse=3\r").told


def test_a_dumb_terminal_edits_the_line_itself(home):
    if os.name != "posix":
        pytest.skip("terminals as POSIX has them")
    home.mkdir(exist_ok=True)
    terminal = Terminal(home, TERM="dumb", LC_ALL="C.UTF-8")
    try:
        terminal.wait_for("❯ ")
        terminal.type(":set lines 35\x7f\r")
        terminal.wait_for("lines is 3\r\n")
        terminal.wait_for("❯ ")
        terminal.type("quit\r")
        terminal.wait_for("to say it: ")
        terminal.type("n\r")
        terminal.wait_for("❯ ")
        assert "\x1b" not in terminal.seen
        terminal.type("\x04")
        assert terminal.process.wait(60) == 0
    finally:
        terminal.close()
