"""A model in training: each turn takes the newest checkpoint, and says so."""

import numpy as np
import pytest

from charplay.jobs.job import Job
from charplay.models.checkpoint import Checkpoint
from charplay.options import build
from charplay.plan import TextChoice, TrainingRun
from charplay.text.vocabulary import Vocabulary
from tests.sessions.conftest import LETTERS, put_model


@pytest.fixture
def run_under_way(home, numpy_backend):
    """A run `under-way` that another process trains, as its folder has it: writes checkpoints."""
    job = Job.create(home, TrainingRun("under-way", TextChoice("some.txt"), "numpy"))

    def reach(update, kind="prose"):
        model = numpy_backend.create(
            Vocabulary(LETTERS),
            kind,
            build(numpy_backend.Config, {}),
            np.random.default_rng(update),
        )
        learner = {"carried": np.zeros(3)}
        progress = {"update": update}
        checkpoint = Checkpoint.of(
            model, numpy_backend, learner, sampling={"max_chars": 12}, progress=progress
        )
        checkpoint.save(job.checkpoint("last"))
        return job.checkpoint("last")

    return reach


@pytest.mark.parametrize("by_path", [False, True])
def test_each_turn_takes_the_newest_checkpoint_and_records_which(
    home, numpy_backend, start, talk, run_under_way, by_path
):
    put_model(home, numpy_backend)
    path = run_under_way(100)
    reference = path if by_path else "under-way"
    first = start("abc", f":model {reference}", ":set seed 3", "")
    assert (first.status, first.err) == (0, "")
    run_under_way(200)
    second = start(":set seed 4", "bad", "")
    assert second.notes.count("under-way is in training; this is update 200") == 1
    turns = talk("talk-1").turns()
    digests = [turn.said.digest for turn in turns]
    assert len(set(digests)) == 3
    assert digests[2] == digests[3]
    assert [turn.said.model for turn in turns] == ["poet", *["under-way"] * 3]
    # What a checkpoint answers is what it answers to the whole text so far.
    before = "".join(turn.said.text for turn in turns[:2])
    apart = talk("apart", model=str(path))
    assert apart.say(before + "bad", seed=4).answers == turns[2].answers


def test_checkpoints_of_a_run_do_not_pile_up_in_the_library(
    home, numpy_backend, start, run_under_way
):
    put_model(home, numpy_backend)
    run_under_way(100)
    start(":model under-way", "abc")
    run_under_way(200)
    start("", "")
    assert len(list((home / "models").glob("*.safetensors"))) == 1


def test_to_try_again_when_the_run_has_gone_on_promises_no_same_text(
    home, numpy_backend, start, run_under_way
):
    put_model(home, numpy_backend)
    run_under_way(100)
    start(":model under-way", "abc")
    run_under_way(200)
    assert "the same seed may give another text" in start(":retry --seed 7").told
    assert "the same seed" not in start(":retry --seed 7").told


def test_what_the_library_knows_goes_before_a_run_of_its_name(
    home, numpy_backend, start, run_under_way
):
    run_under_way(100)
    put_model(home, numpy_backend, "under-way")
    said = start(":model under-way", "abc")
    assert (said.err, "in training" in said.told) == ("", False)


def test_a_run_that_is_gone_is_told_and_another_model_goes_on(
    home, numpy_backend, start, run_under_way
):
    put_model(home, numpy_backend)
    path = run_under_way(100)
    start(":model under-way", "abc")
    path.unlink()
    said = start("abc", ":model poet", "abc")
    assert said.err.count("error: ") == 1
    assert said.err.count("\n  → ") == 1


def test_a_run_that_has_no_checkpoint_yet_is_no_model(start, run_under_way):
    said = start(":model under-way")
    assert "there is no model 'under-way'" in said.err
