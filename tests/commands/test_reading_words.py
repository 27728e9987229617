"""Words read against declared options: every way to type one, and every way to mistype it."""

import pytest

from charplay.commands.arguments import NamesArguments
from charplay.commands.builtin import all_commands
from charplay.commands.command import Command, Commands
from charplay.commands.reader import COMMON_OPTIONS, read_leading_options, read_line, read_words
from charplay.commands.request import Request
from charplay.commands.returned import ReturnError, check_returned
from charplay.commands.words import Word
from charplay.errors import UsageError
from charplay.options import Option
from charplay.plugins.registry import Registry


def option(name, kind="str", **more):
    usual = {"nullable": False, "many": False, "default": "", "help": "it"}
    return Option(name, kind, **usual | more)


SIZE = option("size", "int", short="-s", minimum=1)
HEAT = option("heat", "float", short="-h2")
LOUD = option("loud", "bool", short="-l")
WORD = option("word", short="-w")
NUMBERS = option("numbers", "int", many=True)
TAGS = option("tags", many=True)
BIRD = option("bird", positional=True, required=True, short="-b")
TREE = option("tree", positional=True, completes="corpus|file")
TEXT = option("text", positional=True, verbatim=True)
MANY = option("many", positional=True, many=True)
ALL_FORMATS = "there are csv, excel, json, lines, text"


def command(name, *arguments, **more):
    return Command(name, "it", "json:dumps", arguments, **more)


COMMANDS = Commands(
    [
        command("fly", SIZE, HEAT, LOUD, WORD, NUMBERS, TAGS, BIRD, TREE),
        command("say", SIZE, LOUD, TEXT),
        command("line-up", MANY, WORD),
        command("rest"),
        command("one", TREE),
        Command(
            "nest",
            "it",
            actions=(
                command("show", TREE),
                command("mend", WORD, option("nest", positional=True, required=True)),
                command("tell", SIZE, TEXT),
            ),
        ),
        *(
            command(f"need-{kind}", option("it", positional=True, required=True, completes=kind))
            for kind in ("model|file", "corpus", "recipe", "backend", "session", "turn")
        ),
        command("need-setting", option("it", positional=True, required=True, completes="setting")),
        command("need-command", option("it", positional=True, required=True, completes="command")),
        command("need-file", option("it", positional=True, required=True, completes="file")),
        command("need-many", option("it", positional=True, required=True, many=True)),
    ]
)


