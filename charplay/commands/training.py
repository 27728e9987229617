"""`train`: from a corpus and a recipe to a model in the library."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import EventStream
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.planning import Planner
from charplay.jobs.running import run_to_library
from charplay.plan import TrainingRun
from charplay.sessions.tree import SessionRecord
from charplay.training.events import Kept, TrainingEvent, event_values


@dataclass(frozen=True)
class Training(EventStream):
    """A run under way: its events as they come."""

    run: TrainingRun
    events: Iterator[TrainingEvent]

    def results(self) -> Iterator[object]:
        """Every event with its name."""
        yield from map(event_values, self.events)


def train(context: Context, request: Request) -> Training:
    """Train a model in a process of its own and keep it; Ctrl-C ends with a checkpoint."""
    planner = Planner(context.registry, context.environment.home)
    run = planner.plan_run(request.fill(TrainingChoice), command_again(request))
    return Training(events=_train(context, run), run=run)


def command_again(request: Request) -> str:
    """The command that trains such a model, the text by its name alone."""
    values = dict(request.values)
    if values.get("corpus"):
        values["corpus"] = PurePath(values["corpus"]).name
    values.pop("name", None)
    return shlex.join(request.with_values(values).words)


def _train(context: Context, run: TrainingRun) -> Iterator[TrainingEvent]:
    """The events of a run; its model is the one to talk to afterwards."""
    last: TrainingEvent | None = None
    for last in run_to_library(run, context.library, context.environment, context.interrupt):
        yield last
    if isinstance(last, Kept):
        context.library.choose(last.name)
        if context.session:
            context.session = context.session.sibling(SessionRecord())
