"""What is offered for the word that is being typed."""

import shlex
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Command, Commands
from charplay.commands.completion.suggesting import Candidate, World, suggest, suggest_words
from charplay.commands.completion.world import KINDS
from charplay.commands.program import CHARPLAY
from charplay.commands.words import quote_word, split_unfinished, split_words, unquote

NAMES = {
    "model": ["dinosaurs", "drugs", "my model", "Dora"],
    "corpus": ["dinosaurs", "sonnets"],
    "recipe": ["course-dinosaurs"],
    "backend": ["numpy", "ngram"],
    "session": ["talk-1", "winter"],
    "turn": ["darker", "3", "2", "1"],
    "turn-number": ["3", "2", "1"],
    "run": ["4", "3"],
    "setting": ["temperature", "theme"],
    "macro": ["zobs"],
    "command": [command.name for command in BUILTIN],
}
FILES = ["@odd", "a list.txt", "list.txt", 'quo"te.txt', "texts/"]


def names(kind, given):
    if kind == "setting-value":
        return map(Candidate, {"theme": ["dark", "light"]}.get(given.get("name"), ["default"]))
    if kind == "training-option":
        of = given.get("backend", "any")
        return [Candidate(f"{of}-hidden=", is_open=True), Candidate("length=", is_open=True)]
    if kind == "action":
        return [Candidate("show")] if given["command"] == "models" else []
    if kind == "macro":
        return [Candidate("zobs", ":names drugs --starts $1"), Candidate("odd", "")]
    return map(Candidate, NAMES[kind])


def files(typed):
    return [Candidate(name, is_open=name.endswith("/")) for name in FILES]


WORLD = World(Commands(BUILTIN), names, files)


def offered(line, world=WORLD):
    return [each.word for each in suggest(line, world)]


def completed(line, candidate):
    return line[: len(line) - candidate.replaces] + candidate.word


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (":mo", ["models", "model"]),
        (":zo", ["zobs"]),
        (":macro z", ["zobs"]),
        (":models s", ["show"]),
        (":models show d", ["dinosaurs", "drugs", "Dora"]),
        (":models show D", ["Dora", "dinosaurs", "drugs"]),
        (":models show my", ['"my model"']),
        (':models show "my', ['"my model"']),
        (":models show 'my", ['"my model"']),
        (":names --model dr", ["drugs"]),
        (":names -m dr", ["drugs"]),
        (":names --model=dr", ["--model=drugs"]),
        (":names --mod", ["--model"]),
        (":names drugs --so", ["--sounds", "--sort"]),
        (":names drugs --sounds --so", ["--sort"]),
        (":names --sort ", ["draw", "loss", "length", "alphabet"]),
        (":names --sounds=o", ["--sounds=on", "--sounds=off"]),
        (":names --count ", []),
        (":names --count 5 d", ["dinosaurs", "drugs", "Dora"]),
        (":train s", ["sonnets"]),
        (":train li", ["list.txt"]),
        (":train a", ['"a list.txt"']),
        (":train quo", ['quo"te.txt']),
        (":train te", ["texts/"]),
        (":train sonnets --recipe ", ["course-dinosaurs"]),
        (":train sonnets --kind ", ["names", "prose"]),
        (":train --set ", ["any-hidden=", "length="]),
        (":train --backend numpy --set n", ["numpy-hidden="]),
        (":train --set hidden=5 len", ["length="]),
        (":train --set hidden=5 so", ["sonnets"]),
        (":goto d", ["darker"]),
        (":goto ", ["darker", "3", "2", "1"]),
        (":jobs show ", ["4", "3"]),
        (":jobs s", ["show", "stop"]),
        (":plot te", ["texts/"]),
        (":session w", ["winter"]),
        (":set th", ["theme"]),
        (":set theme ", ["dark", "light"]),
        (":set lines d", ["default"]),
        (":help models ", ["show"]),
        (":help mode", ["models", "model"]),
        (":zobs dru", ["drugs"]),
        (":zobs --uni", ["--unique"]),
        (":zobs Ty --sort dr", ["draw"]),
        (":odd --uni", []),
        (":poem --te", ["--temperature"]),
        (":poem @a", ["@a list.txt"]),
        (":poem @a li", ["@a list.txt"]),
        (":poem --seed 7 @te", ["@texts/"]),
        (":poem a", []),
        (":poem Let me --te", []),
        (":poem -- --te", []),
        (":sessions search winter ", []),
        (":sample --prompt ", []),
        (":sample --prompt @l", ["@list.txt"]),
        (":sample --prompt=@l", ["--prompt=@list.txt"]),
        (':sample --prompt="@a', ['--prompt="@a list.txt"']),
        (":sample --prompt a", []),
        (":unknown ", []),
        (":m ", []),
        (":keep -- --tu", []),
        ("", []),
        ("names d", []),
        ("\\:names d", []),
    ],
)
def test_words_that_fit_are_offered(line, words):
    assert offered(line) == words


