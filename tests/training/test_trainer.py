"""The trainer: its events and their times, its end, and that a pause changes nothing."""

from contextlib import suppress
from dataclasses import replace
from itertools import count, pairwise

import numpy as np
import pytest

from charplay.errors import CorpusError, StorageError, TrainingError
from charplay.generation.options import AnswerOptions
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Learner, Model
from charplay.plan import Plan, Stage
from charplay.report import Report
from charplay.text.corpus import NameList, Prose
from charplay.training.counters import RunCounters
from charplay.training.evaluation import loss_of
from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Finished,
    Progress,
    Reported,
    Sampled,
)
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig

BACKEND = NumpyBackend()
NAMES = NameList(
    tuple(
        a + b + c
        for a in ("al", "ber", "cor", "dun", "el", "fa", "gor", "hum")
        for b in ("an", "ba", "ci", "do")
        for c in ("rus", "na", "s")
    ),
    "list",
    "",
)
PROSE = Prose.of("the quick brown fox jumps over the lazy dog\n" * 40, "text", "")
PLAN = Plan(batch_size=8, checkpoint_seconds=1e9, stages=(Stage(epochs=3, learning_rate=0.02),))


def standing_still():
    return 0.0


def slow_clock():
    """Each call takes a second, so that the trainer looks up after each update."""
    return map(float, count()).__next__


