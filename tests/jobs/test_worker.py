"""Training in real processes: where it runs, how it is stopped, what a kill leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from charplay.jobs.following import follow_start
from charplay.jobs.job import Job
from charplay.models.checkpoint import read_checkpoint
from charplay.plan import Plan, Stage, TextChoice, TrainingRun
from tests.conftest import variables_for

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

PATIENCE = 60  # seconds until a condition is given up, never until one is expected
LONG = ("--recipe", "course-dinosaurs", "--updates", "10000000")
TELL = """
import sys
from charplay.environment import Environment
from charplay.terminal.cli import run
status = run(sys.argv[1:], Environment.of_process())
print(*sys.modules, file=sys.stderr)
sys.exit(status)
"""


def eventually(condition):
    """The first true value of a condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError("waited in vain")


@pytest.fixture
def started(home):
    """Starts charplay as a process; all that is left of it is killed at the end."""
    processes = []

    def start(*words, python=("-m", "charplay"), **more):
        process = subprocess.Popen(
            [sys.executable, "-u", *python, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables_for(home),
            text=True,
            **more,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()
    for worker in workers(home):
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def commands():
    """(number, command line) of every living process."""
    if Path("/proc/self/cmdline").exists():
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                yield int(folder.name), (folder / "cmdline").read_bytes().decode(errors="replace")
        return
    listed = subprocess.run(["ps", "-A", "-o", "pid=,command="], capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        number, _, command = line.strip().partition(" ")
        yield int(number), command


def workers(home):
    """The living processes that train for a data home."""
    return [
        number
        for number, command in commands()
        if "charplay.jobs.process" in command and str(home) in command
    ]


def job(home, number=1):
    return home / "jobs" / str(number)


def training(home, *which):
    """Whether the job has told its progress, and has these checkpoints."""
    events = job(home) / "events.jsonl"
    begun = events.exists() and b'"progress"' in events.read_bytes()
    return begun and all((job(home) / f"{name}.safetensors").exists() for name in which)


def interrupted_again(run):
    """The output of a run that is sent Ctrl-C once more."""
    for _ in range(PATIENCE // 5):
        run.send_signal(signal.SIGINT)
        # Two signals that come before a busy process looks up are one to it: then send another.
        with suppress(subprocess.TimeoutExpired):
            return run.communicate(timeout=5)
    raise AssertionError("the second Ctrl-C did not end the run")


def model_named(home, name):
    """The library's model of that name, read whole."""
    digest = (home / "models" / "names" / name).read_text().split()[0]
    checkpoint = read_checkpoint(home / "models" / f"{digest}.safetensors")
    assert checkpoint.header.digest == digest
    return checkpoint


def assert_files_are_whole(home):
    """Every model file that is there, in jobs and library, can be read."""
    for path in home.rglob("*.safetensors"):
        read_checkpoint(path)


def test_training_runs_in_a_process_of_its_own(process):
    """The learner is never imported where the person types."""
    said = process("train", "dinosaurs", "--epochs", "1", python=["-c", TELL])
    assert said.status == 0, said.err
    assert "dinosaurs is in the library" in said.out
    modules = said.err.split()
    assert "charplay.terminal.cli" in modules
    assert "charplay_numpy.learner" not in modules
    assert "charplay.training.trainer" not in modules


def test_a_text_with_odd_line_ends_is_trained_on_like_any_other(charplay, tmp_path):
    """Samples that hold them pass from the worker to the terminal."""
    path = tmp_path / "odd.txt"
    path.write_text("Shall\u2028I\x85compare\x0bthee\x0c to\x1c a\u2029 day?" * 50, "utf-8")
    said = charplay("train", path, "--kind", "prose", "--epochs", "1")
    assert (said.status, said.err) == (0, "")
    assert "odd is in the library" in said.out


def test_a_model_knows_the_characters_of_every_stages_text_and_names_no_folder(
    home, world, charplay, tmp_path
):
    (tmp_path / "first.txt").write_text("Where the bee sucks, there suck I?\n" * 60)
    (tmp_path / "own.txt").write_text("In a cowslip's bell I lie!\n" * 60)
    plan = Plan(
        cutting="stream", batch_size=4, length=16, held_out=0.1,
        stages=(Stage(epochs=1, corpus=str(tmp_path / "first.txt")), Stage(epochs=1)),
    )  # fmt: skip
    text = TextChoice(str(tmp_path / "own.txt"), kind="prose", lower=True)
    this = Job.create(home, TrainingRun("two", text, "numpy", {"hidden": 8}, plan))
    started, *_ = follow_start(this, world())
    assert (started.texts, started.characters, started.held_out) == (
        (str(tmp_path / "first.txt"), str(tmp_path / "own.txt")), 60 * 35 + 54 * 27, 6 * 27,
    )  # fmt: skip
    header = model_named(home, "two").header
    assert set(header.vocabulary) == set("where the bee sucks, there suck i?\nin a cowslip's bell!")
    assert str(tmp_path) not in json.dumps([header.provenance, header.plan])
    assert header.provenance["text"]["corpus"] == "own.txt"
    digest = sha256((tmp_path / "first.txt").read_bytes()).hexdigest()
    assert header.provenance["stage_texts"] == {"first.txt": digest}
    assert digest in charplay("models", "show", "two").out.replace("\n", "")


def test_a_finished_job_leaves_its_plan_its_events_and_both_checkpoints(charplay, home):
    assert charplay("train", "dinosaurs", "--epochs", "1").status == 0
    names = {path.name for path in job(home).iterdir()}
    assert names == {
        "plan.json", "events.jsonl", "status.json", "log.txt", "lock", "told",
        "last.safetensors", "best.safetensors",
    }  # fmt: skip
    assert_files_are_whole(home)


def test_ctrl_c_ends_the_run_with_a_checkpoint_and_the_model_in_the_library(started, home):
    run = started("train", "dinosaurs", *LONG)
    assert run.stdout.readline().startswith("training course-dinosaurs")
    eventually(lambda: training(home))
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=PATIENCE)
    assert "stopped as you asked after " in out
    assert "course-dinosaurs is in the library" in out
    assert "Traceback" not in out + err
    assert (job(home) / "last.safetensors").exists()
    assert model_named(home, "course-dinosaurs").header.history[-1][0] > 0
    assert_files_are_whole(home)
    assert not workers(home)
    assert run.returncode == 130


def test_a_ctrl_c_that_reaches_the_whole_terminal_does_the_same(started, home):
    """A terminal sends Ctrl-C to every process in its foreground, not to the parent alone."""
    run = started("train", "dinosaurs", *LONG, start_new_session=True)
    run.stdout.readline()
    eventually(lambda: training(home))
    os.killpg(run.pid, signal.SIGINT)
    out, _ = run.communicate(timeout=PATIENCE)
    assert "course-dinosaurs is in the library" in out
    assert model_named(home, "course-dinosaurs")
    assert not workers(home)


def test_a_second_ctrl_c_ends_the_run_at_once_and_the_last_checkpoint_is_whole(started, home):
    run = started("train", "dinosaurs", *LONG, "--set", "checkpoint-seconds=0")
    run.stdout.readline()
    eventually(lambda: training(home, "last"))
    (worker,) = workers(home)
    # A worker that is held still cannot obey the first Ctrl-C; only the second ends it.
    os.kill(worker, signal.SIGSTOP)
    run.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert run.poll() is None
    out, err = interrupted_again(run)
    assert "Traceback" not in out + err
    assert not workers(home)
    read_checkpoint(job(home) / "last.safetensors")
    assert model_named(home, "course-dinosaurs")
    assert_files_are_whole(home)
    assert run.returncode == 130


def test_ctrl_c_before_the_first_update_leaves_nothing_half_done(started, home):
    run = started("train", "dinosaurs", *LONG)
    eventually(lambda: workers(home) or run.poll() is not None)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=PATIENCE)
    assert "Traceback" not in out + err
    assert "charplay broke" not in err
    assert run.returncode == 130
    eventually(lambda: not workers(home))
    assert_files_are_whole(home)


def test_a_run_whose_charplay_is_killed_ends_by_itself_with_a_checkpoint(started, home):
    run = started("train", "dinosaurs", *LONG)
    run.stdout.readline()
    eventually(lambda: training(home))
    run.kill()
    run.wait(PATIENCE)
    eventually(lambda: not workers(home))
    read_checkpoint(job(home) / "last.safetensors")
    assert model_named(home, "course-dinosaurs")
    assert_files_are_whole(home)


def test_a_run_whose_process_is_killed_is_no_success_and_says_how_it_goes_on(started, home):
    run = started("train", "dinosaurs", *LONG, "--set", "checkpoint-seconds=0")
    run.stdout.readline()
    eventually(lambda: training(home, "last"))
    for worker in workers(home):
        os.kill(worker, signal.SIGKILL)
    out, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    assert "is in the library" not in out
    error, hint = err.splitlines()
    assert error.startswith("error: the process of run 1 ended without a word")
    assert hint.startswith("  → charplay jobs resume 1 goes on from update ")
    assert_files_are_whole(home)


def test_a_worker_that_is_killed_before_its_first_checkpoint_is_one_clear_error(
    started, home, with_model
):
    run = started("train", "dinosaurs", *LONG, "--set", "checkpoint-seconds=1000")
    run.stdout.readline()
    eventually(lambda: training(home))
    for worker in workers(home):
        os.kill(worker, signal.SIGKILL)
    _, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    lines = err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("error: ")
    assert lines[0].endswith("; it had saved nothing")
    assert lines[1].startswith("  → ")
    assert model_named(home, "dinosaurs")
    assert_files_are_whole(home)


def test_a_reader_that_goes_away_ends_the_run_quietly(started, home):
    """As in `charplay train … | head -1`."""
    run = started("train", "dinosaurs", *LONG)
    assert run.stdout.readline().startswith("training")
    run.stdout.close()
    assert run.stderr.read() == ""
    run.wait(PATIENCE)
    eventually(lambda: not workers(home))
    assert_files_are_whole(home)
    assert run.returncode == 0


@pytest.mark.parametrize("format", ["text", "json", "csv"])
def test_a_reader_of_names_that_goes_away_is_no_error(started, with_model, format):
    run = started("names", "-n", "100", "--format", format)
    run.stdout.close()
    assert run.stderr.read() == ""
    run.wait(PATIENCE)
    assert run.returncode == 0


def test_a_worker_that_is_asked_to_end_by_the_system_ends_with_a_checkpoint(started, home):
    """As at a shutdown."""
    run = started("train", "dinosaurs", *LONG)
    run.stdout.readline()
    eventually(lambda: training(home))
    for worker in workers(home):
        os.kill(worker, signal.SIGTERM)
    out, _ = run.communicate(timeout=PATIENCE)
    assert "stopped as you asked after " in out
    assert model_named(home, "course-dinosaurs")
