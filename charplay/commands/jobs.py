"""`jobs`: training runs, seen and steered from any REPL or shell."""

import shutil
import time
from dataclasses import dataclass
from pathlib import PurePath

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.commands.run_arguments import (
    JobArguments,
    PruneJobsArguments,
    RemoveJobArguments,
    ShowJobArguments,
)
from charplay.commands.training import BegunRun, Training, begin_run, follow_run
from charplay.errors import CharplayError, TrainingError, UsageError
from charplay.files import path_text, storage_errors
from charplay.jobs.board import RunSeen
from charplay.jobs.following import watch_run
from charplay.jobs.job import Job, all_jobs, numbered_job
from charplay.jobs.keeping import saved_update
from charplay.jobs.requests import Wish
from charplay.jobs.resuming import ResumeChoice, check_resumable, plan_resume

JOB_COLUMNS = (
    Column("run"),
    Column("model", shrink="fold", least=12),
    Column("text", shrink="drop", rank=2),
    Column("state"),
    Column("done", format=".0%"),
    Column("left", "s", ",.0f", align="right", shrink="drop"),
    Column("loss", "nats/char", ".3f", align="right", shrink="drop"),
    Column("held_out_loss", "nats/char", ".3f", align="right"),
    Column("size", "bytes", ",", shrink="drop", rank=3),
)
_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class JobRow:
    """A training run; done: its share from 0 to 1; left: seconds; losses: nats per character.

    loss: in training, averaged; validation_loss: the best on the text that decides.
    """

    run: int
    model: str
    text: str
    state: str
    done: float
    left: float | None
    update: int
    updates: int | None
    loss: float | None
    validation_loss: float | None
    held_out_loss: float | None
    size: int


@dataclass(frozen=True)
class JobPage:
    """All that is known of a run.

    corpus: its text, by name or with its folder; checkpoint: the update that it can go on from;
    goes_on: the command that takes it up again; message: why it failed.
    """

    row: JobRow
    corpus: str
    backend: str
    elapsed: float | None
    rate: float | None
    checkpoint: int | None
    samples: tuple[str, ...]
    message: str
    goes_on: str
    again: str
    folder: str


@dataclass(frozen=True)
class JobChange:
    """What was done with a run; update: which it had reached."""

    run: int
    model: str
    done: str
    update: int


@dataclass(frozen=True)
class PrunedJobs:
    """Runs whose folders were removed."""

    runs: tuple[int, ...]
    size: int


def list_jobs(context: Context, request: Request) -> Table:
    """Every run, the newest first."""
    rows = tuple(_job_row(RunSeen.of_job(job)) for job in all_jobs(context.environment.home))
    return Table(rows, JOB_COLUMNS, "there is no run yet; `train dinosaurs` makes one")


def show_job(context: Context, request: Request) -> JobPage | Training:
    """The page of a run; or its events to its end."""
    arguments = request.fill(ShowJobArguments)
    job = _job_of(context, arguments.run)
    if not arguments.follow:
        return _job_page(RunSeen.of_job(job))
    return Training(watch_run(job), job.number, job.training_run())


def stop_job(context: Context, request: Request) -> JobChange:
    """Ask a run to stop with a checkpoint, and wait until it has."""
    job = _running_job(context, request)
    job.requests.ask("stop")
    job.wait(_PATIENCE_SECONDS)
    seen = RunSeen.of_job(job)
    if seen.is_under_way:
        return _change(seen, "is asked to stop")
    job.mark_told(not context.private)
    if seen.status.failed:
        raise TrainingError(seen.status.failed.message, seen.status.failed.hint)
    return _change(seen, seen.state)


def save_job(context: Context, request: Request) -> JobChange:
    """Have a run save a checkpoint now."""
    job = _running_job(context, request)
    heard = ask_run(job, "checkpoint")
    return _change(RunSeen.of_job(job), "saved" if heard else "is asked to save")


def resume_job(context: Context, request: Request) -> Training | BegunRun:
    """Take up a run that was stopped or killed, exactly where its newest checkpoint is."""
    choice = request.fill(ResumeChoice)
    home = context.environment.home
    job = numbered_job(home, choice.run) if choice.run else _newest_resumable(context)
    run = plan_resume(job, choice, context.corpora, context.registry.backends.find)
    job.reopen(run)
    if context.prompted and not choice.wait:
        return begin_run(context, job, run)
    return follow_run(context, job, run)


