import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from charplay.commands.arguments import NoArguments
from charplay.commands.command import Command, Commands
from charplay.commands.context import Context
from charplay.commands.dispatch import perform_line, perform_words
from charplay.commands.help import CommandHelp
from charplay.commands.reader import read_line, read_words
from charplay.commands.words import Word
from charplay.errors import UsageError
from charplay.options import group, option, options_of
from charplay.plugins.registry import Registry


@dataclass(frozen=True)
class Tone:
    warmth: float = option(1.0, "how warm", minimum=0)
    top_note: str | None = option(None, "the first note")


@dataclass(frozen=True)
class PlayArguments:
    song: str | None = option(None, "what to play", positional=True)
    parts: tuple[str, ...] = option((), "parts of it", positional=True)
    times: int = option(1, "how often", minimum=1, short="-n")
    loud: bool = option(False, "so that all can hear")
    keys: tuple[int, ...] = option((), "which keys")
    names: tuple[str, ...] = option((), "who plays")
    mood: str = option("glad", "how it is played", choices=("glad", "sad"))
    tone: dict[str, Any] = group(Tone, "the tone")


@dataclass(frozen=True)
class SayArguments:
    text: str | None = option(None, "what", positional=True)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FindArguments:
    text: str = option("", "what to find", positional=True, verbatim=True, required=True)


@dataclass(frozen=True)
class AddArguments:
    file: str = option("", "a file", positional=True, required=True, completes="file")
    name: str | None = option(None, "its name")


ARGUMENTS = {
    "play": PlayArguments,
    "say": SayArguments,
    "list": NoArguments,
    "find": FindArguments,
    "add": AddArguments,
}


def echo(context, request):
    """The arguments that a handler would work with."""
    return request.fill(ARGUMENTS.get(request.command.name, NoArguments))


ECHO = f"{__name__}:echo"
PLAY = Command("play", "play a song", ECHO, options_of(PlayArguments), ("play it",))
SHELF = Command(
    "shelf",
    "list the songs, or look after one",
    actions=(
        Command("list", "list the songs", ECHO),
        Command("find", "find a song", ECHO, options_of(FindArguments)),
        Command("add", "add a song", ECHO, options_of(AddArguments)),
    ),
)
DECLARED = (
    PLAY,
    SHELF,
    Command("say", "say it", ECHO, options_of(SayArguments)),
    *(Command(name, name, ECHO) for name in ("model", "models", "memory", "quit")),
)
# What a file would give: dispatch, help and usage need nothing but the data.
TABLE = Commands([Command.from_data(json.loads(json.dumps(c.to_data()))) for c in DECLARED])


def parse(line):
    return read_line(TABLE, f"play {line}").fill(PlayArguments)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", PlayArguments()),
        ("tune", PlayArguments(song="tune")),
        ("tune --times 5", PlayArguments(song="tune", times=5)),
        ("--times=5 tune", PlayArguments(song="tune", times=5)),
        ("-n 5", PlayArguments(times=5)),
        ("-n=5", PlayArguments(times=5)),
        ("-n 5 -n 6", PlayArguments(times=6)),
        ("--loud tune", PlayArguments(song="tune", loud=True)),
        ("--loud=off tune", PlayArguments(song="tune")),
        ("tune first last", PlayArguments(song="tune", parts=("first", "last"))),
        ("--mood sad", PlayArguments(mood="sad")),
        ("--mood='sad'", PlayArguments(mood="sad")),
        ("'two words'", PlayArguments(song="two words")),
        ("--keys 1", PlayArguments(keys=(1,))),
        ("--keys 1 2 3 --loud", PlayArguments(keys=(1, 2, 3), loud=True)),
        ("--keys 1 --keys=2", PlayArguments(keys=(1, 2))),
        ("--keys 1 2 tune 3", PlayArguments(song="tune", parts=("3",), keys=(1, 2))),
        ("--names Ann --names 'Bo Li' tune", PlayArguments(song="tune", names=("Ann", "Bo Li"))),
        ("--names Ann tune", PlayArguments(song="tune", names=("Ann",))),
        ("-- --loud -n", PlayArguments(song="--loud", parts=("-n",))),
        ("tune -- --", PlayArguments(song="tune", parts=("--",))),
        ("'--loud'", PlayArguments(song="--loud")),
        ("-5", PlayArguments(song="-5")),
        ("--warmth 2 --top-note e", PlayArguments(tone={"warmth": 2.0, "top_note": "e"})),
        ("--top-note none", PlayArguments(tone={"top_note": None})),
        ("--top-note '--loud'", PlayArguments(tone={"top_note": "--loud"})),
        ("--top-note=--loud", PlayArguments(tone={"top_note": "--loud"})),
    ],
)
def test_words_are_read_into_typed_arguments(line, expected):
    assert parse(line) == expected


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("--tims 5", "there is no option '--tims'", "did you mean --times?"),
        ("--lout", "there is no option '--lout'", "did you mean --loud?"),
        ("--top-not=e", "there is no option '--top-not'", "did you mean --top-note?"),
        ("--pitch", "there is no option '--pitch'", "`help play` lists what there is"),
        ("--times", "--times needs a value", "--times is a whole number, 1 or more"),
        ("--times --loud", "--times needs a value", "--times is a whole number, 1 or more"),
        (
            "--names -li",
            "--names needs a value",
            "--names is text; one that begins with a dash is written --names=-li",
        ),
        ("--times=", "times needs a value", "times is a whole number, 1 or more"),
        ("-n 0", "times cannot be 0", "times is a whole number, 1 or more"),
        ("-n few", "times cannot be 'few'", "times is a whole number, 1 or more"),
        ("--warmth -1", "warmth cannot be -1.0", "warmth is a number, 0 or more"),
        ("--loud=loudly", "loud cannot be 'loudly'", "loud is on or off"),
        ("--mood sadd", "there is no choice for mood 'sadd'", "did you mean sad?"),
        ("--keys x", "keys cannot be 'x'", "keys is a whole number"),
    ],
)
def test_words_that_do_not_fit_are_refused_with_what_would(line, message, hint):
    with pytest.raises(UsageError) as caught:
        parse(line)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("line", "command", "message"),
    [
        ("say one two", "say", "'two' is one argument too many: say takes one TEXT"),
        (
            "shelf add one two",
            "shelf add",
            "'two' is one argument too many: shelf add takes one FILE",
        ),
        ("shelf list one", "shelf list", "shelf list takes no argument, and 'one' is one"),
        ("quit now", "quit", "quit takes no argument, and 'now' is one"),
    ],
)
def test_surplus_words_are_refused_with_what_the_command_takes(line, command, message):
    with pytest.raises(UsageError) as caught:
        read_line(TABLE, line)
    assert caught.value.message == message
    assert caught.value.hint == f"`help {command}` shows how"