class WorkClock:
    """A clock that moves only while updates are made."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds

    def work(self, seconds):
        """Losses of updates that take so many seconds each."""

        def loss(update):
            self.seconds += seconds
            return 1.0

        return loss


class Uniform(Model):
    """A model to which all characters are equally likely."""

    def step(self, state, tokens):
        return np.zeros((len(tokens), len(self.vocabulary)), np.float32), {}


class Scripted(Learner):
    """A learner that learns nothing: it returns given losses and keeps what it was given."""

    def __init__(self, vocabulary, kind="names", losses=lambda update: 1.0):
        self._vocabulary, self._kind, self._losses = vocabulary, kind, losses
        self.batches, self.rates = [], []

    def update(self, batch, learning_rate):
        self.batches.append(batch)
        self.rates.append(learning_rate)
        return self._losses(len(self.batches) - 1)

    def model(self):
        return Uniform(self._vocabulary, self._kind, None, {"made": np.array(len(self.batches))})

    def arrays(self):
        return {}

    def restore(self, arrays):
        raise AssertionError("there is nothing to restore")


class CheckpointRecorder:
    """Keeps the checkpoints that a run saves, in order."""

    def __init__(self):
        self.saved = []

    def __call__(self, which, model, arrays, counters):
        self.saved.append((which, counters.update, Checkpoint.of(model, BACKEND, arrays,
            history=counters.history, progress=counters.to_dict())))  # fmt: skip

    def newest(self, which):
        return next(checkpoint for kind, _, checkpoint in reversed(self.saved) if kind == which)

    def weights(self, which="last"):
        return self.newest(which).weights


class CounterRecorder(CheckpointRecorder):
    """Keeps only the counters of each checkpoint."""

    def __call__(self, which, model, arrays, counters):
        self.saved.append((which, counters.update, counters))


def config_of(**options):
    return NumpyConfig(**{"hidden": 12, "initialiser": "uniform", **options})


def new_learner(plan, corpus=NAMES, **options):
    rng = np.random.default_rng(plan.seed)
    model = BACKEND.create(corpus.vocabulary, corpus.kind, config_of(**options), rng)
    return BACKEND.learner(model, plan)


def trainer_of(plan, learner=None, corpus=NAMES, save=None, clock=standing_still, **more):
    return Trainer(
        learner or new_learner(plan, corpus),
        RunTexts.split(corpus, plan.held_out),
        plan,
        save=save or CheckpointRecorder(),
        clock=clock,
        **{"sampling": AnswerOptions(), **more},
    )


def scripted(plan, losses=lambda update: 1.0, corpus=NAMES, **more):
    """A trainer of a scripted learner, and that learner."""
    learner = Scripted(corpus.vocabulary, corpus.kind, losses)
    more = {"save": CounterRecorder(), **more}
    return trainer_of(plan, learner, corpus, **more), learner


def lasting(plan, updates, **stage):
    return replace(plan, stages=(replace(plan.stages[0], updates=updates, epochs=None, **stage),))


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def assert_same_weights(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


# Events.


def test_events_come_in_order():
    trainer = trainer_of(PLAN)
    events = list(trainer.train())
    expected = []
    for event in of(Evaluated, events):
        expected += [Evaluated, Checkpointed, Sampled] if event.best else [Evaluated, Sampled]
    expected += [Checkpointed, Progress, Finished]
    assert [type(event) for event in events] == expected
    updates = [event.update for event in events]
    assert updates == sorted(updates)
    assert updates[-1] == trainer.updates


def test_it_validates_each_epoch_unless_told_otherwise():
    per_epoch = -(-round(len(NAMES.names) * 0.9) // 8)
    evaluated = of(Evaluated, trainer_of(PLAN).train())
    assert [event.update for event in evaluated] == [per_epoch * k for k in (1, 2, 3)]
    often = replace(PLAN, validate_every=5)
    evaluated = of(Evaluated, trainer_of(lasting(often, 13)).train())
    assert [event.update for event in evaluated] == [5, 10, 13], "and once more at the end"


def test_progress_counts_the_characters_learned_from():
    trainer, learner = scripted(lasting(PLAN, 9), clock=slow_clock())
    told = [event.characters for event in of(Progress, trainer.train())]
    learned = np.cumsum([batch.characters for batch in learner.batches])
    assert told == [*learned, learned[-1]]


def test_it_samples_when_told_to():
    plan = lasting(replace(PLAN, sample_every=4), 11)
    sampled = of(Sampled, trainer_of(plan).train())
    assert [event.update for event in sampled] == [4, 8]
    assert all(text for event in sampled for text in event.texts)


@pytest.mark.parametrize("corpus", [NAMES, PROSE], ids=["names", "prose"])
def test_the_loss_told_is_that_of_the_part_held_out(corpus):
    plan = PLAN if corpus is NAMES else replace(PLAN, cutting="stream", length=16)
    recorder = CheckpointRecorder()
    evaluated = of(Evaluated, trainer_of(plan, corpus=corpus, save=recorder).train())
    _, held_out = corpus.split(0.1)
    best = recorder.newest("best").model(BACKEND)
    assert min(event.loss for event in evaluated) == pytest.approx(loss_of(best, held_out))


def test_a_uniform_guess_costs_the_logarithm_of_the_vocabulary():
    trainer, _ = scripted(PLAN)
    for event in of(Evaluated, trainer.train()):
        assert event.loss == pytest.approx(np.log(len(NAMES.vocabulary)))


def test_progress_is_told_a_character_and_by_the_clock():
    plan = replace(lasting(PLAN, 10), reduction="sum", held_out=0)
    trainer, learner = scripted(plan, losses=lambda update: 20.0, clock=slow_clock())
    progress = of(Progress, trainer.train())
    assert [event.update for event in progress] == [*range(1, 11), 10]
    for event, batch in zip(progress, learner.batches, strict=False):
        # 20 nats an example, of which the batch has so many a character.
        assert event.loss == pytest.approx(20 * len(batch.targets) / batch.characters)
    read = sum(batch.characters for batch in learner.batches)
    assert progress[-1].rate == pytest.approx(read / progress[-1].elapsed)
    assert progress[-1].remaining == 0
    assert progress[4].remaining == pytest.approx(progress[4].elapsed, rel=0.2)


def test_the_smoothed_loss_of_a_constant_loss_is_that_loss():
    trainer, _ = scripted(PLAN, losses=lambda update: 1.25, clock=slow_clock())
    for event in of(Progress, trainer.train()):
        assert event.smoothed == pytest.approx(1.25)


def test_the_history_has_each_epochs_mean_loss_a_character_and_the_end_tells_the_last_ones():
    trainer, learner = scripted(replace(PLAN, held_out=0), losses=lambda update: 1 + update / 10)
    events = list(trainer.train())
    epoch = len(learner.batches) // 3
    expected = []
    for first in range(0, 3 * epoch, epoch):
        weights = [batch.characters for batch in learner.batches[first : first + epoch]]
        losses = [1 + update / 10 for update in range(first, first + epoch)]
        expected.append((first + epoch, np.average(losses, weights=weights)))
    for note, (update, loss) in zip(trainer.counters.history, expected, strict=True):
        assert note[:2] == (update, pytest.approx(loss))
    assert events[-1].loss == trainer.counters.history[-1][1]


# Texts.


def text_of(tokens):
    return "".join(NAMES.vocabulary.characters[token] for token in tokens if token >= 0)


def test_every_name_is_trained_on_once_an_epoch_but_those_held_out():
    trainer, learner = scripted(replace(PLAN, stages=(Stage(epochs=2),)))
    list(trainer.train())
    training, held_out = NAMES.split(0.1)
    assert len(held_out.names) == round(len(NAMES.names) / 10)
    rows = [text_of(row) for batch in learner.batches for row in batch.targets]
    assert sorted(rows) == sorted(name + "\n" for name in training.names * 2)
    assert not {name + "\n" for name in held_out.names} & set(rows)


def test_of_prose_the_last_tenth_is_held_out():
    text = "a" * 900 + "b" * 100
    corpus = Prose.of(text, "text", "")
    plan = replace(PLAN, cutting="stream", batch_size=1, length=29)
    trainer, learner = scripted(plan, corpus=corpus)
    list(trainer.train())
    seen = np.concatenate([batch.targets.ravel() for batch in learner.batches])
    assert set(seen.tolist()) == {corpus.vocabulary.index["a"]}


def test_nothing_is_held_out_where_the_plan_says_so():
    trainer, learner = scripted(replace(PLAN, held_out=0, stages=(Stage(epochs=1),)))
    events = list(trainer.train())
    assert sum(len(batch.targets) for batch in learner.batches) == len(NAMES.names)
    assert of(Evaluated, events) == []
    assert (events[-1].held_out_loss, events[-1].kept) == (None, "last")


def test_the_order_of_the_batches_depends_on_the_seed():
    # Of names of different lengths, cut one by one, only the order of the batches can differ.
    corpus = NameList(tuple("a" * length for length in range(1, 30)), "list", "")
    orders = []
    for seed in (0, 1, 2, 1000):
        plan = Plan(batch_size=1, held_out=0, seed=seed, stages=(Stage(epochs=1),))
        trainer, learner = scripted(plan, corpus=corpus)
        list(trainer.train())
        orders.append(tuple(batch.characters for batch in learner.batches))
    assert len(set(orders)) == 4


@pytest.mark.parametrize(
    ("corpus", "options"),
    [
        (NAMES, {"cutting": "stream"}),
        (NAMES, {"carry": True}),
        (PROSE, {"cutting": "names"}),
        (PROSE, {"cutting": "stream", "length": 5000}),
        (PROSE, {"cutting": "windows", "length": 5000}),
        (NameList(("a", "b"), "list", ""), {}),
    ],
)
def test_a_corpus_that_does_not_fit_the_plan_is_refused(corpus, options):
    with pytest.raises(CorpusError) as caught:
        scripted(replace(PLAN, **options), corpus=corpus)
    assert caught.value.hint


# Learning rates.


def rates_of(*stages):
    trainer, learner = scripted(replace(PLAN, stages=stages))
    list(trainer.train())
    assert len(learner.rates) == trainer.updates
    return learner.rates


def test_a_constant_rate_stays():
    assert rates_of(Stage(updates=5, learning_rate=0.3)) == [0.3] * 5


def test_a_linear_rate_falls_evenly_towards_zero():
    rates = rates_of(Stage(updates=4, learning_rate=0.8, schedule="linear"))
    np.testing.assert_allclose(rates, [0.8, 0.6, 0.4, 0.2])


def test_each_stage_has_its_own_schedule():
    rates = rates_of(
        Stage(updates=2, learning_rate=1.0),
        Stage(updates=4, learning_rate=0.4, schedule="linear"),
        Stage(updates=1, learning_rate=7.0),
    )
    np.testing.assert_allclose(rates, [1, 1, 0.4, 0.3, 0.2, 0.1, 7])


# Ends.


def test_the_best_checkpoint_is_the_one_of_least_held_out_loss():
    plan = replace(PLAN, stages=(Stage(epochs=40, learning_rate=0.05),))
    recorder = CheckpointRecorder()
    events = list(trainer_of(plan, save=recorder).train())
    evaluated = of(Evaluated, events)
    least = min(evaluated, key=lambda event: event.loss)
    assert least.update < evaluated[-1].update, "the run should have gone on past its best"
    assert [event.best for event in evaluated] == [
        event.loss < min([before.loss for before in evaluated[:i]], default=np.inf)
        for i, event in enumerate(evaluated)
    ]
    [*_, (which, update, _)] = [saved for saved in recorder.saved if saved[0] == "best"]
    assert (which, update) == ("best", least.update)
    assert events[-1].kept == "best"
    assert events[-1].held_out_loss == least.loss


def test_the_last_checkpoint_is_the_learner_as_it_stands():
    recorder, learner = CheckpointRecorder(), new_learner(PLAN)
    list(trainer_of(PLAN, learner, save=recorder).train())
    assert_same_weights(recorder.weights("last"), learner.model().arrays())
    assert recorder.saved[-1][:2] == ("last", trainer_of(PLAN).updates)


def test_patience_ends_a_run_that_gets_no_better():
    plan = replace(PLAN, patience=2, validate_every=5, stages=(Stage(epochs=50),))
    trainer, _ = scripted(plan)
    finished = list(trainer.train())[-1]
    # The first validation is the best, the second and the third are not.
    assert (finished.reason, finished.update) == ("patience", 15)


def test_a_run_to_its_end_is_done():
    trainer, _ = scripted(PLAN)
    finished = list(trainer.train())[-1]
    assert (finished.reason, finished.update) == ("done", trainer.updates)


def test_asked_to_stop_it_ends_with_a_checkpoint():
    recorder = CounterRecorder()
    trainer, learner = scripted(PLAN, save=recorder, clock=slow_clock())
    events = list(trainer.train(lambda: trainer.counters.update >= 5))
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].update) == ("stopped", 5)
    assert len(learner.batches) == 5
    # Before the look at the held-out text, which may take long, and with its loss.
    saves = [(which, update) for which, update, _ in recorder.saved]
    assert saves[-2:] == [("last", 5), ("last", 5)]


def test_a_run_stopped_before_it_began_keeps_nothing():
    recorder = CounterRecorder()
    trainer, _ = scripted(PLAN, save=recorder)
    with pytest.raises(TrainingError) as caught:
        list(trainer.train(lambda: True))
    assert caught.value.hint
    assert recorder.saved == []


def test_checkpoints_are_saved_soon_at_first_and_then_once_in_so_many_seconds():
    plan = replace(lasting(PLAN, 45), checkpoint_seconds=10, held_out=0)
    clock, recorder = WorkClock(), CounterRecorder()
    trainer, _ = scripted(plan, losses=clock.work(seconds=1), save=recorder, clock=clock)
    list(trainer.train())
    saves = [(which, update) for which, update, _ in recorder.saved]
    # The end saves twice: before its look at the losses, and after it.
    assert saves == [("last", update) for update in (1, 2, 3, 5, 13, 23, 33, 43, 45, 45)]


def test_the_time_to_the_next_checkpoint_is_counted_from_the_end_of_the_last_one():
    plan = replace(lasting(PLAN, 45), checkpoint_seconds=10, held_out=0)
    clock, recorder = WorkClock(), CounterRecorder()

    def save(*checkpoint):
        clock.seconds += 6
        recorder(*checkpoint)

    trainer, _ = scripted(plan, losses=clock.work(seconds=1), save=save, clock=clock)
    list(trainer.train())
    assert [update for _, update, _ in recorder.saved] == [1, 11, 21, 31, 41, 45, 45]


@pytest.mark.parametrize("seconds", [0.001, 0.02, 1])
def test_progress_is_told_twenty_times_a_second_at_most(seconds):
    clock = WorkClock()
    trainer, _ = scripted(lasting(PLAN, 400), losses=clock.work(seconds), clock=clock)
    *progress, _ = of(Progress, trainer.train())
    times = [0, *(event.elapsed for event in progress)]
    assert len(times) > 3
    assert all(later - sooner > 0.049 for sooner, later in pairwise(times))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e9], ids=str)
def test_a_loss_without_sense_ends_the_run_and_keeps_what_was_saved(wrong):
    plan = replace(PLAN, validate_every=4, stages=(Stage(epochs=5, learning_rate=0.5),))
    recorder = CounterRecorder()
    trainer, _ = scripted(plan, lambda update: wrong if update == 10 else 1.0, save=recorder)
    with pytest.raises(TrainingError) as caught:
        list(trainer.train())
    assert "update 11" in caught.value.message
    assert "learning-rate=0.05" in caught.value.hint
    assert [(which, update) for which, update, _ in recorder.saved] == [("best", 4)]


@pytest.mark.parametrize("updates", [1, 2, 200])
@pytest.mark.parametrize("rate", [1e4, 1e38])
@pytest.mark.parametrize("held_out", [0, 0.1])
def test_weights_without_sense_are_never_saved(updates, rate, held_out):
    """Even where no loss shows it: no loss is computed with the weights of the last update."""
    plan = lasting(
        replace(PLAN, optimiser="sgd", reduction="sum", held_out=held_out, checkpoint_seconds=0),
        updates,
        learning_rate=rate,
    )
    recorder = CheckpointRecorder()
    trainer = trainer_of(plan, save=recorder)
    with np.errstate(all="ignore"), suppress(TrainingError):
        list(trainer.train())
    for _, _, checkpoint in recorder.saved:
        assert all(np.isfinite(array).all() for array in checkpoint.weights.values())


def test_a_step_far_too_large_is_an_error_for_a_person():
    plan = lasting(replace(PLAN, optimiser="sgd", reduction="sum"), 50, learning_rate=1e38)
    with np.errstate(all="ignore"), pytest.raises(TrainingError) as caught:
        list(trainer_of(plan).train())
    assert "\n" not in caught.value.message


def test_a_checkpoint_that_cannot_be_saved_ends_the_run():
    def full(*arguments):
        raise StorageError("cannot write", "the disk is full")

    trainer, _ = scripted(PLAN, save=full)
    with pytest.raises(StorageError):
        list(trainer.train())


# A pause, and the clock, change nothing.

RUNS = {
    "descent, state carried from name to name": (
        NAMES,
        Plan(
            batch_size=1, carry=True, shuffle="course", reduction="sum", optimiser="sgd",
            clip_value=5, stages=(Stage(updates=200, learning_rate=0.05),),
        ),
        {"precision": "float64", "initialiser": "course"},
    ),
    "Adam, padded names": (
        NAMES,
        Plan(
            batch_size=8, clip_norm=1,
            stages=(Stage(epochs=6, learning_rate=0.02, schedule="linear"),),
        ),
        {"embedding": 5},
    ),
    "Adam, streams": (
        PROSE,
        Plan(
            cutting="stream", batch_size=8, length=10,
            stages=(Stage(epochs=4, learning_rate=0.02),),
        ),
        {},
    ),
    "Adam, streams through all there is to remember": (
        PROSE,
        Plan(
            cutting="stream", batch_size=8, length=10, clip_norm=1, weight_decay=0.1,
            stages=(Stage(epochs=4, learning_rate=0.02, schedule="linear"),),
        ),
        {
            "cell": "lstm", "layers": 2, "embedding": 4,
            "dropout": 0.3, "recurrent_dropout": 0.2, "input_dropout": 0.1, "averaging": 0.95,
        },
    ),
    "Adam, windows in two stages": (
        PROSE,
        Plan(
            cutting="windows", batch_size=8, length=12, stride=7, scored="last",
            stages=(Stage(epochs=1, learning_rate=0.02), Stage(updates=30, learning_rate=0.005)),
        ),
        {},
    ),
}  # fmt: skip


@pytest.fixture(params=RUNS)
def whole(request):
    """A kind of run, and its result without a pause."""
    corpus, plan, options = RUNS[request.param]
    plan = replace(plan, validate_every=23, checkpoint_seconds=1e9)
    recorder = CheckpointRecorder()
    trainer = trainer_of(plan, new_learner(plan, corpus, **options), corpus, recorder)
    return corpus, plan, options, recorder, list(trainer.train())


def resumed(checkpoint, corpus, plan, path, **more):
    """A trainer that resumes a run from its checkpoint's file."""
    checkpoint.save(path)
    back = read_checkpoint(path)
    learner = BACKEND.learner(back.model(BACKEND), plan)
    learner.restore(back.learner)
    return trainer_of(plan, learner, corpus, counters=RunCounters.from_header(back.header), **more)


