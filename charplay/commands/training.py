"""`train`: from a corpus and a recipe to a model in the library."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from charplay.commands.class_training import ClassTraining, train_classes
from charplay.commands.context import Context
from charplay.commands.piped_input import PIPE, store_piped
from charplay.commands.reading import with_answers
from charplay.commands.request import Request
from charplay.commands.results import EventStream
from charplay.jobs.base import create_job
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.job import Job
from charplay.jobs.planning import Planner
from charplay.jobs.running import run_to_library
from charplay.plan import TrainingRun
from charplay.training.events import Kept, Started, TrainingEvent, event_values


@dataclass(frozen=True)
class Training(EventStream):
    """A run under way: its events as they come, and its number.

    model_waits: the conversation goes on with its own model until the new one is chosen.
    """

    events: Iterator[TrainingEvent]
    number: int
    run: TrainingRun
    model_waits: bool = False

    def results(self) -> Iterator[object]:
        """Every event with its name; the first also says how the text was read."""
        for event in self.events:
            notes = {"notes": self.run.notes} if isinstance(event, Started) else {}
            yield event_values(event) | notes


@dataclass(frozen=True)
class BegunRun:
    """A run that goes on beside the conversation."""

    run: int
    model: str
    resumed: bool = False
    notes: tuple[str, ...] = ()


def train(context: Context, request: Request) -> Training | BegunRun | ClassTraining:
    """Train a model in a process of its own and keep it; at a prompt, beside the conversation."""
    planner = Planner(context.registry, context.environment.home)
    choice = request.fill(TrainingChoice)
    if choice.each or choice.by is not None:
        return train_classes(context, choice, planner)
    piped = choice.corpus == PIPE
    if piped:
        choice = replace(choice, corpus=store_piped(context))
    run = with_answers(
        context, choice.reading, lambda reading: planner.plan_run(replace(choice, reading=reading))
    )
    if piped:
        run = replace(run, again=run.again.replace(PurePath(run.text.corpus).name, PIPE))
    if context.prompted and not choice.wait:
        return begin_run(context, create_job(context.environment.home, run), run)
    return follow_run(context, None, run)


def begin_run(context: Context, job: Job, run: TrainingRun) -> BegunRun:
    """Start a run that the conversation does not wait for."""
    resumed = job.events.exists()
    job.start(context.environment.variables)
    context.board.add(job, own=True)
    return BegunRun(job.number, run.name, resumed, () if resumed else run.notes)


def follow_run(context: Context, job: Job | None, run: TrainingRun) -> Training:
    """Start a run, a new one unless it has a job, and follow it to its end."""
    waits = context.prompted and context.session is not None and not context.session.is_empty
    job = job or create_job(context.environment.home, run)
    return Training(_follow(context, job, waits), job.number, run, waits)


def _follow(context: Context, job: Job, waits: bool) -> Iterator[TrainingEvent]:
    """The events of a run; unless its model waits, it is the one to talk to afterwards."""
    last: TrainingEvent | None = None
    for last in run_to_library(job, context.library, context.environment, context.interrupt):
        yield last
    if not context.private:
        job.mark_told()
    if isinstance(last, Kept) and not waits:
        take_model(context, last.name)


def take_model(context: Context, name: str) -> None:
    """Talk with a model from now on; it is not loaded where there is no session to do so."""
    context.remember(name)
    if context.session is not None:
        context.talk_with(context.library.open(name))
