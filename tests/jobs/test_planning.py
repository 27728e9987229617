"""What is planned of a line of `train`: the whole run, what is told of it, and what is refused."""

import shlex
from dataclasses import replace

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_line
from charplay.errors import CharplayError
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.planning import Planner
from charplay.plan import Part, Plan, Stage, TextChoice, TrainingRun
from charplay.plugins.registry import Registry
from charplay.proposal import TextFacts
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe
from tests.jobs.planned import ALL, NAMES, RECIPES, USUAL, make_registry

FACTS = TextFacts("names", 20, 100, 13)
FEW = "20 names are few: expect rough names; a hundred or more give better ones"
READ = "read as names: 20 lines of 1 word; --kind prose to change"
COUNTED = Part("quick", {}, Plan(stages=(Stage(epochs=1),)), counted=True)


@pytest.fixture
def plan(tmp_path, home, monkeypatch):
    """Plans a line of `train` in a folder with texts."""
    (tmp_path / "list.txt").write_text("".join(f"{name}\n" for name in NAMES))
    (tmp_path / "few.txt").write_text("anna\nbert\ncilo\n")
    (tmp_path / "jays.txt").write_text("jay\njackdaw\nrook\n" * 9)
    monkeypatch.chdir(tmp_path)
    corpora = [
        CorpusEntry(name, "names", name, "none", "nowhere", tmp_path / f"{name}.txt")
        for name in ("jays", "list", "few")
    ]
    birds = replace(corpora[1], name="birds")
    registry = make_registry(*ALL, corpora=[birds, corpora[0]])

    def plan(line, free=None, registry=registry):
        request = read_line(all_commands(Registry()), f"train {line}")
        return Planner(registry, home, lambda: free).plan_run(request.fill(TrainingChoice))

    return plan


def run_of(tmp_path, file="list.txt", **more):
    """The run of a list in a file, but for what is given."""
    text = TextChoice(
        str(tmp_path / file), kind="names", header="no", encoding="utf-8", separator="line"
    )
    return TrainingRun(**{"name": file.removesuffix(".txt"), "text": text, **more})


