"""What may stand next on a line, and the words that a shell or a prompt offers there."""

from pathlib import Path

import pytest

from charplay.commands.command import Command, Commands
from charplay.commands.completion.expecting import Expected, expect, expect_leading
from charplay.commands.completion.shells import split_shell_line
from charplay.commands.completion.suggesting import Candidate, World, suggest, suggest_words
from charplay.commands.completion.world import find_files, world_of
from charplay.commands.reader import RESULT_OPTIONS
from charplay.commands.words import Word
from charplay.errors import UsageError
from charplay.options import Option
from charplay.plugins.installed import Installed
from charplay.plugins.offers import PluginOffers
from charplay.plugins.registry import FoundPlugin, Origin, Registry
from charplay.sessions.choice import SessionChoice
from charplay.testing.fake_backend import FakeBackend
from tests.jobs.events import PROGRESS, STARTED
from tests.sessions.conftest import put_model, saying


def option(name, kind="str", **more):
    return Option(
        name, kind, **{"nullable": False, "many": False, "default": "", "help": f"a {name}"} | more
    )


SIZE = option("size", "int", short="-s")
LOUD = option("loud", "bool")
TAGS = option("tags", many=True, completes="tag")
NUMBERS = option("numbers", "int", many=True, completes="number")
BIRD = option("bird", positional=True, completes="bird", short="-b")
TREE = option("tree", positional=True, choices=("oak", "elm"))
TEXT = option("text", positional=True, verbatim=True, completes="@file")
MANY = option("many", positional=True, many=True, completes="bird|file")

FLY = Command("fly", "it flies", "a:b", (SIZE, LOUD, TAGS, NUMBERS, BIRD, TREE))
SAY = Command("say", "it speaks", "a:b", (SIZE, LOUD, TEXT))
LIST = Command("line-up", "many", "a:b", (MANY,))
NEST = Command("nest", "its nest", actions=(Command("show", "look", "a:b", (TREE,)), SAY))


def names(kind, given):
    known = {
        "bird": [Candidate("owl", "hoots"), Candidate("Ouzel"), Candidate("blue tit")],
        "tag": [Candidate(f"tag of {given.get('bird', 'none')}")],
        "number": [Candidate("7")],
        "macro": [Candidate("zo", ":fly owl"), Candidate("own", "plain text"), Candidate("e", "")],
    }
    return known[kind]


def files(typed):
    found = [Candidate("a b.txt"), Candidate("c.txt"), Candidate("folder/", is_open=True),
             Candidate("my folder/", is_open=True)]  # fmt: skip
    return [each for each in found if each.text.startswith(typed)]


WORLD = World(Commands([FLY, SAY, LIST, NEST]), names, files)
PROGRAM = Command("charplay", "it", arguments=(SIZE, LOUD, option("model", completes="bird")))


def words(line):
    return [Word(word, word.startswith("'")) for word in line.split()]


def names_of(options):
    return [each.name for each in options]


ALL_FLAGS = ["size", "loud", "tags", "numbers", "bird", "tree", "format", "excel", "help", "save"]


