"""A job: one training run in a process of its own, which keeps everything in one folder.

    jobs/<number>/plan.json            the run that the process must do
    jobs/<number>/events.jsonl         what happened, one event a line; it only grows
    jobs/<number>/status.json          the newest event of each kind, replaced as the run goes on
    jobs/<number>/last.safetensors     the newest checkpoint, with all that a resume needs
    jobs/<number>/best.safetensors     the checkpoint with the least held-out loss
    jobs/<number>/log.txt              what else the process wrote
    jobs/<number>/requests/            what others ask of the process
    jobs/<number>/told                 there when a person was told how the run ended
    jobs/<number>/lock                 held by the process as long as it lives

Whoever can read the folder can follow the run, and whoever can write there can steer it.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

from charplay.errors import CharplayError, StorageError, TrainingError
from charplay.files import (
    add_private_folder,
    make_private_folder,
    named_file,
    open_private,
    replace_file,
    replace_live,
    storage_errors,
)
from charplay.jobs.lock import RunLock
from charplay.jobs.requests import Requests
from charplay.jobs.status import RunStatus
from charplay.jobs.told import JOBS, TOLD
from charplay.plan import TrainingRun
from charplay.readable import MOST_RECORD, open_readable, read_record
from charplay.training.events import Kept, TrainingEvent, event_from_json

# died: its process was killed, or the machine lost power.
RunState: TypeAlias = Literal[
    "starting", "running", "stopping", "done", "stopped", "failed", "died"
]
UNDER_WAY: tuple[RunState, ...] = ("starting", "running", "stopping")

RunProcess: TypeAlias = "subprocess.Popen[bytes]"
_LOOK_SECONDS = 0.01


class Job:
    """The folder of one job in the data home, and the start of its process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = int(folder.name)
        self.home = folder.parent.parent
        self.plan = folder / "plan.json"
        self.events = folder / "events.jsonl"
        self.live = folder / "status.json"
        self.log = folder / "log.txt"
        self.requests = Requests(folder / "requests")
        self.lock = RunLock(folder / "lock")
        self._told = folder / TOLD

    @classmethod
    def create(cls, home: Path, run: TrainingRun) -> "Job":
        """A job with the next free number, whose folder holds the run."""
        jobs = home / JOBS
        with storage_errors(f"cannot make a job in {jobs}"):
            make_private_folder(jobs)
            number = max((job.number for job in all_jobs(home)), default=0) + 1
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
        if not self.plan.exists():
            raise TrainingError(
                f"run {self.number} has no plan, and cannot begin",
                f"`jobs remove {self.number}` removes it",
            )
        with storage_errors(f"cannot read {self.plan}"):
            return TrainingRun.from_json(read_record(self.plan))

    def rewrite_plan(self, run: TrainingRun) -> None:
        """Put a run in the place of the one that the job was given."""
        replace_file(self.plan, run.to_json().encode())

    def reopen(self, run: TrainingRun) -> None:
        """Have the job go on with a run: how it ended is forgotten."""
        self.rewrite_plan(run)
        self.mark_told(False)
        status = self.status()
        status.reopen()
        replace_live(self.live, status.to_json().encode())

    def checkpoint(self, which: str) -> Path:
        """The path of the `last` or the `best` checkpoint, which may not exist yet."""
        return self.folder / f"{which}.safetensors"

    def remove_unfinished(self) -> None:
        """Remove what killed processes left half written; only the run's process may do that."""
        for left in self.folder.glob(".*.safetensors.*"):
            with suppress(OSError):
                left.unlink()

    @property
    def is_under_way(self) -> bool:
        """Whether a process does the run now."""
        return self.lock.is_held()

    @property
    def is_told(self) -> bool:
        """Whether a person was told how the run ended; an older version's runs are not told."""
        return self._told.exists() or not self.live.exists()

    def mark_told(self, told: bool = True) -> None:
        """Note whether a person was told how the run ended, where that can be noted."""
        with suppress(StorageError, OSError):
            if told:
                replace_file(self._told, b"")
            else:
                self._told.unlink()

    def status(self) -> RunStatus:
        """What is known of the run; from its events where there is no whole status."""
        return RunStatus.of_file(self.live) or RunStatus.of_events(self.read_events())

    def state(self, status: RunStatus | None = None) -> RunState:
        """How the run stands."""
        # Asked first: a run that ends meanwhile has then written what it ended with.
        under_way = self.is_under_way
        status = status or self.status()
        if under_way:
            if "stop" in self.requests.asked():
                return "stopping"
            return "running" if status.update else "starting"
        if status.failed:
            return "failed"
        if status.finished is None or status.kept is None:
            return "died"
        return "stopped" if status.finished.reason == "stopped" else "done"

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the run is not under way, so long at most; whether that is so."""
        end = None if seconds is None else time.monotonic() + seconds
        while self.is_under_way:
            if end and time.monotonic() > end:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def read_events(self) -> Iterator[TrainingEvent]:
        """All events; what is none, as a line that was cut or is of another version, is left out.

        No event where they cannot be read.
        """
        with suppress(OSError), open_readable(self.events) as file:
            # Longer than any event is the line of a file that holds none.
            while line := file.readline(MOST_RECORD):
                with suppress(ValueError):
                    yield event_from_json(line.decode())

    def has_kept(self, digest: str) -> bool:
        """Whether the run made the model of a digest, before it was taken up again."""
        return any(isinstance(each, Kept) and each.digest == digest for each in self.read_events())

    def start(self, variables: Mapping[str, str]) -> RunProcess:
        """Start the process in a session of its own, which the terminal's Ctrl-C does not reach.

        It is under way when this returns, or has ended. The thread that starts it lives as long as
        it does, as a process's end is told to its children by the thread that made them.
        """
        # Before the process is there: what is asked from then on is for it.
        if not self.is_under_way:
            self.requests.forget()
        made: Future[RunProcess] = Future()

        def hold() -> None:
            try:
                process = self._open_process(variables)
            except BaseException as error:
                made.set_exception(error)
                return
            made.set_result(process)
            process.wait()
            if process.stdin:
                process.stdin.close()

        threading.Thread(target=hold, daemon=True).start()
        process = made.result()
        while process.poll() is None and not self.is_under_way:
            time.sleep(_LOOK_SECONDS)
        return process

    def _open_process(self, variables: Mapping[str, str]) -> RunProcess:
        with (
            storage_errors(f"cannot start training in {self.folder}"),
            open_private(self.log) as log,
        ):
            words = ["-m", "charplay.jobs.process", str(self.folder), str(os.getpid())]
            return subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(variables),
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )


def all_jobs(home: Path) -> list[Job]:
    """The jobs of a data home, the newest first."""
    with storage_errors(f"cannot read {home / 'jobs'}"):
        folders = [path for path in (home / JOBS).glob("*") if path.name.isdecimal()]
    return [Job(path) for path in sorted(folders, key=lambda path: -int(path.name))]


def numbered_job(home: Path, number: int) -> Job:
    """The job of a number; TrainingError where there is none."""
    job = Job(home / JOBS / str(number))
    if not job.folder.is_dir():
        raise TrainingError(f"there is no run {number}", "`jobs` lists the runs")
    return job


def run_text(home: Path, path: Path) -> str | None:
    """The text of the run whose checkpoint a file is; None for any other file."""
    folder = path.parent
    if folder.parent != home / JOBS or not folder.name.isdecimal():
        return None
    try:
        return Job(folder).training_run().text.corpus
    except CharplayError:
        return None


def find_job(home: Path, reference: str) -> Job | None:
    """The newest job that a reference names, under way or with a checkpoint; None without one.

    The reference is the name of a model in training, or the path of a job's newest checkpoint.
    """
    typed = named_file(reference)
    for job in all_jobs(home):
        last = job.checkpoint("last")
        if typed and last.exists() and typed.samefile(last):
            return job
        if trains_model(job, reference) and (last.exists() or job.is_under_way):
            return job
    return None


def trains_model(job: Job, name: str) -> bool:
    """Whether a job trains the model of that name."""
    try:
        return job.training_run().name == name
    except CharplayError:  # a plan that another version wrote, or that is damaged
        return False
