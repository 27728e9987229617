"""Stages with texts of their own: what they read, and that a pause changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import CorpusError
from charplay.models.checkpoint import read_checkpoint
from charplay.plan import Stage
from charplay.text.batching import Batch
from charplay.text.corpus import NameList, Prose
from charplay.training.counters import RunCounters
from charplay.training.evaluation import loss_of
from charplay.training.events import Evaluated, Finished
from charplay.training.schedule import Schedule
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer
from tests.training.test_trainer import (
    BACKEND,
    PLAN,
    CheckpointRecorder,
    Scripted,
    assert_same_weights,
    config_of,
    of,
    slow_clock,
    standing_still,
)

OWN = Prose.of("the quick brown fox jumps over the lazy dog\n" * 30, "own", "")
OTHER = Prose.of("Pack my box with five dozen liquor jugs!\n" * 25, "other", "")
VOCABULARY = OWN.vocabulary.joined(OTHER.vocabulary)
STREAMS = replace(PLAN, cutting="stream", batch_size=4, length=11)
# Updates an epoch: of the nine tenths of the one text, and of the whole of the other.
IN_OWN, IN_OTHER = (1188 - 1) // 4 // 11, (1025 - 1) // 4 // 11


def staged(*stages, **options):
    return replace(STREAMS, stages=stages, **options)


def trainer_of(plan, learner, save=None, clock=standing_still, **more):
    others = more.pop("others", {"other": OTHER})
    more = {"save": save or CheckpointRecorder(), "clock": clock, **more}
    return Trainer(learner, RunTexts.split(OWN, plan.held_out, others), plan, **more)


def read_by(plan, **more):
    """The batches that a learner is given, and the events."""
    learner = Scripted(VOCABULARY, "prose")
    events = list(trainer_of(plan, learner, save=lambda *_: None, **more).train())
    return learner.batches, events


def texts_of(batches):
    return ["".join(VOCABULARY.characters[token] for token in batch.inputs[0]) for batch in batches]


def same(ours, theirs):
    return len(ours) == len(theirs) and all(
        a.fresh == b.fresh and np.array_equal(a.inputs, b.inputs)
        for a, b in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("cutting", ["stream", "windows"])
@pytest.mark.parametrize("border", [1, 7, IN_OWN, IN_OWN + 3])
def test_stages_on_one_text_read_what_one_stage_would(cutting, border):
    whole = 3 * IN_OWN
    parted = staged(Stage(updates=border), Stage(updates=whole - border), cutting=cutting)
    one, _ = read_by(staged(Stage(updates=whole), cutting=cutting))
    two, _ = read_by(parted)
    assert same(two, one)


def test_a_stage_reads_the_text_that_it_names_and_an_epoch_is_one_of_that_text():
    batches, _ = read_by(staged(Stage(epochs=2, corpus="other"), Stage(epochs=3)))
    assert len(batches) == 2 * IN_OTHER + 3 * IN_OWN
    read = texts_of(batches)
    assert all("Pack" in text or set(text) <= set(OTHER.text) for text in read[: 2 * IN_OTHER])
    assert all(set(text) <= set(OWN.text) for text in read[2 * IN_OTHER :])


def test_of_a_stages_own_text_nothing_is_held_out():
    batches, _ = read_by(staged(Stage(epochs=1, corpus="other"), batch_size=1, length=32))
    assert "".join(texts_of(batches)) == OTHER.text[: 1024 // 32 * 32]


def test_a_text_is_gone_on_with_where_the_last_stage_on_it_stopped():
    batches, _ = read_by(
        staged(Stage(updates=5), Stage(updates=4, corpus="other"), Stage(updates=6))
    )
    alone, _ = read_by(staged(Stage(updates=11)))
    of_own = [*batches[:5], *batches[9:]]
    assert texts_of(of_own) == texts_of(alone)


def test_from_one_text_to_another_the_carried_state_starts_anew():
    batches, _ = read_by(
        staged(Stage(updates=5), Stage(updates=4, corpus="other"), Stage(updates=6))
    )
    assert [k for k, batch in enumerate(batches) if batch.fresh] == [0, 5, 9]


def test_the_runs_own_text_is_validated_on_throughout():
    recorder = CheckpointRecorder()
    learner = BACKEND.learner(new_model(), STREAMS)
    plan = staged(Stage(epochs=2, corpus="other"), Stage(epochs=2))
    events = of(Evaluated, trainer_of(plan, learner, recorder).train())
    ends = [IN_OTHER, 2 * IN_OTHER, 2 * IN_OTHER + IN_OWN, 2 * (IN_OTHER + IN_OWN)]
    assert [event.update for event in events] == ends, "after each epoch of a stage's text"
    best = recorder.newest("best").model(BACKEND)
    held_out = OWN.split(0.1)[1]
    assert min(event.loss for event in events) == pytest.approx(loss_of(best, held_out))


def test_patience_never_skips_a_stage():
    plan = staged(Stage(epochs=8, corpus="other"), Stage(epochs=8), patience=2, validate_every=None)
    _, events = read_by(plan)
    # A scripted learner never gets better: the second stage ends after two looks.
    finished = of(Finished, events)[-1]
    assert (finished.reason, finished.update) == ("patience", 8 * IN_OTHER + 2 * IN_OWN)


def test_a_stages_text_that_does_not_fit_the_plan_is_refused():
    short = {"other": Prose.of("too short", "short", "")}
    with pytest.raises(CorpusError, match="short has 9 characters"):
        read_by(staged(Stage(epochs=1), Stage(epochs=1, corpus="other")), others=short)


def new_model():
    rng = np.random.default_rng(0)
    return BACKEND.create(VOCABULARY, "prose", config_of(), rng)


BORDER = 2 * IN_OTHER


@pytest.mark.parametrize("pause", [1, BORDER - 1, BORDER, BORDER + 1, BORDER + IN_OWN])
def test_a_run_taken_up_again_ends_bit_for_bit_where_it_would_have(pause, tmp_path):
    plan = staged(
        Stage(epochs=2, learning_rate=0.02, corpus="other"),
        Stage(epochs=2, learning_rate=0.01, schedule="linear"),
        Stage(updates=5, learning_rate=0.005, corpus="other"),
    )
    expected, first, second = CheckpointRecorder(), CheckpointRecorder(), CheckpointRecorder()
    list(trainer_of(plan, BACKEND.learner(new_model(), plan), expected).train())

    trainer = trainer_of(plan, BACKEND.learner(new_model(), plan), first, slow_clock())
    list(trainer.train(lambda: trainer.counters.update >= pause))
    first.newest("last").save(tmp_path / "last")
    back = read_checkpoint(tmp_path / "last")
    assert back.header.progress["update"] == pause
    learner = BACKEND.learner(back.model(BACKEND), plan)
    learner.restore(back.learner)
    counters = RunCounters.from_header(back.header)
    list(trainer_of(plan, learner, second, counters=counters).train())

    assert_same_weights(second.weights(), expected.weights())
    assert_same_weights(second.newest("last").learner, expected.newest("last").learner)
    assert second.newest("last").header.history == expected.newest("last").header.history


def test_the_inner_part_of_prose_is_its_start_and_the_part_held_out_its_end():
    prose = Prose.of("abcdefghij" * 10, "letters", "")
    texts = RunTexts.split(prose, 0.1, {}, 0.1)
    assert texts.inner.text == prose.text[:9]
    assert texts.training.text == prose.text[9:90]
    assert texts.held_out.text == prose.text[90:]
    assert texts.with_inner_learned().training.text == prose.text[:90]
    assert not texts.with_inner_learned().inner.characters


def test_a_few_names_have_no_inner_part_and_then_nothing_decides():
    few = NameList(("anna", "berta", "carla"), "few", "")
    texts = RunTexts.split(few, 0.3, {}, 0.1)
    assert not texts.inner.names
    assert not texts.deciding.names
    assert RunTexts.split(few, 0.3).deciding.names


class Numbered:
    """Batches that tell their own number and text."""

    def __init__(self, text, per_epoch):
        self.text, self.per_epoch = text, per_epoch

    def batch(self, k):
        return Batch((self.text, k), (), k % self.per_epoch == 0, 1)


def test_the_known_text_is_read_on_from_stage_to_stage_and_afresh_after_another_text():
    stages = (Stage(updates=4), Stage(updates=3, corpus="other"), Stage(updates=3))
    cuttings = {"": Numbered("own", 9), "other": Numbered("other", 9)}
    schedule = Schedule(stages, cuttings, Numbered("known", 9), inner_until=0.2)
    batches = [schedule.batch(update) for update in range(schedule.updates)]
    assert [batch.inputs for batch in batches] == [
        ("own", 0), ("own", 1), ("known", 0), ("known", 1),
        ("other", 0), ("other", 1), ("other", 2),
        ("known", 2), ("known", 3), ("known", 4),
    ]  # fmt: skip
    fresh = [update for update, batch in enumerate(batches) if batch.fresh]
    assert fresh == [0, 2, 4, 7]


def test_something_is_learned_before_the_inner_part_is_however_early_that_is():
    schedule = Schedule((Stage(updates=9),), {"": Numbered("own", 9)}, Numbered("known", 9), 0)
    assert schedule.batch(0).inputs == ("own", 0)
    assert schedule.batch(1).inputs == ("known", 0)
