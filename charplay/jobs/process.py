"""The process of a run: `python -m charplay.jobs.process FOLDER PARENT`.

What it needs at its very start is small, so that it hears its parent before it loads anything
large. PARENT is the number of the process that started it.
"""

import logging
import sys
from pathlib import Path
from typing import TextIO, cast

from charplay.errors import ExitStatus
from charplay.jobs.ending import Ending
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job
from charplay.streams import NoInput
from charplay.training.events import NOTHING_LEARNED, Failed

# Whoever looks whether a run is under way holds its lock for a moment.
_LOCK_SECONDS = 1.0


def run_process(folder: Path, parent: int) -> ExitStatus:
    """Do the run of a folder, unless another process does it already."""
    job = Job(folder)
    if not job.lock.acquire(_LOCK_SECONDS):
        logging.error("run %s is under way already", job.number)
        return ExitStatus.FAILED
    job.remove_unfinished()
    log = EventLog(job.events, job.live)
    ending = Ending(job.requests, parent, lambda: log.write(_nothing_learned(job)))
    ending.watch()
    sys.stdin = cast(TextIO, NoInput())  # requests come there, and are read without it
    from charplay.jobs.worker import do_job  # numpy and all that learns

    return do_job(job, log, ending)


def _nothing_learned(job: Job) -> Failed:
    """What is told of a run that is stopped before its first update."""
    if not job.checkpoint("last").exists():
        return NOTHING_LEARNED
    message = "stopped before anything more was learned; the last checkpoint stays"
    return Failed(message, f"`jobs resume {job.number}` goes on")


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s")
    sys.exit(run_process(Path(sys.argv[1]), int(sys.argv[2])))
