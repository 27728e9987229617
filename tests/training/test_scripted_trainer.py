"""One model's run, event by event, with a learner and a clock that follow a script."""

import signal
from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import TrainingError
from charplay.generation.options import AnswerOptions
from charplay.interrupts import GIVE_UP
from charplay.plan import Plan, Stage
from charplay.report import Report
from charplay.testing.texts import make_names
from charplay.training.events import Finished, Reported
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer
from tests.training.test_scripted_parts import Clock, told
from tests.training.test_trainer import Scripted

NAMES = make_names()
# Eighteen names to learn in three batches of six, or four with a rest.
PLAN = Plan(batch_size=6, held_out=0.25, stages=(Stage(updates=5),), checkpoint_seconds=1e9)


class Slow(Scripted):
    """A learner whose updates take so many seconds each, and whose arrays count them."""

    def __init__(self, clock, seconds):
        super().__init__(NAMES.vocabulary, losses=self.work)
        self.clock, self.seconds = clock, seconds

    def work(self, update):
        self.clock.seconds += self.seconds
        return 2.0

    def arrays(self):
        return {"made": np.array([len(self.batches)])}

    def restore(self, arrays):
        self.batches = [None] * int(arrays["made"][0])


class Run:
    def __init__(self, plan=PLAN, losses=(), seconds=1.0, saving=0.0, counters=None, **more):
        self.clock, self.saved, self.saving = Clock(), [], saving
        self.clock.seconds = 100.0
        self.learner = Slow(self.clock, seconds)
        scripted = iter(losses)
        texts = RunTexts.split(NAMES, plan.held_out, {}, plan.inner)
        self.trainer = Trainer(
            self.learner, texts, plan, save=self.save, clock=self.clock, counters=counters,
            measure=lambda model: next(scripted), **more,
        )  # fmt: skip

    def save(self, which, model, arrays, counters):
        self.clock.seconds += self.saving
        made = int(model.arrays()["made"])
        self.saved.append((which, made, arrays and int(arrays["made"][0]), counters))

    def events(self, stop=lambda: False):
        return [
            told(event) if not isinstance(event, Reported) else f"line {event.line}"
            for event in self.trainer.train(stop)
        ]


def kept(run):
    return [(which, made, arrays) for which, made, arrays, _ in run.saved]


def progress(update, updates, epoch, seconds, left, characters):
    return (
        f"{update}/{updates} part 0/0 epoch {epoch} after {seconds:g} s, {left:g} s left, "
        f"{characters} characters"
    )


@pytest.fixture
def learned():
    """How many characters were learned after each update."""
    run = Run(losses=[3.0] * 9)
    list(run.trainer.train())
    return [0, *np.cumsum([batch.characters for batch in run.learner.batches]).tolist()]


# What is saved in the first three seconds: soon at first, then four times as late each time.
EARLY = [("last", 1, 1), ("last", 2, 2), ("best", 3, None), ("last", 3, 3)]


def test_a_run_to_its_end(learned):
    run = Run(losses=(3.0, 2.5))
    assert run.events() == [
        "saved last at 1",
        progress(1, 5, 1, 1, 4, learned[1]),
        "saved last at 2",
        progress(2, 5, 1, 2, 3, learned[2]),
        "loss 3 at 3 best",
        "saved best at 3",
        "saved last at 3",
        progress(3, 5, 1, 3, 2, learned[3]),
        progress(4, 5, 2, 4, 1, learned[4]),
        "saved last at 5",
        progress(5, 5, 2, 5, 0, learned[5]),
        "saved last at 5",
        "loss 2.5 at 5 best",
        "saved best at 5",
        progress(5, 5, 2, 5, 0, learned[5]),
        "done at 5 after 5 s: 2, 2.5, best",
    ]
    assert kept(run) == [*EARLY, ("last", 5, 5), ("last", 5, 5), ("best", 5, None)]
    assert [counters.update for _, _, _, counters in run.saved] == [1, 2, 3, 3, 5, 5, 5]
    assert [counters.seconds for _, _, _, counters in run.saved] == [1, 2, 3, 3, 5, 5, 5]


def test_the_end_of_a_run_says_which_model_is_kept_and_since_when():
    for losses, kept_of, best in (((2.0, 3.0), "best", 3), ((3.0, 2.0), "best", 5)):
        *_, ended = Run(losses=losses).trainer.train()
        assert isinstance(ended, Finished)
        assert (ended.kept, ended.best_update, ended.held_out_loss) == (kept_of, best, 2.0)
    *_, ended = Run(replace(PLAN, held_out=0)).trainer.train()
    assert (ended.kept, ended.best_update, ended.held_out_loss) == ("last", None, None)
    assert ended.loss == pytest.approx(2.0)


