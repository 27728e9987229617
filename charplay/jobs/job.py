"""A job: one training run in a process of its own, which keeps everything in one folder.

    jobs/<number>/plan.json            the run that the process must do
    jobs/<number>/events.jsonl         what happened, one event a line
    jobs/<number>/last.safetensors     the newest checkpoint, with all that a resume needs
    jobs/<number>/best.safetensors     the checkpoint with the least held-out loss
    jobs/<number>/log.txt              what else the process wrote

A line on the process's standard input asks it to stop. So does the end of that input: when charplay
is killed, the run still ends with a checkpoint.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from charplay.environment import Environment
from charplay.errors import CharplayError
from charplay.files import (
    add_private_folder,
    make_private_folder,
    named_file,
    open_private,
    replace_file,
    storage_errors,
)
from charplay.plan import TrainingRun
from charplay.training.events import TrainingEvent, event_from_json

STOP = "stop\n"
_LOOK_SECONDS = 0.03
_PATIENCE_SECONDS = 30


class Job:
    """The folder of one job in the data home, and the start of its process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = int(folder.name)
        self.home = folder.parent.parent
        self.plan = folder / "plan.json"
        self.events = folder / "events.jsonl"
        self.log = folder / "log.txt"

    @classmethod
    def create(cls, home: Path, run: TrainingRun) -> "Job":
        """A job with the next free number, whose folder holds the run."""
        jobs = home / "jobs"
        with storage_errors(f"cannot make a job in {jobs}"):
            make_private_folder(jobs)
            taken = [int(path.name) for path in jobs.iterdir() if path.name.isdecimal()]
            number = max(taken, default=0) + 1
            while True:
                with suppress(FileExistsError):
                    add_private_folder(jobs / str(number))
                    break
                number += 1
        job = cls(jobs / str(number))
        job.rewrite_plan(run)
        return job

    def training_run(self) -> TrainingRun:
        """The run that the job must do, read from its folder; CharplayError where it is damaged."""
        with storage_errors(f"cannot read {self.plan}"):
            return TrainingRun.from_json(self.plan.read_bytes())

    def rewrite_plan(self, run: TrainingRun) -> None:
        """Put a run in the place of the one that the job was given."""
        replace_file(self.plan, run.to_json().encode())

    def checkpoint(self, which: str) -> Path:
        """The path of the `last` or the `best` checkpoint, which may not exist yet."""
        return self.folder / f"{which}.safetensors"

    def start(self, variables: Mapping[str, str]) -> "subprocess.Popen[str]":
        """Start the process in a session of its own, which the terminal's Ctrl-C does not reach."""
        with (
            storage_errors(f"cannot start training in {self.folder}"),
            open_private(self.log) as log,
        ):
            return subprocess.Popen(
                [sys.executable, "-m", "charplay.jobs.worker", str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                env=dict(variables),
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )


def find_job(home: Path, reference: str) -> Job | None:
    """The newest job with a checkpoint that a reference names; None where there is no such job.

    The reference is the name of a model in training, or the path of a job's newest checkpoint.
    """
    with storage_errors(f"cannot read {home / 'jobs'}"):
        folders = [path for path in (home / "jobs").glob("*") if path.name.isdecimal()]
    typed = named_file(reference)
    for job in map(Job, sorted(folders, key=lambda path: -int(path.name))):
        last = job.checkpoint("last")
        if last.exists() and ((typed and typed.samefile(last)) or _trains_model(job, reference)):
            return job
    return None


def _trains_model(job: Job, name: str) -> bool:
    """Whether a job trains the model of that name."""
    try:
        return job.training_run().name == name
    except CharplayError:  # a plan that another version wrote, or that is damaged
        return False


def follow_job(
    job: Job, environment: Environment, interrupted: Callable[[], None] = lambda: None
) -> Iterator[TrainingEvent]:
    """Start a job and give its events as they come, until its process has ended.

    The first Ctrl-C asks the process to stop with a checkpoint, the second ends it at once;
    `interrupted` is called for each.
    """
    lines = _GrowingLines(job.events)
    with environment.interrupts() as interrupts:
        process = job.start(environment.variables)
        handled, running = 0, True
        try:
            while running:
                running = process.poll() is None
                yield from map(event_from_json, lines.read_new())
                while handled < interrupts.count:
                    handled += 1
                    interrupted()
                    _interrupt_process(process, at_once=handled > 1)
                if running:
                    time.sleep(_LOOK_SECONDS)
        finally:
            _end_process(process)


def _interrupt_process(process: "subprocess.Popen[str]", at_once: bool) -> None:
    """Ask the process to stop, or end it."""
    if at_once:
        process.kill()
    elif process.stdin:
        with suppress(OSError):
            process.stdin.write(STOP)
            process.stdin.flush()


def _end_process(process: "subprocess.Popen[str]") -> None:
    """Close the process's input, which asks it to stop, and wait; kill it if it takes too long."""
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(_PATIENCE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()


class _GrowingLines:
    """The whole lines of a file that grows; each line is given once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def read_new(self) -> list[str]:
        """The lines that were completed since the last call."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        # Not splitlines, which would cut an event at every line end that Unicode knows.
        return whole.decode("utf-8").split("\n")[:-1]
