import json
from dataclasses import dataclass, replace

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_line
from charplay.errors import CharplayError, UsageError
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.planning import Planner
from charplay.models.contract import Backend
from charplay.options import option
from charplay.plan import Part, Plan, Stage, TextChoice, TrainingRun
from charplay.plugins.registry import Origin, Registry
from charplay.proposal import TextFacts, usual_plan
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe
from tests.conftest import installed_plugins

ORIGIN = Origin("fake", "charplay-fake", "1.0")
# What is decided of a plain list, and filled in.
READ_AS_NAMES = {"kind": "names", "encoding": "utf-8", "separator": "line", "header": "no"}


@dataclass(frozen=True)
class Config:
    hidden: int = option(8, "units", minimum=1, maximum=100)
    cell_kind: str = option("plain", "which cell", choices=("plain", "gated"))


@dataclass(frozen=True)
class OtherConfig:
    layers: int = option(1, "layers", minimum=1)


class Paper(Backend):
    """A backend that is asked for nothing but its description."""

    summary, version = "on paper", "1"

    def __init__(self, name, config, *requires):
        self.name, self.Config, self.requires = name, config, requires

    def create(self, vocabulary, kind, config, rng):
        raise NotImplementedError

    def load(self, vocabulary, kind, config, arrays):
        raise NotImplementedError

    def learner(self, model, plan):
        raise NotImplementedError


class Quill(Paper):
    """A backend whose learners have a step of their own."""

    honours = frozenset({"reduction", "weight_decay"})


def facts(kind, text):
    """What backends are told of a text."""
    return TextFacts(kind, text.count("\n"), len(text), len(set(text)))


BIRDS = Recipe(
    "birds",
    "names of birds",
    TextChoice("birds", lower=True),
    "pencil",
    {"hidden": 16},
    Plan(batch_size=4, stages=(Stage(updates=500, learning_rate=0.1),)),
    {"capital": True},
)

SPEECH = Recipe(
    "speech",
    "plays, then sonnets",
    TextChoice("sonnets"),
    "pencil",
    plan=Plan(cutting="stream", stages=(Stage(epochs=1, corpus="plays"), Stage(epochs=2))),
)


def offer(catalogue, entry):
    """Have a plugin offer an entry."""
    catalogue.add(entry.name, lambda: entry, ORIGIN)


@pytest.fixture
def registry(tmp_path):
    registry = Registry()
    offer(registry.backends, Paper("ink", OtherConfig, "json", "csv"))
    offer(registry.backends, Paper("pencil", Config))
    offer(registry.backends, Quill("quill", Config))
    offer(registry.backends, Paper("absent", Config, "a_package_that_nobody_has"))
    offer(registry.recipes, BIRDS)
    offer(registry.recipes, SPEECH)
    offer(registry.recipes, Recipe("anything", "no text", plan=Plan(batch_size=2)))
    for name, kind, text in [
        ("birds", "names", "Wren\nRobin\nJay\n"),
        ("sonnets", "prose", "Shall I compare thee to a summer's day?\n" * 9),
        ("plays", "prose", "To be, or not to be, that is the question:\n" * 9),
    ]:
        path = tmp_path / f"{name}.corpus"
        path.write_text(text)
        offer(registry.corpora, CorpusEntry(name, kind, name, "none", "here", path))
    return registry


@pytest.fixture
def plan(world, registry):
    """The run that a line of `train` asks for."""
    planner, commands = Planner(registry, world().home), all_commands(Registry())

    def plan(line):
        request = read_line(commands, f"train {line}")
        return planner.plan_run(request.fill(TrainingChoice))

    return plan


@pytest.fixture
def refusal(plan):
    """How a line of `train` is refused: message and hint."""

    def refusal(line):
        with pytest.raises(CharplayError) as caught:
            plan(line)
        assert "\n" not in caught.value.message
        return caught.value.message, caught.value.hint

    return refusal


@pytest.fixture
def towns(tmp_path):
    path = tmp_path / "towns.txt"
    path.write_text("Ulm\nKiel\nUlm\nBonn\n")
    return path


def test_a_corpus_is_trained_by_the_recipe_of_its_name(plan):
    assert plan("birds") == TrainingRun(
        name="birds",
        text=TextChoice("birds", kind="names", lower=True),
        backend="pencil",
        config={"hidden": 16},
        plan=BIRDS.plan,
        sampling={"capital": True},
        recipe="birds",
    )


def test_a_backend_that_is_named_goes_before_the_recipe_of_the_corpuss_name(plan):
    run = plan("birds --backend pencil")
    assert (run.recipe, run.backend, run.config) == (None, "pencil", {})
    assert run.plan == replace(usual_plan(facts("names", "Wren\nRobin\nJay\n")), held_out=0)


