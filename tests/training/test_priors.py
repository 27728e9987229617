"""A part that corrects: what it is told at each place comes from counts that have not read it."""

import signal
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.interrupts import GIVE_UP
from charplay.models.counting import KneserNey
from charplay.plan import Part, Plan, Stage
from charplay.text.batching import cut_batches
from charplay.text.corpus import NameList, Prose
from charplay.text.tokens import NO_TOKEN
from charplay.training import priors
from charplay.training.evaluation import loss_of
from charplay.training.learners import LearnerMaker
from charplay.training.part_run import PartsSoFar
from charplay.training.parts import PartsTrainer
from charplay.training.priors import CountedPrior
from charplay.training.texts import RunTexts
from tests.conftest import installed_plugins

FIND = installed_plugins().backends.find
ORDER, SEGMENT, FOLDS = 3, 64, 5
COUNTING = Part(
    "ngram",
    {"order": ORDER},
    Plan(cutting="stream", batch_size=1, length=50, stages=(Stage(epochs=1),)),
    counted=True,
)
NETWORK = Part(
    "numpy",
    {"cell": "gru", "hidden": 16, "averaging": 0.9},
    Plan(
        cutting="stream",
        batch_size=4,
        length=16,
        clip_norm=5,
        inner_until=0.6,
        stages=(Stage(epochs=4, learning_rate=0.03),),
    ),
)
CORRECTING = replace(NETWORK, corrects=0.5)


def written(seed, words):
    """Words whose choice depends on the one before: more than letters tell."""
    random = np.random.default_rng(seed)
    lexicon = ("the", "salt", "sea", "tells", "a", "tale", "of", "least", "stars", "late")
    at, text = 0, []
    for _ in range(words):
        at = int((3 * at + 1 + random.integers(3)) % len(lexicon))
        text.append(lexicon[at])
    return Prose.of(" ".join(text), "tale", "")


@pytest.fixture(autouse=True)
def short_segments(monkeypatch):
    monkeypatch.setattr(priors, "_SEGMENT", SEGMENT)


@pytest.fixture(scope="module")
def tale():
    return written(1, 500)


def texts_of(own, inner=0.1, **others):
    return RunTexts.split(own, 0.1, others, inner)


def prior_of(texts, counting=COUNTING):
    maker = LearnerMaker(FIND, texts)
    whole = maker.count(counting, {"": texts.training, **texts.others})
    return CountedPrior(texts, lambda parts: maker.count(counting, parts), whole, 0.5)


def told_by_counting(texts, read, place):
    """What an n-gram of some tokens says of a place of the known text: one context, by itself."""
    own = texts.vocabulary.encode(texts.known.text)
    context = own[max(0, place - ORDER + 1) : place]
    padded = np.full((1, ORDER - 1), NO_TOKEN, np.int32)
    padded[0, len(padded[0]) - len(context) :] = context
    counted = KneserNey.count([own[part] for part in read], ORDER, len(texts.vocabulary))
    return counted.probabilities(padded)[0]


