"""Commands performed in this process, without a screen: what each returns, as a value."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from charplay.commands.builtin import all_commands
from charplay.commands.context import Context
from charplay.commands.dispatch import perform_line
from charplay.commands.settings import Settings
from charplay.errors import CharplayError
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job
from charplay.jobs.lock import RunLock
from charplay.sessions.choice import SessionChoice
from tests.conftest import installed_plugins, make_environment
from tests.jobs.events import RUN

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Hand:
    """Performs lines in one context; `notes` are those of the last one."""

    context: Context
    notes: tuple[str, ...] = field(default=())

    def __call__(self, line):
        performed = perform_line(self.context, line)
        self.notes = performed.notes if performed else ()
        return performed.value if performed else None

    def say(self, line):
        """All events of an answer, or of another stream."""
        return list(self(line).events)

    def refused(self, line):
        """The message and the hint of the error that a line comes to."""
        with pytest.raises(CharplayError) as caught:
            self(line)
        return caught.value.message, caught.value.hint

    def answering(self, answer):
        """The questions that are asked from now on, each answered so."""
        asked = []

        def ask(question):
            asked.append(question)
            return answer

        self.context.asker = ask
        return asked

    def choosing(self, typed):
        """The questions whose answers are typed, each answered so."""
        asked = []

        def choose(question):
            asked.append(question)
            return typed

        self.context.chooser = choose
        return asked


@pytest.fixture
def hand(home):
    """Makes a context in the test's home and performs lines in it."""
    made = []

    def make(registry=None, session=False, stdin="", **more):
        environment = make_environment(more.pop("home", home), stdin, seed=more.pop("seed", 7))
        environment = replace(environment, now=lambda: NOW)
        registry = registry or installed_plugins()
        context = Context(environment, registry, all_commands(registry), Settings(), **more)
        if session:
            context.begin_session(SessionChoice(), last=True)
        made.append(context)
        return Hand(context)

    yield make
    for context in made:
        context.close()


@pytest.fixture
def made_run(home):
    """Makes a run that has told these events; it goes on in another process, where it is held."""
    holding = []

    def make(*events, held=False, run=RUN, checkpoint=None):
        job = Job.create(home, run)
        log = EventLog(job.events, job.live)
        for event in events:
            log.write(event)
        if checkpoint is not None:
            job.checkpoint("last").write_bytes(checkpoint)
        if held:
            holding.append(RunLock(job.folder / "lock"))
            assert holding[-1].acquire()
        return job

    yield make
    for each in holding:
        each.release()
