"""Commands, corpora and recipes: ours keep their contracts, and broken ones are found."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from charplay import Command, CorpusEntry, Download, Plan, Recipe, Stage, TextChoice
from charplay.options import option
from charplay.plan import Part
from charplay.testing import CommandContract, CorpusContract, FakeBackend, RecipeContract
from tests.conftest import installed_plugins

REGISTRY = installed_plugins()
NAMES = "\n".join(first + last for first in "abcdefgh" for last in ("na", "ro", "ti")) + "\n"


@dataclass(frozen=True)
class BirdArguments:
    name: str = option("wren", "a bird", positional=True)
    count: int = option(1, "how many", short="-n")


@dataclass(frozen=True)
class ClashingArguments:
    format: str = option("", "a form")


def sing(context, request):
    """What a bird sings."""
    return {"bird": request.fill(BirdArguments).name}


def sing_alone(context):
    """A handler that takes too little."""


HERE = __name__
BIRDS = Command(
    "birds", "what birds sing", f"{HERE}:sing", f"{HERE}:BirdArguments", ("birds tit -n 2",)
)


class TestMix(CommandContract):
    command = Command.from_data(REGISTRY.commands["mix"])


class TestBirds(CommandContract):
    command = BIRDS


class TestDinosaurs(CorpusContract):
    entry = REGISTRY.corpora["dinosaurs"]


class TestDownload(CorpusContract):
    entry = CorpusEntry(
        "far", "prose", "a text elsewhere", "CC0", "https://example.org",
        download=Download("https://example.org/text.txt", "0" * 64),
    )  # fmt: skip


class TestDinosaursRecipe(RecipeContract):
    recipe = REGISTRY.recipes["dinosaurs"]


class TestHihello(RecipeContract):
    recipe = REGISTRY.recipes["hihello"]


def failure_of(contract, check, *given):
    """What a check tells."""
    with pytest.raises(pytest.fail.Exception) as caught:
        getattr(contract, check)(*given)
    return str(caught.value)


COMMANDS = {
    "test_it_says_what_it_is": (replace(BIRDS, name="two birds"), "a name of one word"),
    "test_its_names_are_its_own": (replace(BIRDS, name="names"), "no command of charplay"),
    "test_its_handlers_take_a_context_and_a_request": (
        replace(BIRDS, handler=f"{HERE}:sing_alone"), "too many positional arguments",
    ),
    "test_its_views_are_there": (
        replace(BIRDS, views={f"{HERE}:Nest": f"{HERE}:sing"}), "AttributeError",
    ),
    "test_its_examples_can_be_typed": (
        replace(BIRDS, examples=("birds --loud",)), "there is no option '--loud'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("check", COMMANDS)
def test_what_is_wrong_with_a_command_is_found(check):
    command, told = COMMANDS[check]
    contract = type("Contract", (CommandContract,), {"command": command})()
    assert told in failure_of(contract, check)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"arguments": f"{HERE}:ClashingArguments"}, "the option format is also one of every"),
        ({"handler": f"{HERE}:nothing"}, "AttributeError"),
        ({"summary": "two\nlines"}, "a summary of one line"),
    ],
)
def test_other_faults_of_a_command_are_found_by_some_check(changes, told):
    contract = type("Contract", (CommandContract,), {"command": replace(BIRDS, **changes)})()
    found = []
    for check in COMMANDS:
        try:
            getattr(contract, check)()
        except pytest.fail.Exception as failure:
            found.append(str(failure))
    assert any(told in each for each in found)


@pytest.mark.parametrize("format", ["text", "json", "csv", "lines"])
@pytest.mark.parametrize("line", ["corpora", "model dinosaurs", "help names"])
def test_a_line_that_can_be_shown_in_every_format_is_found_right(line, format, tmp_path):
    contract = type("Contract", (CommandContract,), {"command": BIRDS})()
    contract.test_what_it_returns_can_be_shown(line, format, tmp_path)


def test_a_line_that_fails_is_found(tmp_path):
    contract = type("Contract", (CommandContract,), {"command": BIRDS})()
    said = failure_of(contract, "test_what_it_returns_can_be_shown", "nonsense", "json", tmp_path)
    assert "there is no command 'nonsense'" in said


@pytest.fixture
def entry(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(NAMES)
    return CorpusEntry("list", "names", "a list", "CC0", "here", path, 24, 14)


@pytest.mark.parametrize(
    ("check", "changes", "told"),
    [
        ("test_it_says_what_it_is_and_whose", {"licence": ""}, "`licence` is one line"),
        ("test_it_says_what_it_is_and_whose", {"name": "my list"}, "name of one word"),
        ("test_it_says_what_it_is_and_whose", {"kind": "verse"}, "`kind` is names or prose"),
        ("test_it_has_a_text_or_says_where_to_fetch_it", {"path": Path("gone")}, "has the `path`"),
        ("test_its_text_is_of_its_kind_and_size", {"size": 23}, "asked for: 24"),
        ("test_its_text_is_of_its_kind_and_size", {"distinct": 13}, "`distinct`"),
        (
            "test_it_has_a_text_or_says_where_to_fetch_it",
            {"download": Download("http://example.org/x")},
            "by https",
        ),
    ],
)
def test_what_is_wrong_with_a_corpus_is_found(entry, check, changes, told):
    contract = type("Contract", (CorpusContract,), {"entry": replace(entry, **changes)})()
    assert told in failure_of(contract, check)


def test_a_corpus_that_is_right_is_found_right(entry):
    contract = type("Contract", (CorpusContract,), {"entry": entry})()
    for check in (name for name in dir(contract) if name.startswith("test_")):
        getattr(contract, check)()


class Steady(FakeBackend):
    honours = frozenset({"reduction"})


@pytest.fixture
def recipe_contract(entry):
    """The contract of a recipe for the fake backend and a list."""

    def make(**changes):
        recipe = Recipe("quick", "a quick one", TextChoice("list"), "fake", {"units": 3}, Plan())
        values = {
            "recipe": replace(recipe, **changes),
            "entries": {"list": entry},
            "backends": {"fake": Steady()},
        }
        return type("Contract", (RecipeContract,), values)()

    return make


@pytest.mark.parametrize(
    ("check", "changes", "told"),
    [
        ("test_it_says_what_it_is", {"summary": ""}, "summary of one line"),
        ("test_it_can_be_written_down", {"sampling": {"heat": 3}}, "there is no option 'heat'"),
        ("test_its_backends_take_their_options_and_use_its_plan", {"backend": "none"}, "is there"),
        ("test_its_backends_take_their_options_and_use_its_plan", {"config": {"size": 3}}, "size"),
        (
            "test_its_backends_take_their_options_and_use_its_plan",
            {"plan": Plan(clip_norm=3)},
            "fake does not use clip-norm",
        ),
        ("test_it_begins_to_learn_its_text", {"text": TextChoice("lost")}, "there is no corpus"),
        ("test_it_begins_to_learn_its_text", {"plan": Plan(cutting="stream")}, "cannot be cut"),
        (
            "test_its_backends_take_their_options_and_use_its_plan",
            {"plan": Plan(parts=(Part("fake", plan=Plan(stages=(Stage(learning_rate=1),))),))},
            "does not use learning-rate",
        ),
    ],
)
def test_what_is_wrong_with_a_recipe_is_found(recipe_contract, check, changes, told):
    assert told in failure_of(recipe_contract(**changes), check)


def test_a_recipe_that_is_right_is_found_right(recipe_contract):
    contract = recipe_contract()
    for check in (name for name in dir(contract) if name.startswith("test_")):
        getattr(contract, check)()