def test_a_run_that_is_stopped_validates_once_more_and_keeps_the_better_model():
    run = Run(losses=(3.0, 2.5))
    events = run.events(lambda: run.trainer.counters.update >= 4)
    assert events[-5:-2] == ["saved last at 4", "loss 2.5 at 4 best", "saved last at 4"]
    assert events[-1] == "stopped at 4 after 4 s: 2, 2.5, last"
    assert kept(run) == [*EARLY, ("last", 4, 4), ("last", 4, 4)]
    # The last checkpoint has that loss in its history alone, so that going on does not count it.
    _, _, _, counters = run.saved[-1]
    assert counters.history == ((3, pytest.approx(2.0), 3.0), (4, pytest.approx(2.0), 2.5))
    assert (counters.best, counters.update) == (3.0, 4)
    worse = Run(losses=(3.0, 3.5))
    assert worse.events(lambda: worse.trainer.counters.update >= 4)[-1].endswith("3.0, best")
    assert kept(worse) == [*EARLY, ("last", 4, 4)]


def test_where_nothing_decides_the_losses_are_noted_at_the_end():
    run = Run(replace(PLAN, held_out=0))
    events = run.events(lambda: run.trainer.counters.update >= 3)
    # As it was due, then before the look at the losses, and after it.
    assert [each for each in events if "saved" in each][-3:] == ["saved last at 3"] * 3
    assert run.trainer.counters.history == ((3, pytest.approx(2.0), None),)
    assert [len(counters.history) for *_, counters in run.saved] == [0, 0, 0, 0, 1]


def test_a_run_that_ends_where_it_validates_does_not_do_so_twice():
    run = Run(replace(PLAN, stages=(Stage(updates=3),)), losses=(3.0,))
    assert [each for each in run.events() if "loss" in each] == ["loss 3 at 3 best"]
    assert kept(run) == [*EARLY, ("last", 3, 3)]


def test_one_update_is_a_run():
    run = Run(replace(PLAN, validate_every=1), losses=(3.0,))
    assert run.events(lambda: run.trainer.counters.update >= 1)[-1].startswith("stopped at 1")
    counters = replace(run.saved[-1][3], history=(), best=None, scored=30, summed=60.0)
    again = Run(replace(PLAN, validate_every=1), losses=[2.5] * 9, counters=counters)
    assert again.events()[0] == "loss 2.5 at 1 best", "what is owed after it is made up for"


def test_where_the_last_look_is_given_up_the_training_loss_alone_is_noted():
    previous = signal.signal(GIVE_UP, lambda number, frame: None)
    try:
        run = Run(replace(PLAN, stages=(Stage(updates=2),)))
        run.trainer._validation._measure = lambda model: signal.raise_signal(GIVE_UP)
        ended = run.events()[-1]
    finally:
        signal.signal(GIVE_UP, previous)
    assert ended == "done at 2 after 2 s: 2, None, last"
    assert run.trainer.counters.history == ((2, pytest.approx(2.0), None),)


def test_patience_ends_a_run_at_once():
    plan = replace(PLAN, patience=2, validate_every=1, stages=(Stage(updates=9),))
    run = Run(plan, losses=(3.0, 3.0, 3.5))
    assert run.events()[-1] == "patience at 3 after 3 s: 2, 3.0, best"
    assert len(run.learner.batches) == 3


@pytest.mark.parametrize(("patience", "made"), [(None, 5), (1, 3)])
def test_a_validation_that_was_given_up_is_made_up_for_when_the_run_goes_on(patience, made):
    plan = replace(PLAN, patience=patience)
    first = Run(plan, losses=(3.0, 3.0, 3.0))
    list(first.trainer.train())
    # As a stop left it: three updates made, nothing noted of the third.
    counters = replace(
        first.saved[0][3], update=3, best=2.5, history=(), waited=0, scored=90, summed=180.0
    )
    run = Run(plan, losses=(3.5, 2.0), counters=counters)
    run.learner.restore({"made": np.array([3])})
    events = run.events()
    assert events[0] == "loss 3.5 at 3"
    assert events[-1].startswith(f"{'done' if made == 5 else 'patience'} at {made}")


def test_a_run_that_goes_on_after_its_validation_does_not_repeat_it():
    first = Run(losses=(3.0, 2.5))
    list(first.trainer.train(lambda: first.trainer.counters.update >= 3))
    which, _, _, counters = first.saved[-1]
    assert (which, counters.update) == ("last", 3)
    run = Run(losses=(2.5,), counters=counters)
    assert [each for each in run.events() if each.startswith("loss")] == ["loss 2.5 at 5 best"]
    fresh = Run(losses=(3.0, 2.5))
    assert fresh.events()[0] == "saved last at 1", "nothing is owed before the first update"


