"""Settings that stay, macros and quiet, as a person meets them."""

import json
import tomllib

import pytest

from charplay.commands.configuration import read_configuration
from charplay.commands.settings import Interface
from tests.terminal.test_repl import ENTER, typed_into


@pytest.fixture
def file(home):
    """The configuration of the test's own home."""
    return home / "config.toml"


@pytest.fixture
def repl(home):
    """A REPL on the test's own home, started as it is configured."""

    def start(*lines, **more):
        found = read_configuration(home / "config.toml")
        more = {"interface": found.interface, "configured": found, **more}
        return typed_into(home, *(line + ENTER for line in lines), **more)

    return start


def times_told(said, text):
    """How often a person reads a text, wherever a line ends."""
    return "".join(said.told.split()).count("".join(text.split()))


def written(file):
    """What a configuration sets."""
    return {name: values for name, values in tomllib.loads(file.read_text()).items() if values}


def test_what_is_set_at_the_prompt_or_by_a_shells_command_stays(charplay, repl, file):
    said = repl(":set temperature 0.5", ":set lines none", ":set answers 3")
    assert times_told(said, f"note: what you set stays, in {file}") == 1
    assert charplay("set", "watch", "on").told == "watch is on\n"
    assert written(file) == {
        "interface": {"watch": True, "answers": 3},
        "sampling": {"temperature": 0.5, "lines": "none"},
    }
    for told in (charplay("-c", ":set temperature"), repl(":set temperature")):
        assert "temperature is 0.5" in told.out
    charplay("set", "temperature", "default")
    repl(":set watch default")
    assert written(file) == {"interface": {"answers": 3}, "sampling": {"lines": "none"}}


def test_what_is_set_in_a_script_holds_for_that_script_alone(charplay, file):
    said = charplay("-c", ":set temperature 0.5", "-c", ":set temperature", "-c", ":macro a = hi")
    assert said.out.count("temperature is 0.5") == 2
    assert "temperature is 0.5" in charplay(stdin=":set temperature 0.5\n").out
    assert not file.exists()


@pytest.mark.parametrize("line", [":set format csv", ":macro zo = :names", ":set temperature 2"])
def test_nothing_is_written_in_private(charplay, repl, file, line):
    repl(line, interface=Interface(private=True))
    repl(":set private on", line)
    charplay("--no-session", *line.removeprefix(":").split())
    assert not file.exists()


def test_private_and_seed_hold_until_the_end_only(charplay, repl, file):
    said = repl(":set seed 7", ":set seed", ":set private on")
    assert said.out.count("seed is 7") == 2
    for words in (("private", "on"), ("seed", "7")):
        assert f"{words[0]} does not stay" in charplay("set", *words).notes
    assert not file.exists()


def test_private_may_stand_in_a_configuration_that_is_written_by_hand(charplay, repl, file, home):
    home.mkdir()
    file.write_text("[interface]\nprivate = true\n")
    charplay(stdin="Ty\n")
    said = charplay("-c", ":set private", "-c", ":sessions", "-c", "Ze")
    assert "private is on" in said.out
    assert not (home / "sessions.db").exists()
    assert "private is off" in charplay("--session", "one", "-c", "Ty", "-c", ":set private").out
    assert "one" in charplay("sessions").out


def test_options_of_the_command_line_come_before_those_of_the_configuration(charplay, file):
    charplay("set", "format", "json")
    assert json.loads(charplay("recipes").out)
    assert charplay("--format", "csv", "recipes").out.startswith("recipe,")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("formt", "csv"), "did you mean format?"),
        (("format", "cvs"), "did you mean csv?"),
        (("resett",), "did you mean reset?"),
        (("temperature", "hot"), "temperature is a number from 0 to 100"),
        (("stop", ""), "leave it out to have none"),
        (("reset", "format"), "charplay set format default brings back one"),
    ],
)
def test_a_wrong_name_or_value_changes_nothing_and_gets_a_suggestion(charplay, file, words, hint):
    said = charplay("set", *words)
    assert said.status == 2
    assert hint in said.err
    assert not file.exists()


