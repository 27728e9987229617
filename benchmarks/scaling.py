"""How do memory and speed depend on the sizes of text, network and batch?

    python -m benchmarks.scaling            writes benchmarks/scaling.json; ten minutes on two cores
    python -m benchmarks.scaling --quick    only checks that it runs

A point is the median of several rounds. Each round measures every point of a chart once.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import memory
from benchmarks.large_texts import (
    MEGABYTE,
    load_mapped,
    temporary_texts,
    training_memory,
    training_plan,
)
from benchmarks.machine import describe_machine
from benchmarks.runs import make_trainer
from charplay.plan import Plan
from charplay.text.corpus import Corpus
from charplay.training.events import Progress
from charplay.training.recipe import Recipe

RESULTS = Path(__file__).parent / "scaling.json"
CELLS = ("rnn", "lstm", "gru")

# For each line and each place on it: a function that measures the value there once.
Points = Mapping[str, Mapping[int, Callable[[], float]]]


@dataclass(frozen=True)
class Sizes:
    """What to measure, and for how long."""

    megabytes: tuple[int, ...] = (1, 10, 100, 1000)
    hidden: tuple[int, ...] = (64, 128, 256, 512, 1024)
    batch: tuple[int, ...] = (1, 4, 16, 64, 256)
    length: tuple[int, ...] = (8, 16, 32, 64, 128)
    rounds: int = 3
    seconds: float = 1.5


QUICK = Sizes((1, 5), (8, 16), (1, 2), (8, 9), rounds=1, seconds=0.01)


def measure(sizes: Sizes) -> dict[str, Any]:
    """The lines of all charts as lists of `[place, value]`, in bytes or characters per second."""
    with temporary_texts(*sizes.megabytes) as (folder, paths):
        corpora = {
            size * MEGABYTE: load_mapped(folder, path)
            for size, path in zip(sizes.megabytes, paths, strict=True)
        }
        charts: dict[str, Points] = {
            "size": {
                cutting: {
                    size: speed_point(corpus, sizes, cutting=cutting)
                    for size, corpus in corpora.items()
                }
                for cutting in ("stream", "windows")
            },
            **by_shape(next(iter(corpora.values())), sizes),
        }
        lines = {name: median_lines(points, sizes.rounds) for name, points in charts.items()}
        if memory.PROC.is_dir():
            places = [
                [size, training_memory(folder, path)]
                for size, path in zip(corpora, paths, strict=True)
            ]
            lines["memory"] = {"charplay train": places}
    return {"machine": describe_machine(), "lines": lines}


def by_shape(corpus: Corpus, sizes: Sizes) -> dict[str, Points]:
    """Speed by hidden units, by parallel streams and by row length, for each kind of cell."""
    usual = {"hidden": 256, "batch": 32, "length": 64}
    return {
        varied: {
            cell: {
                value: shape_point(corpus, sizes, cell, **usual | {varied: value})
                for value in getattr(sizes, varied)
            }
            for cell in CELLS
        }
        for varied in usual
    }


def shape_point(
    corpus: Corpus, sizes: Sizes, cell: str, hidden: int, batch: int, length: int
) -> Callable[[], float]:
    """A function that measures a network of one shape."""
    config = {"cell": cell, "hidden": hidden}
    return speed_point(corpus, sizes, config, batch_size=batch, length=length)


def speed_point(
    corpus: Corpus, sizes: Sizes, config: Mapping[str, Any] | None = None, **plan: Any
) -> Callable[[], float]:
    """A function that measures how many characters per second the Trainer reads from a text."""
    changed = replace(training_plan(corpus), **plan)
    return lambda: measure_speed(corpus, config or {}, changed, sizes.seconds)


def measure_speed(corpus: Corpus, config: Mapping[str, Any], plan: Plan, seconds: float) -> float:
    """The speed of a run of so many seconds, from its first progress event to its last."""
    trainer = make_trainer(Recipe("shape", "a shape", backend="numpy", config=config), corpus, plan)
    begun = time.perf_counter()
    events = trainer.train(lambda: time.perf_counter() - begun > seconds)
    readings = [(event.elapsed, event.update) for event in events if isinstance(event, Progress)]
    (start, first), (end, last) = readings[0] if len(readings) > 2 else (0, 0), readings[-1]
    return (last - first) * plan.batch_size * plan.length / (end - start)


def median_lines(points: Points, rounds: int) -> dict[str, list[list[float]]]:
    """The median at each place of each line; every round measures all places in turn."""
    found = [
        {name: {place: once() for place, once in line.items()} for name, line in points.items()}
        for _ in range(rounds)
    ]
    return {
        name: [
            [place, round(statistics.median(values[name][place] for values in found))]
            for place in line
        ]
        for name, line in points.items()
    }


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    measured = json.dumps(measure(QUICK if quick else Sizes()), indent=1)
    print(measured)
    if not quick:
        RESULTS.write_text(measured + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