def read(line):
    request = read_line(COMMANDS, line)
    return request.values


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("fly owl", {"bird": "owl"}),
        ("fly owl oak", {"bird": "owl", "tree": "oak"}),
        ("fly -b owl oak", {"bird": "owl", "tree": "oak"}),
        ("fly owl -s 5", {"bird": "owl", "size": 5}),
        ("fly owl -s5", {"bird": "owl", "size": 5}),
        ("fly owl --size 5", {"bird": "owl", "size": 5}),
        ("fly owl --size=5", {"bird": "owl", "size": 5}),
        ("fly owl --heat -0.5", {"bird": "owl", "heat": -0.5}),
        ("fly owl -l", {"bird": "owl", "loud": True}),
        ("fly owl --loud=off", {"bird": "owl", "loud": False}),
        ("fly owl -l oak", {"bird": "owl", "loud": True, "tree": "oak"}),
        ("fly owl -wthrush", {"bird": "owl", "word": "thrush"}),
        ("fly owl -w=a=b", {"bird": "owl", "word": "a=b"}),
        ("fly owl -w a -w b", {"bird": "owl", "word": "b"}),
        ("fly owl --word=", {"bird": "owl", "word": ""}),
        ("fly owl --word=-x", {"bird": "owl", "word": "-x"}),
        ("fly owl --word '-x'", {"bird": "owl", "word": "-x"}),
        ("fly --numbers 1 2 3 owl", {"bird": "owl", "numbers": (1, 2, 3)}),
        ("fly --numbers 1 --numbers 2 owl", {"bird": "owl", "numbers": (1, 2)}),
        ("fly --numbers 1 -5 -l owl", {"bird": "owl", "numbers": (1, -5), "loud": True}),
        ("fly --tags a owl", {"bird": "owl", "tags": ("a",)}),
        ("fly --tags a --tags b owl", {"bird": "owl", "tags": ("a", "b")}),
        ("fly -- -owl --oak", {"bird": "-owl", "tree": "--oak"}),
        ("fly -- owl --", {"bird": "owl", "tree": "--"}),
        ('fly owl "--"', {"bird": "owl", "tree": "--"}),
        ("fly owl '>'", {"bird": "owl", "tree": ">"}),
        ("fly owl >x", {"bird": "owl", "tree": ">x"}),
        ("say  two  words", {"text": " two  words"}),
        ("say -s 2 -l  two", {"size": 2, "loud": True, "text": " two"}),
        ("say --format csv two", {"text": "two"}),
        ("say --excel two -s 1", {"text": "two -s 1"}),
        ("line-up a b c", {"many": ("a", "b", "c")}),
        ("line-up a -w b c", {"many": ("a", "c"), "word": "b"}),
        ("line-up", {}),
        ("rest", {}),
        ("  rest  ", {}),
        ("one oak", {"tree": "oak"}),
    ],
)
def test_each_way_to_type_an_option_gives_its_value(line, values):
    assert read(line) == values


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("fly", "fly needs a bird", "`help fly` shows how"),
        ("fly owl -s x", "size cannot be 'x'", "size is a whole number, 1 or more"),
        ("fly owl -s", "-s needs a value", "-s is a whole number, 1 or more"),
        ("fly owl --size -l", "--size needs a value", "--size is a whole number, 1 or more"),
        (
            "fly owl -w --x",
            "-w needs a value",
            "-w is text; one that begins with a dash is written -w=--x",
        ),
        ("fly owl --word", "--word needs a value", "--word is text"),
        ("fly owl --wrod x", "there is no option '--wrod'", "did you mean --word?"),
        ("fly owl --xyzzy", "there is no option '--xyzzy'", "`help fly` lists what there is"),
        ("fly owl -b jay", "the bird is given twice", "give it once"),
        ("fly owl oak 7", "'7' is one argument too many: fly takes BIRD and TREE", None),
        ("one oak 7", "'7' is one argument too many: one takes one TREE", None),
        ("rest 7", "rest takes no argument, and '7' is one", None),
        ("rest -s 7", "there is no option '-s'", "`help rest` lists what there is"),
        ("fly owl > file", "'>' is for a shell", "--save FILE writes a file here"),
        ("fly owl >> file", "'>>' is for a shell", "--save FILE writes a file here"),
        ("fly owl | less", "'|' is for a shell", "--save FILE writes a file here"),
        ("fly owl --format xml", "there is no choice for format 'xml'", ALL_FORMATS),
        (
            "fly owl --excel --format json",
            "--excel writes CSV, and --format says json",
            "leave out one of them",
        ),
        ("need-model|file", "need-model|file needs a model", "`models` lists what there is"),
        ("need-corpus", "need-corpus needs a corpus", "`corpora` lists what there is"),
        ("need-recipe", "need-recipe needs a recipe", "`recipes` lists what there is"),
        ("need-backend", "need-backend needs a backend", "`backends` lists what there is"),
        ("need-session", "need-session needs a session", "`sessions` lists what there is"),
        ("need-turn", "need-turn needs a turn", "`tree` lists what there is"),
        ("need-setting", "need-setting needs a setting", "`set` lists what there is"),
        ("need-command", "need-command needs a command", "`help` lists what there is"),
        ("need-file", "need-file needs a file", "`help need-file` shows how"),
        ("need-many", "need-many needs a it", "`help need-many` shows how"),
        ("need-file ''", "need-file needs a file", "`help need-file` shows how"),
        ("nest mend", "nest mend needs a nest", "`help nest mend` shows how"),
        ("nest mend --wrod", "there is no option '--wrod'", "did you mean --word?"),
        (
            "nest mend --xyzzy",
            "there is no option '--xyzzy'",
            "`help nest mend` lists what there is",
        ),
    ],
)
def test_each_way_to_mistype_is_told_with_what_would_do(line, message, hint):
    with pytest.raises(UsageError) as caught:
        read_line(COMMANDS, line)
    hint = f"`help {line.split()[0]}` shows how" if hint is None else hint
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("line", "path", "values", "format", "help", "save"),
    [
        ("rest", ("rest",), {}, None, False, None),
        ("res --format csv", ("rest",), {}, "csv", False, None),
        ("rest --excel", ("rest",), {}, "excel", False, None),
        ("rest --excel --format csv", ("rest",), {}, "excel", False, None),
        ("rest --excel --format excel", ("rest",), {}, "excel", False, None),
        ("rest --excel=off --format json", ("rest",), {}, "json", False, None),
        ("rest --save a.csv", ("rest",), {}, None, False, "a.csv"),
        ("rest -h", ("rest",), {}, None, True, None),
        ("fly --help", ("fly",), {}, None, True, None),
        ("say --help two", ("say",), {"text": "two"}, None, True, None),
        ("nest", ("nest", "show"), {}, None, False, None),
        ("nest show oak", ("nest", "show"), {"tree": "oak"}, None, False, None),
        ("nest s oak", ("nest", "show"), {"tree": "oak"}, None, False, None),
        ("nest -h", ("nest",), {}, None, True, None),
        ("nest show -h", ("nest", "show"), {}, None, True, None),
        ("nest --format csv", ("nest", "show"), {}, "csv", False, None),
        ("nest --format csv show oak", ("nest", "show"), {"tree": "oak"}, "csv", False, None),
        ("nest --save a show oak", ("nest", "show"), {"tree": "oak"}, None, False, "a"),
        ("nest -w b mend oak", ("nest", "mend"), {"word": "b", "nest": "oak"}, None, False, None),
        ("nest --excel show oak", ("nest", "show"), {"tree": "oak"}, "excel", False, None),
        ("nest --excel -- show -x", ("nest", "show"), {"tree": "-x"}, "excel", False, None),
        ("nest tell -s 2  a  b", ("nest", "tell"), {"size": 2, "text": " a  b"}, None, False, None),
    ],
)
def test_a_request_has_the_path_the_values_and_what_every_command_understands(
    line, path, values, format, help, save
):
    request = read_line(COMMANDS, line)
    assert (request.path, dict(request.values)) == (path, values)
    assert (request.format, request.help, request.save) == (format, help, save)
    assert request.command.name == path[-1]
    assert request.retried is None


