"""The runs that a REPL keeps in sight: how they stand, and which of them have ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charplay.errors import CharplayError
from charplay.jobs.job import UNDER_WAY, Job, RunState, all_jobs
from charplay.jobs.status import RunStatus


@dataclass(frozen=True)
class RunSeen:
    """A run as it was when somebody looked; name: of the model that it makes."""

    job: Job
    name: str
    status: RunStatus
    state: RunState

    @classmethod
    def of_job(cls, job: Job) -> "RunSeen":
        """How a run stands now."""
        status = job.status()
        return cls(job, _name_of(job, status), status, job.state(status))

    @property
    def is_under_way(self) -> bool:
        """Whether a process does it."""
        return self.state in UNDER_WAY


class RunBoard:
    """The runs of a data home that are under way, until their end is told."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._watched: dict[int, Job] = {}
        self._own: set[int] = set()

    def add(self, job: Job, own: bool = False) -> None:
        """Keep a run in sight; own: this process started it, and it ends with this process."""
        self._watched[job.number] = job
        if own:
            self._own.add(job.number)

    @property
    def has_runs(self) -> bool:
        """Whether a run is in sight."""
        return bool(self._watched)

    def find_left(self) -> list[RunSeen]:
        """Runs that ended and were not told, and those under way, which are watched from now on."""
        left = []
        for job in reversed(all_jobs(self._home)):
            if job.is_told:
                continue
            seen = RunSeen.of_job(job)
            left.append(seen)
            if seen.is_under_way:
                self.add(job)
        return left

    def under_way(self) -> list[RunSeen]:
        """The runs in sight that go on."""
        return [seen for seen in self._look() if seen.is_under_way]

    def own_under_way(self) -> list[RunSeen]:
        """The runs that go on and would end with this process."""
        return [seen for seen in self.under_way() if seen.job.number in self._own]

    def take_ended(self) -> list[RunSeen]:
        """The runs in sight that have ended and were not told of, each once."""
        ended = [seen for seen in self._look() if not seen.is_under_way]
        for seen in ended:
            del self._watched[seen.job.number]
        return [seen for seen in ended if not seen.job.is_told]

    def _look(self) -> Iterator[RunSeen]:
        for job in tuple(self._watched.values()):
            if job.plan.exists():
                yield RunSeen.of_job(job)
            else:  # somebody removed it
                del self._watched[job.number]


def _name_of(job: Job, status: RunStatus) -> str:
    """The name of the model that a run makes; "?" where nothing tells it."""
    if status.started:
        return status.started.name
    try:
        return job.training_run().name
    except CharplayError:
        return "?"