@pytest.mark.parametrize("pause", [1, 22, 23, 24, 45])
def test_a_run_taken_up_again_ends_bit_for_bit_where_it_would_have(whole, pause, tmp_path):
    corpus, plan, options, expected, events = whole
    first, second = CheckpointRecorder(), CheckpointRecorder()
    learner = new_learner(plan, corpus, **options)
    trainer = trainer_of(plan, learner, corpus, first, clock=slow_clock())
    list(trainer.train(lambda: trainer.counters.update >= pause))
    assert [update for which, update, *_ in first.saved if which == "last"][-1] == pause

    trainer = resumed(first.newest("last"), corpus, plan, tmp_path / "last", save=second)
    after = list(trainer.train())
    assert_same_weights(second.weights(), expected.weights())
    assert_same_weights(second.newest("last").learner, expected.newest("last").learner)
    later = [event for event in of(Evaluated, events) if event.update > pause]
    told = [(event.update, event.loss) for event in of(Evaluated, after)]
    assert told == [(event.update, event.loss) for event in later]
    assert after[-1].loss == events[-1].loss


def test_a_run_killed_after_a_checkpoint_goes_on_as_if_it_had_not_been(tmp_path):
    """The counters too: the best loss so far, the patience used up, the whole history."""
    plan = replace(PLAN, checkpoint_seconds=7, patience=3, stages=(Stage(epochs=30),))
    whole = CheckpointRecorder()
    list(trainer_of(plan, save=whole, clock=slow_clock()).train())
    middle = [checkpoint for which, _, checkpoint in whole.saved if which == "last"][2]
    again = CheckpointRecorder()
    trainer = resumed(middle, NAMES, plan, tmp_path / "last", save=again, clock=slow_clock())
    list(trainer.train())
    assert_same_weights(again.weights(), whole.weights())
    ours, theirs = (kept.newest("last").header.progress for kept in (again, whole))
    assert ours == {**theirs, "seconds": ours["seconds"]}
    assert again.newest("last").header.history == whole.newest("last").header.history