def test_a_candidate_has_its_help_beside():
    (found,) = suggest(":undo", WORLD)
    assert found.help == WORLD.commands["undo"].summary
    (found,) = suggest(":names --uniq", WORLD)
    assert found.help == "no name twice"


def test_a_script_that_is_typed_is_completed_in_its_last_line():
    assert offered(":undo\n:mode") == ["models", "model"]
    assert offered(":undo\nmode") == offered("a poem\n:mode") == []


def test_the_quote_of_a_folder_stays_open():
    world = replace(WORLD, files=lambda typed: [Candidate("my texts/", is_open=True)])
    assert offered(":train my", world) == ['"my texts/']


def test_a_plugins_command_is_completed_like_ours():
    data = replace(WORLD.commands["names"], name="rhymes", summary="words that rhyme").to_data()
    world = replace(WORLD, commands=Commands([*BUILTIN, Command.from_data(data)]))
    assert offered(":rh", world) == ["rhymes"]
    assert offered(":rhymes dr", world) == ["drugs"]
    assert offered(":rhymes --so", world) == ["--sounds", "--sort"]


def all_commands():
    for command in BUILTIN:
        yield command
        yield from command.actions


EXAMPLES = sorted({example for command in all_commands() for example in command.examples})


@pytest.mark.parametrize("example", EXAMPLES)
def test_commands_actions_and_options_of_every_example_are_offered(example):
    words = shlex.split(example) if "'" not in example.replace("'.", "") else example.split()
    for place, word in enumerate(words):
        is_name = place == 0 or word.startswith("--")
        if is_name and (place == 0 or example.count(word) == 1):
            line = ":" + example[: example.index(word) + max(1, len(word) - 1)]
            assert word.partition("=")[0] in offered(line), line


@given(st.text(alphabet=st.sampled_from(" \"'=-@:#\\\nnames-mdlt…é\udcff"), max_size=30))
def test_any_line_is_completed_without_a_fault(text):
    for each in suggest(":" + text, WORLD):
        assert 0 <= each.replaces <= len(text) + 1


@given(
    st.text(max_size=8).filter(lambda name: name.strip() and "\n" not in name and "\r" not in name),
    st.sampled_from([":models show ", ":names --model ", ":names --model="]),
    st.integers(0, 3),
)
def test_what_is_offered_is_read_as_it_was_meant(name, line, begun):
    world = replace(WORLD, names=lambda kind, given: [Candidate(name)])
    typed = line + name[:begun]
    for each in suggest(typed, world):
        words = split_words(completed(typed, each).removeprefix(":"))
        assert words[-1].text.removeprefix("--model=") == name


@given(st.text(max_size=12))
def test_a_quoted_word_is_read_as_one_word(text):
    words = split_words(f"a {quote_word(text)} b")
    assert [word.text for word in words] == ["a", text, "b"]
    assert not words[1].is_flag


@given(st.text(max_size=12), st.text(max_size=6))
def test_an_unfinished_word_stands_for_what_was_quoted(text, before):
    quoted = quote_word(text)
    words, typed = split_unfinished(f"x {quoted}")
    assert [word.text for word in words] == ["x"]
    assert typed == quoted
    assert unquote(typed) == text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], "train"),
        ([""], "train"),
        (["mod"], "models"),
        (["--thr"], "--threads"),
        (["--model", "dr"], "drugs"),
        (["--model=dr"], "--model=drugs"),
        (["-c", ":undo", "--se"], "--session"),
        (["--threads", "2", "mod"], "models"),
        (["models", "show", "my"], "my model"),
        (["--debug", "names", "--mod"], "--model"),
        (["train", "a"], "a list.txt"),
    ],
)
def test_a_shells_words_are_completed_from_the_same_data(words, found):
    assert found in [each.word for each in suggest_words(words, WORLD, CHARPLAY)]


def test_a_shell_is_offered_only_what_its_word_begins():
    assert [each.word for each in suggest_words(["names", "--mod"], WORLD, CHARPLAY)] == ["--model"]
    assert suggest_words(["--threads", ""], WORLD, CHARPLAY) == []
    assert suggest_words(["nothing", ""], WORLD, CHARPLAY) == []


def test_every_kind_of_name_is_known_to_the_world():
    kinds = {
        kind
        for command in (*all_commands(), CHARPLAY)
        for option in command.options
        for kind in option.completes.split("|")
    }
    assert kinds - {"", "file", "@file"} == set(KINDS)
