"""A training run's folder under the data home, and the process that works in it.

    jobs/<number>/plan.json            what to do
    jobs/<number>/events.jsonl         what happened, a line each
    jobs/<number>/last.safetensors     the newest checkpoint, with all that a resume needs
    jobs/<number>/best.safetensors     the one with the least held-out loss
    jobs/<number>/log.txt              what the process wrote besides

The process is asked to stop by a line on its standard input, or by the end of that: a run whose
charplay is gone ends with a checkpoint.
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
from charplay.files import named_file, replace_file, storage_errors
from charplay.plan import Run
from charplay.training.events import Event, from_json

STOP = "stop\n"
_LOOK_SECONDS = 0.03
_PATIENCE_SECONDS = 30


class Job:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = int(folder.name)
        self.home = folder.parent.parent
        self.plan = folder / "plan.json"
        self.events = folder / "events.jsonl"
        self.log = folder / "log.txt"

    @classmethod
    def create(cls, home: Path, run: Run) -> "Job":
        """A new folder with the next free number, and the run's plan in it."""
        jobs = home / "jobs"
        with storage_errors(f"cannot make a job in {jobs}"):
            jobs.mkdir(parents=True, exist_ok=True)
            taken = [int(path.name) for path in jobs.iterdir() if path.name.isdecimal()]
            number = max(taken, default=0) + 1
            while True:
                with suppress(FileExistsError):
                    (jobs / str(number)).mkdir()
                    break
                number += 1
        job = cls(jobs / str(number))
        replace_file(job.plan, run.to_json().encode())
        return job

    def run(self) -> Run:
        """What the job is to do."""
        with storage_errors(f"cannot read {self.plan}"):
            return Run.from_json(self.plan.read_bytes())

    def checkpoint(self, which: str) -> Path:
        """Where the `last` or the `best` checkpoint lies."""
        return self.folder / f"{which}.safetensors"

    def start(self, variables: Mapping[str, str]) -> "subprocess.Popen[str]":
        """Start the process, out of reach of the terminal's Ctrl-C."""
        with storage_errors(f"cannot start training in {self.folder}"), self.log.open("a") as log:
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


def run_with_checkpoint(home: Path, reference: str) -> Job | None:
    """The run of a name, or of a path to its newest checkpoint; None before its first one."""
    with storage_errors(f"cannot read {home / 'jobs'}"):
        folders = [path for path in (home / "jobs").glob("*") if path.name.isdecimal()]
    typed = named_file(reference)
    for job in map(Job, sorted(folders, key=lambda path: -int(path.name))):
        last = job.checkpoint("last")
        if last.exists() and ((typed and typed.samefile(last)) or _named(job, reference)):
            return job
    return None


def _named(job: Job, name: str) -> bool:
    try:
        return job.run().name == name
    except CharplayError:  # a plan that another version wrote, or that is damaged
        return False


def follow(
    job: Job, environment: Environment, interrupted: Callable[[], None] = lambda: None
) -> Iterator[Event]:
    """Run a job and give its events as they come, until its process has ended.

    The first Ctrl-C asks the run to stop with a checkpoint, the second ends it at once; of each
    `interrupted` is told.
    """
    lines = _Lines(job.events)
    with environment.interrupts() as interrupts:
        process = job.start(environment.variables)
        obeyed, running = 0, True
        try:
            while running:
                running = process.poll() is None
                yield from map(from_json, lines.new())
                while obeyed < interrupts.count:
                    obeyed += 1
                    interrupted()
                    _interrupt(process, at_once=obeyed > 1)
                if running:
                    time.sleep(_LOOK_SECONDS)
        finally:
            _let_end(process)


def _interrupt(process: "subprocess.Popen[str]", at_once: bool) -> None:
    """Ask the process to stop, or end it."""
    if at_once:
        process.kill()
    elif process.stdin:
        with suppress(OSError):
            process.stdin.write(STOP)
            process.stdin.flush()


def _let_end(process: "subprocess.Popen[str]") -> None:
    """Close the process's input, which asks it to stop, and wait; end it where it does not."""
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(_PATIENCE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()


class _Lines:
    """The whole lines of a growing file, each given once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def new(self) -> list[str]:
        """Lines ended since the last call."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        # Not splitlines, which would part an event at every line end that Unicode knows.
        return whole.decode("utf-8").split("\n")[:-1]