def test_a_pause_between_validations_does_not_tire_patience(tmp_path):
    plan = replace(PLAN, patience=2, validate_every=10, stages=(Stage(epochs=50),))
    trainer, _ = scripted(plan)
    unbroken = list(trainer.train())[-1]
    recorder = CounterRecorder()
    trainer, _ = scripted(plan, save=recorder, clock=slow_clock())
    list(trainer.train(lambda: trainer.counters.update >= 15))
    [*_, (_, update, counters)] = recorder.saved
    assert update == 15
    trainer, _ = scripted(plan, counters=counters)
    finished = list(trainer.train())[-1]
    assert (finished.reason, finished.update) == (unbroken.reason, unbroken.update)


def test_a_run_that_was_complete_has_nothing_left_to_do(tmp_path):
    recorder = CheckpointRecorder()
    list(trainer_of(PLAN, save=recorder).train())
    again = CheckpointRecorder()
    trainer = resumed(recorder.newest("last"), NAMES, PLAN, tmp_path / "last", save=again)
    events = list(trainer.train())
    assert isinstance(events[-1], Finished)
    assert_same_weights(again.weights(), recorder.weights())


def moody_clock():
    """Now fast, now slow."""
    steps = np.random.default_rng(0).choice([0, 0.001, 0.03, 0.2], 100_000).cumsum().tolist()
    return iter(steps).__next__


