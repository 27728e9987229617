"""`train`: from a corpus and a recipe to a model in the library."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from charplay.commands.columns import with_column
from charplay.commands.context import Context
from charplay.commands.piped_input import PIPE, store_piped
from charplay.commands.request import Request
from charplay.commands.results import EventStream
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.planning import Planner
from charplay.jobs.running import run_to_library
from charplay.plan import TrainingRun
from charplay.training.events import Kept, Started, TrainingEvent, event_values


@dataclass(frozen=True)
class Training(EventStream):
    """A run under way: its events as they come.

    model_waits: the conversation goes on with its own model until the new one is chosen.
    """

    run: TrainingRun
    events: Iterator[TrainingEvent]
    model_waits: bool = False

    def results(self) -> Iterator[object]:
        """Every event with its name; the first also says how the text was read."""
        for event in self.events:
            notes = {"notes": self.run.notes} if isinstance(event, Started) else {}
            yield event_values(event) | notes


def train(context: Context, request: Request) -> Training:
    """Train a model in a process of its own and keep it; Ctrl-C ends with a checkpoint."""
    planner = Planner(context.registry, context.environment.home)
    choice = request.fill(TrainingChoice)
    piped = choice.corpus == PIPE
    if piped:
        choice = replace(choice, corpus=store_piped(context))
    run = with_column(
        context, choice.reading, lambda reading: planner.plan_run(replace(choice, reading=reading))
    )
    if piped:
        run = replace(run, again=run.again.replace(PurePath(run.text.corpus).name, PIPE))
    waits = context.prompted and context.session is not None and not context.session.is_empty
    return Training(events=_train(context, run, waits), run=run, model_waits=waits)


def _train(context: Context, run: TrainingRun, waits: bool) -> Iterator[TrainingEvent]:
    """The events of a run; unless its model waits, it is the one to talk to afterwards."""
    last: TrainingEvent | None = None
    for last in run_to_library(run, context.library, context.environment, context.interrupt):
        yield last
    if isinstance(last, Kept) and not waits:
        context.remember(last.name)
        context.talk_with(context.library.open(last.name))
