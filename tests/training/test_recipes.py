import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import charplay
from charplay.errors import CharplayError
from charplay.generation.options import AnswerOptions
from charplay.models.validation import MOST_OWN_CHARS, MOST_OWN_LINES
from charplay.options import build
from charplay.plan import Plan, TextChoice, TrainingRun
from charplay.training.recipe import Recipe, parse_recipe, recipes_in
from tests.conftest import installed_plugins

REGISTRY = installed_plugins()
CORE = Path(charplay.__file__).parent


@pytest.mark.parametrize("recipe", REGISTRY.recipes.values(), ids=lambda recipe: recipe.name)
def test_a_shipped_recipe_names_a_backend_and_options_that_there_are(recipe):
    assert recipe.summary
    backend = REGISTRY.backends.find(recipe.backend)
    build(backend.Config, recipe.config)
    build(AnswerOptions, recipe.sampling)
    assert recipe.text.corpus


@pytest.mark.parametrize("recipe", REGISTRY.recipes.values(), ids=lambda recipe: recipe.name)
def test_a_shipped_recipe_survives_being_written_for_the_worker(recipe):
    assert Plan.from_dict(recipe.plan.to_dict()) == recipe.plan
    run = TrainingRun(
        "m", recipe.text, "b", recipe.config, recipe.plan, recipe.sampling, recipe.name
    )
    assert TrainingRun.from_json(run.to_json()) == run


@pytest.mark.parametrize(
    ("name", "rate", "clip", "updates", "longest"),
    [("course-dinosaurs", 0.01, 5, 35_000, 50), ("drug-names", 0.005, 10, 100_001, 20)],
)
def test_the_exercises_recipes_have_the_exercises_figures(name, rate, clip, updates, longest):
    recipe = REGISTRY.recipes[name]
    (stage,) = recipe.plan.stages
    assert (stage.updates, stage.learning_rate, stage.schedule) == (updates, rate, "constant")
    assert (recipe.plan.optimiser, recipe.plan.clip_value) == ("sgd", clip)
    assert (recipe.plan.batch_size, recipe.plan.carry, recipe.plan.held_out) == (1, True, 0)
    assert (recipe.plan.shuffle, recipe.plan.reduction) == ("course", "sum")
    assert recipe.config["hidden"] == 50
    assert (recipe.sampling["max_chars"], recipe.text.lower) == (longest, True)
    report = recipe.plan.report
    assert (report.every, report.names, report.guess, report.smoothing) == (2000, 7, 7, 0.999)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("summary = ", "Invalid value"),
        ("backend = 'b'", "the summary is missing"),
        ("summary = 's'\nnetwork = 3", "there is no part of a recipe"),
        ("summary = 's'\n[plan]\nbatch = 3", "there is no training option 'batch'"),
        ("summary = 's'\n[plan]\nbatch_size = 0", "batch-size cannot be 0"),
        ("summary = 's'\n[plan]\nbatch_size = true", "batch-size cannot be True"),
        ("summary = 's'\n[[plan.stages]]\nupdate = 3", "there is no stage option 'update'"),
        ("summary = 's'\n[plan.report]\nline = '{los}'", "cannot be filled in"),
        ("summary = 's'\n[text]\nfile = 'x'", "there is no text option 'file'"),
        ("summary = 's'\n[sampling]\ntemprature = 1", "there is no sampling option 'temprature'"),
        ("summary = 's'\ntext = 'x'", ""),
        ("summary = 's'\nplan = 'x'", ""),
        ("summary = 's'\nplan = 3", ""),
        ("summary = 's'\n[plan]\nstages = 3", ""),
        ("summary = 's'\n[plan]\nstages = ['x']", ""),
        ("summary = 's'\n[plan]\nreport = 'x'", ""),
        ("summary = 's'\nsampling = 'x'", ""),
        ("summary = 's'\nconfig = 'x'", ""),
        ("summary = 's'\nbackend = 3", ""),
        ("summary = 3", ""),
    ],
)
def test_a_recipe_that_cannot_be_read_is_told_by_its_name(text, told):
    with pytest.raises(CharplayError) as caught:
        parse_recipe("sketch", text)
    assert caught.value.message.startswith("the recipe sketch")
    assert told in caught.value.message
    assert "\n" not in caught.value.message


def test_a_recipes_mistake_keeps_its_hint():
    with pytest.raises(CharplayError) as caught:
        parse_recipe("sketch", "summary = 's'\n[plan]\nbatch_sise = 3")
    assert caught.value.hint == "did you mean batch-size?"


def test_a_recipe_may_say_little():
    recipe = parse_recipe("short", "summary = 'nothing special'")
    assert (recipe.name, recipe.summary, recipe.backend) == ("short", "nothing special", None)
    assert recipe.plan == Plan()