@pytest.mark.parametrize("clock", [slow_clock, moody_clock])
def test_the_clock_changes_when_the_trainer_looks_up_and_nothing_else(whole, clock):
    corpus, plan, options, expected, events = whole
    recorder, learner = CheckpointRecorder(), new_learner(plan, corpus, **options)
    again = list(trainer_of(plan, learner, corpus, recorder, clock=clock()).train())
    assert_same_weights(recorder.weights(), expected.weights())
    for kind in (Evaluated, Sampled):
        assert of(kind, again) == of(kind, events)
    assert replace(again[-1], elapsed=0) == replace(events[-1], elapsed=0)


# Reports.

REPORT = Report(line="{iteration} {epoch} {loss:.3f} {smoothed:.6f}", every=10, smoothing=0.9)


def test_a_report_comes_after_the_first_update_and_every_so_many_after_it():
    plan = lasting(replace(PLAN, held_out=0, report=REPORT, batch_size=48), 35)
    trainer, _ = scripted(plan, losses=lambda update: 1 + update / 100)
    events = list(trainer.train())
    reported = of(Reported, events)
    assert [event.update for event in reported] == [1, 11, 21, 31]
    # 96 names in batches of 48: two updates an epoch.
    smoothed, lines = np.log(len(NAMES.vocabulary)), []
    for update in range(35):
        loss = 1 + update / 100
        smoothed = 0.9 * smoothed + 0.1 * loss
        if update % 10 == 0:
            lines.append(f"{update} {update // 2 + 1} {loss:.3f} {smoothed:.6f}")
    assert [event.line for event in reported] == lines
    assert of(Sampled, events) == [], "the report takes the place of samples"