def remove_job(context: Context, request: Request) -> JobChange:
    """Remove a run's folder, once the person has agreed; its model stays in the library."""
    arguments = request.fill(RemoveJobArguments)
    job = _job_of(context, arguments.run)
    seen = RunSeen.of_job(job)
    if seen.is_under_way:
        raise UsageError(f"run {job.number} is under way", f"`jobs stop {job.number}` first")
    question = f"Remove run {job.number} ({seen.name}), with what it needs to go on?"
    if not (arguments.yes or context.ask(question, "--yes")):
        return _change(seen, "stays")
    _remove_folder(job)
    return _change(seen, "removed")


def prune_jobs(context: Context, request: Request) -> PrunedJobs:
    """Remove all runs but the newest so many and those under way, once the person has agreed."""
    arguments = request.fill(PruneJobsArguments)
    old = all_jobs(context.environment.home)[arguments.keep :]
    over = [job for job in old if not job.is_under_way]
    size = sum(map(_folder_size, over))
    question = f"Remove {len(over):,} runs, {size:,} bytes? Their models stay"
    if not over or not (arguments.yes or context.ask(question, "--yes")):
        return PrunedJobs((), 0)
    for job in over:
        _remove_folder(job)
    return PrunedJobs(tuple(job.number for job in over), size)


def ask_run(job: Job, wish: Wish) -> bool:
    """Ask a run for something; whether it was heard before long."""
    job.requests.ask(wish)
    end = time.monotonic() + _PATIENCE_SECONDS
    while wish in job.requests.asked() and job.is_under_way:
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _job_of(context: Context, number: int | None) -> Job:
    """The run of a number, or the newest."""
    home = context.environment.home
    if number is not None:
        return numbered_job(home, number)
    jobs = all_jobs(home)
    if not jobs:
        raise TrainingError("there is no run yet", "`train dinosaurs` makes one")
    return jobs[0]


def _running_job(context: Context, request: Request) -> Job:
    """The run of a number, or the newest under way; UsageError where it is not."""
    number = request.fill(JobArguments).run
    jobs = [_job_of(context, number)] if number else all_jobs(context.environment.home)
    for job in jobs:
        if job.is_under_way:
            return job
    what = f"run {number} is not under way" if number else "no run is under way"
    raise UsageError(what, "`jobs` lists the runs")


def _newest_resumable(context: Context) -> Job:
    """The newest run that was stopped or killed, with a checkpoint."""
    for job in all_jobs(context.environment.home):
        if RunSeen.of_job(job).state in ("stopped", "died", "failed"):
            try:
                check_resumable(job)
            except CharplayError:
                continue
            return job
    raise TrainingError("no run was stopped or killed", "`jobs` lists the runs")


def _remove_folder(job: Job) -> None:
    with storage_errors(f"cannot remove {job.folder}"):
        shutil.rmtree(job.folder)


def _folder_size(job: Job) -> int:
    with storage_errors(f"cannot read {job.folder}"):
        return sum(path.stat().st_size for path in job.folder.rglob("*") if path.is_file())


def _change(seen: RunSeen, done: str) -> JobChange:
    saved = saved_update(seen.job) if done == "saved" else None
    update = seen.status.update if saved is None else saved
    return JobChange(seen.job.number, seen.name, done, update)


def _job_row(seen: RunSeen) -> JobRow:
    status = seen.status
    progress, started = status.progress, status.started
    return JobRow(
        run=seen.job.number,
        model=seen.name,
        text=PurePath(started.corpus).name if started else "",
        state=seen.state,
        done=1.0 if seen.state == "done" else status.share,
        left=progress.remaining if progress and seen.is_under_way else None,
        update=status.update,
        updates=status.updates or None,
        loss=progress.smoothed if progress else None,
        validation_loss=status.best.loss if status.best else None,
        held_out_loss=status.measured.held_out_loss if status.measured else None,
        size=_folder_size(seen.job),
    )


def _job_page(seen: RunSeen) -> JobPage:
    job, status = seen.job, seen.status
    run = job.training_run()
    saved = saved_update(job)
    return JobPage(
        row=_job_row(seen),
        corpus=run.text.corpus,
        backend=run.backend,
        elapsed=status.progress.elapsed if status.progress else None,
        rate=status.progress.rate if status.progress else None,
        checkpoint=saved,
        samples=status.sampled.texts if status.sampled else (),
        message=_message(seen),
        goes_on=_goes_on(seen) if saved else "",
        again=run.again,
        folder=path_text(job.folder),
    )


def _message(seen: RunSeen) -> str:
    """Why a run failed, in words."""
    if seen.state == "died":
        return "its process ended without a word: killed, or out of memory"
    return seen.status.failed.message if seen.status.failed and not seen.is_under_way else ""


def _goes_on(seen: RunSeen) -> str:
    """The command that takes a run up again."""
    number = seen.job.number
    if seen.state == "done":
        return f"jobs resume {number} --epochs +5"
    return "" if seen.is_under_way else f"jobs resume {number}"