def test_the_recipes_of_a_folder_are_named_as_their_files(tmp_path):
    (tmp_path / "b.toml").write_text("summary = 'ü'", encoding="utf-8")
    (tmp_path / "a.toml").write_text("summary = 'first'")
    (tmp_path / "notes.txt").write_text("no recipe")
    read = [file.read() for file in recipes_in(tmp_path)]
    assert [(recipe.name, recipe.summary) for recipe in read] == [("a", "first"), ("b", "ü")]


def test_a_recipe_with_a_mistake_is_read_alone(tmp_path):
    (tmp_path / "a.toml").write_text("summary =")
    (tmp_path / "b.toml").write_text("summary = 'sound'")
    wrong, sound = recipes_in(tmp_path)
    assert sound.read().summary == "sound"
    with pytest.raises(CharplayError, match="the recipe a cannot be read"):
        wrong.read()


def test_a_recipe_says_all_its_parts():
    recipe = parse_recipe(
        "whole",
        """
        summary = 'all of it'
        backend = 'net'
        text = { corpus = 'list', lower = true }
        config = { hidden = 4 }
        plan = { batch_size = 3 }
        sampling = { temperature = 0.5, max_chars = 9, seed = '7/2', verse = true }
        """,
    )
    assert recipe == Recipe(
        "whole", "all of it", TextChoice("list", lower=True), "net", {"hidden": 4},
        Plan(batch_size=3),
        {"temperature": 0.5, "max_chars": 9, "seed": "7/2", "verse": True},
    )  # fmt: skip
    assert Recipe("x", "y") == Recipe("x", "y", TextChoice(), None, {}, Plan(), {})


@pytest.mark.parametrize(
    ("name", "most"), [("max_chars", MOST_OWN_CHARS), ("lines", MOST_OWN_LINES)]
)
def test_a_recipe_asks_for_no_endless_answers(name, most):
    text = "summary = 's'\n[sampling]\n{} = {}"
    assert parse_recipe("long", text.format(name, most)).sampling == {name: most}
    with pytest.raises(CharplayError, match=f"{name} of a recipe is at most {most:,}") as told:
        parse_recipe("long", text.format(name, most + 1))
    assert told.value.hint == "ask for more where you use the model"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("summary = 3", "write it in quotes"),
        ("summary = 's'\nbackend = 3", "write it in quotes"),
        ("summary = 's'\nplan = 'x'", "write a table: [plan]"),
        ("backend = 's'", 'add a line: summary = "…"'),
        ("summary =", "compare it with a shipped recipe"),
    ],
)
def test_a_recipe_with_a_mistake_says_how_it_is_written(text, hint):
    with pytest.raises(CharplayError) as told:
        parse_recipe("sketch", text)
    assert told.value.hint == hint


def test_recipes_are_in_the_order_of_their_names(tmp_path):
    for name in ("b", "a-1", "a", "a.b"):
        (tmp_path / f"{name}.toml").write_text("summary = 'x'")
    assert [file.name for file in recipes_in(tmp_path)] == ["a-1", "a.b", "a", "b"]


def test_a_recipe_survives_json():
    for recipe in REGISTRY.recipes.values():
        assert Recipe.from_data(json.loads(json.dumps(recipe.to_data()))) == recipe


def texts_of(tree: ast.Module) -> Iterator[ast.Constant]:
    """The strings of a module that are neither documentation nor the name of something else.

    `framework=` is safetensors' own word, `version(…)` asks for an installed package, and
    `.get(…)` for a field of a file.
    """
    passed: set[ast.AST | None] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value) | ast.keyword("framework", value):
                passed.add(value)
            case ast.Call(ast.Name("version") | ast.Attribute(_, "get"), arguments):
                passed.update(arguments)
            case ast.Dict(keys, values):
                asks = (ast.unparse(value).startswith("version(") for value in values)
                passed.update(key for key, call in zip(keys, asks) if call)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            yield node


def test_no_backends_name_stands_in_the_core():
    name = re.compile(rf"\b({'|'.join(map(re.escape, REGISTRY.backends))})\b")
    found = [
        f"{path.relative_to(CORE)}:{text.lineno}: {text.value!r}"
        for path in sorted(CORE.rglob("*.py"))
        for text in texts_of(ast.parse(path.read_text(encoding="utf-8")))
        if name.search(text.value)
    ]
    assert found == []


def test_no_recipe_that_needs_a_backend_stands_in_the_core():
    assert not [path for path in CORE.rglob("*.toml") if "[plan]" in path.read_text("utf-8")]
