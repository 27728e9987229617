"""How the process of a run ends: by signals, by requests, and with its parent."""

import os
import signal
import sys
import threading

import pytest

from charplay.jobs.job import Job
from charplay.jobs.keeping import saved_update
from charplay.models.checkpoint import read_checkpoint
from charplay.training.events import NOTHING_LEARNED
from tests.jobs.faults import (
    PATIENCE,
    STEPS,
    eventually,
    held_at,
    is_held,
    shorten,
    small_run,
    worker_of,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

FOREVER = 3600


@pytest.fixture
def start(nursery, home):
    """Starts a job in a child of this process, slow at a step; all are killed at the end."""
    processes = []

    def started(job, step=None, seconds=FOREVER):
        # A run that waits at its checkpoints leaves the machine to the other tests.
        slow = held_at(step, job, seconds) if step else held_at(STEPS["checkpointing"], job, 0.3)
        processes.append(job.start({**nursery.variables, **slow}))
        return processes[-1]

    yield started
    for process in processes:
        process.kill()
        process.wait(PATIENCE)
        process.stdin.close()


@pytest.fixture
def job(home):
    """A job that is not over before long."""
    return Job.create(home, small_run())


def learned(job):
    """Whether a run has told that it learned something."""
    return job.status().update


@pytest.mark.parametrize(
    ("phase", "number"), [("reading", signal.SIGTERM), ("making", signal.SIGHUP)]
)
def test_before_the_first_update_a_signal_ends_the_process_as_usual(job, start, number, phase):
    process = start(job, STEPS[phase])
    eventually(lambda: is_held(job))
    process.send_signal(number)
    assert process.wait(PATIENCE) == -number
    assert job.state() == "died"


def test_a_stop_before_the_first_update_says_that_nothing_is_kept(job, start):
    process = start(job, STEPS["making"])
    eventually(lambda: is_held(job))
    job.requests.ask("stop")
    assert process.wait(PATIENCE) == 1
    assert job.status().failed == NOTHING_LEARNED
    assert list(job.read_events()) == [NOTHING_LEARNED]
    assert job.state() == "failed"


def test_a_stop_that_is_asked_as_soon_as_the_run_is_under_way_is_heard(job, start):
    process = start(job, "open {folder}/status.json", 0.3)
    job.requests.ask("stop")
    assert process.wait(PATIENCE) == 1
    assert job.status().failed == NOTHING_LEARNED


def test_what_was_asked_of_an_earlier_process_is_not_asked_of_the_next(job, start):
    for wish in ("stop", "checkpoint", "stay"):
        job.requests.ask(wish)
    process = start(job)
    eventually(lambda: learned(job))
    assert process.poll() is None


def test_what_takes_too_long_after_a_signal_is_given_up_and_the_last_checkpoint_is_whole(
    job, start, home
):
    slow = Job.create(home, small_run(updates=5, validate_every=None))
    process = start(slow, STEPS["keeping"])
    eventually(lambda: is_held(slow))
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == -signal.SIGKILL
    assert slow.state() == "died"
    assert read_checkpoint(slow.checkpoint("last")).header.progress["update"] == 5


def test_a_run_that_is_told_to_stay_goes_on_to_its_end_without_its_parent(home, nursery):
    job = Job.create(home, small_run(updates=60, validate_every=5))
    parent = nursery.start(job, **held_at(STEPS["checkpointing"], job, 0.3))
    eventually(lambda: learned(job))
    job.requests.ask("stay")
    eventually(lambda: not job.requests.asked())
    os.kill(parent, signal.SIGKILL)
    assert job.wait(PATIENCE)
    assert (job.state(), learned(job)) == ("done", 60)


def test_a_run_outlives_the_thread_that_asked_for_it(job, start):
    """Linux tells a process of the end of the thread that started it, not of its parent's."""
    thread = threading.Thread(target=start, args=(job,))
    thread.start()
    thread.join()
    eventually(lambda: learned(job))
    seen = learned(job)
    eventually(lambda: learned(job) > seen)
    assert job.state() == "running"


def test_a_run_whose_parent_was_gone_before_it_looked_ends(job, nursery):
    parent = nursery.start(job, **held_at("open {folder}/lock", job, 0.5))
    eventually(lambda: is_held(job))
    os.kill(parent, signal.SIGKILL)
    eventually(lambda: worker_of(job) is None and not job.is_under_way)
    assert job.state() in ("failed", "died")


def test_a_run_taken_up_again_and_stopped_at_once_keeps_its_checkpoint(job, start):
    process = start(job)
    eventually(lambda: learned(job))
    job.requests.ask("stop")
    assert process.wait(PATIENCE) == 0
    saved = saved_update(job)
    process = start(job, STEPS["making"])
    eventually(lambda: is_held(job))
    job.requests.ask("stop")
    assert process.wait(PATIENCE) == 1
    failed = job.status().failed
    assert failed.message == "stopped before anything more was learned; the last checkpoint stays"
    assert failed.hint == "`jobs resume 1` goes on"
    assert saved_update(job) == saved
    shorten(job, saved + 3)
    assert start(job).wait(PATIENCE) == 0
    assert job.state() == "done"