@pytest.mark.parametrize("line", ["", "  ", "\t"])
def test_nothing_typed_asks_for_nothing(line):
    assert read_line(COMMANDS, line) is None


@pytest.mark.parametrize(
    ("words", "path", "values"),
    [
        (["fly", "owl", "-s", "5"], ("fly",), {"bird": "owl", "size": 5}),
        (["say", "a", "b  c", "-l"], ("say",), {"text": "a b  c", "loud": True}),
        (["nest", "mend", "oak"], ("nest", "mend"), {"nest": "oak"}),
        (["nest", "--", "show"], ("nest", "show"), {}),
    ],
)
def test_a_shells_words_are_read_in_the_same_way(words, path, values):
    request = read_words(COMMANDS, list(map(Word, words)))
    assert (request.path, dict(request.values)) == (path, values)


@pytest.mark.parametrize(
    ("words", "values", "rest"),
    [
        ([], {}, []),
        (["fly", "-s", "5"], {}, ["fly", "-s", "5"]),
        (["-s", "5", "fly", "owl"], {"size": 5}, ["fly", "owl"]),
        (["--numbers", "1", "2"], {"numbers": (1,)}, ["2"]),
        (["-l", "--excel", "rest"], {"loud": True, "format": "excel"}, ["rest"]),
    ],
)
def test_options_before_a_shells_command_end_at_its_first_other_word(words, values, rest):
    program = command("charplay", SIZE, LOUD, NUMBERS, *COMMON_OPTIONS)
    assert read_leading_options(program, words) == (values, rest)