def test_a_report_names_as_many_as_it_is_told_with_a_large_first_letter():
    report = replace(REPORT, names=7)
    plan = lasting(replace(PLAN, held_out=0, report=report), 11)
    trainer = trainer_of(plan, sampling=AnswerOptions(max_chars=9))
    for event in of(Reported, trainer.train()):
        assert len(event.names) == 7
        assert all(name == name[:1].upper() + name[1:] for name in event.names)
        assert all(len(name) <= 9 for name in event.names)


def test_a_report_can_tell_the_most_probable_text():
    corpus = Prose.of("abcabcabc", "text", "")
    report = Report(line="{predicted}")
    plan = Plan(
        cutting="stream", batch_size=1, length=8, held_out=0, report=report,
        stages=(Stage(epochs=60, learning_rate=0.05),),
    )  # fmt: skip
    reported = of(Reported, trainer_of(plan, corpus=corpus).train())
    assert len(reported) == 60
    assert reported[-1].line == "bcabcabc"


def test_reports_go_on_after_a_pause_as_if_there_had_been_none(tmp_path):
    plan = lasting(replace(PLAN, held_out=0, report=REPORT), 60)
    whole = of(Reported, trainer_of(plan).train())
    recorder = CheckpointRecorder()
    trainer = trainer_of(plan, save=recorder, clock=slow_clock())
    before = of(Reported, trainer.train(lambda: trainer.counters.update >= 27))
    trainer = resumed(recorder.newest("last"), NAMES, plan, tmp_path / "last")
    assert before + of(Reported, trainer.train()) == whole
