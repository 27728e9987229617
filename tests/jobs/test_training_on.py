"""Training a model on with another text: from what is typed to the model that is kept."""

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_line
from charplay.errors import CharplayError, TrainingError
from charplay.jobs.base import keep_base
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.job import Job
from charplay.jobs.planning import Planner
from charplay.jobs.worker import Worker
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.library import Library
from charplay.plan import TextChoice
from charplay.plugins.registry import Registry
from charplay.pretrained import shipped_models
from charplay.text.corpus import load_corpus
from charplay.training.evaluation import loss_of
from charplay.training.events import Kept, Started
from charplay.training.growing import grow_checkpoint
from charplay.training.texts import RunTexts

SMALL = "--updates 120 --set hidden=24 cell=lstm averaging=0.9 dropout=0 recurrent-dropout=0"


class Ended(Exception):  # noqa: N818 - no error
    """The process is gone."""


class House:
    """A data home in which models are trained in this process."""

    def __init__(self, environment, registry):
        self.environment, self.registry, self.home = environment, registry, environment.home
        self.library = Library(self.home / "models", registry.backends.find, shipped_models())

    def plan(self, line):
        """The run that a line of `train` asks for."""
        request = read_line(all_commands(Registry()), f"train {line}")
        return Planner(self.registry, self.home).plan_run(request.fill(TrainingChoice))

    def refusal(self, line):
        """How a line of `train` is refused."""
        with pytest.raises(CharplayError) as caught:
            self.plan(line)
        assert "\n" not in caught.value.message
        assert caught.value.hint
        return caught.value.message

    def work(self, job, die_after=None):
        """What a job's process tells, which is gone after so many checkpoints if any is given."""
        told = []

        def emit(event):
            told.append(event)
            if [getattr(each, "which", "") for each in told].count("last") == die_after:
                raise Ended

        Worker(job, self.registry, emit, self.environment).work(lambda: False)
        return told

    def train(self, line):
        """The model that a line of `train` makes."""
        run = self.plan(line)
        events = self.work(Job.create(self.home, run))
        assert isinstance(events[-1], Kept)
        return self.library.open(run.name)


@pytest.fixture
def house(world, registry):
    ticks = iter(range(10**9))
    # A clock of its own, so that what happens does not depend on the machine.
    return House(replace(world(), clock=lambda: next(ticks) / 100), registry)


@pytest.fixture(scope="session")
def lists(tmp_path_factory, registry):
    """A list of names; another of the same sort; that one with letters that the first lacks."""
    folder = tmp_path_factory.mktemp("lists")
    names = sorted(set(load_corpus(TextChoice("dinosaurs"), registry.corpora).names))
    names = [names[i] for i in np.random.default_rng(5).permutation(len(names))[:700]]
    texts = {"first": names[:450], "second": names[450:]}
    texts["accents"] = [name.replace("au", "äü") for name in texts["second"]]
    for title, each in texts.items():
        (folder / f"{title}.txt").write_text("".join(f"{name}\n" for name in each), "utf-8")
    return {title: shlex.quote(str(folder / f"{title}.txt")) for title in texts}


def held_out_of(opened, house, lists, title):
    corpus = load_corpus(TextChoice(shlex.split(lists[title])[0]), house.registry.corpora)
    return RunTexts.split(corpus, opened.header.plan["held_out"]).held_out


# What comes of it.


def test_a_network_trained_on_beats_its_ancestor_and_a_new_one_on_what_the_second_list_holds_out(
    house, lists
):
    ancestor = house.train(f"{lists['first']} --backend numpy {SMALL}")
    on = house.train(f"{lists['second']} --from first --updates 60")
    anew = house.train(f"{lists['second']} --backend numpy --name anew {SMALL} --updates=60")
    held_out = held_out_of(on, house, lists, "second")
    assert loss_of(on.model, held_out) < loss_of(ancestor.model, held_out)
    assert loss_of(on.model, held_out) < loss_of(anew.model, held_out)
    assert on.header.config == ancestor.header.config


