"""Runs whose processes are killed in every phase: what is on the disk, and how they go on."""

import random
import sys

import pytest

from charplay.errors import TrainingError
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job
from charplay.jobs.keeping import saved_update
from charplay.jobs.resuming import check_resumable
from charplay.jobs.worker import Worker
from charplay.models.checkpoint import read_checkpoint
from charplay.training.events import Finished, Progress
from tests.jobs.faults import (
    ENDLESS,
    STEPS,
    eventually,
    held_at,
    is_alive,
    make_faults,
    reach_phase,
    shorten,
    small_run,
    strike,
    worker_of,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

_MORE = 3


def in_part_now(faults, now):
    """The first faults for every day, the others for the campaign."""
    return [
        pytest.param(fault, marks=[] if number < now else pytest.mark.campaign)
        for number, fault in enumerate(faults)
    ]


@pytest.fixture
def text(tmp_path):
    """A short list of names."""
    path = tmp_path / "text.txt"
    path.write_text(
        "".join(f"{a}{b}{c}{d}\n" for a in "bdfg" for b in "aeio" for c in "kln" for d in "ua")
    )
    return path


def check_files(job):
    """Every checkpoint is whole, and as new as anything that was told of the run."""
    for which in ("last", "best"):
        if job.checkpoint(which).exists():
            read_checkpoint(job.checkpoint(which))
    told = [event.update for event in job.read_events() if isinstance(event, Progress)]
    shown = job.status().progress
    assert max(told, default=0) <= (saved_update(job) or 0)
    assert (shown.update if shown else 0) <= (saved_update(job) or 0)


def go_on(job, registry, world):
    """Do the rest of a run, of which there is not much."""
    shorten(job, saved_update(job) + _MORE)
    log = EventLog(job.events, job.live)
    Worker(job, registry, log.write, world()).work(lambda: False)


def suffer(fault, nursery, home, text):
    """A run that has met a fault, once its process is gone."""
    moments = random.Random(fault.seed)
    updates = 30 if fault.phase == "keeping" else ENDLESS
    job = Job.create(home, small_run(text, fault.hidden, updates))
    parent = nursery.start(job, **held_at(STEPS[fault.phase], job))
    reach_phase(fault.phase, job, moments)
    worker = worker_of(job)
    strike(fault, worker, parent, moments)
    eventually(lambda: not is_alive(worker) and not job.is_under_way)
    return job


def check_fault(fault, nursery, home, text, registry, world, charplay):
    """What is promised of a run that met a fault."""
    job = suffer(fault, nursery, home, text)
    check_files(job)
    state = job.state()
    assert state in ("died", "stopped", "failed") or (
        fault.phase == "keeping" and job.status().kept
    )
    assert f" {state} " in charplay("jobs").out
    if saved_update(job) is None:
        with pytest.raises(TrainingError, match="saved nothing"):
            check_resumable(job)
        return
    check_resumable(job)
    go_on(job, registry, world)
    assert job.state() == "done"
    [*_, finished] = (event for event in job.read_events() if isinstance(event, Finished))
    assert finished.reason == "done"


@pytest.mark.parametrize("fault", in_part_now(make_faults(30), now=6), ids=str)
def test_a_killed_run_leaves_whole_files_and_goes_on(
    fault, nursery, home, text, registry, world, charplay
):
    check_fault(fault, nursery, home, text, registry, world, charplay)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", make_faults(180, first=100) + make_faults(20, hidden=1000, first=500), ids=str
)
def test_a_killed_run_leaves_whole_files_and_goes_on_whatever_the_moment(
    fault, nursery, home, text, registry, world, charplay
):
    check_fault(fault, nursery, home, text, registry, world, charplay)
