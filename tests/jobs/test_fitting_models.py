"""How a model is trained on, what fits it, and what is told of that."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.jobs import overlap
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.overlap import overlap_note
from charplay.jobs.training_on import (
    check_choice,
    check_options,
    free_name,
    notes_on,
    propose_on,
    read_like,
)
from charplay.models.library import Library
from charplay.plan import Part, Plan, Stage, TextChoice
from charplay.text.corpus import NameList, Prose
from tests.jobs.bases import (
    FACTS,
    NAMES,
    TEXT,
    checkpoint_of,
    find,
    found,
)
from tests.jobs.planned import ALL, Mixed, Quick, Slow, make_registry


@pytest.fixture
def library(home):
    return Library(home / "models", find, {})


@pytest.mark.parametrize(
    ("choice", "message", "hint"),
    [
        ({"recipe": "drugs"}, "a recipe makes a new model", "leave out --recipe drugs, or --from"),
        ({"backend": "slow"}, "old is a model of fake, not of slow", "leave out --backend"),
    ],
)
def test_a_recipe_or_another_backend_does_not_fit(choice, message, hint):
    with pytest.raises(UsageError) as caught:
        check_choice(TrainingChoice(**choice), found())
    assert (caught.value.message, caught.value.hint) == (message, hint)
    check_choice(TrainingChoice(), found())
    check_choice(TrainingChoice(backend="fake"), found())


def test_a_text_is_read_in_small_letters_where_that_of_the_model_was():
    text = TextChoice("new.txt", kind="names")
    assert read_like(text, found()) == replace(text, lower=True)
    upper = {"text": {**TEXT, "lower": False}}
    assert read_like(text, found(provenance=upper)) == text
    assert read_like(replace(text, lower=True), found(provenance=upper)).lower
    for provenance in ({}, {"text": "x"}, {"text": {"lower": 1}}):
        assert read_like(text, found(provenance=provenance)) == text


def test_a_name_is_free_where_it_is_not_that_of_the_model_trained_on(library):
    base = found("birds")
    assert free_name("jays", base, library) == "jays"
    assert free_name("birds", base, library) == "birds-2"
    library.add(base.checkpoint, "jays")
    assert free_name("jays", base, library) == "jays-2"
    library.add(checkpoint_of(7), "jays-2")
    assert free_name("jays", base, library) == "jays-3"
    library.add(checkpoint_of(8), "birds-2")
    assert free_name("birds", base, library) == "birds-3"
    library.add(checkpoint_of(8), "wrens")
    assert free_name("wrens", base, library) == "wrens"


NEW = NameList(("anna", "été"), "new.txt", "")


def test_what_is_new_is_told():
    plain = NameList(("anna",), "new.txt", "")
    assert notes_on(found(), plain, "new") == ()
    assert notes_on(found(), NameList(("az",), "", ""), "new") == ("learns 1 more character: z",)
    assert notes_on(found(), NEW, "old-2") == (
        "learns 1 more character: é", "keeps the new model as old-2, beside old",
    )  # fmt: skip
    many = NameList(("".join(map(chr, range(0x4E00, 0x4E00 + 1500))),), "", "")
    [told] = notes_on(found(), many, "new")
    assert told.startswith("learns 1,500 more characters: 一 ")
    assert told.endswith(" and 1,492 more")
    without = "that run has ended without its optimiser, so training begins with a new one"
    assert notes_on(found(of_run=True), plain, "new") == (without,)
    assert notes_on(found(of_run=True, optimiser=True), plain, "older") == ()


def test_how_a_model_is_trained_on_at_half_the_rate_after_a_hundred_updates():
    registry = make_registry(*ALL)
    base = found(backend=Slow())
    backend, proposal = propose_on(base, registry, NEW, None)
    assert (backend.name, proposal.config) == ("slow", {"units": 6})
    assert proposal.summary == "a model trained on from old"
    usual = Slow().propose(FACTS, None).plan
    stage = replace(usual.stages[0], learning_rate=usual.stages[0].learning_rate / 2, warmup=100)
    assert proposal.plan == replace(usual, stages=(stage,))
    assert propose_on(base, registry, NEW, 2)[1].plan.minutes == 2


def test_a_network_that_learned_from_windows_still_does():
    windows = Plan(
        cutting="windows", length=9, stride=4, scored="last", batch_size=7, seed=8,
        stages=(Stage(updates=9),),
    )  # fmt: skip
    registry = make_registry(*ALL)
    plan = propose_on(found(backend=Slow(), plan=windows.to_dict()), registry, NEW, None)[1].plan
    taken = (plan.cutting, plan.length, plan.stride, plan.scored, plan.batch_size)
    assert taken == ("windows", 9, 4, "last", 7)
    assert (plan.seed, plan.stages[0].epochs) == (0, 1)
    several = replace(windows, stages=(Stage(epochs=4),))
    plan = propose_on(found(backend=Slow(), plan=several.to_dict()), registry, NEW, None)[1].plan
    assert plan.stages[0].epochs == 4


@pytest.mark.parametrize(
    ("corpus", "header", "message", "hint"),
    [
        (
            Prose.of("anna", "new.txt", ""), {},
            "new.txt is prose, and old makes names",
            "read it as names with --kind names, or train on from another model",
        ),
        (
            NEW, {"kind": "prose"}, "new.txt is a list of names, and old makes prose",
            "read it as prose with --kind prose, or train on from another model",
        ),
    ],
)  # fmt: skip
def test_a_text_of_the_other_kind_does_not_fit(corpus, header, message, hint):
    base = found(backend=Slow())
    base = replace(base, checkpoint=base.checkpoint.with_header(**header))
    with pytest.raises(UsageError) as caught:
        propose_on(base, make_registry(*ALL), corpus, None)
    assert (caught.value.message, caught.value.hint) == (message, hint)


class Parted(Slow):
    """A mix whose parts are a count and a network."""

    name = "parted"

    def parts(self, model):
        rng, quick = np.random.Generator(np.random.Philox(1)), Quick()
        counted = quick.create(model.vocabulary, model.kind, quick.Config(3), rng)
        return [(quick, counted), (Slow(), model)]


def test_each_part_of_a_mix_has_a_plan_of_its_own():
    registry = make_registry(*ALL, Parted())

    def parts(plan):
        return propose_on(found(backend=Parted(), plan=plan), registry, NEW, 2)[1].plan.parts

    counted, network = parts({})
    assert (counted.backend, counted.config, counted.counted) == ("quick", {"order": 3}, True)
    assert (network.backend, network.config, network.counted) == ("slow", {"units": 6}, False)
    assert (counted.corrects, network.corrects) == (0, 0)
    assert (network.plan.minutes, network.plan.stages[0].warmup) == (2, 100)
    assert counted.plan.stages[0].learning_rate == 0.005
    known = Plan(parts=(Part("quick", {}, counted=False),
                        Part("slow", {}, Plan(cutting="windows"), True, 0.5)))  # fmt: skip
    first, second = parts(known.to_dict())
    assert (first.counted, second.counted, second.corrects) == (False, True, 0.5)
    assert (first.plan.cutting, second.plan.cutting) == ("names", "windows")
    strange = Plan(parts=(Part("slow", {}, corrects=0.5), Part("quick")))
    assert [part.corrects for part in parts(strange.to_dict())] == [0, 0]


def test_an_option_of_the_network_stays_as_the_model_has_it():
    registry = make_registry(*ALL)
    base, config = found(backend=Slow()), Slow.Config
    check_options(base, registry, Plan(), {config: {"units": "6"}, Plan: {"batch_size": "9"}})
    with pytest.raises(UsageError) as caught:
        check_options(base, registry, Plan(), {config: {"units": "7"}})
    assert caught.value.message == "units is 6 in old, which keeps its network"
    assert caught.value.hint == "leave out units, or train a new model without --from"
    counts = Plan(parts=(Part("quick", {"order": 3}, counted=True), Part("slow", {"units": 9})))
    mixed = found(backend=Mixed())
    check_options(mixed, registry, counts, {Quick.Config: {"order": "4"}})
    with pytest.raises(UsageError, match="units is 9 in old"):
        check_options(mixed, registry, counts, {config: {"units": "7"}})


def overlapping(tmp_path, names, held_out=0.5, file=None, **more):
    path = tmp_path / "old.txt"
    path.write_text("".join(f"{name}\n" for name in NAMES))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    provenance = {"text": {**TEXT, "sha256": digest, **more}}
    base = replace(found(plan=Plan(held_out=0).to_dict(), provenance=provenance),
                   local_text=str(file or path))  # fmt: skip
    corpus = NameList(tuple(names), "new", "")
    return overlap_note(base, corpus, held_out, {}, tmp_path / "home")


def test_held_out_names_that_were_learned_are_counted(tmp_path):
    assert overlapping(tmp_path, [*NAMES, *NAMES]) == (
        "old has learned 10 of the 10 held-out names already, so the held-out loss looks better "
        "than it is"
    )
    assert overlapping(tmp_path, ["wren", "jay", "rook", "kite"]) == ""
    assert overlapping(tmp_path, NAMES, held_out=0) == ""


def test_nothing_is_said_of_a_text_that_is_gone_changed_or_very_long(tmp_path, monkeypatch):
    assert overlapping(tmp_path, NAMES, file=tmp_path / "none.txt") == ""
    assert overlapping(tmp_path, NAMES, sha256="6b" * 32) == ""
    length = sum(len(name) + 1 for name in NAMES)
    monkeypatch.setattr(overlap, "_MOST_READ", length)
    assert overlapping(tmp_path, NAMES)
    monkeypatch.setattr(overlap, "_MOST_READ", length - 1)
    assert overlapping(tmp_path, NAMES) == ""


@pytest.mark.parametrize(("length", "told"), [(20, True), (19, False)])
def test_lines_of_prose_count_from_twenty_characters_on(tmp_path, monkeypatch, length, told):
    learned = Prose.of("x" * length + "\n" + "y" * 40, "old", "")
    monkeypatch.setattr(overlap, "_learned_text", lambda *given: learned)
    corpus = Prose.of("z" * (length + 1) + "\n" + "x" * length, "new", "")
    note = overlap_note(found(), corpus, 0.5, {}, tmp_path)
    assert note.startswith("old has learned 1 of the 1 held-out lines") is told