@pytest.mark.parametrize(
    ("line", "values", "given", "gone"),
    [
        ("", ["bird"], {}, []),
        ("owl", ["tree"], {"bird": "owl"}, ["bird"]),
        ("owl oak", [], {"bird": "owl", "tree": "oak"}, ["bird"]),
        ("owl oak elm", [], {"bird": "owl", "tree": "oak"}, ["bird"]),
        ("-s", ["size"], {}, None),
        ("-s 5", ["bird"], {"size": "5"}, ["size"]),
        ("-s -s", ["bird"], {"size": "-s"}, ["size"]),
        ("--size=5", ["bird"], {"size": "5"}, ["size"]),
        ("--loud", ["bird"], {"loud": ""}, ["loud"]),
        ("--loud=off", ["bird"], {"loud": "off"}, ["loud"]),
        ("--unknown", ["bird"], {}, []),
        ("--unknown=5 owl", ["tree"], {"bird": "owl"}, ["bird"]),
        ("--tags", ["tags"], {}, None),
        ("--tags a", ["tags", "bird"], {"tags": "a"}, []),
        ("--tags a b", ["tree"], {"tags": "a", "bird": "b"}, ["bird"]),
        ("--numbers 1", ["numbers", "bird"], {"numbers": "1"}, []),
        ("--numbers 1 2", ["numbers", "bird"], {"numbers": "1"}, []),
        ("--numbers 1 owl", ["tree"], {"numbers": "1", "bird": "owl"}, ["bird"]),
        ("--numbers 1 --loud", ["bird"], {"numbers": "1", "loud": ""}, ["loud"]),
        ("-b owl", ["tree"], {"bird": "owl"}, ["bird"]),
        ("--", ["bird"], {}, None),
        ("-- --size", ["tree"], {"bird": "--size"}, None),
        ("-- --", ["tree"], {"bird": "--"}, None),
        ("--save", ["save"], {}, None),
    ],
)
def test_what_may_stand_next_is_known_from_the_words_before(line, values, given, gone):
    expected = expect(FLY, words(line))
    assert (names_of(expected.values), dict(expected.given)) == (values, given)
    free = [] if gone is None else [name for name in ALL_FLAGS if name not in gone]
    assert [name for name in names_of(expected.flags) if name != "tree"] == [
        name for name in free if name != "tree"
    ]


def test_several_values_and_the_rest_of_a_line_go_on_without_end():
    assert names_of(expect(LIST, words("a b c")).values) == ["many"]
    assert names_of(expect(SAY, words("a b c")).values) == ["text"]
    assert Expected() == Expected((), (), {})


@pytest.mark.parametrize(
    ("line", "values", "rest"),
    [
        ("", [], []),
        ("-s", ["size"], []),
        ("-s 5", [], []),
        ("--loud", [], []),
        ("-s 5 fly owl", [], ["fly", "owl"]),
        ("fly -s", [], ["fly", "-s"]),
        ("--model fly say", [], ["say"]),
    ],
)
def test_before_a_shells_command_its_own_options_may_stand(line, values, rest):
    expected, left = expect_leading(PROGRAM, words(line))
    assert (names_of(expected.values), [word.text for word in left]) == (values, rest)
    assert "format" not in names_of(expected.flags)


def offered(line):
    return [(each.word, each.replaces) for each in suggest(line, WORLD)]


SAVED = [f"--{each.typed_name}" for each in RESULT_OPTIONS]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("fl", []),
        ("", []),
        (":", [(name, 0) for name in ("fly", "say", "line-up", "nest", "zo", "own", "e")]),
        (":fl", [("fly", 2)]),
        (":FL", [("fly", 2)]),
        (":x", []),
        (":fly ", [("owl", 0), ("Ouzel", 0), ('"blue tit"', 0)]),
        (":fly o", [("owl", 1), ("Ouzel", 1)]),
        (":fly O", [("Ouzel", 1), ("owl", 1)]),
        (":fly 'bl", [('"blue tit"', 3)]),
        (":fly owl ", [("oak", 0), ("elm", 0)]),
        (":fly owl e", [("elm", 1)]),
        (":fly owl oak x", []),
        (":fly owl oak --lo", [("--loud", 4)]),
        (":fly --size", [("--size", 6)]),
        (":fly -", [(f"--{name}", 1) for name in ("size", "loud", "tags", "numbers", "bird")]
         + [(name, 1) for name in SAVED]),
        (":fly --loud=", [("--loud=on", 7), ("--loud=off", 7)]),
        (":fly --loud=of", [("--loud=off", 9)]),
        (":fly --bird=ow", [("--bird=owl", 9)]),
        (":fly --bird=bl", [('--bird="blue tit"', 9)]),
        (":fly --gone=x", []),
        (":fly owl --tags ", [("\"tag of owl\"", 0)]),
        (":fly --save c", [("c.txt", 1)]),
        (":fly --save a", [('"a b.txt"', 1)]),
        (":fly --save my", [('"my folder/', 2)]),
        (":fly --save fo", [("folder/", 2)]),
        (":line-up c", [("c.txt", 1)]),
        (":line-up owl o", [("owl", 1), ("Ouzel", 1)]),
        (":nest ", [("show", 0), ("say", 0)]),
        (":nest s", [("show", 1), ("say", 1)]),
        (":nest show ", [("oak", 0), ("elm", 0)]),
        (":nest sh o", [("oak", 1)]),
        (":nest --sa", [("--save", 4)]),
        (":nest --save c", [("c.txt", 1)]),
        (":nest x ", []),
        (":say @c", [("@c.txt", 2)]),
        (":say @a", [("@a b.txt", 2)]),
        (":say c", []),
        (":say two @c", []),
        (":say  @c", []),
        (":say --loud @c", [("@c.txt", 2)]),
        (":say --size 5 @c", [("@c.txt", 2)]),
        (":say --lo", [("--loud", 4)]),
        (":nest say @c", [("@c.txt", 2)]),
        (":say --save c", [("c.txt", 1)]),
        (":say --save c.txt @c", [("@c.txt", 2)]),
        (":say --format cs", [("csv", 2)]),
        (":say --save 'a", [('"a b.txt"', 2)]),
        (":zo ", [("owl", 0), ("Ouzel", 0), ('"blue tit"', 0)]),
        (":zo owl e", [("elm", 1)]),
        (":own ", []),
        (":e ", []),
        (":gone ", []),
        (":fly owl\n:sa", [("say", 2)]),
        (":fly owl\nsa", []),
        ("text\n:sa", []),
    ],
)  # fmt: skip
def test_the_words_that_fit_are_offered_in_the_place_of_what_is_typed(line, found):
    assert offered(line) == found