def test_a_corpus_without_a_recipe_has_the_usual_plan_and_the_backend_that_needs_least(plan):
    run = plan("sonnets")
    assert (run.name, run.backend, run.recipe, run.config) == ("sonnets", "pencil", None, {})
    assert run.text.kind == "prose"
    assert run.plan == usual_plan(facts("prose", "x" * 9 * 40))


def test_a_file_of_ones_own_has_the_usual_plan_of_the_kind_that_it_looks_like(plan, towns):
    run = plan(str(towns))
    assert (run.name, run.recipe) == ("towns", None)
    assert run.text == TextChoice(str(towns), **READ_AS_NAMES)
    assert run.plan == replace(usual_plan(facts("names", "Ulm\nKiel\nUlm\nBonn\n")), held_out=0)
    towns.write_text("All the world's a stage, and all the men and women merely players.\n")
    assert plan(str(towns)).text.kind == "prose"


def test_a_kind_that_is_said_goes_before_the_look_of_a_file(plan, towns):
    run = plan(f"{towns} --kind prose")
    assert run.text.kind == "prose"
    assert run.plan.cutting == "stream"


def test_a_file_is_found_again_from_any_folder(plan, towns, monkeypatch):
    monkeypatch.chdir(towns.parent)
    assert plan("towns.txt").text.corpus == str(towns)
    assert plan("./towns.txt").name == "towns"


def test_a_recipe_trains_on_a_file_in_the_place_of_its_own_text(plan, towns):
    run = plan(f"{towns} --recipe birds")
    assert run.text == TextChoice(str(towns), **READ_AS_NAMES, lower=True)
    assert (run.recipe, run.backend, run.plan) == ("birds", "pencil", BIRDS.plan)
    assert run.config == {"hidden": 16}


def stage_texts(run):
    return [stage.corpus for stage in run.plan.stages]


def test_stages_keep_their_texts_whatever_the_runs_own_is(plan, tmp_path):
    path = tmp_path / "verse.txt"
    path.write_text("Let me not to the marriage of true minds\n" * 5)
    for corpus, own in [("", "sonnets"), (str(path), str(path))]:
        run = plan(f"{corpus} --recipe speech --kind prose")
        assert (run.text.corpus, stage_texts(run)) == (own, ["plays", ""])
        assert TrainingRun.from_json(run.to_json()) == run


def test_a_stage_whose_text_is_the_runs_own_is_that_so_that_what_is_held_out_stays_so(
    plan, tmp_path
):
    assert stage_texts(plan("plays --recipe speech")) == ["", ""]
    copied = tmp_path / "copy.txt"
    copied.write_bytes((tmp_path / "plays.corpus").read_bytes())
    assert stage_texts(plan(f"{copied} --recipe speech --kind prose")) == ["", ""]


def test_a_recipe_named_after_a_stages_text_is_taken_as_it_is(plan, registry):
    stages = (Stage(epochs=1, corpus="plays"), Stage(epochs=2))
    named = Recipe("plays", "", TextChoice("sonnets"), "pencil", plan=Plan(stages=stages))
    offer(registry.recipes, named)
    run = plan("plays")
    assert (run.name, run.text.corpus, stage_texts(run)) == ("plays", "sonnets", ["plays", ""])
    assert run == plan("--recipe plays")
    assert (run.again, plan("--recipe plays").again) == ("train plays", "train --recipe plays")


def test_a_stages_text_that_is_not_there_is_told_before_training_starts(
    refusal, registry, tmp_path
):
    stages = (Stage(corpus="palys"), Stage())
    lost = Recipe("lost", "", TextChoice("sonnets"), "pencil", plan=Plan(stages=stages))
    offer(registry.recipes, lost)
    assert "there is no corpus or file 'palys'" in refusal("--recipe lost")[0]


def test_a_stages_file_is_found_again_from_any_folder(plan, registry, tmp_path, monkeypatch):
    (tmp_path / "first.txt").write_text("What's in a name?\n" * 9)
    stages = (Stage(corpus="first.txt"), Stage())
    local = Recipe("local", "", TextChoice("sonnets"), "pencil", plan=Plan(stages=stages))
    offer(registry.recipes, local)
    monkeypatch.chdir(tmp_path)
    assert stage_texts(plan("--recipe local")) == [str(tmp_path / "first.txt"), ""]


def test_a_recipe_alone_trains_on_its_own_text(plan):
    assert plan("--recipe birds") == plan("birds")


