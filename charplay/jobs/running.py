"""A run from its start to the library: its events, and what becomes of one that is ended."""

from collections.abc import Callable, Iterator

from charplay.environment import Environment
from charplay.errors import TrainingError
from charplay.jobs.following import follow_start
from charplay.jobs.job import Job
from charplay.jobs.keeping import keep_model, saved_update
from charplay.models.checkpoint import read_checkpoint
from charplay.models.library import Library
from charplay.training.events import NOTHING_LEARNED, Failed, Kept, TrainingEvent

_ENDS_AT_ONCE = 2


def run_to_library(
    job: Job,
    library: Library,
    environment: Environment,
    interrupted: Callable[[], None] = lambda: None,
) -> Iterator[TrainingEvent]:
    """Start a job and give its events; the last is Kept. TrainingError where there is no model.

    Ctrl-C asks the run to stop with a checkpoint, twice ends it at once, and its last checkpoint is
    kept then; `interrupted` is told.
    """
    last: TrainingEvent | None = None
    presses = 0

    def count_press() -> None:
        nonlocal presses
        presses += 1
        interrupted()

    for last in follow_start(job, environment, count_press):
        if not isinstance(last, Failed):
            yield last
    if isinstance(last, Failed):
        raise TrainingError(last.message, last.hint)
    if isinstance(last, Kept):
        return
    if presses < _ENDS_AT_ONCE:
        raise died_error(job)
    yield keep_checkpoint(library, job)


def under_way_error(job: Job) -> TrainingError:
    """What to tell where another process does a run already."""
    return TrainingError(
        f"run {job.number} is under way", f"`jobs show {job.number}` shows how it stands"
    )


def died_error(job: Job) -> TrainingError:
    """What to tell of a run whose process is gone without a word."""
    if job.is_under_way:
        return under_way_error(job)
    saved = saved_update(job)
    message = f"the process of run {job.number} ended without a word: killed, or out of memory"
    if saved:
        hint = f"`jobs resume {job.number}` goes on from update {saved:,}"
        return TrainingError(message, hint)
    return TrainingError(f"{message}; it had saved nothing", f"the details are in {job.log}")


def keep_checkpoint(library: Library, job: Job) -> Kept:
    """Keep the best or newest checkpoint of a run whose process is gone."""
    for which in ("best", "last"):
        path = job.checkpoint(which)
        if path.exists():
            return keep_model(library, read_checkpoint(path), job.training_run())
    raise TrainingError(NOTHING_LEARNED.message, NOTHING_LEARNED.hint)