def test_new_letters_are_learned_and_the_old_ones_are_not_forgotten(house, lists):
    ancestor = house.train(f"{lists['first']} --backend numpy {SMALL}")
    on = house.train(f"{lists['accents']} --from first --updates 60")
    assert set(on.header.vocabulary) == set(ancestor.header.vocabulary) | set("äü")
    held_out = held_out_of(on, house, lists, "accents")
    checkpoint = read_checkpoint(ancestor.path)
    [grown] = grow_checkpoint(checkpoint, house.registry.backends.find, on.model.vocabulary, 0)
    assert loss_of(on.model, held_out) < loss_of(grown.model, held_out)


def test_letters_that_the_new_list_lacks_stay(house, lists):
    house.train(f"{lists['accents']} --backend ngram")
    on = house.train(f"{lists['second']} --from accents")
    assert set("äü") <= set(on.header.vocabulary)


def test_counts_are_added_to(house, lists):
    ancestor = house.train(f"{lists['first']} --backend ngram")
    on = house.train(f"{lists['accents']} --from first")
    held_out = held_out_of(on, house, lists, "accents")
    assert on.model.counted.order == ancestor.model.counted.order
    assert on.model.counted.ngrams > ancestor.model.counted.ngrams
    assert loss_of(on.model, held_out) < np.log(len(on.model.vocabulary))


def test_every_part_of_a_mix_is_trained_on_and_then_weighed_anew(house, lists):
    line = "--set hidden=12 averaging=0 dropout=0 --updates 40"
    ancestor = house.train(f"{lists['first']} {line}")
    assert ancestor.header.backend == "mix"
    on = house.train(f"{lists['accents']} --from first --updates 40")
    assert [part.backend for part in on.model.config.parts] == ["ngram", "numpy"]
    before, after = ([p.weight for p in each.model.config.parts] for each in (ancestor, on))
    assert before != after
    counted, network = on.model.parts
    assert counted.counted.ngrams > ancestor.model.parts[0].counted.ngrams
    assert set(network.vocabulary.characters) >= set("äü")
    held_out = held_out_of(on, house, lists, "accents")
    grown = grow_checkpoint(
        read_checkpoint(ancestor.path), house.registry.backends.find, on.model.vocabulary, 0
    )
    assert loss_of(on.model, held_out) < min(loss_of(part.model, held_out) for part in grown)


def test_all_networks_of_a_mix_stay_in_it_however_short_the_time(house, lists):
    names = f"{lists['first']} --backend numpy --updates 3 --set hidden=8 averaging=0 --name"
    house.train(f"{names} a")
    house.train(f"{names} b --set seed=4")
    mixer = house.registry.backends.find("mix").mixer(None)
    parts = [(house.registry.backends.find("numpy"), house.library.open(n).model) for n in "ab"]
    mixed = Checkpoint.of(mixer.mix(parts, [0.5, 0.5]), house.registry.backends.find("mix"))
    house.library.add(mixed, "pair")
    on = house.train(f"{lists['second']} --from pair --minutes 0.05")
    assert [part.backend for part in on.model.config.parts] == ["numpy", "numpy"]
    assert all(part.arrays() for part in on.model.parts)


# What a file tells, and resuming.


def test_the_file_tells_the_whole_ancestry(house, lists):
    first = house.train(f"{lists['first']} --backend ngram")
    second = house.train(f"{lists['second']} --from first")
    third = house.train(f"{lists['accents']} --from second")
    assert "ancestry" not in first.header.provenance
    told = third.header.provenance["ancestry"]
    assert [each["model"] for each in told] == ["second", "first"]
    assert [each["digest"] for each in told] == [second.digest, first.digest]
    assert [each["corpus"] for each in told] == ["second.txt", "first.txt"]
    texts = [each.header.provenance["text"]["sha256"] for each in (second, first)]
    assert [each["sha256"] for each in told] == texts
    assert third.header.provenance["again"] == "train accents.txt --from second"