def test_a_recipe_with_another_backend_keeps_its_plan_and_not_its_network(plan):
    run = plan("--recipe birds --backend ink")
    assert (run.backend, run.config, run.plan) == ("ink", {}, BIRDS.plan)
    assert plan("--recipe birds --backend pencil").config == {"hidden": 16}


def test_a_recipe_without_a_text_or_a_backend_asks_for_the_text_only(plan, refusal):
    assert refusal("--recipe anything")[0] == "train needs a text"
    run = plan("sonnets --recipe anything")
    assert (run.backend, run.plan.batch_size, run.recipe) == ("pencil", 2, "anything")


def test_nothing_to_train_on_is_told_with_an_example(refusal):
    message, hint = refusal("")
    assert message == "train needs a text"
    assert "train dinosaurs" in hint


def test_a_column_of_a_table_is_chosen(plan, tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text("id,name\n1,Soap\n2,Salt\n")
    run = plan(f"{path} --column name")
    read = READ_AS_NAMES | {"column": "name", "header": "yes", "separator": "comma"}
    assert run.text == TextChoice(str(path), **read)
    assert run.name == "goods"


@pytest.mark.parametrize(("options", "length"), [("--updates 7", 7), ("--epochs 3", 30), ("", 500)])
def test_the_length_that_is_asked_for_takes_the_place_of_the_recipes(plan, options, length):
    run = plan(f"birds {options}")
    assert run.plan.stages[0].length(10) == length
    assert run.plan.stages[0].learning_rate == 0.1


def test_options_of_network_plan_stage_and_text_are_set_by_one_word(plan):
    run = plan(
        "birds --set hidden=32 cell-kind=gated batch_size=2 clip-norm=1.5 learning-rate=0.5"
        " lower=off"
    )
    assert run.config == {"hidden": 32, "cell_kind": "gated"}
    assert (run.plan.batch_size, run.plan.clip_norm) == (2, 1.5)
    assert run.plan.stages == (Stage(updates=500, learning_rate=0.5),)
    assert run.text.lower is False


def test_what_is_set_comes_back_from_the_jobs_plan(plan):
    run = plan("birds --set hidden=32 clip-norm=1.5 learning-rate=0.5")
    assert TrainingRun.from_json(run.to_json()) == run


def test_a_length_may_be_set_like_any_other_option(plan):
    assert plan("birds --set epochs=3").plan.stages[0].length(10) == 30
    assert plan("birds --set updates=7").plan.stages[0].length(10) == 7


def test_a_kind_may_be_set_like_any_other_option(plan, towns):
    run = plan(f"{towns} --set kind=prose")
    assert (run.text.kind, run.plan.cutting) == ("prose", "stream")


def test_a_column_may_be_set_like_any_other_option(plan, tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text("id,name\n1,Soap\n2,Salt\n")
    assert plan(f"{path} --set column=name") == plan(f"{path} --column name")


def test_a_corpus_that_is_set_is_checked_before_training_starts(refusal):
    assert "'sonets'" in refusal("birds --set corpus=sonets")[0]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("brids", "there is no corpus or file 'brids'", "did you mean birds?"),
        ("lost.txt", "there is no file lost.txt", "`corpora` lists the texts by name"),
        ("birds --recipe brids", "there is no recipe 'brids'", "did you mean birds?"),
        ("birds --backend pensil", "there is no backend 'pensil'", "did you mean pencil?"),
        ("birds --set hiden=3", "there is no option to set 'hiden'", "did you mean hidden?"),
        ("birds --set batchsize=3", "there is no option to set 'batchsize'", "did you mean"),
        ("birds --set layers=3", "there is no option to set 'layers'", ""),
        ("birds --set hidden=0", "hidden cannot be 0", "hidden is a whole number from 1 to 100"),
        ("birds --set hidden=", "hidden needs a value", "hidden is a whole number"),
        ("birds --set cell-kind=gatd", "there is no choice for cell-kind 'gatd'", "did you mean"),
        ("birds --set learning-rate=0", "learning-rate cannot be 0.0", "learning-rate is"),
        ("birds --set lower=maybe", "lower cannot be 'maybe'", "lower is on or off"),
        ("birds --set hidden", "set cannot be 'hidden'", "set is an option and its value"),
        ("birds --updates 0", "updates cannot be 0", "updates is a whole number, 1 or more"),
        ("birds --kind verse", "there is no choice for kind 'verse'", "did you mean prose?"),
        ("birds --kind prose", "the corpus birds is names, not prose", ""),
        ("birds --column name", "the corpus birds is read as it is", "leave out --column"),
        ("birds --encoding latin1", "the corpus birds is read as it is", "leave out --encoding"),
    ],
)
def test_what_there_is_not_is_refused_before_training_starts(refusal, line, message, hint):
    told = refusal(line)
    assert told[0].startswith(message)
    assert told[1].startswith(hint)
    assert told[1]


