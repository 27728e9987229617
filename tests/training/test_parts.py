"""Training in parts: counted first, weighed as the others learn, never by what is held out."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from charplay.generation.options import AnswerOptions
from charplay.plan import Part, Plan, Stage
from charplay.text.corpus import NameList
from charplay.training.evaluation import loss_of
from charplay.training.events import Checkpointed, Evaluated, Finished, Progress, Sampled
from charplay.training.learners import LearnerMaker
from charplay.training.minutes import Pace, fit_parts, fit_plan
from charplay.training.part_run import PartsSoFar
from charplay.training.parts import PartsTrainer
from charplay.training.texts import RunTexts
from tests.conftest import installed_plugins

FIND = installed_plugins().backends.find
SYLLABLES = ("ab", "ac", "eb", "ed", "hag", "heg", "faf", "dab", "lo", "lu")
COUNTING = Part("ngram", {"order": 3}, Plan(stages=(Stage(epochs=1),)), counted=True)
NETWORK = Part(
    "numpy",
    {"cell": "gru", "hidden": 16},
    Plan(batch_size=16, clip_norm=5, inner=0.1, stages=(Stage(epochs=4, learning_rate=0.02),)),
)
PLAN = Plan(inner=0.1, parts=(COUNTING, NETWORK))


@pytest.fixture(scope="module")
def names():
    rng = np.random.default_rng(3)
    made = ("".join(rng.choice(SYLLABLES, rng.integers(2, 5))) for _ in range(300))
    return NameList(tuple(dict.fromkeys(made)), "syllables", "")


class Shelf:
    """The newest checkpoint of each kind that a run saved."""

    def __init__(self):
        self.models, self.updates = {}, []

    def __call__(self, which, model, arrays, counters):
        self.models[which] = model
        self.updates.append((which, counters.update))


def trainer_of(corpus, plan=PLAN, clock=lambda: 0.0, **more):
    texts = RunTexts.split(corpus, plan.held_out, {}, plan.inner)
    shelf = Shelf()
    maker = LearnerMaker(FIND, texts)
    mixer = FIND("mix").mixer(texts.deciding)
    return PartsTrainer(mixer, maker, plan, save=shelf, clock=clock, **more), shelf, texts


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_the_mix_is_better_on_the_text_held_out_than_any_of_its_parts(names):
    trainer, shelf, texts = trainer_of(names)
    finished = list(trainer.train())[-1]
    mixed = shelf.models[finished.kept]
    parts = [loss_of(part, texts.held_out) for part in mixed.parts]
    assert loss_of(mixed, texts.held_out) < min(parts)


def test_counting_is_kept_and_shown_before_a_network_begins(names):
    trainer, _, _ = trainer_of(names, sampling=AnswerOptions(max_chars=20))
    events = list(trainer.train())
    first = next(event for event in events if isinstance(event, Progress) and event.part == 2)
    early = events[: events.index(first)]
    assert "best" in [event.which for event in of(Checkpointed, early)]
    assert of(Sampled, early)[0].texts


def test_the_updates_of_all_parts_are_counted_as_one_run(names):
    trainer, _, _ = trainer_of(names)
    events = list(trainer.train())
    progress = of(Progress, events)
    assert [event.update for event in progress] == sorted(event.update for event in progress)
    assert {event.updates for event in progress} == {trainer.updates}
    assert events[-1].update == trainer.updates
    assert [event.update for event in of(Evaluated, events)] == [
        update for update, _, _ in trainer.counters.history
    ]


def test_the_characters_of_all_parts_are_counted_as_one_run(names):
    trainer, _, texts = trainer_of(names, clock=map(float, count()).__next__)
    told = [event.characters for event in of(Progress, trainer.train())]
    schedules = [texts.schedule(part.plan) for part in PLAN.parts]
    learned = [s.batch(update).characters for s in schedules for update in range(s.updates)]
    assert told == sorted(told)
    assert told[-1] == sum(learned)


def test_what_is_held_out_decides_nothing(names):
    texts = RunTexts.split(names, PLAN.held_out, {}, PLAN.inner)
    other = tuple(name[::-1] for name in texts.held_out.names)
    changed = replace(texts, held_out=replace(texts.held_out, names=other))
    made = []
    for each in (texts, changed):
        shelf = Shelf()
        maker = LearnerMaker(FIND, each)
        mixer = FIND("mix").mixer(each.deciding)
        list(PartsTrainer(mixer, maker, PLAN, save=shelf, clock=lambda: 0.0).train())
        made.append(shelf.models["best"])
    assert made[0].config == made[1].config
    assert all(np.array_equal(a, made[1].arrays()[name]) for name, a in made[0].arrays().items())


def test_at_the_end_counting_knows_the_inner_names_too(names):
    trainer, shelf, texts = trainer_of(names)
    list(trainer.train())
    before, after = shelf.models["last"].parts[0], shelf.models["best"].parts[0]
    assert loss_of(after, texts.inner) < loss_of(before, texts.inner) - 0.05


def test_a_network_that_learned_the_inner_names_is_weighed_as_it_was_before(names):
    tapered = replace(NETWORK, plan=replace(NETWORK.plan, inner_until=0.5))
    alone, _, _ = trainer_of(names, replace(PLAN, parts=(COUNTING, tapered)))
    list(alone.train())
    honest = alone._weights
    plain = replace(
        NETWORK, plan=replace(NETWORK.plan, stages=(Stage(epochs=2, learning_rate=0.02),))
    )
    half, _, _ = trainer_of(names, replace(PLAN, parts=(COUNTING, plain)))
    list(half.train())
    assert np.allclose(honest, half._weights, atol=1e-5)


@pytest.mark.parametrize("stop_after", [1, 3, 9, 30])
def test_a_run_that_is_stopped_keeps_the_mix_of_what_was_learned(names, stop_after):
    trainer, shelf, texts = trainer_of(names)
    events = list(trainer.train(lambda: trainer.counters.update >= stop_after))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "stopped"
    mixed = shelf.models[finished.kept]
    counting = trainer_of(names, replace(PLAN, parts=(COUNTING,)))
    list(counting[0].train())
    assert loss_of(mixed, texts.inner) < loss_of(counting[1].models["last"], texts.inner) + 0.03


def test_minutes_become_updates_once_and_the_plan_then_gives_the_same_model(names):
    ticks = iter(range(1_000_000))
    timed = replace(PLAN, minutes=1)
    first, shelf, _ = trainer_of(names, timed, clock=lambda: next(ticks) * 0.05)
    progress = of(Progress, first.train())
    assert {event.part for event in progress} == {1, 2}, "a part is named, with its figures"
    assert all(event.loss for event in progress)
    assert progress[-1].updates == first.updates
    stage = first.plan.parts[1].plan.stages[0]
    assert first.plan.minutes is None
    assert stage.updates
    assert stage.epochs is None
    again, second, _ = trainer_of(names, Plan.from_dict(first.plan.to_dict()))
    list(again.train())
    ours, theirs = shelf.models["last"], second.models["last"]
    assert ours.config == theirs.config
    assert all(np.array_equal(a, theirs.arrays()[name]) for name, a in ours.arrays().items())


PACE = Pace(update=0.1, validation=0.5, updates=1000)


def test_a_plan_is_cut_to_the_updates_that_fit_beside_its_validations():
    fitted = fit_plan(NETWORK.plan, PACE, seconds=56)
    assert fitted.stages[0].updates == 500
    assert fitted.validate_every == 42
    assert fit_plan(NETWORK.plan, PACE, seconds=10_000).stages[0].updates == 1000
    assert fit_plan(NETWORK.plan, PACE, seconds=0.01).stages[0].updates == 1


@pytest.mark.parametrize(
    ("seconds", "lengths"),
    [(50, [440]), (106, [1000]), (200, [1000]), (213, [1000, 1000]), (1000, [1000, 1000, 1000])],
)
def test_another_network_is_trained_only_where_there_is_time_for_all_of_it(seconds, lengths):
    parts = (COUNTING, NETWORK, NETWORK, NETWORK)
    fitted = fit_parts(parts, dict.fromkeys(range(len(parts)), PACE), seconds)
    assert fitted[0] == COUNTING
    assert [part.plan.stages[0].updates for part in fitted[1:]] == lengths


class Folder:
    """Keeps what a run saves as files do: the newest checkpoint of each kind."""

    def __init__(self):
        self.saved = {}

    def __call__(self, which, model, arrays, counters):
        copies = {name: array.copy() for name, array in (arrays or {}).items()}
        self.saved[which] = (model, copies, counters)

    @property
    def so_far(self):
        model, arrays, counters = self.saved["last"]
        return PartsSoFar(model.parts, arrays, counters)


TAPERED = replace(
    NETWORK,
    config={**NETWORK.config, "averaging": 0.9, "dropout": 0.2},
    plan=replace(NETWORK.plan, inner_until=0.6, stages=(Stage(epochs=3, learning_rate=0.02),)),
)


def test_a_run_that_is_stopped_before_its_minutes_are_updates_ends_at_once(names, monkeypatch):
    trainer, shelf, _ = trainer_of(names, replace(PLAN, minutes=1))
    monkeypatch.setattr(trainer, "_fit_minutes", lambda minutes: pytest.fail("it went on"))
    *_, finished = trainer.train(lambda: trainer.counters.update > 0)
    assert (finished.reason, len(shelf.models["best"].parts)) == ("stopped", 1)


@pytest.mark.parametrize(
    ("stop_at", "last"),
    [
        *((stop_at, TAPERED) for stop_at in (1, 5, 20, 44, 47, 60, 70)),
        *((stop_at, COUNTING) for stop_at in (5, 44)),
    ],
)
def test_a_run_taken_up_again_ends_bit_for_bit_where_it_would_have(names, stop_at, last):
    plan = replace(PLAN, parts=(COUNTING, TAPERED, last))
    whole, kept, _ = trainer_of(names, plan)
    list(whole.train())

    first, _, _ = trainer_of(names, plan)
    first._save = folder = Folder()
    list(first.train(lambda: first.counters.update >= stop_at))
    texts = RunTexts.split(names, plan.held_out, {}, plan.inner)
    mixer, again = FIND("mix").mixer(texts.deciding), Folder()
    second = PartsTrainer(
        mixer, LearnerMaker(FIND, texts), plan, save=again, clock=lambda: 0.0, so_far=folder.so_far
    )
    list(second.train())

    ours, theirs = kept.models["best"], again.saved["best"][0]
    assert ours.config == theirs.config
    assert all(np.array_equal(a, theirs.arrays()[name]) for name, a in ours.arrays().items())
    assert second.counters.history == whole.counters.history
    assert second.counters.characters == whole.counters.characters
