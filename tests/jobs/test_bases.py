"""What a run trains on from, and what becomes of its model's name in the library."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from charplay.ancestry import Ancestor, Base
from charplay.errors import CharplayError, TrainingError
from charplay.jobs.base import ancestry_of, create_job, find_base, keep_base
from charplay.jobs.job import Job
from charplay.jobs.keeping import keep_model, saved_update
from charplay.models.checkpoint import read_checkpoint
from charplay.models.library import Library
from charplay.plan import Plan, TextChoice, TrainingRun
from charplay.training.events import Kept
from tests.jobs.bases import OLDER, PLAN, TEXT, VOCABULARY, checkpoint_of, find, found


@pytest.fixture
def library(home):
    return Library(home / "models", find, {})


def test_a_model_is_found_by_its_name_its_digest_or_its_file(library, home, tmp_path):
    checkpoint = checkpoint_of()
    digest = library.add(checkpoint, "old", "/texts/old.txt")
    file = home / "models" / f"{digest}.safetensors"
    for reference in ("old", digest[:8], str(file)):
        base = find_base(reference, library, home)
        assert base.base == Base(
            str(file), (Ancestor("old", digest, "old.txt", TEXT["sha256"]),), optimiser=False
        )
        assert (base.name, base.of_run, base.vocabulary) == ("old", False, VOCABULARY)
        assert (base.plan, base.header.digest) == (PLAN, digest)
    assert find_base("old", library, home).local_text == "/texts/old.txt"
    other = tmp_path / "my model.safetensors"
    checkpoint_of(2).save(other)
    base = find_base(str(other), library, home)
    assert (base.name, base.local_text) == ("my model", None)


def test_a_run_is_found_by_its_number_with_its_optimiser(library, home):
    job = Job.create(home, TrainingRun("birds", TextChoice("/texts/birds.txt"), "fake"))
    learner = {"adam.count": np.array([3])}
    checkpoint_of(learner=learner).save(job.checkpoint("last"))
    for reference in ("1", "birds", str(job.checkpoint("last"))):
        base = find_base(reference, library, home)
        assert (base.name, base.local_text, base.of_run) == ("birds", "/texts/birds.txt", True)
        assert (base.base.path, base.base.optimiser) == (str(job.checkpoint("last")), True)
    library.add(checkpoint_of(2), "birds")
    assert not find_base("birds", library, home).of_run


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("7", "there is no run 7, and no model of that name",
         "`jobs` lists the runs, `models` the models"),
        ("12345", "there is no run 12345, and no model of that name", None),
        ("1", "run 1 has no checkpoint to train on from", "`models` lists the models"),
        ("123456", "there is no model '123456'", None),
        ("nothing", "there is no model 'nothing'", None),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_on_is_told(library, home, reference, message, hint):
    Job.create(home, TrainingRun("birds", TextChoice("x"), "fake"))
    with pytest.raises(CharplayError) as caught:
        find_base(reference, library, home)
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_a_model_is_an_ancestor_before_its_own():
    provenance = {"text": TEXT, "ancestry": [asdict(OLDER)]}
    header = checkpoint_of(provenance=provenance).header
    assert ancestry_of("old", header) == (
        Ancestor("old", header.digest, "old.txt", TEXT["sha256"]),
        OLDER,
    )
    bare = checkpoint_of(provenance={}).header
    assert ancestry_of("old", bare) == (Ancestor("old", bare.digest, "", ""),)


def test_a_plan_that_a_file_does_not_tell_is_none():
    assert found(plan={"stages": 5}).plan is None
    assert found(plan={}).plan == Plan()


def test_what_a_run_trains_on_from_is_kept_with_it(home, tmp_path):
    source, checkpoint = tmp_path / "old.safetensors", checkpoint_of()
    checkpoint.save(source)
    base = Base(str(source), (Ancestor("old", checkpoint.digest, "", ""),))
    run = TrainingRun("birds", TextChoice("x"), "fake", base=base)
    job = create_job(home, run)
    source.unlink()
    assert read_checkpoint(job.checkpoint("base")).digest == checkpoint.digest
    assert keep_base(job, run).digest == checkpoint.digest
    assert keep_base(job, replace(run, base=None)) is None
    for changed in (False, True):
        if changed:
            checkpoint_of(2).save(source)
        with pytest.raises(TrainingError) as caught:
            create_job(home, run)
        assert caught.value.message == "old was changed or removed before the run began"
        assert caught.value.hint == "train again"


def test_the_model_of_a_run_is_kept_and_what_it_takes_the_place_of_is_told(library, home):
    run = TrainingRun("birds", TextChoice("/texts/birds.txt"), "fake")
    first, second = checkpoint_of(1).with_measures(2.5, None, None), checkpoint_of(2)
    kept = keep_model(library, first, run)
    assert kept == Kept("birds", first.digest)
    assert library.text("birds", library.file("birds")) == "/texts/birds.txt"
    assert keep_model(library, first, run) == Kept("birds", first.digest)
    assert keep_model(library, second, run) == Kept(
        "birds", second.digest, first.digest, "old.txt", 2.5
    )
    library.file("birds").write_bytes(b"damaged")
    third = checkpoint_of(3)
    assert keep_model(library, third, run) == Kept("birds", third.digest, second.digest)


def test_a_model_that_hides_a_shipped_one_is_told_as_that(home, tmp_path):
    shipped = tmp_path / "birds.safetensors"
    checkpoint_of(9).save(shipped)
    library = Library(home / "models", find, {"birds": shipped})
    run = TrainingRun("birds", TextChoice("x"), "fake")
    assert keep_model(library, checkpoint_of(), run).hides_shipped
    assert not keep_model(library, checkpoint_of(2), run).hides_shipped
    assert not keep_model(library, checkpoint_of(), replace(run, name="jays")).hides_shipped


def test_how_far_a_run_was_saved_is_told_by_its_checkpoint(home):
    job = Job.create(home, TrainingRun("birds", TextChoice("x"), "fake"))
    assert saved_update(job) is None
    checkpoint_of(progress={"update": 17}).save(job.checkpoint("last"))
    assert saved_update(job) == 17
    checkpoint_of().save(job.checkpoint("last"))
    assert saved_update(job) is None
