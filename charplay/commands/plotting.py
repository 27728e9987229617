"""`plot`: the losses of runs and of models, as curves, as numbers, or as a picture."""

import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePath
from typing import cast

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.run_arguments import PlotArguments
from charplay.commands.saving import ENDINGS, SavedFile
from charplay.errors import CharplayError, UsageError, list_first, quoted, unknown
from charplay.files import new_file, path_text, replace_file
from charplay.insight.axes import Against
from charplay.insight.loss_chart import LossChart, RunKey, length_of, run_key
from charplay.insight.loss_svg import chart_svg
from charplay.jobs.job import Job, all_jobs, trains_model
from charplay.jobs.status import RunStatus
from charplay.models.header import read_header
from charplay.plan import TrainingRun
from charplay.training.curves import CurveReader, LossPoint, history_points

_SVG = ".svg"
# Endings of what a plot might be wanted as, which is never the end of a run's name.
_OTHER_ENDINGS = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".pdf", ".ps", ".eps",
    ".html", ".md",
)  # fmt: skip
_MOST_RUNS = 26


@dataclass(frozen=True)
class LossPlot:
    """Losses in nats a character, and what they are drawn against."""

    against: Against
    points: tuple[LossPoint, ...]
    notices: tuple[str, ...] = ()


class NoLossesError(UsageError):
    """A run or a model has no losses that can be drawn."""


def plot_losses(context: Context, request: Request) -> LossPlot | SavedFile:
    """The losses of runs and models, or the SVG file that they were drawn in."""
    arguments = request.fill(PlotArguments)
    files = [word for word in arguments.what if word.lower().endswith(_SVG)]
    references = [word for word in dict.fromkeys(arguments.what) if word not in files]
    if len(files) > 1:
        raise UsageError(f"{list_first(files)} are {len(files)} files", "name one of them")
    path = new_file(files[0]) if files else None
    plot = _plot_of(context, references, cast(Against, arguments.against))
    return _write_svg(plot, path) if path else plot


def _write_svg(plot: LossPlot, path: Path) -> SavedFile:
    text = chart_svg(LossChart.of(plot.points, plot.against))
    replace_file(path, text.encode(), shared=True)
    return SavedFile(path_text(path), None, plot.notices)


def _plot_of(context: Context, references: Sequence[str], against: Against) -> LossPlot:
    """The losses of each reference; of several, those that have none are left out and told."""
    if len(references) > _MOST_RUNS:
        raise UsageError(f"a plot has room for {_MOST_RUNS} runs", "name fewer of them")
    found: dict[RunKey, tuple[LossPoint, ...]] = {}
    missing: list[NoLossesError] = []
    for reference in references or (_newest_run(context),):
        try:
            points = _points_against(context, reference, against)
            found.setdefault(run_key(points[0]), points)
        except NoLossesError as error:
            missing.append(error)
    if not found:
        raise missing[0]
    points = tuple(point for each in found.values() for point in each)
    return LossPlot(against, points, tuple(error.message for error in missing))


def _points_against(context: Context, reference: str, against: Against) -> tuple[LossPoint, ...]:
    points = _points_of(context, reference)
    if any(length_of(point, against) is None for point in points):
        what = "time" if against == "time" else "number of characters"
        raise NoLossesError(
            f"the file of the model {reference} has an update beside each loss, and no {what}",
            f"`plot {shlex.quote(reference)}` draws it; a run, named by its number, has all three",
        )
    return points


def _points_of(context: Context, reference: str) -> tuple[LossPoint, ...]:
    """The losses of what a person names: a run's number, a model, or a model in training."""
    jobs = all_jobs(context.environment.home)
    named = (job for job in jobs if reference.isdecimal() and job.number == int(reference))
    in_training = (job for job in jobs if trains_model(job, reference))
    if job := next(named, None):
        return _run_points(job)
    if reference not in context.library.names():
        if job := next(in_training, None):
            return _run_points(job)
        _refuse_other_file(reference)
    try:
        path = context.library.file(reference)
    except UsageError as error:
        if reference.isdecimal():
            raise UsageError(f"there is no run {reference}", "`jobs` lists the runs") from error
        names = {*context.library.names(), *filter(None, map(_name_of, jobs))}
        raise unknown("run or model", reference, names, "models") from error
    return _model_points(reference, path)


def _refuse_other_file(reference: str) -> None:
    """UsageError for a file of a kind that no plot is written as."""
    path = PurePath(reference)
    if path.suffix.lower() in _OTHER_ENDINGS:
        hint = f"type {path.with_suffix(_SVG)} in its place"
    elif path.suffix.lower() in ENDINGS:
        hint = f"type --save {path} in its place, which saves the numbers"
    else:
        return
    raise UsageError(f"a plot cannot be written as {quoted(path.suffix)}", hint)


def _newest_run(context: Context) -> str:
    jobs = all_jobs(context.environment.home)
    if not jobs:
        raise UsageError("there is no run yet", "`train dinosaurs` starts one")
    return str(jobs[0].number)


def _plan_of(job: Job) -> TrainingRun | None:
    """What a run is to do; None for a plan that another version wrote, or that is damaged."""
    try:
        return job.training_run()
    except CharplayError:
        return None


def _name_of(job: Job) -> str | None:
    run = _plan_of(job)
    return run.name if run else None


def _run_points(job: Job) -> tuple[LossPoint, ...]:
    """The losses of a run so far."""
    run = _plan_of(job)
    reader = CurveReader.of_run(run, job.number) if run else CurveReader("", job.number)
    live = job.status() if job.live.exists() else RunStatus()
    # The file of events grows ever more slowly; the newest figures stand beside it.
    newest = (event for event in (live.progress, live.evaluated) if event)
    for event in chain(job.read_events(), newest):
        with suppress(TypeError):  # an event that another version, or another hand, wrote
            reader.take(event)
    points = reader.points()
    if not points:
        called = f"run {job.number} ({reader.model})" if reader.model else f"run {job.number}"
        if reader.failed:
            message = f"{called} ended before it had a loss: {reader.failed.message}"
            raise NoLossesError(message, reader.failed.hint)
        raise NoLossesError(f"{called} has no loss yet", f"try `plot {job.number}` in a moment")
    return points


def _model_points(reference: str, path: Path) -> tuple[LossPoint, ...]:
    """The losses in the history of a model's file."""
    header = read_header(path)
    if header.plan.get("inner"):
        points = history_points(reference, header.history, "validation", header.held_out_loss)
    else:
        points = history_points(reference, header.history, "held_out")
    if not points:
        raise NoLossesError(
            f"the file of the model {reference} has no history", "`plot` draws the newest run"
        )
    return points
