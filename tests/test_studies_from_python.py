"""Studying units and several models from Python."""

import pytest

import charplay as package
from charplay.api import open_workspace
from charplay.errors import UsageError
from charplay.models.checkpoint import Checkpoint
from charplay.plan import Plan
from charplay.text.vocabulary import Vocabulary
from tests.conftest import installed_plugins
from tests.insight.planted import BACKEND, planted_network, planted_text

NAMER = "dinosaurs"


@pytest.fixture(autouse=True)
def planted(home, monkeypatch):
    """A data home with a network of prose of which three units were made by hand."""
    monkeypatch.setenv("CHARPLAY_HOME", str(home))
    monkeypatch.setattr("charplay.api.find_plugins", lambda environment: installed_plugins())
    home.mkdir()
    lines, text = planted_text(60), home / "verse.txt"
    text.write_text(lines)

    def add(name, **plan):
        checkpoint = Checkpoint.of(
            planted_network(Vocabulary.of(lines)),
            BACKEND,
            plan=Plan(cutting="stream", **plan).to_dict(),
            provenance={"text": {"corpus": str(text), "kind": "prose"}},
        )
        open_workspace(home).library.add(checkpoint, name, str(text))
        return text

    add("planted", held_out=0.5)
    return add


def test_units_that_are_named_are_followed_and_else_the_most_varied():
    units = package.neurons("the sea", "planted", ["hidden.0:3", "hidden.0:9"])
    assert [unit.unit for unit in units] == ["hidden.0:3", "hidden.0:9"]
    assert all(len(unit.values) == 7 for unit in units)
    assert len(package.neurons("the sea", "planted")) == 3
    assert len(package.neurons("the sea", "planted", n=2)) == 2


def test_units_that_follow_something_are_found_where_a_text_was_held_out(planted):
    found = package.find_neurons("planted")
    assert "hidden.0:9" in {finding.unit for finding in found.findings}
    planted("all", held_out=0)
    with pytest.raises(UsageError, match="nothing was held out when all was trained") as told:
        package.find_neurons("all")
    assert told.value.hint == "train a model that holds some out: held_out=0.1"


def test_a_model_without_units_has_none_to_find():
    package.train(NAMER, backend="ngram", name="counted", order=2)
    with pytest.raises(UsageError):
        package.find_neurons("counted")


def test_a_unit_is_left_out_of_three_answers_unless_told():
    told = package.ablate("hidden.0:9", "the ", "planted", max_chars=5, seed=7)
    assert (told.unit, told.prompt, told.seed, len(told.answers)) == ("hidden.0:9", "the ", 7, 3)
    assert told.whole_loss > 0
    assert told.whole_loss != told.loss_without
    assert len(package.ablate("hidden.0:9", "", "planted", 1, max_chars=5).answers) == 1


def test_without_its_text_a_unit_is_left_out_of_the_answers_alone(planted):
    planted("planted", held_out=0.5).unlink()
    told = package.ablate("hidden.0:9", "the ", "planted", 1, max_chars=5)
    assert (told.whole_loss, told.loss_without) == (None, None)
    assert told.notices


def test_models_are_compared_on_twenty_answers_of_one_seed():
    told = package.compare([NAMER, "drugs"], n=3, max_chars=6)
    assert [each.model for each in told.models] == [NAMER, "drugs"]
    assert (told.seed, told.prompt, told.kind) == (1, "", "names")
    assert all(each.size > 1000 and each.new is not None for each in told.models)
    assert [each.counted for each in told.models] == [3, 3]
    [one] = package.compare(["planted"], seed=5, max_chars=45).models
    assert len(one.samples) == 20
    assert package.compare(["planted"], "the ", 1, seed=5, max_chars=3).seed == 5


def test_without_its_text_a_model_is_compared_without_what_is_new(planted):
    planted("planted", held_out=0.5).unlink()
    [told] = package.compare(["planted"], n=1, max_chars=90).models
    assert (told.new, told.listed, told.held_out) == (None, None, None)
    assert told.size > 1000


def test_a_text_is_that_of_the_model_that_it_surprises_least():
    told = package.classify("tyrannosaurus", [NAMER, "drugs"])
    assert told.classes[0].model == NAMER
    sure = package.classify("tyrannosaurus", [NAMER, "drugs"], {NAMER: 1e-30, "drugs": 1})
    assert sure.classes[0].model == "drugs"
    with pytest.raises(UsageError, match="no model knows a character of this text") as told:
        package.classify("\u4e00", [NAMER, "drugs"])
    assert told.value.hint == "give another text"


def test_samples_at_three_temperatures_are_laid_beside_what_was_learned():
    told = package.memorised("planted", n=1)
    assert [share.source for share in told.sources if share.is_drawn] == [
        f"temperature {each}" for each in ("0.2", "0.5", "1")
    ]
    assert (told.model, told.seed) == ("planted", 1)
    assert package.memorised("planted", n=1) == told
    one, other = (package.memorised(NAMER, [1.0], seed=seed).sources for seed in (1, 2))
    assert one[0].characters != other[0].characters


def test_five_samples_are_laid_beside_it_unless_told():
    sizes = []
    for given in ({}, {"n": 2}):
        told = package.memorised("planted", [0.5], **given)
        [drawn] = [share for share in told.sources if share.is_drawn]
        sizes.append(drawn.characters)
    assert sizes == [5000, 2000]