MIXED = replace(USUAL, parts=(COUNTED, Part("slow", {"units": 7}, USUAL)))
LINES = {
    "list.txt": (
        {"backend": "mixed", "plan": MIXED}, "train list.txt",
        ("makes both, mixed, in at most 1.5 minutes",),
    ),
    "list.txt --minutes 1": (
        {"backend": "mixed", "plan": MIXED}, "train list.txt --minutes 1",
        ("makes both, mixed, in at most 1.5 minutes",),
    ),
    "list.txt --quick": (
        {"backend": "quick", "plan": Plan(batch_size=9, held_out=0.25, stages=(Stage(epochs=1),))},
        "train list.txt --quick", ("makes counts",),
    ),
    "list.txt --backend slow": (
        {"backend": "slow", "config": {"units": 11}, "plan": USUAL},
        "train list.txt --backend slow", ("makes a network, in at most 1.5 minutes",),
    ),
    "list.txt --backend slow --minutes 1": (
        {"backend": "slow", "config": {"units": 11}, "plan": replace(USUAL, minutes=1.0)},
        "train list.txt --backend slow --minutes 1", ("makes a network, in at most a minute",),
    ),
    "list.txt --backend slow --updates 7 --name mine": (
        {"backend": "slow", "config": {"units": 11}, "name": "mine",
         "plan": replace(USUAL, minutes=None, stages=(Stage(updates=7),))},
        "train list.txt --backend slow --updates 7", ("makes a network",),
    ),
    "list.txt --backend slow --epochs 7 --keep-checkpoints 2": (
        {"backend": "slow", "config": {"units": 11},
         "plan": replace(USUAL, minutes=None, keep_checkpoints=2, stages=(Stage(epochs=7),))},
        "train list.txt --backend slow --epochs 7 --keep-checkpoints 2", ("makes a network",),
    ),
    "list.txt --backend slow --set units=3 batch_size=2 learning-rate=0.5": (
        {"backend": "slow", "config": {"units": 3},
         "plan": replace(USUAL, batch_size=2, stages=(Stage(epochs=3, learning_rate=0.5),))},
        "train list.txt --backend slow --set units=3 --set batch_size=2 --set learning-rate=0.5",
        ("makes a network, in at most 1.5 minutes",),
    ),
    "list.txt --set units=3": (
        {"backend": "mixed",
         "plan": replace(USUAL, parts=(COUNTED, Part("slow", {"units": 3}, USUAL)))},
        "train list.txt --set units=3", ("makes both, mixed, in at most 1.5 minutes",),
    ),
    "list.txt --set order=3": (
        {"backend": "quick", "config": {"order": 3},
         "plan": Plan(batch_size=9, held_out=0.25, stages=(Stage(epochs=1),))},
        "train list.txt --set order=3", ("makes counts",),
    ),
    "few.txt --backend slow": (
        {"backend": "slow", "config": {"units": 11}, "plan": USUAL},
        "train few.txt --backend slow", ("makes a network, in at most 1.5 minutes",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_planned_to_a_whole_run(plan, tmp_path, line):
    given, again, told = LINES[line]
    file = line.split()[0]
    run, expected = plan(line), run_of(tmp_path, file, **given)
    letters = len(set("".join((tmp_path / file).read_text())))
    if expected.config.get("units") == 11:
        expected = replace(expected, config={"units": letters})
    assert run == expected
    assert run.again == again
    names = 20 if file == "list.txt" else 3
    assert run.notes == (
        READ.replace("20", str(names)), FEW.replace("20", str(names)), *told,
    )  # fmt: skip
    assert (run.sampling, run.recipe, run.base) == ({}, None, None)


@pytest.mark.parametrize(("count", "held_out"), [(1, 0.0), (2, 0.0), (3, 0.25)])
def test_of_too_few_names_for_a_part_none_is_held_out(plan, tmp_path, count, held_out):
    names = [f"anna{chr(97 + n)}" for n in range(count)] * 2
    (tmp_path / "few.txt").write_text("".join(f"{name}\n" for name in names))
    for backend in ("slow", "quick"):
        assert plan(f"few.txt --backend {backend} --kind names").plan.held_out == held_out
    assert plan("few.txt --kind prose --quick").plan.held_out == 0.25


RECIPE = RECIPES[0]


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("birds", {}),
        ("--recipe birds", {}),
        ("birds --recipe birds", {}),
        ("birds --recipe birds --minutes 2", {"plan": replace(RECIPE.plan, minutes=2.0)}),
        (
            "birds --updates 9",
            {"plan": replace(RECIPE.plan, stages=(Stage(updates=9, learning_rate=0.5),))},
        ),
        ("birds --set units=9", {"config": {"units": 9}}),
        ("birds --name mine", {"name": "mine"}),
        ("birds --set lower=off", {"text": TextChoice("birds", kind="names")}),
    ],
)
def test_a_recipe_gives_all_that_is_not_said(plan, line, changes):
    text = TextChoice("birds", kind="names", lower=True)
    expected = TrainingRun(
        "birds", text, "slow", {"units": 3}, RECIPE.plan, {"capital": True}, "birds"
    )
    run = plan(line)
    assert run == replace(expected, **changes)
    assert not [note for note in run.notes if "makes" in note]


def test_a_recipe_for_another_text(plan, tmp_path):
    run = plan("list.txt --recipe birds")
    assert (run.name, run.recipe, run.backend) == ("birds", "birds", "slow")
    assert (run.text.corpus, run.text.lower) == (str(tmp_path / "list.txt"), True)
    assert run.again == "train list.txt --recipe birds"


def test_a_backend_that_is_named_goes_before_the_recipe_of_a_text(plan):
    run = plan("birds --backend slow")
    assert (run.recipe, run.plan, run.text.lower) == (None, USUAL, False)
    assert plan("birds --quick").recipe is None


def test_a_recipe_of_no_backend_is_for_the_one_that_is_named_or_the_best(plan):
    assert plan("--recipe any --backend slow").plan == Plan(optimiser="sgd")
    assert plan("--recipe any --backend slow").config == {}
    assert plan("--recipe birds --backend slow").config == {"units": 3}


def test_a_text_of_a_stage_has_the_recipe_of_its_name_without_being_its_text(plan):
    run = plan("jays")
    assert (run.recipe, run.text.corpus) == ("jays", "birds")
    assert [stage.corpus for stage in run.plan.stages] == ["jays", ""]
    named = plan("jays --recipe staged")
    assert named.text.corpus == "jays"
    assert [stage.corpus for stage in named.plan.stages] == ["", ""], "the run's own"


def test_stage_texts_in_files_have_their_whole_path(plan, tmp_path):
    recipe = Recipe(
        "filed", "", TextChoice("birds"), "slow", {}, Plan(stages=(Stage(corpus="jays.txt"),))
    )
    birds = CorpusEntry("birds", "names", "", "", "", tmp_path / "list.txt")
    run = plan("--recipe filed", registry=make_registry(*ALL, corpora=[birds], recipes=[recipe]))
    assert run.plan.stages[0].corpus == str(tmp_path / "jays.txt")
    assert run.text.corpus == "birds"


def test_a_command_that_is_typed_again_names_no_folder(plan, tmp_path):
    (tmp_path / "my list.csv").write_text("id,name\n" + "".join(f"{i},an{i}\n" for i in "abcde"))
    run = plan(f"{shlex.quote(str(tmp_path / 'my list.csv'))} --column name --quick --name mine")
    assert run.again == "train 'my list.csv' --quick --column name"
    assert run.text.corpus == str(tmp_path / "my list.csv")
    assert run.name == "mine"


REFUSED = {
    "": ("train needs a text", "`train dinosaurs`, or `train FILE`; `corpora` lists the texts"),
    "list.txt --updates 3 --epochs 4": (
        "--updates and --epochs both set the length", "give one of them",
    ),
    "list.txt --minutes 3 --quick": (
        "--minutes and --quick both set the length", "give one of them",
    ),
    "--recipe birds --quick": (
        "a recipe has a length of its own", "leave out --quick, or --recipe",
    ),
    "list.txt --set unit=3": ("there is no option to set 'unit'", "did you mean units?"),
    "list.txt --backend quick --set units=3": (
        "there is no option to set 'units'", None,
    ),
    "list.txt --backend slow --set units=0": (
        "units cannot be 0", "units is a whole number from 1 to 1,000",
    ),
    "list.txt --backend slow --quick": ("slow cannot train in a second", "leave out --quick"),
    "list.txt --backend missing": (
        "training with missing needs no_such_package", "pip install no_such_package",
    ),
    "list.txt --backend nothing": ("there is no backend 'nothing'", None),
    "list.txt --recipe nothing": ("there is no recipe 'nothing'", None),
    "list.txt --backend quick --set learning-rate=0.1 optimiser=sgd": (
        "quick does not use learning-rate and optimiser",
        "leave out learning-rate and optimiser",
    ),
    "list.txt --backend quick --set warmup=3": ("quick does not use warmup", "leave out warmup"),
    "--recipe both --backend slow": (
        "the recipe both is for mixed, not slow", "leave out --backend",
    ),
    "--recipe any --backend quick": (
        "quick does not use optimiser", "the recipe any sets that",
    ),
    "--recipe birds --backend quick": (
        "quick does not use learning-rate", "the recipe birds sets that; leave out --backend",
    ),
    "list.txt --name a/b": ("'a/b' cannot be the name of a model", None),
}  # fmt: skip


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_is_refused_with_what_to_do(plan, line):
    message, hint = REFUSED[line]
    with pytest.raises(CharplayError) as caught:
        plan(line)
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_memory_that_may_not_do_is_noted_at_the_end(plan):
    run = plan("list.txt --backend slow", free=40_000_000)
    assert run.notes[-1].startswith("may run out of memory: needs about 46 MB")
    assert run.notes[:-1] == plan("list.txt --backend slow").notes
