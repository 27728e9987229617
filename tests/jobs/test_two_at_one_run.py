"""Several processes at one run: followers, a second who takes it up, and locks of the dead."""

import signal
import sys
import threading
import time

import pytest

from charplay.errors import TrainingError
from charplay.jobs.job import Job
from charplay.jobs.keeping import saved_update
from charplay.jobs.lock import RunLock
from charplay.jobs.running import run_to_library
from charplay.terminal.run_news import RunNews
from charplay.terminal.shell import Shell
from tests.conftest import make_environment
from tests.jobs.faults import PATIENCE, STEPS, eventually, held_at, shorten, small_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="locks as Linux has them")


@pytest.fixture
def running(home, nursery):
    """A run under way, which mostly waits, and its process."""
    job = Job.create(home, small_run())
    process = job.start({**nursery.variables, **held_at(STEPS["checkpointing"], job, 0.3)})
    eventually(lambda: job.status().update)
    yield job, process
    process.kill()
    process.wait(PATIENCE)
    process.stdin.close()


def test_two_who_follow_a_run_see_it_to_its_end(running, charplay):
    job, _ = running
    said = []
    followers = [
        threading.Thread(target=lambda: said.append(charplay("jobs", "show", "1", "--follow")))
        for _ in range(2)
    ]
    for follower in followers:
        follower.start()
    seen = job.status().update
    eventually(lambda: job.status().update > seen)
    job.requests.ask("stop")
    for follower in followers:
        follower.join(PATIENCE)
    assert [each.status for each in said] == [0, 0]
    assert all("stopped as you asked after" in each.out for each in said)
    assert all("killed is in the library" in each.out for each in said)


def test_a_run_under_way_is_not_taken_up_a_second_time(running, charplay, world):
    job, process = running
    said = charplay("jobs", "resume", "1")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("error: run 1 is under way")
    # Two at the same moment: the lock decides, and the other is told.
    with pytest.raises(TrainingError, match="run 1 is under way"):
        list(run_to_library(Job(job.folder), None, world()))
    assert process.poll() is None
    assert "stop" not in job.requests.asked()


def test_a_run_under_way_is_not_removed(running, charplay):
    assert "run 1 is under way" in charplay("jobs", "remove", "1", "--yes").err
    assert charplay("jobs", "prune", "0", "--yes").status == 0
    assert running[0].plan.exists()


def test_a_lock_file_of_a_dead_process_says_nothing(running, charplay):
    job, process = running
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE)
    eventually(lambda: not job.is_under_way)
    assert (job.folder / "lock").exists()
    assert job.state() == "died"
    shorten(job, saved_update(job) + 3)
    assert charplay("jobs", "resume", "1").status == 0
    assert job.state() == "done"


def test_a_prompt_tells_in_one_line_that_the_process_of_a_run_was_killed(running, home):
    job, process = running
    environment = make_environment(home, COLUMNS="200")
    shell = Shell(environment)
    try:
        shell.context.board.add(job)
        news = RunNews(shell.context, shell.console)
        assert news.look() is None
        process.kill()
        process.wait(PATIENCE)
        news.look()()
        assert news.look() is None
    finally:
        shell.close()
    [line] = environment.stdout.getvalue().splitlines()
    assert line.startswith("run 1 (killed) was killed, or ran out of memory, after ")
    assert line.endswith(f"jobs resume 1 goes on from update {saved_update(job):,}")


def test_who_looks_does_not_take_another_who_looks_for_the_run(tmp_path):
    (tmp_path / "lock").touch()
    lock = RunLock(tmp_path / "lock")
    over, held = time.monotonic() + 0.3, []

    def look():
        while time.monotonic() < over:
            held.append(lock.is_held())

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    assert not any(held)
    assert lock.acquire()
    assert RunLock(tmp_path / "lock").is_held()


def test_what_a_killed_process_left_half_written_is_gone_when_the_run_goes_on(home, world):
    job = Job.create(home, small_run(updates=5))
    left = job.folder / ".last.safetensors.0123456789abcdef"
    left.write_bytes(b"half")
    process = job.start(world().variables)
    assert process.wait(PATIENCE) == 0
    process.stdin.close()
    assert not left.exists()