@pytest.mark.parametrize("die_after", [1, 3])
@pytest.mark.parametrize("first", ["--backend numpy --set averaging=0.9", "--backend ngram", ""])
def test_a_run_that_trains_on_is_resumed_bit_for_bit_although_its_ancestor_is_gone(
    house, lists, first, die_after
):
    short = "" if "ngram" in first else "--updates 12"
    house.train(f"{lists['first']} {first} {short}" + (" --set hidden=8" * ("ngram" not in first)))
    often = "--set checkpoint-seconds=0"
    run = house.plan(f"{lists['accents']} --from first {short} {often}")
    whole, cut = Job.create(house.home, run), Job.create(house.home, run)
    house.work(whole)
    keep_base(cut, run)
    for name in ("first", "accents"):
        house.library.remove(name)
    try:
        house.work(cut, die_after)
    except Ended:
        events = house.work(Job(cut.folder))
        assert next(event for event in events if isinstance(event, Started)).update > 0
    ours, theirs = (read_checkpoint(job.checkpoint("last")) for job in (whole, cut))
    assert ours.header.history == theirs.header.history
    assert ours.weights.keys() == theirs.weights.keys()
    assert all(np.array_equal(a, theirs.weights[n]) for n, a in ours.weights.items())


def test_from_a_run_its_optimiser_goes_on_and_from_a_model_a_new_one_begins(house, lists):
    house.train(f"{lists['first']} --backend numpy {SMALL}")
    counts = {}
    for source in ("1", "first", str(house.home / "jobs" / "1" / "last.safetensors")):
        run = house.plan(f"{lists['accents']} --from {shlex.quote(source)} --updates 5")
        job = Job.create(house.home, run)
        house.work(job)
        counts[source] = int(read_checkpoint(job.checkpoint("last")).learner["adam.count"][0])
    assert list(counts.values()) == [125, 5, 125]


def test_of_a_stopped_mix_the_optimiser_of_the_part_under_way_goes_on(house, lists):
    line = "--set hidden=8 checkpoint-seconds=0 --updates 30"
    run = house.plan(f"{lists['first']} {line}")
    job = Job.create(house.home, run)
    with pytest.raises(Ended):
        house.work(job, die_after=4)
    before = int(read_checkpoint(job.checkpoint("last")).learner["learner/adam.count"][0])
    assert before > 0
    on = Job.create(house.home, house.plan(f"{lists['second']} --from {job.number} {line}"))
    with pytest.raises(Ended):
        house.work(on, die_after=4)
    learner = read_checkpoint(on.checkpoint("last")).learner
    assert int(learner["learner/adam.count"][0]) > before


def test_a_model_that_changed_before_the_run_began_is_noticed(house, lists):
    house.train(f"{lists['first']} --backend ngram")
    run = house.plan(f"{lists['second']} --from first")
    house.library.remove("first")
    with pytest.raises(TrainingError, match="first was changed or removed before the run began"):
        keep_base(Job.create(house.home, run), run)


# What is chosen, and what is refused.


def test_the_usual_plan_is_gentler_than_that_of_a_new_model(house, lists):
    on = house.plan(f"{lists['second']} --from dinosaurs").plan.parts[1].plan.stages[0]
    anew = house.plan(lists["second"]).plan.parts[1].plan.stages[0]
    assert on.learning_rate < anew.learning_rate
    assert (on.warmup > 0, anew.warmup) == (True, 0)
    assert on.epochs == anew.epochs


def test_a_rate_and_a_length_that_are_given_are_taken(house, lists):
    line = f"{lists['second']} --from dinosaurs --set learning-rate=0.07 warmup=3 --epochs 2"
    stage = house.plan(line).plan.parts[1].plan.stages[0]
    assert (stage.learning_rate, stage.warmup, stage.epochs) == (0.07, 3, 2)
    assert house.plan(f"{lists['second']} --from dinosaurs --minutes 2").plan.minutes == 2


