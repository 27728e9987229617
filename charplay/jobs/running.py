"""A run from its start to the library: its events, and what becomes of one that is ended."""

from collections.abc import Callable, Iterator

from charplay.environment import Environment
from charplay.errors import TrainingError
from charplay.jobs.job import Job, follow_job
from charplay.jobs.keeping import keep_model
from charplay.models.checkpoint import read_checkpoint
from charplay.models.library import Library
from charplay.plan import TrainingRun
from charplay.training.events import Failed, Kept, TrainingEvent


def run_to_library(
    run: TrainingRun,
    library: Library,
    environment: Environment,
    interrupted: Callable[[], None] = lambda: None,
) -> Iterator[TrainingEvent]:
    """The events of a new job; the last is Kept. TrainingError where there is no model.

    Ctrl-C asks the run to stop with a checkpoint, twice ends it at once; `interrupted` is told.
    """
    job = Job.create(environment.home, run)
    last: TrainingEvent | None = None
    for last in follow_job(job, environment, interrupted):
        if not isinstance(last, Failed):
            yield last
    if isinstance(last, Failed):
        raise TrainingError(last.message, _hint_with_checkpoint(last.hint, job))
    if not isinstance(last, Kept):
        yield _keep_checkpoint(run, library, job)


def _hint_with_checkpoint(hint: str, job: Job) -> str:
    checkpoint = job.checkpoint("last")
    return f"{hint} (the last good checkpoint is {checkpoint})" if checkpoint.exists() else hint


def _keep_checkpoint(run: TrainingRun, library: Library, job: Job) -> Kept:
    """Keep the best or newest checkpoint of a run whose process was ended."""
    for which in ("best", "last"):
        path = job.checkpoint(which)
        if path.exists():
            checkpoint = read_checkpoint(path)
            return keep_model(library, checkpoint, run)
    raise TrainingError(
        "stopped before anything was learned; nothing kept", f"the details are in {job.log}"
    )
