"""Does a text of a gigabyte train as fast as one of ten megabytes, and in how much memory?

The texts are the shipped plays over and over. Memory is that of `charplay train FILE`, which
encodes the text, trains and scores, both its processes together; speed is the Trainer's, on the
network and plan that prose gets where nobody says otherwise. Little is held out, so that scoring
takes seconds; how much has no part in what is measured.
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
from benchmarks.runs import REGISTRY, events, trainer
from benchmarks.timing import Row, alternate
from charplay.plan import Plan, TextChoice, usual_plan
from charplay.text.corpus import Corpus, load_corpus
from charplay.training.recipe import Recipe

MEGABYTE = 1_000_000
_UPDATES = 400
_SCORED = 500_000


def measure(quick: bool) -> list[Row]:
    """Peak memory of a training run, and the speed beside that on a smaller text."""
    large, small = (20, 5) if quick else (1000, 10)
    with texts(large, small) as (folder, paths):
        rows = [speed(folder, *paths, cutting, quick) for cutting in ("stream", "windows")]
        if memory.PROC.is_dir():
            rows.insert(0, _memory(folder, *paths))
    return rows


@contextmanager
def texts(*megabytes: int) -> Iterator[tuple[Path, list[Path]]]:
    """A folder for a while, with texts of such sizes in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield folder, [_written(folder / f"{size} MB.txt", size * MEGABYTE) for size in megabytes]


def _written(path: Path, size: int) -> Path:
    raw = load_corpus(TextChoice("shakespeare"), REGISTRY.corpora).text.encode()  # type: ignore[union-attr]
    with path.open("wb") as file:
        for start in range(0, size, len(raw)):
            file.write(raw[: size - start])
    return path


def peak(folder: Path, text: Path) -> int:
    """Bytes of `charplay train` on a text, in a data home that does not know it yet."""
    held_out = min(0.1, _SCORED / text.stat().st_size)
    settings = ("--set", f"held-out={held_out}", "--set", "patience=none")
    command = ("-m", "charplay", "train", str(text), "--updates", str(_UPDATES), *settings)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        return memory.peak((sys.executable, *command), os.environ | {"CHARPLAY_HOME": home})


def _memory(folder: Path, large: Path, small: Path) -> Row:
    ours, other = (peak(folder, text) / MEGABYTE for text in (large, small))
    return Row(
        f"`charplay train`, {large.stem}: private memory of both processes, at the most",
        f"{ours:.0f} MB",
        f"{small.stem}: {other:.0f} MB",
        f"{ours / other:.2f}",
        "under 400 MB",
    )


def speed(folder: Path, large: Path, small: Path, cutting: str, quick: bool) -> Row:
    """Time of as many updates on one text and on the other."""
    updates = 60
    one, other = (mapped(folder, text) for text in (large, small))
    plan = replace(plan_of(one), cutting=cutting).with_length(updates, None)
    seconds = alternate(lambda: train(one, plan), lambda: train(other, plan), 1 if quick else 31)
    characters = updates * plan.batch_size * plan.length / 1000
    ours, theirs = (
        f"{characters / sorted(side)[len(side) // 2]:,.0f} thousand characters a second"
        for side in (seconds.a, seconds.b)
    )
    return Row(
        f"training on {large.stem}, cut as {cutting}",
        ours,
        f"{small.stem}: {theirs}",
        seconds.spread,
        "time at most 1.05",
    )


def mapped(folder: Path, text: Path) -> Corpus:
    """A text, its tokens mapped from the folder."""
    return load_corpus(TextChoice(str(text), kind="prose"), {}, folder)


def plan_of(corpus: Corpus) -> Plan:
    """The usual plan, with nothing in it but training."""
    usual = usual_plan(corpus.kind, corpus.characters)
    return replace(usual, held_out=0, patience=None, validate_every=10**9, sample_every=10**9)


def train(corpus: Corpus, plan: Plan) -> None:
    """Train by a plan to its end."""
    deque(events(trainer(Recipe("usual", "the usual", backend="numpy"), corpus, plan)), maxlen=0)
