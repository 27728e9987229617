"""How near is the memory that backends tell before a run to what its process takes?

    python -m benchmarks.memory_needed                a quarter of an hour on two cores
    python -m benchmarks.memory_needed numpy mix      only these backends

A line for each run: the estimate, the largest resident memory of the process of the run, and their
ratio. (Linux: elsewhere the system measures in other units.)
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.runs import REGISTRY
from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_line
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.job import Job
from charplay.jobs.memory import memory_needed
from charplay.jobs.planning import Planner
from charplay.plan import TrainingRun
from charplay.plugins.registry import Registry
from charplay.text.corpus import load_corpus
from charplay.text.facts import facts_of

# (text, cell, layers, hidden units, rows, length, averaging)
NETWORKS = (
    ("dinosaurs", "rnn", 1, 64, 32, 1, 0),
    ("surnames", "rnn", 1, 64, 32, 1, 0),
    ("surnames", "lstm", 1, 64, 512, 1, 0),
    ("dinosaurs", "lstm", 2, 256, 128, 1, 0.99),
    ("dinosaurs", "gru", 1, 512, 512, 1, 0),
    ("dinosaurs", "lstm", 1, 1024, 64, 1, 0),
    ("shakespeare", "rnn", 1, 64, 32, 64, 0),
    ("moby-dick", "rnn", 1, 64, 512, 512, 0),
    ("moby-dick", "lstm", 1, 64, 512, 512, 0),
    ("moby-dick", "gru", 1, 64, 512, 512, 0),
    ("moby-dick", "lstm", 1, 256, 32, 64, 0.99),
    ("moby-dick", "gru", 2, 512, 256, 128, 0),
    ("moby-dick", "lstm", 3, 512, 128, 512, 0),
    ("sonnets", "gru", 2, 256, 128, 64, 0),
    ("sonnets", "lstm", 3, 128, 64, 256, 0),
    ("sonnets", "rnn", 3, 512, 64, 64, 0),
    ("sonnets", "rnn", 1, 2000, 16, 32, 0),
    ("sonnets", "rnn", 3, 2000, 16, 32, 0),
    ("sonnets", "gru", 1, 2000, 64, 32, 0.99),
    ("sonnets", "lstm", 1, 2000, 32, 32, 0),
)
_NETWORK = (
    "{} --backend numpy --updates 2 --set cell={} layers={} hidden={} batch-size={} length={} "
    "averaging={} dropout=0 recurrent-dropout=0 input-dropout=0"
)
LINES = {
    "numpy": tuple(_NETWORK.format(*network) for network in NETWORKS),
    "ngram": (
        *(f"{text} --backend ngram" for text in ("dinosaurs", "surnames", "sonnets", "moby-dick")),
        "moby-dick --backend ngram --set order=4",
        "shakespeare --backend ngram",
    ),
    "mix": tuple(
        f"{text} --updates 3" for text in ("dinosaurs", "surnames", "sonnets", "moby-dick")
    ),
    "keras": (
        "sonnets --backend keras --updates 2",
        "sonnets --backend keras --updates 2 --set hidden=1000 length=64",
        "moby-dick --backend keras --updates 2 --set hidden=256 batch-size=256 length=128",
    ),
    "torch": (
        "dinosaurs --backend torch --updates 2 --set cell=gru hidden=512 batch-size=256",
        "moby-dick --backend torch --updates 2 --set hidden=256 batch-size=256 length=128",
        "moby-dick --backend torch --updates 2 --set cell=rnn hidden=64 batch-size=512 length=512",
        "sonnets --backend torch --updates 2 --set hidden=2000 batch-size=16 length=32",
    ),
}


def measure_memory(run: TrainingRun, home: Path) -> int:
    """The largest resident memory of a run's process, in bytes."""
    job = Job.create(home, run)
    words = [sys.executable, "-m", "charplay.jobs.process", str(job.folder), str(os.getpid())]
    # The run ends with the pipe to its parent.
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return usage.ru_maxrss * 1024


def compare(line: str) -> tuple[int, int]:
    """(estimate, measure) of a line of `train`, in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        words = read_line(all_commands(Registry()), f"train {line}")
        run = Planner(REGISTRY, home, lambda: None).plan_run(words.fill(TrainingChoice))
        facts = facts_of(load_corpus(run.text, REGISTRY.corpora, home))
        needed = memory_needed(run, facts, REGISTRY.backends.find)
        assert needed is not None
        return needed, measure_memory(run, home)


def main() -> None:
    print("estimate  measured  ratio")
    for backend in sys.argv[1:] or LINES:
        if REGISTRY.backends.find(backend).missing():
            continue
        for line in LINES[backend]:
            needed, measured = compare(line)
            sizes = f"{needed / 1e6:5.0f} MB  {measured / 1e6:5.0f} MB"
            print(f"{sizes}  {needed / measured:5.2f}  {line}", flush=True)


if __name__ == "__main__":
    main()
