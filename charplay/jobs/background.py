"""A run that a Python program goes on beside."""

from collections.abc import Iterator

from charplay.errors import TrainingError
from charplay.jobs.following import watch_run
from charplay.jobs.job import Job, RunState
from charplay.models.library import Library, OpenModel
from charplay.training.events import TrainingEvent


class TrainingJob:
    """A run in a process of its own, which ends with this one.

    number: by which `charplay jobs` knows it; name: of the model that it makes.
    """

    def __init__(self, job: Job, library: Library) -> None:
        self._job, self._library = job, library
        self.number = job.number
        self.name = job.training_run().name

    def __repr__(self) -> str:
        return f"<TrainingJob {self.number} {self.name}: {self.state}>"

    @property
    def state(self) -> RunState:
        """How it stands: starting, running, stopping, done, stopped, failed or died."""
        return self._job.state()

    def events(self) -> Iterator[TrainingEvent]:
        """The newest event of each kind, then every event that comes, until the run has ended."""
        return watch_run(self._job)

    def stop(self) -> None:
        """Stop the run with a checkpoint, and wait until its model is kept."""
        if self._job.is_under_way:
            self._job.requests.ask("stop")
        self.wait()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the run has ended, so many seconds at most; whether it has."""
        return self._job.wait(seconds)

    def model(self) -> OpenModel:
        """The model that the run made, or its newest checkpoint.

        TrainingError where there is none yet.
        """
        status = self._job.status()
        if status.kept:
            return self._library.open(status.kept.digest)
        last = self._job.checkpoint("last")
        if not last.exists():
            raise TrainingError(
                f"{self.name} has learned nothing yet", "try again soon, or see events()"
            )
        return self._library.open(str(last))