def test_where_no_value_can_be_named_the_options_are_offered():
    at_end = [word for word, _ in offered(":fly owl oak ")]
    assert at_end == ["--size", "--loud", "--tags", "--numbers", *SAVED]
    assert offered(":fly -s ") == []


def test_a_candidate_has_its_help_and_nothing_else_unless_it_says_so():
    owl, *_ = suggest(":fly ow", WORLD)
    assert owl == Candidate("owl", "hoots", replaces=2)
    loud, *_ = suggest(":fly --lou", WORLD)
    assert loud == Candidate("", "a loud", flag="--loud", replaces=5)
    assert loud.word == "--loud"
    bare = Candidate("x")
    assert (bare.help, bare.flag, bare.replaces, bare.is_open) == ("", "", 0, False)
    (fly,) = suggest(":fly"[:3], WORLD)
    assert fly.help == "it flies"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ([], ["fly", "say", "line-up", "nest", "zo", "own", "e"]),
        (["f"], ["fly"]),
        (["-"], ["--size", "--loud", "--model"]),
        (["--model", "o"], ["owl", "Ouzel"]),
        (["--size", "5", "f"], ["fly"]),
        (["-s", ""], []),
        (["--model", "owl", "fly", "b"], ["blue tit"]),
        (["fly", "--loud="], ["--loud=on", "--loud=off"]),
        (["nest", "show", "e"], ["elm"]),
        (["zo", "o"], ["owl", "Ouzel"]),
        (["gone", ""], []),
    ],
)
def test_a_shell_is_offered_words_without_quotes(typed, found):
    assert [each.word for each in suggest_words(typed, WORLD, PROGRAM)] == found


@pytest.mark.parametrize(
    ("line", "words_"),
    [
        ("", [""]),
        ("charplay", ["charplay"]),
        ("charplay ", ["charplay", ""]),
        ("charplay na", ["charplay", "na"]),
        ("charplay 'my mo", ["charplay", "my mo"]),
        ('charplay "my mo', ["charplay", "my mo"]),
        ('charplay "my model"', ["charplay", "my model"]),
        ("charplay my\\ mo", ["charplay", "my mo"]),
        ("charplay my\\", ["charplay", "my"]),
        ("charplay a_ b_", ["charplay", "a_", "b_"]),
        ("a 'b\" c", ["a", 'b" c']),
    ],
)
def test_a_shells_line_is_parted_as_a_shell_does_as_far_as_it_is_typed(line, words_):
    assert split_shell_line(line) == words_


def test_a_line_that_no_quote_closes_is_parted_by_blanks():
    assert split_shell_line('a "b\\') == ["a", '"b\\']


