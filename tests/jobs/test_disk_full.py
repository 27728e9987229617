"""A disk that is full while a run writes: the run stops, the old checkpoint stays, it is said."""

import os
import sys

import pytest

from charplay.jobs.job import Job
from charplay.jobs.keeping import saved_update
from charplay.models.checkpoint import read_checkpoint
from tests.jobs.faults import Nursery, eventually, small_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

# Python runs this as it starts: in the process of a run the disk is full for files whose path has
# the text in it that is in the file FULL.
_FULL = """
import errno, os, sys
if "charplay.jobs.process" in sys.orig_argv:
    real = os.fsync
    def fsync(descriptor):
        full = os.environ["FULL"]
        if os.path.exists(full) and open(full).read() in os.readlink(f"/proc/self/fd/{descriptor}"):
            os.ftruncate(descriptor, 100)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)
    os.fsync = fsync
"""


@pytest.fixture
def start(tmp_path, home):
    """Starts a job whose disk is full for paths with a text in them, from when `fill` is called."""
    (tmp_path / "python").mkdir()
    nursery = Nursery(tmp_path / "python", _FULL)
    yield lambda job: nursery.start(job, FULL=str(tmp_path / "full"))
    nursery.close()


@pytest.fixture
def fill(tmp_path):
    """Fills the disk for what is written to a path with this text in it."""

    def filled(part):
        (tmp_path / "new").write_text(part)
        os.replace(tmp_path / "new", tmp_path / "full")

    return filled


@pytest.mark.parametrize("which", ["last", "best"])
def test_a_disk_that_is_full_at_a_checkpoint_ends_the_run_and_the_old_one_stays(
    home, start, fill, charplay, which
):
    job = Job.create(home, small_run(validate_every=5))
    start(job)
    eventually(lambda: all(job.checkpoint(each).exists() for each in ("last", "best")))
    fill(f"/.{which}.safetensors")
    assert job.wait(120)
    assert job.state() == "failed"
    failed = job.status().failed
    assert failed.message.endswith(f"{which}.safetensors: No space left on device")
    assert failed.hint == "the disk is full: free some space and try again"
    for each in ("last", "best"):
        assert read_checkpoint(job.checkpoint(each)).header.progress["update"] > 0
    assert "No space left on device" in charplay("jobs", "show", "1").out
    assert not list(job.folder.glob(".*.safetensors.*"))


def test_a_disk_that_is_full_at_the_end_loses_nothing(home, start, fill, charplay):
    job = Job.create(home, small_run(updates=20))
    fill("/models/")
    start(job)
    eventually(lambda: job.status().failed)
    assert job.wait(120)
    assert job.state() == "failed"
    assert saved_update(job) == 20
    said = charplay("jobs", "resume", "1")
    assert (said.status, said.err) == (0, "")
    assert job.state() == "done"
    assert charplay("names", "killed", "-n", "1").status == 0
