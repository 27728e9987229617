"""Runs that are killed at chosen moments: what starts them, holds them there, and looks at them."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from charplay.plan import Plan, Stage, TextChoice, TrainingRun
from tests.conftest import variables_for

PATIENCE = 120  # seconds until a condition is given up, never until one is expected
HELD_SECONDS = 0.6
ENDLESS = 10_000_000

# Python runs a module of this name as it starts. In the process of a run it makes one step slow:
# each time it gets there, it adds a line to the file HELD.
_SLOW_STEP = """
import os, sys, time
if "charplay.jobs.process" in sys.orig_argv and os.environ.get("SLOW_STEP"):
    step, held = os.environ["SLOW_STEP"], os.environ["HELD"]
    def hold(event, values):
        if event in ("open", "import", "os.rename"):
            if any(step in f"{event} {value}" for value in values[:2] if isinstance(value, str)):
                os.write(os.open(held, os.O_WRONLY | os.O_CREAT | os.O_APPEND), b"held\\n")
                time.sleep(float(os.environ["HELD_SECONDS"]))
    sys.addaudithook(hold)
"""
# The step that is slow in each phase; training needs none, as it does not end.
STEPS = {
    "reading": "{text}",
    "making": "import charplay_numpy.learner",
    "training": "",
    "checkpointing": "open {folder}/.last.safetensors",
    "keeping": "{home}/models/",
}
# A process that starts a run and does not wait for it, as a REPL; one is made for each line read.
_PARENTS = """
import os, sys, time
from pathlib import Path
from charplay.jobs.job import Job
for line in sys.stdin:
    folder, *variables = line.rstrip("\\n").split("\\t")
    if pid := os.fork():
        print(pid, flush=True)
        continue
    os.environ.update(dict(each.split("=", 1) for each in variables))
    Job(Path(folder)).start(os.environ)
    time.sleep(3600)
"""


@dataclass(frozen=True)
class Fault:
    """A signal, to whom, and in which phase; hidden: the units of the network."""

    signal: signal.Signals
    victim: str
    phase: str
    seed: int
    hidden: int = 8

    def __str__(self):
        return f"{self.signal.name}-{self.victim}-{self.phase}-{self.hidden}-{self.seed}"


def make_faults(count, hidden=8, first=0):
    """So many faults, spread evenly over signals, victims and phases."""
    signals = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
    strata = list(product(signals, ("worker", "parent", "both"), STEPS))
    random.Random(first).shuffle(strata)
    return [Fault(*strata[number % len(strata)], first + number, hidden) for number in range(count)]


class Nursery:
    """Makes processes that start a run and then do nothing; they share what they import."""

    def __init__(self, folder, at_start=_SLOW_STEP):
        (folder / "sitecustomize.py").write_text(at_start)
        paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.variables = variables_for(folder, PYTHONPATH=os.pathsep.join(paths))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PARENTS],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.variables,
        )  # fmt: skip
        self._parents = []

    def start(self, job, **variables):
        """The number of a process that has been told to start a job."""
        words = [f"{name}={value}" for name, value in variables.items()]
        self._process.stdin.write("\t".join([str(job.folder), *words]) + "\n")
        self._process.stdin.flush()
        self._parents.append(int(self._process.stdout.readline()))
        return self._parents[-1]

    def close(self):
        """End all processes that it made."""
        for parent in self._parents:
            with suppress(ProcessLookupError):
                os.kill(parent, signal.SIGKILL)
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


def eventually(condition):
    """The first true value of a condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def worker_of(job):
    """The living process that does a job; None where there is none."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if "charplay.jobs.process" in words and str(job.folder) in words:
                return int(folder.name)
    return None


def is_alive(number):
    """Whether a process has not ended."""
    try:
        return bool(Path(f"/proc/{number}/cmdline").read_bytes())
    except OSError:
        return False


def small_run(text="dinosaurs", hidden=8, updates=ENDLESS, **plan):
    """A run that saves a checkpoint whenever it looks up."""
    plan = {"batch_size": 16, "checkpoint_seconds": 0, "validate_every": 50, **plan}
    plan = Plan(stages=(Stage(updates=updates),), **plan)
    config = {"cell": "lstm", "hidden": hidden}
    return TrainingRun("killed", TextChoice(str(text), kind="names"), "numpy", config, plan)


def held_at(step, job, seconds=HELD_SECONDS):
    """The variables that make a step of a job slow."""
    step = step.format(text=job.training_run().text.corpus, folder=job.folder, home=job.home)
    return {"SLOW_STEP": step, "HELD": str(_held_file(job)), "HELD_SECONDS": str(seconds)}


def is_held(job, times=1):
    """Whether a job came to its slow step so often."""
    held = _held_file(job)
    return held.exists() and held.read_bytes().count(b"\n") >= times


def _held_file(job):
    return job.home / f"held-{job.number}"


def reach_phase(phase, job, moments):
    """Wait until a run is in a phase, and then for a moment."""
    times = moments.choice((1, 2, 3)) if phase == "checkpointing" else 1
    eventually(lambda: job.status().progress if phase == "training" else is_held(job, times))
    time.sleep(moments.uniform(0, 0.8 * HELD_SECONDS))


def strike(fault, worker, parent, moments):
    """Send the signal to the victims, in any order."""
    victims = {"worker": [worker], "parent": [parent], "both": [worker, parent]}[fault.victim]
    for victim in moments.sample(victims, len(victims)):
        with suppress(ProcessLookupError):
            os.kill(victim, fault.signal)


def shorten(job, updates):
    """Have a run end at an update."""
    run = job.training_run()
    if run.plan.stages[0].updates > updates:
        plan = replace(run.plan, stages=(replace(run.plan.stages[0], updates=updates),))
        job.rewrite_plan(replace(run, plan=plan))