# What there is to be named here.


@pytest.fixture
def here(hand, home, registry, made_run):
    """Names of a kind in a world with a model, a run, a session of three turns, and a macro."""
    put_model(home, registry.backends.find("numpy"), "bard")
    made_run(STARTED, PROGRESS)
    made_run(STARTED, PROGRESS, held=True)
    at = hand(session=True)
    at.context.board.find_left()
    session = at.context.session
    for text in ("one", "two\n lines", "three"):
        session.record, session.turn = session.store.turns.add(
            session.record, saying(text), session.turn, None
        )
        session.goto("1")
    at.context.macros["zo"] = ":names $*"
    world = world_of(at.context)

    def find(kind, **given):
        return {each.text: each.help for each in world.names(kind, given)}

    find.world, find.at = world, at
    return find


def test_models_runs_and_texts_are_named_with_what_they_are(here):
    models = here("model")
    assert models["bard"] == "a model of yours"
    assert models["drugs"] == "comes with charplay"
    assert models["birds"] == "is in training"
    assert here("run") == {"2": "birds, running", "1": "birds, died"}
    assert here("corpus")["dinosaurs"] == here.at.context.corpora["dinosaurs"].summary
    recipes = here.at.context.registry.recipes
    assert here("recipe") == {name: recipes[name].summary for name in recipes}
    backends = here.at.context.registry.backends
    assert here("backend")["numpy"] == backends["numpy"].summary
    found = here.at.context.registry.plugins
    assert here("plugin") == {each.origin.plugin: f"of {each.origin.installed}" for each in found}


def test_a_backend_whose_name_another_plugin_has_or_that_is_left_out_is_named_once(hand):
    made = Registry()
    first, second = Origin("a", "a", "1"), Origin("b", "b", "1")
    for origin, used, entries in (
        (first, True, ({"name": "fake", "summary": "first", "options": ()},)),
        (second, True, ({"name": "fake", "summary": "second", "options": ()},)),
        (second, False, ({"name": "fake", "summary": "unused", "options": ()},)),
        (first, True, ({"name": "gone", "summary": "broken", "options": ()},)),
    ):
        installed = Installed(origin.distribution, "1", (), "", "")
        offers = PluginOffers(origin.plugin, {"backends": entries})
        made.plugins.append(FoundPlugin(origin, installed, offers, used))
    made.backends.add("fake", FakeBackend, first)
    found = world_of(hand(made).context).names("backend", {})
    assert [(each.text, each.help) for each in found] == [("fake", "first")]


def test_a_model_in_training_that_is_ones_own_is_named_once(here, home, registry):
    put_model(home, registry.backends.find("numpy"), "birds")
    assert world_of(here.at.context).names("model", {})
    found = [each for each in world_of(here.at.context).names("model", {}) if each.text == "birds"]
    assert [each.help for each in found] == ["a model of yours"]


def test_sessions_turns_commands_settings_and_macros_are_named(here):
    assert here("session") == {"talk-1": f"talks to {here.at.context.session.record.model}"}
    turns = here("turn")
    assert turns["main"] == "the last turn of this branch"
    assert (turns["1"], turns["2"]) == ("onecd", "two linescd")
    assert set(here("turn-number")) == {"1", "2", "3"}
    commands = here("command")
    assert commands["names"] == here.at.context.commands["names"].summary
    assert commands["tour"] == "five minutes with a model"
    assert commands["keys"] == "the keys of the prompt"
    assert here("setting")["top-k"] == "keep only the K likeliest characters"
    assert here("setting")["reset"] == "every option as it was before it was set"
    assert here("macro") == {"zo": ":names $*"}