def test_an_unknown_option_before_the_command_names_the_help_of_the_program():
    with pytest.raises(UsageError) as caught:
        read_leading_options(command("charplay", SIZE), ["--xyzzy"])
    assert caught.value.hint == "`--help` lists what there is"


def test_the_words_of_a_request_ask_for_it_again_without_what_is_kept_beside_them():
    heat = option("heat", "float", group="sampling")
    size = option("size", "int", group="shape")
    request = Request(
        ("fly",),
        command("fly", heat, size, BIRD, LOUD),
        {"bird": "-owl x", "heat": 0.5, "size": 3, "loud": True},
    )
    again = read_words(
        Commands([command("fly", heat, size, BIRD, LOUD)]), list(map(Word, request.words))
    )
    assert dict(again.values) == {"bird": "-owl x", "size": 3, "loud": True}
    assert Request((), command("talk", TEXT), {"text": "x"}).words == ()
    assert Request(("fly",), command("fly")).values == {}
    assert (request.format, request.help, request.save, request.retried) == (
        None,
        False,
        None,
        None,
    )


def test_a_request_fills_the_options_class_of_its_command_and_the_groups_in_it():
    names = all_commands(Registry())
    request = read_line(names, "names drugs -n 3 --starts Ze --temperature 0.5 --top-k none --new")
    assert request.fill(NamesArguments) == NamesArguments(
        model="drugs",
        count=3,
        new=True,
        shape={"starts": ("Ze",)},
        sampling={"temperature": 0.5, "top_k": None},
    )
    bare = read_line(names, "names").fill(NamesArguments)
    assert (bare.model, bare.count, bare.shape, bare.sampling) == (None, 10, {}, {})


def test_a_request_asked_again_has_other_options_beside_its_own():
    request = Request(("fly",), command("fly", SIZE, BIRD), {"bird": "owl", "size": 1}, "csv")
    turn = object()
    again = request.asked_again(turn, {"size": 2})
    assert again.values == {"bird": "owl", "size": 2}
    assert again.retried is turn
    assert (again.path, again.format) == (("fly",), "csv")
    assert request.values == {"bird": "owl", "size": 1}


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (object(), "a value of the type object"),
        ([object()], "a value of the type list"),
        ({1, 2}, "a value of the type set"),
        ([Word("a"), Request], "rows of several types: Word, type"),
        ([Word("a"), SIZE], "rows of several types: Word, Option"),
        ([Word("a"), "a"], "rows of several types: Word, str"),
        (Word, "a value of the type type"),
    ],
)
def test_what_cannot_be_shown_is_told_with_the_command_that_returned_it(value, what):
    with pytest.raises(ReturnError) as caught:
        check_returned("toys list", value)
    assert caught.value.message == f"the command toys list returned {what}"
    assert caught.value.hint == (
        "a command returns nothing, text, numbers, lines, a mapping, a dataclass, dataclasses of "
        "one type, a Table or an EventStream"
    )


@pytest.mark.parametrize(
    "value",
    [None, "a", 5, 0.5, True, [], (), ["a", 1], [["a"], []], {"a": object()}, Word("a")],
)
def test_what_can_be_shown_is_given_back_as_it_is(value):
    assert check_returned("toys", value) is value


def test_an_event_that_cannot_be_shown_is_told_when_it_comes():
    events = check_returned("toys", iter(["a", object()]))
    assert next(events) == "a"
    with pytest.raises(ReturnError, match="the command toys returned a value of the type object"):
        next(events)
