"""What tests of runs share."""

import pytest

from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job
from charplay.jobs.lock import RunLock
from tests.jobs.events import RUN
from tests.jobs.faults import Nursery


@pytest.fixture(scope="package")
def nursery(tmp_path_factory):
    """Starts runs as a REPL does, which may be killed, and under which a step can be slow."""
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


@pytest.fixture
def made(home):
    """Makes a job that has told these events; by a process that goes on, where it is held."""
    holding = []

    def make(*events, held=False, run=RUN):
        job = Job.create(home, run)
        log = EventLog(job.events, job.live)
        for event in events:
            log.write(event)
        if held:
            holding.append(RunLock(job.folder / "lock"))
            assert holding[-1].acquire()
        return job

    yield make
    for each in holding:
        each.release()
