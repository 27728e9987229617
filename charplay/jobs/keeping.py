"""What a run has saved; putting its model in the library, and what that takes the place of."""

from contextlib import suppress

from charplay.errors import ModelFileError
from charplay.jobs.job import Job
from charplay.models.checkpoint import Checkpoint
from charplay.models.header import Header, read_header
from charplay.models.library import Library
from charplay.plan import TrainingRun
from charplay.training.events import Kept
from charplay.training.texts import text_choice_of


def saved_update(job: Job) -> int | None:
    """The update that a run can go on from; None where it saved nothing whole."""
    try:
        return int(read_header(job.checkpoint("last")).progress["update"])
    except (ModelFileError, KeyError):
        return None


def keep_model(library: Library, checkpoint: Checkpoint, run: TrainingRun) -> Kept:
    """Give a model the name of its run; the event tells which model had that name."""
    name = run.name
    before = library.own_digest(name)
    replaced = _header_of(library, name) if before else None
    digest = library.add(checkpoint, name, run.text.corpus)
    if before is None:
        return Kept(name, digest, hides_shipped=library.is_shipped(name))
    if before == digest or replaced is None:
        return Kept(name, digest, before if before != digest else None)
    corpus = text_choice_of(replaced, None).corpus
    return Kept(name, digest, before, corpus, replaced.held_out_loss)


def _header_of(library: Library, name: str) -> Header | None:
    """The header of a model; None for a broken one, which is replaced like any other."""
    with suppress(ModelFileError):
        return read_header(library.file(name))
    return None