def test_the_model_has_the_name_of_its_text_and_never_silently_that_of_its_ancestor(house, lists):
    assert house.plan(f"{lists['second']} --from dinosaurs").name == "second"
    run = house.plan("dinosaurs --from dinosaurs")
    assert run.name == "dinosaurs-2"
    assert "keeps the new model as dinosaurs-2, beside dinosaurs" in run.notes
    assert house.plan("dinosaurs --from dinosaurs --name dinosaurs").name == "dinosaurs"
    assert house.plan("dinosaurs --from drugs").name == "dinosaurs"


def test_the_text_is_lower_cased_where_that_of_the_model_was(house, lists, tmp_path):
    path = tmp_path / "capitals.txt"
    path.write_text("Anna\nBert\nCarla\n" * 4)
    run = house.plan(f"{shlex.quote(str(path))} --from dinosaurs")
    assert run.text.lower
    assert any("capitals were made small letters" in note for note in run.notes)
    kept = house.plan(f"{shlex.quote(str(path))} --from dinosaurs --set lower=off")
    assert not kept.text.lower
    assert "learns 3 more characters: A B C" in kept.notes


def test_a_text_without_a_new_character_says_nothing_of_any(house, lists):
    run = house.plan(f"{lists['second']} --from dinosaurs")
    assert not any("more character" in note for note in run.notes)
    assert any("trained on from dinosaurs" in note for note in run.notes)


def test_names_held_out_that_the_model_has_learned_are_counted_in_a_note(house, lists, tmp_path):
    house.train(f"{lists['first']} --backend ngram")
    first, second = (Path(shlex.split(lists[title])[0]) for title in ("first", "second"))
    both = tmp_path / "longer.txt"
    both.write_text(first.read_text() + second.read_text())
    notes = " ".join(house.plan(f"{shlex.quote(str(both))} --from first").notes)
    assert "of the 70 held-out names already, so the held-out loss looks better" in notes
    assert "held-out" not in " ".join(house.plan(f"{lists['first']} --from first").notes)
    assert "held-out" not in " ".join(house.plan(f"{lists['second']} --from first").notes)


def test_a_model_is_named_by_its_digest_or_its_file_too(house, lists):
    first = house.train(f"{lists['first']} --backend ngram")
    for reference in (first.digest[:12], str(first.path), "first"):
        run = house.plan(f"{lists['second']} --from {shlex.quote(reference)}")
        assert run.base.model.model == "first"
        assert run.base.model.digest == first.digest


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{second} --from dinosaurs --backend numpy", "is a model of mix, not of numpy"),
        ("{second} --from dinosaurs --recipe drugs", "a recipe makes a new model"),
        ("{second} --from shakespeare", "is a list of names, and shakespeare makes prose"),
        ("{second} --from dinosaurs --set hidden=7", "hidden is 256 in dinosaurs"),
        ("{second} --from dinosaurs --quick", "cannot train in a second"),
        ("{second} --from nowhere", "there is no model 'nowhere'"),
        ("{second} --from 7", "there is no run 7, and no model of that name"),
        ("--from dinosaurs", "train needs a text"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(house, lists, line, told):
    assert told in house.refusal(line.format(**lists))


def test_an_option_that_is_as_the_model_has_it_may_be_given(house, lists):
    assert house.plan(f"{lists['second']} --from dinosaurs --set hidden=256 --backend mix")


def test_a_run_without_a_checkpoint_cannot_be_trained_on(house, lists):
    Job.create(house.home, house.plan(f"{lists['second']} --backend ngram"))
    refused = house.refusal(f"{lists['second']} --from 1")
    assert refused == "run 1 has no checkpoint to train on from"


def test_a_number_that_is_no_run_is_told_as_one(charplay):
    said = charplay("train", "dinosaurs", "--from", "9")
    assert said.status == 2
    assert said.err.startswith("error: there is no run 9, and no model of that name")
