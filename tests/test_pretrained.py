"""The models that come with charplay: what they say of themselves is true."""

import gzip
import hashlib
import json
import math
import re
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import safetensors

from charplay.environment import Environment
from charplay.jobs.following import follow_start
from charplay.jobs.job import Job
from charplay.models.checkpoint import read_checkpoint
from charplay.models.counting import counted_texts, find_best_order
from charplay.models.header import read_header
from charplay.plan import Plan, TextChoice
from charplay.pretrained import FIRST, shipped_models
from charplay.text.corpus import load_corpus
from charplay.training.evaluation import loss_of
from charplay.training.events import Evaluated
from tools.make_models import recipe_run, train_run

NAMES = ("dinosaurs", "drugs", "firstnames", "surnames")
POET = "shakespeare"
SMALLEST = "dinosaurs"


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def split(registry):
    """A list's names that its model was trained on, and the tenth held out."""
    return lambda name: load_corpus(TextChoice(name, lower=True), registry.corpora).split(0.1)


def test_these_models_are_shipped_and_the_first_is_one_of_them():
    assert set(shipped_models()) == {*NAMES, POET}
    assert FIRST in NAMES


def test_a_shipped_model_is_small_and_opens(name, registry):
    path = shipped_models()[name]
    assert path.stat().st_size < 3_000_000
    model = read_checkpoint(path).model(registry.backends.find(read_header(path).backend))
    logits, _ = model.step(model.initial_state(2), np.array([-1, 3], np.int32))
    assert np.isfinite(logits).all()
    assert model.kind == "names"


def test_all_shipped_models_together_leave_the_wheel_small():
    assert sum(path.stat().st_size for path in shipped_models().values()) < 11_000_000


def test_a_shipped_model_was_made_of_the_shipped_list(name, registry):
    path = registry.corpora.find(name).path
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.name.endswith(".gz") else raw
    said = read_header(shipped_models()[name]).provenance
    assert said["text"]["corpus"] == name
    assert said["text"]["sha256"] == hashlib.sha256(text).hexdigest()


def test_a_shipped_models_recipe_is_the_one_of_its_name_unchanged(name, registry):
    header, recipe = read_header(shipped_models()[name]), registry.recipes.find(name)
    assert header.provenance["recipe"] == name
    assert header.backend == recipe.backend
    assert Plan.from_dict(header.plan) == recipe.plan
    assert recipe.config.items() <= header.config.items()
    assert recipe.sampling.items() <= header.sampling.items()


def test_the_held_out_loss_that_is_told_is_the_one_of_the_weights_shipped(name, split, registry):
    checkpoint = read_checkpoint(shipped_models()[name])
    model = checkpoint.model(registry.backends.find(checkpoint.header.backend))
    told = checkpoint.header.provenance["held_out_loss"]
    assert loss_of(model, split(name)[1]) == pytest.approx(told, abs=1e-3)


def test_what_is_told_of_the_ngram_is_what_the_best_one_does(split):
    parts = split(SMALLEST)
    vocabulary = parts[0].vocabulary.joined(parts[1].vocabulary)
    texts = (counted_texts(part, vocabulary) for part in parts)
    loss, order = find_best_order(*texts, len(vocabulary))
    told = read_header(shipped_models()[SMALLEST]).provenance["counting"]
    assert (told["order"], told["held_out_loss"]) == (order, pytest.approx(loss, abs=1e-4))


def test_every_shipped_model_is_set_beside_an_ngram(name):
    told = read_header(shipped_models()[name]).provenance["counting"]
    assert 1 <= told["order"] <= 8
    assert 0.5 < told["held_out_loss"] < math.log(27)


def test_a_shipped_model_has_the_quantiles_of_its_held_out_names(name):
    quantiles = read_header(shipped_models()[name]).held_out_quantiles
    assert len(quantiles) == 101
    assert list(quantiles) == sorted(quantiles)


def test_names_come_at_once_on_a_fresh_home(name, charplay, home):
    said = charplay("names", name, "-n", "5", "--seed", "7", "--format", "json")
    assert (said.status, said.err) == (0, "")
    answer = json.loads(said.out)
    assert len({each["text"] for each in answer["answers"]}) == 5
    assert answer["notices"] == []
    assert not (home / "jobs").exists()


def test_who_names_no_model_gets_names_too(charplay):
    said = charplay("names", "-n", "3", "--format", "json")
    assert (said.status, json.loads(said.out)["model"]) == (0, FIRST)


def test_a_shipped_file_holds_no_path_of_the_machine_it_was_made_on(name):
    with safetensors.safe_open(shipped_models()[name], framework="numpy") as file:
        metadata = json.dumps(file.metadata())
    assert "/" not in metadata
    assert not re.search(r"\\\\\\\\|[A-Z]:\\", metadata)


def test_the_recipe_of_the_smallest_goes_the_way_that_its_file_tells(tmp_path):
    """Its first held-out losses; to its end it goes in the slow test below."""
    told = [held_out for _, _, held_out in read_header(shipped_models()[SMALLEST]).history[:4]]
    job = Job.create(tmp_path, recipe_run(SMALLEST))
    events = follow_start(job, replace(Environment.of_process(), home=tmp_path))
    losses = (event.loss for event in events if isinstance(event, Evaluated))
    assert list(islice(losses, len(told))) == pytest.approx(told, rel=1e-3)
    events.close()


@pytest.mark.slow
def test_the_smallest_is_made_again_by_its_recipe(tmp_path, split, registry):
    made, kept = (
        train_run(recipe_run(SMALLEST), tmp_path).halved(),
        read_checkpoint(shipped_models()[SMALLEST]),
    )
    backend = registry.backends.find("mix")
    ours, theirs = (checkpoint.model(backend).arrays() for checkpoint in (made, kept))
    assert ours.keys() == theirs.keys()
    if all(np.array_equal(ours[name], array) for name, array in theirs.items()):
        return
    # Another arithmetic library rounds differently, and the runs drift apart.
    loss = loss_of(made.model(backend), split(SMALLEST)[1])
    assert loss == pytest.approx(kept.header.provenance["held_out_loss"], rel=0.01)
