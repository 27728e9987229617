"""What does a run beside the conversation cost? Updates, first update, keys, events.

A run is compared with the same trainer in the foreground, by the seconds that its last event
tells; keys are timed through a pseudo-terminal while a run uses every core.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.prompts import at_99, prompt_in_terminal, say_line, time_keys
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, measure_seconds, time_alternately
from charplay.environment import Environment
from charplay.jobs.event_log import EventLog
from charplay.jobs.following import RunNews, follow_start
from charplay.jobs.job import Job
from charplay.jobs.worker import Worker
from charplay.plan import Plan, Stage, TextChoice, TrainingRun
from charplay.training.events import Checkpointed, Evaluated, Progress, Started

_UPDATES, _QUICK_UPDATES = 20_000, 100
_KEYS, _QUICK_KEYS = 300, 20
_LAST_UPDATE = 10_000_000


def measure(quick: bool) -> list[Row]:
    """The costs of a run beside the conversation."""
    rows = [cost_row(quick), first_update_row(quick), *event_rows(quick)]
    return [*rows, keys_row(quick)] if os.name == "posix" else rows


def _run(updates: int) -> TrainingRun:
    plan = Plan(batch_size=64, stages=(Stage(updates=updates),), validate_every=500)
    return TrainingRun("timed", TextChoice("dinosaurs"), "numpy", {"hidden": 128}, plan)


def cost_row(quick: bool) -> Row:
    """Wall time of a run as a job, compared with the same trainer in this process."""
    run = _run(_QUICK_UPDATES if quick else _UPDATES)
    with tempfile.TemporaryDirectory() as home:
        environment = replace(Environment.of_process(), home=Path(home))

        def in_job() -> float:
            job = Job.create(environment.home, run)
            *_, _ = follow_start(job, environment)
            return _elapsed(job)

        def in_foreground() -> float:
            job = Job.create(environment.home, run)
            log = EventLog(job.events, job.live)
            Worker(job, REGISTRY, log.write, environment).work(lambda: False)
            return _elapsed(job)

        told: dict[str, list[float]] = {"job": [], "foreground": []}
        for _ in range(1 if quick else 9):
            told["job"].append(in_job())
            told["foreground"].append(in_foreground())
    ratios = [a / b for a, b in zip(told["job"], told["foreground"], strict=True)]
    return Row(
        f"{run.plan.stages[0].updates:,} updates of an LSTM as a job",
        f"{statistics.median(told['job']):.1f} s",
        f"the same trainer in the foreground: {statistics.median(told['foreground']):.1f} s",
        f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})",
        "at most 1.03",
    )


def _elapsed(job: Job) -> float:
    """The seconds that a run took, as its end tells them."""
    finished = job.status().finished
    assert finished is not None
    return finished.elapsed


def first_update_row(quick: bool) -> Row:
    """The time from the start of a run to the news of its first update."""
    seconds = []
    with tempfile.TemporaryDirectory() as home:
        environment = replace(Environment.of_process(), home=Path(home))
        for _ in range(1 if quick else 9):
            job = Job.create(environment.home, _run(1_000_000))
            begun = time.perf_counter()
            for event in follow_start(job, environment):
                if isinstance(event, Progress):
                    break
            seconds.append(time.perf_counter() - begun)
    bare = time_alternately(_import_numpy, lambda: None, 1 if quick else 5).medians[0]
    return Row(
        "a NumPy run, from Enter to the news of its first update",
        f"{statistics.median(seconds):.2f} s",
        f"python -c 'import numpy': {bare:.2f} s",
        f"{statistics.median(seconds) - bare:.2f} s more",
        "within 0.7 s",
    )


def _import_numpy() -> None:
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)


def event_rows(quick: bool) -> list[Row]:
    """The size of the events of ten million updates; following a run with many events."""
    with tempfile.TemporaryDirectory() as home:
        job = Job.create(Path(home), _run(_LAST_UPDATE))
        log = EventLog(job.events, job.live)
        log.write(Started("timed", "dinosaurs", "names", 15_000, 1_500, 27, 90_000, _LAST_UPDATE))
        step = 10_000 if quick else 10
        for update in range(1, _LAST_UPDATE, step):
            log.write(Progress(update, _LAST_UPDATE, 1, 1.5, 1.5, 1e5, 1.0, 1.0))
            if update % 500 < step:
                log.write(Evaluated(update, 1.5, False))
                log.write(Checkpointed(update, "last"))
        size = job.events.stat().st_size
        line = json.dumps({"event": "progress", "update": 1}) + "\n"
        old = _attach_seconds(job)
        with job.events.open("a") as file:
            file.writelines([line] * (1_000 if quick else 1_000_000))
        many = _attach_seconds(job)
    return [
        Row("events of ten million updates", f"{size / 1e6:.2f} MB", "–", "–", "under 2 MB"),
        Row(
            "to begin to follow a run of a million events",
            f"{many * 1000:.1f} ms",
            f"a run with few: {old * 1000:.1f} ms",
            f"{many / old:.2f}",
            "no more than a new one",
        ),
    ]


def _attach_seconds(job: Job) -> float:
    """How long it takes to begin to follow a run: the first time, all is read from the disk."""
    times = [measure_seconds(lambda: RunNews(job).attach()) for _ in range(20)]
    return statistics.median(times[1:])


def keys_row(quick: bool) -> Row:
    """How long a key takes to be echoed at the prompt while a run uses every core."""
    keys = _QUICK_KEYS if quick else _KEYS
    # The run that ends with the prompt may still write while its home is removed.
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        prompt_in_terminal(Path(home)) as terminal,
    ):
        idle = at_99(time_keys(terminal, keys))
        train = ":train shakespeare --backend numpy --set hidden=512 --name busy"
        say_line(terminal, train, "busy")
        time.sleep(3)
        busy = at_99(time_keys(terminal, keys))
        say_line(terminal, ":jobs stop", "stop")
    return Row(
        "a key at the prompt while a run uses every core, 99th percentile",
        f"{busy * 1000:.0f} ms",
        f"without a run: {idle * 1000:.0f} ms",
        f"{busy / idle:.1f}",
        "within 50 ms",
    )