def test_each_fifth_is_judged_by_counts_of_the_rest_and_the_inner_part_by_all_of_it(tale):
    texts = texts_of(tale)
    inner, known = texts.inner.characters, texts.known.characters
    batches = cut_batches(texts.training, texts.vocabulary, replace(NETWORK.plan, batch_size=1))
    # A last piece that is not full is left out, so the pieces are short.
    counting = replace(COUNTING, plan=replace(COUNTING.plan, length=4))
    prior = prior_of(texts, counting)
    joined = prior.joined(batches, "", inner)
    segments = -(-(known - inner) // SEGMENT)
    for k in range(0, joined.per_epoch, 5):
        place = inner + int(batches.places(k)[0, 3])
        fold = (place - inner) // SEGMENT * FOLDS // segments
        ends = [inner + -(-f * segments // FOLDS) * SEGMENT for f in (fold, fold + 1)]
        rest = np.r_[inner : ends[0], min(ends[1], known) : known]
        told = np.exp(2 * joined.batch(k).prior[0, 3])
        assert np.abs(told - told_by_counting(texts, [rest], place)).max() < 0.02
    known_batches = cut_batches(texts.known, texts.vocabulary, replace(NETWORK.plan, batch_size=1))
    first = prior.joined(known_batches, "", 0).batch(2)
    place = int(known_batches.places(2)[0, 5])
    assert place < inner
    told = told_by_counting(texts, [np.arange(inner, known)], place)
    assert np.abs(np.exp(2 * first.prior[0, 5]) - told).max() < 0.02


def test_what_is_told_of_a_place_does_not_depend_on_what_stands_there(tale):
    """A word that occurs once in the text is as strange to the prior as one that never does."""
    at = 1000
    text = tale.text[:at] + "zzz" + tale.text[at + 3 :]
    texts = texts_of(Prose.of(text, "tale", ""))
    batches = cut_batches(texts.training, texts.vocabulary, replace(NETWORK.plan, batch_size=1))
    joined = prior_of(texts).joined(batches, "", texts.inner.characters)
    place = at + 1 - texts.inner.characters
    batch = next(k for k in range(joined.per_epoch) if place in batches.places(k))
    column = int(np.flatnonzero(batches.places(batch)[0] == place)[0])
    z = texts.vocabulary.index["z"]
    told = np.exp(2 * joined.batch(batch).prior[0, column])
    assert 0 < told[z] < 0.01


def test_a_prior_that_does_not_fit_in_memory_is_made_again_as_it_was(tale, monkeypatch):
    texts = texts_of(tale, sea=written(2, 300))
    counting = replace(
        COUNTING,
        plan=replace(COUNTING.plan, stages=(Stage(epochs=1, corpus="sea"), Stage(epochs=1))),
    )
    batches = cut_batches(texts.others["sea"], texts.vocabulary, NETWORK.plan)
    roomy = prior_of(texts, counting).joined(batches, "sea", 0)
    monkeypatch.setattr(priors, "_MOST_BYTES", 10_000)
    tight = prior_of(texts, counting)
    tight.judge_all(lambda: False)
    tight = tight.joined(batches, "sea", 0)
    for k in (*range(batches.per_epoch), 0, 1):
        assert np.array_equal(tight.batch(k).prior, roomy.batch(k).prior)


class Shelf:
    """The newest checkpoints of a run, as a file would keep them."""

    def __init__(self):
        self.saved = {}

    def __call__(self, which, model, arrays, counters):
        copies = {name: array.copy() for name, array in (arrays or {}).items()}
        self.saved[which] = (model, copies, counters)


def trainer_of(own, part, inner=0.1, **more):
    plan = Plan(inner=inner, parts=(COUNTING, part))
    texts, shelf = texts_of(own, inner), Shelf()
    mixer = FIND("mix").mixer(texts.deciding)
    maker = LearnerMaker(FIND, texts)
    # Time goes by, so that the trainer looks up after every update.
    clock = count().__next__
    trainer = PartsTrainer(mixer, maker, plan, save=shelf, clock=clock, **more)
    return trainer, shelf, texts


def test_in_as_many_updates_a_network_that_corrects_makes_the_better_mix(tale):
    losses = {}
    for part in (NETWORK, CORRECTING):
        trainer, shelf, texts = trainer_of(tale, part)
        finished = list(trainer.train())[-1]
        losses[part.corrects] = loss_of(shelf.saved[finished.kept][0], texts.held_out)
    assert losses[0.5] < losses[0] - 0.01


@pytest.mark.parametrize("left", [90, 50, 20])
def test_a_run_that_corrects_is_taken_up_bit_for_bit(tale, left):
    whole, kept, _ = trainer_of(tale, CORRECTING)
    list(whole.train())
    first, shelf, _ = trainer_of(tale, CORRECTING)
    list(first.train(lambda: first.counters.update >= whole.updates - left))
    model, arrays, counters = shelf.saved["last"]
    so_far = PartsSoFar(model.parts, arrays, counters)
    second, again, _ = trainer_of(tale, CORRECTING, so_far=so_far)
    list(second.train())
    ours, theirs = kept.saved["best"][0], again.saved["best"][0]
    assert ours.config == theirs.config
    assert all(np.array_equal(a, theirs.arrays()[name]) for name, a in ours.arrays().items())


def test_who_is_done_waiting_gets_the_counts_while_the_text_is_judged(tale, monkeypatch):
    before = signal.signal(GIVE_UP, lambda number, frame: None)
    judging = []

    def stop(prior, stop_asked):
        judging.append(prior)
        signal.raise_signal(GIVE_UP)
        pytest.fail("the text is still judged")

    monkeypatch.setattr(CountedPrior, "judge_all", stop)
    trainer, shelf, _ = trainer_of(tale, CORRECTING)
    *_, finished = trainer.train(lambda: bool(judging))
    signal.signal(GIVE_UP, before)
    assert (finished.reason, len(shelf.saved["best"][0].parts)) == ("stopped", 1)


KERAS = replace(CORRECTING, backend="keras", config={})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((CORRECTING,), "part 1 of the plan has nothing to correct"),
        ((CORRECTING, COUNTING), "part 1 of the plan has nothing to correct"),
        ((COUNTING, KERAS), "keras cannot learn by correcting"),
    ],
)
def test_what_cannot_correct_is_refused_before_it_begins(tale, parts, said):
    texts = texts_of(tale)
    mixer = FIND("mix").mixer(texts.deciding)
    with pytest.raises(UsageError, match=said):
        PartsTrainer(
            mixer, LearnerMaker(FIND, texts), Plan(parts=parts), save=Shelf(), clock=lambda: 0.0
        )


def test_names_are_not_learned_by_correcting():
    names = NameList(tuple(f"{a}{b}" for a in "abcdefgh" for b in "aeiou"), "names", "")
    with pytest.raises(UsageError, match="only prose"):
        trainer_of(names, CORRECTING)