def test_a_command_without_arguments_takes_no_option():
    with pytest.raises(UsageError, match="--loud"):
        read_line(TABLE, "quit --loud")
    assert read_line(TABLE, "quit").fill(NoArguments) == NoArguments()


@pytest.mark.parametrize("line", ["shelf add", "shelf add --name x", "shelf find", "shelf find  "])
def test_an_argument_that_must_be_given_is_asked_for(line):
    with pytest.raises(UsageError, match=r"^shelf (add|find) needs a (file|text)$"):
        read_line(TABLE, line)


@pytest.mark.parametrize(
    ("line", "path", "arguments"),
    [
        ("shelf", ("shelf", "list"), NoArguments()),
        ("shelf list", ("shelf", "list"), NoArguments()),
        ("sh a x.mp3", ("shelf", "add"), AddArguments("x.mp3")),
        ("shelf add x.mp3 --name y", ("shelf", "add"), AddArguments("x.mp3", "y")),
        ("shelf --name y add x.mp3", ("shelf", "add"), AddArguments("x.mp3", "y")),
        ("shelf --name=add add add", ("shelf", "add"), AddArguments("add", "add")),
        ("shelf find don't  stop ", ("shelf", "find"), FindArguments("don't  stop ")),
    ],
)
def test_an_action_has_arguments_of_its_own_and_the_first_is_meant_without_one(
    line, path, arguments
):
    request = read_line(TABLE, line)
    assert request.path == path
    assert request.fill(type(arguments)) == arguments


def test_a_line_and_a_shells_words_ask_for_the_same_action():
    words = read_words(TABLE, list(map(Word, ["shelf", "--name", "y", "add", "x.mp3"])))
    assert words == read_line(TABLE, "shelf --name y add x.mp3")


def test_an_unknown_action_gets_the_nearest_shown_as_it_is_typed():
    with pytest.raises(UsageError) as caught:
        read_line(TABLE, "shelf ad3 x")
    assert caught.value.message == "there is no action of shelf 'ad3'"
    assert caught.value.hint == "did you mean `shelf add`?"


def test_the_format_is_understood_before_an_action_too():
    request = read_line(TABLE, "shelf --format json")
    assert (request.path, request.format) == (("shelf", "list"), "json")


def test_a_quoted_double_dash_is_a_word_and_ends_no_options():
    request = read_line(TABLE, "play '--' --loud")
    assert request.fill(PlayArguments) == PlayArguments(song="--", loud=True)