def test_checkpoints_wait_for_their_time_from_the_end_of_the_last():
    """One at 1 s; it takes half a second, so the next waits ten times that."""
    plan = replace(PLAN, held_out=0, checkpoint_seconds=60, stages=(Stage(updates=12),))
    run = Run(plan, saving=0.5)
    saved = [each for each in run.events() if each.startswith("saved")]
    assert saved == ["saved last at 1", "saved last at 6", "saved last at 12"]


def test_a_checkpoint_is_saved_whenever_it_is_asked_for():
    run = Run(replace(PLAN, held_out=0), checkpoint_asked=lambda: run.trainer.counters.update == 4)
    saved = [each for each in run.events() if each.startswith("saved")]
    assert saved == [f"saved last at {update}" for update in (1, 2, 3, 4, 5, 5)]


def test_models_along_the_way_are_kept_at_a_half_and_a_quarter():
    plan = replace(PLAN, keep_checkpoints=2, held_out=0, stages=(Stage(updates=8),))
    for seconds in (1.0, 0.0):
        run = Run(plan, seconds=seconds)
        run.events()
        assert [each for each in kept(run) if each[0] == "along"] == [
            ("along", 2, None), ("along", 4, None),
        ]  # fmt: skip


def test_updates_are_made_in_blocks_that_double_while_they_are_quick():
    run, blocks = Run(replace(PLAN, held_out=0, stages=(Stage(updates=40),)), seconds=0.0), []
    many = run.learner.update_many
    run.learner.update_many = lambda batches, rates: (
        blocks.append(len(batches)) or many(batches, rates)
    )
    run.events()
    # A look at the losses follows each pass of four batches.
    assert blocks[:3] == [1, 2, 1]
    assert max(blocks) <= 4
    slow, blocks[:] = Run(replace(PLAN, held_out=0, stages=(Stage(updates=6),)), seconds=1.0), []
    many = slow.learner.update_many
    slow.learner.update_many = lambda batches, rates: (
        blocks.append(len(batches)) or many(batches, rates)
    )
    slow.events()
    assert blocks == [1] * 6


def test_a_learner_that_gives_too_few_losses_is_an_error():
    run = Run()
    run.learner.update_many = lambda batches, rates: []
    with pytest.raises((ValueError, IndexError)):
        run.events()


def test_a_model_whose_weights_are_no_numbers_is_not_saved_and_its_update_is_told():
    run = Run(losses=(3.0,))
    model = run.learner.model

    def broken():
        made = model()
        made.arrays()["made"] = np.array(np.nan)
        return made

    run.learner.model = broken
    with pytest.raises(TrainingError, match="at update 1"):
        run.events()
    assert run.saved == []


def test_a_report_takes_the_place_of_samples_and_needs_no_options():
    plan = replace(PLAN, held_out=0, report=Report(line="{iteration} {loss:.1f}", every=2, names=1))
    assert [e for e in Run(plan).events() if e.startswith("line")] == [
        "line 0 2.0", "line 2 2.0", "line 4 2.0",
    ]  # fmt: skip
    options = AnswerOptions(max_chars=2)
    for sampling, longest in ((options, 2), (None, 400)):
        reports = [
            e for e in Run(plan, sampling=sampling).trainer.train() if isinstance(e, Reported)
        ]
        lengths = [len(name) for report in reports for name in report.names]
        assert max(lengths) <= longest
        assert (max(lengths) > 2) == (sampling is None)


def test_samples_are_drawn_where_options_are_given():
    run = Run(replace(PLAN, sample_every=2), losses=(3.0, 3.0), sampling=AnswerOptions(max_chars=3))
    assert [each for each in run.events() if "samples" in each] == [
        "6 samples at 2", "6 samples at 4",
    ]  # fmt: skip


def test_a_trainer_tells_the_size_of_its_model():
    run = Run()
    assert (run.trainer.parameter_count, run.trainer.model_size) == (1, "1 weights")
    assert run.trainer.updates == 5


def test_whether_the_inner_text_is_learned_is_told():
    plan = replace(PLAN, inner=0.2, inner_until=0.4, validate_every=1)
    run, learned = Run(plan, losses=(3.0, 2.0)), []
    for event in run.trainer.train():
        learned += [(run.trainer.counters.update, run.trainer.inner_is_learned)]
        assert told(event)
    assert (2, False) in learned
    assert (3, True) in learned
    assert (2, True) not in learned
    assert run.saved[-1][0] == "last", "the best one has not learned the inner text"