def test_a_backend_that_cannot_train_here_says_what_it_needs(refusal):
    message, hint = refusal("birds --backend absent")
    assert message == "training with absent needs a_package_that_nobody_has"
    assert hint


def test_without_any_backend_that_is_said(world, towns):
    planner = Planner(Registry(), world().home)
    with pytest.raises(UsageError, match="no backend can train here"):
        planner.plan_run(TrainingChoice(str(towns)))


@pytest.mark.parametrize("name", ["mine", "my-model.2", "Möwe"])
def test_a_model_is_kept_under_the_name_that_is_given(plan, name):
    assert plan(f"birds --name '{name}'").name == name


def test_a_recipe_that_is_named_names_the_model(plan, towns):
    assert plan(f"{towns} --recipe birds").name == "birds"
    assert plan(f"{towns} --recipe birds --name towns").name == "towns"


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "-n", "x" * 65, "a\\b", "a:b"])
def test_a_name_that_could_be_a_path_is_refused(refusal, name):
    message, hint = refusal(f"birds --name='{name}'")
    assert message == f"{name!r} cannot be the name of a model"
    assert hint


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("(towns)!.txt", "towns"),
        ("towns (1).txt", "towns -1"),
        ("a&b.txt", "a-b"),
        ("!.txt", "model"),
    ],
)
def test_a_file_whose_name_no_model_may_have_gives_one_like_it(plan, towns, file, name):
    odd = towns.rename(towns.parent / file)
    assert plan(f"'{odd}'").name == name


def test_of_too_few_names_for_a_tenth_none_is_held_out(plan, towns):
    assert plan(str(towns)).plan.held_out == 0
    towns.write_text("".join(f"Town{number}\n" for number in range(30)))
    assert plan(str(towns)).plan.held_out == 0.1


@pytest.mark.parametrize("name", ["sonnet", "my.birds"])
def test_a_run_is_plain_json(plan, name):
    assert json.loads(plan(f"birds --name {name}").to_json())["name"] == name


def test_an_option_of_a_network_that_is_part_of_a_mix_is_set_in_that_part(tmp_path):
    planner = Planner(installed_plugins(), tmp_path)
    line = read_line(all_commands(Registry()), "train dinosaurs --set hidden=48 --set seed=5")
    run = planner.plan_run(line.fill(TrainingChoice))
    counting, network = run.plan.parts
    assert (run.backend, run.plan.seed) == ("mix", 5)
    assert network.config["hidden"] == 48
    assert network.config["cell"] == "lstm"
    assert "hidden" not in counting.config


def test_quick_and_a_recipe_exclude_each_other(refusal):
    assert "--quick" in refusal("birds --recipe anything --quick")[1]


@pytest.mark.parametrize("lengths", ["--quick --minutes 2", "--epochs 2 --minutes 2"])
def test_one_option_says_how_long_to_train(refusal, lengths):
    assert "both set the length" in refusal(f"birds {lengths}")[0]


MIXED = Recipe(
    "mixed",
    "two parts",
    TextChoice("sonnets"),
    "pencil",
    plan=Plan(parts=(Part("quill", counted=True), Part("quill"))),
)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("--set clip-norm=9", "clip-norm"),
        ("--set clip_value=1 optimiser=sgd", "clip-value and optimiser"),
        ("--set learning-rate=0.5", "learning-rate"),
        ("--set schedule=cosine warmup=9", "schedule and warmup"),
    ],
)
def test_an_option_that_learners_do_not_use_is_refused(refusal, words, names):
    said = refusal(f"sonnets --backend quill {words}")
    assert said == (f"quill does not use {names}", f"leave out {names}")


@pytest.mark.parametrize("words", ["reduction=sum", "weight-decay=0.1 batch-size=7", "clip-norm=5"])
def test_an_option_that_learners_use_or_that_is_as_it_was_is_taken(plan, words):
    assert plan(f"sonnets --backend quill --set {words}").backend == "quill"


def test_a_recipe_for_another_backend_that_sets_what_one_does_not_use_is_refused(refusal):
    assert refusal("--recipe birds --backend quill") == (
        "quill does not use learning-rate",
        "the recipe birds sets that; leave out --backend",
    )


def test_in_a_mix_too_an_option_that_a_part_does_not_use_is_refused(plan, registry, refusal):
    offer(registry.recipes, MIXED)
    assert plan("--recipe mixed --set batch-size=9").plan.parts[1].plan.batch_size == 9
    said = refusal("--recipe mixed --set optimiser=sgd")
    assert said == ("quill does not use optimiser", "leave out optimiser")
