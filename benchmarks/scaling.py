"""How do memory and speed go with the sizes of text, network and batch?

    python -m benchmarks.scaling            into benchmarks/scaling.json, ten minutes on two cores
    python -m benchmarks.scaling --quick    only to see that it runs

A point is the median of several rounds, in each of which every point of its chart is measured once.
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
from benchmarks.large_texts import MEGABYTE, mapped, peak, plan_of, texts
from benchmarks.machine import machine
from benchmarks.runs import trainer
from charplay.plan import Plan
from charplay.text.corpus import Corpus
from charplay.training.events import Progress
from charplay.training.recipe import Recipe

RESULTS = Path(__file__).parent / "scaling.json"
CELLS = ("rnn", "lstm", "gru")

# By the name of a line and a place on it: what measures the value there, once.
Points = Mapping[str, Mapping[int, Callable[[], float]]]


@dataclass(frozen=True)
class Sizes:
    """What is measured, and for how long."""

    megabytes: tuple[int, ...] = (1, 10, 100, 1000)
    hidden: tuple[int, ...] = (64, 128, 256, 512, 1024)
    batch: tuple[int, ...] = (1, 4, 16, 64, 256)
    length: tuple[int, ...] = (8, 16, 32, 64, 128)
    rounds: int = 3
    seconds: float = 1.5


QUICK = Sizes((1, 5), (8, 16), (1, 2), (8, 9), rounds=1, seconds=0.01)


def measure(sizes: Sizes) -> dict[str, Any]:
    """All charts' lines, each a list of `[place, value]`; bytes and characters a second."""
    with texts(*sizes.megabytes) as (folder, paths):
        corpora = {
            size * MEGABYTE: mapped(folder, path)
            for size, path in zip(sizes.megabytes, paths, strict=True)
        }
        charts: dict[str, Points] = {
            "size": {
                cutting: {
                    size: speed(corpus, sizes, cutting=cutting) for size, corpus in corpora.items()
                }
                for cutting in ("stream", "windows")
            },
            **by_shape(next(iter(corpora.values())), sizes),
        }
        lines = {name: medians(points, sizes.rounds) for name, points in charts.items()}
        if memory.PROC.is_dir():
            places = [[size, peak(folder, path)] for size, path in zip(corpora, paths, strict=True)]
            lines["memory"] = {"charplay train": places}
    return {"machine": machine(), "lines": lines}


def by_shape(corpus: Corpus, sizes: Sizes) -> dict[str, Points]:
    """Speed by hidden units, streams side by side and length of a row, for each kind of cell."""
    usual = {"hidden": 256, "batch": 32, "length": 64}
    return {
        varied: {
            cell: {
                value: shaped(corpus, sizes, cell, **usual | {varied: value})
                for value in getattr(sizes, varied)
            }
            for cell in CELLS
        }
        for varied in usual
    }


def shaped(
    corpus: Corpus, sizes: Sizes, cell: str, hidden: int, batch: int, length: int
) -> Callable[[], float]:
    """Measures a network of one shape."""
    config = {"cell": cell, "hidden": hidden}
    return speed(corpus, sizes, config, batch_size=batch, length=length)


def speed(
    corpus: Corpus, sizes: Sizes, config: Mapping[str, Any] | None = None, **plan: Any
) -> Callable[[], float]:
    """Measures the characters a second that the Trainer takes from a text."""
    changed = replace(plan_of(corpus), **plan)
    return lambda: characters_a_second(corpus, config or {}, changed, sizes.seconds)


def characters_a_second(
    corpus: Corpus, config: Mapping[str, Any], plan: Plan, seconds: float
) -> float:
    """Of training for so many seconds, from the first look at how it goes to the last."""
    run = trainer(Recipe("shape", "a shape", backend="numpy", config=config), corpus, plan)
    begun = time.perf_counter()
    events = run.train(lambda: time.perf_counter() - begun > seconds)
    looks = [(event.elapsed, event.update) for event in events if isinstance(event, Progress)]
    (start, first), (end, last) = looks[0] if len(looks) > 2 else (0, 0), looks[-1]
    return (last - first) * plan.batch_size * plan.length / (end - start)


def medians(points: Points, rounds: int) -> dict[str, list[list[float]]]:
    """The median at each place of each line, all of them measured in turn."""
    found = [
        {name: {place: once() for place, once in line.items()} for name, line in points.items()}
        for _ in range(rounds)
    ]
    return {
        name: [
            [place, round(statistics.median(each[name][place] for each in found))] for place in line
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
