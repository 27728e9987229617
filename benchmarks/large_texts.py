"""Does training on a gigabyte run as fast as on ten megabytes, and how much memory does it need?

The texts repeat the shipped plays. Memory is measured for both processes of `charplay train FILE`
while it encodes the text, trains and scores. Speed is measured for the Trainer with the default
network and plan for prose. The held-out part is small so that scoring takes only seconds; its size
does not influence the measures.
"""

import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks import memory
from benchmarks.runs import REGISTRY, make_trainer, run_events
from benchmarks.timing import Row, time_alternately
from charplay.plan import Plan, TextChoice
from charplay.proposal import usual_plan
from charplay.text.corpus import Corpus, load_corpus
from charplay.text.facts import facts_of
from charplay.training.recipe import Recipe

MEGABYTE = 1_000_000
_UPDATES = 400
_SCORED = 500_000


def measure(quick: bool) -> list[Row]:
    """Peak memory and speed of training, compared with a smaller text."""
    large, small = (20, 5) if quick else (1000, 10)
    with temporary_texts(large, small) as (folder, paths):
        rows = [speed_row(folder, *paths, cutting, quick) for cutting in ("stream", "windows")]
        if memory.PROC.is_dir():
            rows.insert(0, _memory_row(folder, *paths))
    return rows


@contextmanager
def temporary_texts(*megabytes: int) -> Iterator[tuple[Path, list[Path]]]:
    """A temporary folder, and texts of these sizes in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield (
            folder,
            [_write_text(folder / f"{size} MB.txt", size * MEGABYTE) for size in megabytes],
        )


def _write_text(path: Path, size: int) -> Path:
    raw = load_corpus(TextChoice("shakespeare"), REGISTRY.corpora).text.encode()  # type: ignore[union-attr]
    with path.open("wb") as file:
        for start in range(0, size, len(raw)):
            file.write(raw[: size - start])
    return path


def training_memory(folder: Path, text: Path) -> int:
    """Peak bytes of `charplay train` on a text, with an empty data folder."""
    held_out = min(0.1, _SCORED / text.stat().st_size)
    settings = ("--set", f"held-out={held_out}", "--set", "patience=none")
    command = ("-m", "charplay", "train", str(text), "--updates", str(_UPDATES), *settings)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        return memory.peak_memory((sys.executable, *command), os.environ | {"CHARPLAY_HOME": home})


def _memory_row(folder: Path, large: Path, small: Path) -> Row:
    ours, other = (training_memory(folder, text) / MEGABYTE for text in (large, small))
    return Row(
        f"`charplay train`, {large.stem}: peak private memory of both processes",
        f"{ours:.0f} MB",
        f"{small.stem}: {other:.0f} MB",
        f"{ours / other:.2f}",
        "under 400 MB",
    )


def speed_row(folder: Path, large: Path, small: Path, cutting: str, quick: bool) -> Row:
    """The time of the same number of updates on each text."""
    updates = 60
    one, other = (load_mapped(folder, text) for text in (large, small))
    plan = replace(training_plan(one), cutting=cutting).with_length(updates, None)
    seconds = time_alternately(
        lambda: run_training(one, plan), lambda: run_training(other, plan), 1 if quick else 31
    )
    characters = updates * plan.batch_size * plan.length / 1000
    ours, theirs = (
        f"{characters / sorted(side)[len(side) // 2]:,.0f} thousand characters per second"
        for side in (seconds.a, seconds.b)
    )
    return Row(
        f"training on {large.stem}, cut as {cutting}",
        ours,
        f"{small.stem}: {theirs}",
        seconds.spread,
        "time at most 1.05",
    )


def load_mapped(folder: Path, text: Path) -> Corpus:
    """A text with its tokens mapped from a file in the folder."""
    return load_corpus(TextChoice(str(text), kind="prose"), {}, folder)


def training_plan(corpus: Corpus) -> Plan:
    """The default plan without validation, samples or early stopping."""
    usual = usual_plan(facts_of(corpus))
    return replace(usual, held_out=0, patience=None, validate_every=10**9, sample_every=10**9)


def run_training(corpus: Corpus, plan: Plan) -> None:
    """Run a plan to its end."""
    deque(
        run_events(make_trainer(Recipe("usual", "the usual", backend="numpy"), corpus, plan)),
        maxlen=0,
    )
