"""The arguments of commands on training runs, declared: `jobs` and `plot`."""

from dataclasses import dataclass
from typing import Any

from charplay.options import option


def _run_argument() -> Any:
    return option(
        None, "the number of a run; the newest unless given", metavar="RUN", positional=True,
        minimum=1, completes="run",
    )  # fmt: skip


@dataclass(frozen=True)
class JobArguments:
    """What the actions on one run take."""

    run: int | None = _run_argument()


@dataclass(frozen=True)
class ShowJobArguments:
    """What `jobs show` takes."""

    run: int | None = _run_argument()
    follow: bool = option(False, "follow it to its end; Ctrl-C leaves it alone")


@dataclass(frozen=True)
class RemoveJobArguments:
    """What `jobs remove` takes."""

    run: int = option(
        0, "the number of a run", metavar="RUN", positional=True, required=True, minimum=1,
        completes="run",
    )  # fmt: skip
    yes: bool = option(False, "do not ask")


@dataclass(frozen=True)
class PruneJobsArguments:
    """What `jobs prune` takes."""

    keep: int = option(
        5, "how many of the newest runs stay", metavar="N", positional=True, minimum=0
    )
    yes: bool = option(False, "do not ask")


@dataclass(frozen=True)
class PlotArguments:
    """What `plot` takes."""

    what: tuple[str, ...] = option(
        (),
        "runs by number, models by name, digest or path, and a new .svg file to write; "
        "the newest run unless given",
        metavar="RUN|MODEL|FILE.svg …",
        positional=True,
        completes="run|model|file",
    )
    against: str = option(
        "updates", "what the losses are drawn against", choices=("updates", "characters", "time")
    )
