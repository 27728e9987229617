"""The model that a run trains on from: found by what a person typed, and kept with the run."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from charplay.ancestry import Ancestor, Base, parse_ancestry
from charplay.errors import CharplayError, TrainingError, UsageError
from charplay.files import named_file, path_text
from charplay.jobs.job import Job, find_job
from charplay.jobs.told import JOBS
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.header import Header
from charplay.models.library import LEAST_DIGEST, Library
from charplay.plan import Plan, TrainingRun
from charplay.text.vocabulary import Vocabulary
from charplay.training.texts import text_choice_of, text_digest_of


@dataclass(frozen=True)
class FoundBase:
    """A base and its checkpoint.

    local_text: the text that it was trained on, where it was trained here; of_run: whether a run
    was named, whose optimiser goes on if it is there.
    """

    base: Base
    checkpoint: Checkpoint
    local_text: str | None
    of_run: bool

    @property
    def name(self) -> str:
        """What it is called."""
        return self.base.model.model

    @property
    def header(self) -> Header:
        """What its file says of it."""
        return self.checkpoint.header

    @property
    def vocabulary(self) -> Vocabulary:
        """The characters that it knows."""
        return Vocabulary(self.header.vocabulary)

    @property
    def plan(self) -> Plan | None:
        """The plan that it was trained by, where its file tells one."""
        try:
            return Plan.from_dict(self.header.plan)
        except (CharplayError, TypeError, ValueError):
            return None


def find_base(reference: str, library: Library, home: Path) -> FoundBase:
    """The model of a name, a digest or a path, or the newest checkpoint of a run by its number.

    Raises UsageError where there is neither, ModelFileError where the file is bad.
    """
    job = None if reference in library.names() else _find_run(home, reference)
    path = job.checkpoint("last") if job else library.file(reference)
    checkpoint = read_checkpoint(path)
    run = job.training_run() if job else None
    name = run.name if run else _name_of(reference, path, checkpoint.header.digest, library)
    text = run.text.corpus if run else library.text(name, path)
    ancestry = ancestry_of(name, checkpoint.header)
    base = Base(path_text(path.absolute()), ancestry, optimiser=bool(checkpoint.learner))
    return FoundBase(base, checkpoint, text, job is not None)


def _name_of(reference: str, path: Path, digest: str, library: Library) -> str:
    """The library's name of a model, or else that of its file."""
    if reference in library.names():
        return reference
    named = (entry.name for entry in library.entries() if entry.digest == digest)
    return next(named, path_text(PurePath(path.stem)))


def _find_run(home: Path, reference: str) -> Job | None:
    """The run of a number, or one with a checkpoint that the reference means otherwise."""
    folder = home / JOBS / reference
    is_number = reference.isascii() and reference.isdecimal()
    if is_number and len(reference) < LEAST_DIGEST and not folder.is_dir():
        raise UsageError(
            f"there is no run {reference}, and no model of that name",
            "`jobs` lists the runs, `models` the models",
        )
    if not (is_number and folder.is_dir()):
        return find_job(home, reference)
    job = Job(folder)
    if not job.checkpoint("last").exists():
        raise UsageError(
            f"run {reference} has no checkpoint to train on from", "`models` lists the models"
        )
    return job


def ancestry_of(name: str, header: Header) -> tuple[Ancestor, ...]:
    """A model as an ancestor, and then its own ancestors."""
    corpus, sha256 = text_choice_of(header, None).corpus, text_digest_of(header)
    return (
        Ancestor(name, header.digest, corpus, sha256),
        *parse_ancestry(header.provenance.get("ancestry")),
    )


def create_job(home: Path, run: TrainingRun) -> Job:
    """A job for a run, with what the run trains on from; errors as `keep_base`."""
    job = Job.create(home, run)
    keep_base(job, run)
    return job


def keep_base(job: Job, run: TrainingRun) -> Checkpoint | None:
    """What a run trains on from, in the job's folder from now on; None for a run of a new model.

    Raises TrainingError where the model is gone or was changed before that.
    """
    if run.base is None:
        return None
    kept = job.checkpoint("base")
    if kept.exists():
        return read_checkpoint(kept)
    source = named_file(run.base.path)
    checkpoint = None if source is None else read_checkpoint(source)
    if checkpoint is None or checkpoint.digest != run.base.model.digest:
        raise TrainingError(
            f"{run.base.model.model} was changed or removed before the run began", "train again"
        )
    checkpoint.save(kept)
    return checkpoint