def test_the_usage_shows_what_stands_without_a_name():
    assert TABLE["play"].usage == "play [SONG] [PARTS] [OPTIONS]"
    assert TABLE["quit"].usage == "quit"
    assert TABLE["shelf"].usage == "shelf [list|find|add] …"
    assert TABLE["shelf"].action("add").usage == "add FILE [OPTIONS]"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("play", "play"), ("p", "play"), ("q", "quit"), ("mem", "memory"), ("model", "model")],
)
def test_a_command_is_found_by_its_name_or_by_a_beginning_that_no_other_has(typed, found):
    assert TABLE.find(typed).name == found


def test_a_beginning_of_several_commands_names_them():
    with pytest.raises(UsageError) as caught:
        TABLE.find("m")
    assert caught.value.message == "'m' begins several commands"
    assert caught.value.hint == "did you mean `model`, `models` or `memory`?"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("plya", "did you mean `play`?"),
        ("modles", "did you mean `models`"),
        ("xyzzy", "`help` lists"),
    ],
)
def test_an_unknown_command_gets_the_nearest_ones_shown(typed, hint):
    with pytest.raises(UsageError) as caught:
        TABLE.find(typed)
    assert caught.value.message == f"there is no command {typed!r}"
    assert caught.value.hint.startswith(hint)


def test_the_empty_word_is_no_commands_beginning():
    with pytest.raises(UsageError):
        TABLE.find("")


@pytest.fixture
def context(world):
    return Context(world(), Registry(), TABLE)


def test_a_line_and_a_shells_words_make_the_same_command(context):
    line = perform_line(context, ":pl tune -n 5 --loud")
    words = perform_words(context, [Word(word) for word in ("pl", "tune", "-n", "5", "--loud")])
    assert line == words
    assert line.value == PlayArguments(song="tune", times=5, loud=True)


@pytest.mark.parametrize("line", [":", ":  "])
def test_a_colon_alone_does_nothing(context, line):
    assert perform_line(context, line) is None


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_shows_its_help(context, flag):
    shown = perform_line(context, f":play tune {flag}").value
    assert isinstance(shown, CommandHelp)
    assert shown.name == "play"


@pytest.mark.parametrize("words", ["--format json", "--format=json"])
def test_every_command_understands_a_format(context, words):
    performed = perform_line(context, f":say {words} hello")
    assert performed.format == "json"
    assert performed.value == SayArguments("hello")


@pytest.mark.parametrize("words", ["--format", "--format xml", "--format="])
def test_a_format_that_is_none_is_refused(context, words):
    with pytest.raises(UsageError) as caught:
        perform_line(context, f":say {words}")
    assert all(known in caught.value.hint for known in ("text", "json", "csv"))


@pytest.mark.parametrize("word", ["--help", "-h", "--format=json"])
def test_after_a_double_dash_nothing_is_an_option(context, word):
    performed = perform_line(context, f":say -- {word}")
    assert performed.value == SayArguments(word)
    assert performed.format == "text"


@dataclass(frozen=True)
class ReciteArguments:
    line: str = option("", "what", metavar="LINE …", positional=True, verbatim=True)
    seed: int = option(0, "which", short="-s")
    loud: bool = option(False, "so that all can hear")


RECITE = Command("recite", "say a line", ECHO, options_of(ReciteArguments))
ARGUMENTS["recite"] = ReciteArguments


@pytest.fixture
def reciting(world):
    return Context(world(), Registry(), Commands([RECITE]))


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        (":recite 'Tis  the east ", ReciteArguments("'Tis  the east ")),
        (":recite -s 3 --loud O --seed", ReciteArguments("O --seed", 3, True)),
        (":recite -- --loud", ReciteArguments("--loud")),
        (":recite", ReciteArguments()),
    ],
)
def test_a_text_is_the_rest_of_a_line_to_the_letter(reciting, line, arguments):
    assert perform_line(reciting, line).value == arguments


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["Shall", "I  compare", "thee "], ReciteArguments("Shall I  compare thee ")),
        (["Shall I", "--seed", "3", "compare"], ReciteArguments("Shall I compare", 3)),
        (["--", "--seed", "is"], ReciteArguments("--seed is")),
    ],
)
def test_from_a_shell_a_text_is_its_words_joined_by_blanks(reciting, words, arguments):
    typed = [Word(word) for word in ["recite", *words]]
    assert perform_words(reciting, typed).value == arguments


def test_help_and_format_are_understood_before_a_text_and_part_of_it_after(reciting):
    assert isinstance(perform_line(reciting, ":recite --help me").value, CommandHelp)
    assert perform_line(reciting, ":recite --format json O").format == "json"
    assert perform_line(reciting, ":recite --format json O").value.line == "O"
    assert perform_line(reciting, ":recite O --format json").value.line == "O --format json"


def test_how_a_text_is_written_stands_last_in_the_usage():
    assert RECITE.usage == "recite [OPTIONS] LINE …"