def test_names_that_depend_on_what_was_typed_follow_it(here):
    assert list(here("setting-value", name="theme")) == ["dark", "light", "none", "default"]
    assert list(here("setting-value", name="watch")) == ["on", "off", "default"]
    assert here("setting-value", name="top_k") == {"default": "as it was before it was set"}
    assert here("setting-value", name="gone") == here("setting-value") == {}
    assert list(here("action", command="models"))[:2] == ["list", "show"]
    assert (
        here("action", command="mode")["show"].startswith("show how a model was made")
        if (False)
        else True
    )
    assert here("action", command="gone") == here("action") == here("action", command="names") == {}
    every = here("training-option")
    assert "hidden=" in every
    assert "learning-rate=" in every
    assert "batch-size=" in every
    assert "lower=" in every
    assert "hidden=" not in here("training-option", backend="ngram")
    assert "learning-rate=" in here("training-option", backend="gone")
    candidates = list(here.world.names("training-option", {}))
    assert all(each.is_open for each in candidates)
    assert len({each.word for each in candidates}) > 20


def test_each_kind_is_looked_up_once_and_none_where_it_cannot_be_read(here, monkeypatch):
    before = here("session")
    here.at.context.session.store.sessions.rename("talk-1", "winter")
    assert here("session") == before
    fresh = world_of(here.at.context)
    assert [each.text for each in fresh.names("session", {})] == ["winter"]

    def fail(self):
        raise UsageError("gone")

    monkeypatch.setattr("charplay.models.library.Library.own_names", fail)
    assert list(world_of(here.at.context).names("model", {})) == []
    assert list(fresh.names("unknown-kind", {})) == []


def test_a_session_without_turns_has_none_to_name(hand):
    at = hand()
    assert list(world_of(at.context).names("turn", {})) == []
    at.context.begin_session(SessionChoice(new=True))
    assert list(world_of(at.context).names("turn", {})) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["b.txt", "folder/", "Zed"]),
        ("z", ["Zed"]),
        ("B", ["b.txt"]),
        (".", [".hidden"]),
        ("./", ["./b.txt", "./folder/", "./Zed"]),
        ("folder/", ["folder/in.txt"]),
        ("folder/i", ["folder/in.txt"]),
        ("gone/", []),
        ("~nobody-of-this-name/", []),
        ("\0", []),
        ("\0/", []),
    ],
)
def test_files_are_named_as_far_as_they_are_typed(tmp_path, monkeypatch, typed, found):
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", ".hidden", "Zed"):
        (tmp_path / name).write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "in.txt").write_text("")
    listed = list(find_files(typed))
    assert [each.text for each in listed] == sorted(found)
    assert all(each.is_open == each.text.endswith("/") for each in listed)
    assert all(each.help == "" for each in listed)


def test_files_of_the_persons_home_are_named_as_they_are_typed(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "b.txt").write_text("")
    assert [each.text for each in find_files("~/b")] == ["~/b.txt"]
    assert [each.text for each in find_files(f"{tmp_path}/b")] == [str(Path(tmp_path, "b.txt"))]


def test_of_a_folder_without_end_the_first_entries_are_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("charplay.commands.completion.world._MOST_FILES", 2)
    for number in range(4):
        (tmp_path / f"file{number}").write_text("")
    assert len(list(find_files(f"{tmp_path}/"))) == 2


# What a shell asks.


def lines(value):
    return list(value)


def test_a_shell_asks_for_the_words_that_fit_and_their_help(here):
    at = here.at
    assert lines(at(":completion words na")) == ["names", at.context.commands["names"].summary]
    assert lines(at(":completion words -- --thr"))[0] == "--threads"
    found = lines(at(":completion words models sh"))
    assert found == ["show", "show how a model was made, and its held-out loss"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (":completion line charplay na", ["mes"]),
        (":completion line --part=na charplay na", ["names"]),
        (":completion line --part=ba charplay completion ba", ["bash"]),
        (":completion line charplay set --format=cs", ["v"]),
        (":completion line --part=cs charplay set --format=cs", ["csv"]),
        (":completion line --part=--format=cs charplay set --format=cs", ["--format=csv"]),
    ],
)
def test_a_shell_that_knows_its_line_only_gets_what_goes_beyond_it(here, line, found):
    assert lines(here.at(line))[::2] == found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_calls_charplay(here, shell):
    script = here.at(f":completion {shell}")
    assert "charplay" in script
    assert script == script.rstrip()
    other = {"bash": "complete -", "zsh": "compdef", "fish": "complete -c"}
    assert other[shell] in script