def test_a_wrong_line_is_one_warning_at_start_that_says_how_to_put_it_right(charplay, file):
    file.parent.mkdir()
    file.write_text("[sampling]\ntemperature = 'hot'\ntop-k = 5\n")
    said = charplay("set", "top-k")
    assert (said.status, said.out) == (0, "top-k is 5\n")
    assert said.err == (
        f"warning: {file}: temperature cannot be 'hot'\n"
        "  → temperature is a number from 0 to 100; charplay set temperature VALUE puts it right\n"
    )
    charplay("set", "temperature", "1.5")
    assert charplay("set", "temperature").told == "temperature is 1.5\n"


def test_version_and_help_read_no_configuration(charplay, file):
    file.parent.mkdir()
    file.write_text("broken")
    assert charplay("--version").err == charplay("--help").err == ""
    assert "is not TOML" in charplay("recipes").err


def test_a_configuration_that_cannot_be_written_is_told_and_the_option_holds(charplay, repl, file):
    file.parent.mkdir()
    file.write_text("# mine\n")
    file.chmod(0o444)
    said = repl(":set temperature 0.5", ":set temperature", ":macro a = hi", ":macro a")
    assert said.out.count("temperature is 0.5") == 2
    assert times_told(said, f"note: this holds until you leave: {file} is read-only") == 2
    said = charplay("set", "temperature", "0.5")
    assert (said.status, said.err.splitlines()[0]) == (1, f"error: {file} is read-only")
    assert file.read_text() == "# mine\n"


def test_reset_brings_every_option_back_once_the_person_agrees(charplay, repl, file):
    charplay("set", "temperature", "0.5")
    charplay("macro", "zo", "= :names")
    file.write_text(file.read_text() + "\n[newer]\nx = 1\n")
    repl(":set reset", "n")
    assert charplay("set", "reset").status == 2
    assert written(file)["sampling"] == {"temperature": 0.5}
    said = repl(":set seed 5", ":set watch on", ":set reset", "y", ":set seed", ":set watch")
    assert "seed is default" in said.out
    assert "watch is off" in said.out
    assert written(file) == {"macros": {"zo": ":names"}, "newer": {"x": 1}}
    charplay("set", "temperature", "0.5")
    assert charplay("set", "reset", "--yes").status == 0
    assert "sampling" not in written(file)


def test_reset_does_not_leave_private(repl, file):
    said = repl(":set private on", ":set watch on", ":set reset", "y", ":set private")
    assert said.out.count("private is on") == 2
    assert not file.exists()


def test_two_repls_that_set_different_options_lose_neither(charplay, repl, file):
    one, two = read_configuration(file), read_configuration(file)
    repl(":set temperature 0.5", configured=one)
    repl(":set lines 3", configured=two)
    assert written(file)["sampling"] == {"temperature": 0.5, "lines": 3}


def test_a_macro_stays_and_runs_at_the_prompt_in_a_script_and_in_a_shell(
    charplay, repl, file, home
):
    said = repl(":macro ty = :names --starts $1 -n 2 --seed 7", ":ty Ty")
    assert written(file) == {"macros": {"ty": ":names --starts $1 -n 2 --seed 7"}}
    expected = charplay("names", "--starts", "Ty", "-n", "2", "--seed", "7").out
    assert charplay("ty", "Ty").out == expected
    assert charplay("-c", ":ty Ty").out == charplay(stdin=":ty Ty\n").out == expected
    assert expected.split()[-1] in said.out
    assert len(json.loads(charplay("ty", "Ty", "-n", "5", "--format", "json").out)["answers"]) == 5


def test_a_macro_may_be_typed_in_quotes_as_a_shell_wants_it(charplay, repl, file):
    definition = "zo = :names drugs --starts $1 -n 20"
    charplay("macro", definition)
    before = written(file)
    repl(f":macro '{definition}'")
    assert written(file) == before == {"macros": {"zo": ":names drugs --starts $1 -n 20"}}


def test_a_macro_may_be_a_line_to_say(charplay):
    charplay("macro", "hello", "= Ty")
    assert (
        charplay("-c", ":set seed 7", "-c", ":hello").out
        == charplay("-c", ":set seed 7", "-c", "Ty").out
    )


def test_macros_are_listed_shown_removed_and_offered(charplay, file):
    assert "macro NAME = LINE makes one" in charplay("macro").notes
    charplay("macro", "zodiac = :names  drugs -n 3")
    charplay("macro", "ty = Ty")
    assert charplay("macro", "--format", "csv").lines == [
        "macro,line", "ty,Ty", "zodiac,:names  drugs -n 3",
    ]  # fmt: skip
    assert charplay("macro", "zodiac", "--format", "csv").lines[1:] == ["zodiac,:names  drugs -n 3"]
    assert "did you mean charplay zodiac?" in charplay("zodiak").err
    assert "did you mean zodiac?" in charplay("macro", "zodiak").err
    assert charplay("help", "macros").out.split()[-1] == "3"
    assert "zodiac" in charplay("help").out
    assert ":names  drugs -n 3" in charplay("help", "zodiac").out
    charplay("macro", "zodiac", "=")
    assert charplay("macro", "zodiac", "=").status == 2
    assert written(file) == {"macros": {"ty": "Ty"}}


@pytest.mark.parametrize("name", ["names", "quit", "exit", "?", "a b", "1st", "$1", ""])
def test_a_macro_cannot_have_the_name_of_a_command_or_one_that_cannot_be_typed(
    charplay, file, name
):
    said = charplay("-c", f":macro {name} = :models")
    assert said.status == 2
    assert not file.exists()


def test_a_macro_with_words_missing_is_shown(charplay):
    charplay("macro", "ty = :names --starts $1")
    said = charplay("ty")
    assert said.status == 2
    assert said.err == (
        "error: ty needs 1 word, and stands for: :names --starts $1\n  → type charplay ty WORD\n"
    )


def test_macros_of_a_file_that_cannot_be_typed_are_told(charplay, file):
    file.parent.mkdir()
    file.write_text('[macros]\nnames = ":models"\nok = ":recipes"\n')
    said = charplay("ok")
    assert said.out == charplay("-q", "recipes").out
    assert said.err.splitlines()[0].endswith("names is a command already")


@pytest.mark.parametrize("tty", [True, False])
def test_quiet_shows_results_alone(charplay, tty):
    lines = ["-c", ":set seed 7", "-c", ":names -n 2 --temperature 2 --starts Ty", "-c", ":poem Ö"]
    loud = charplay(*lines, tty=tty, TERM="dumb")
    quiet = charplay("-q", *lines, tty=tty, TERM="dumb")
    assert quiet.notes == quiet.err == ""
    assert "note: " not in quiet.told
    assert "shakespeare · 7" in loud.told
    assert "shakespeare · 7" not in quiet.told
    assert [line for line in quiet.lines if line not in loud.lines] == []
    assert charplay("--quiet", "nonsense").err == charplay("nonsense").err != ""


def test_quiet_at_the_prompt_leaves_out_the_greeting_and_stays(repl):
    loud = repl(":set quiet on", ":macro")
    assert ":help lists all" in loud.out
    quiet = repl(":macro", ":set quiet")
    assert quiet.told == "quiet is on\n"


def test_a_quiet_frame_is_closed_without_a_signature(charplay):
    said = charplay("-q", "poem", "--seed", "7", "--lines", "1", "Let me", tty=True, TERM="xterm")
    assert "╯" in said.out
    assert "shakespeare" not in said.out
