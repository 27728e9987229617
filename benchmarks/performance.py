"""Write docs/performance.md and its charts from what `python -m benchmarks.scaling` measured."""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.chart import Chart, Line
from benchmarks.scaling import RESULTS

DOCS = Path(__file__).parents[1] / "docs"
CHARTS = "performance"

PAGE = """# Performance

What charplay takes and how fast it is, as it was measured, and how to measure it again. Beside what
other programs do the same stands in [benchmarks/RESULTS.md](../benchmarks/RESULTS.md).

Measured on: {machine}. Again on yours:

```sh
make bench          # side by side with others, into benchmarks/RESULTS.md
make performance    # the charts of this page, into benchmarks/scaling.json and docs/performance/
```

## Texts of any size

A text is read in pieces of four megabytes. One that is larger than a piece is encoded once, a byte
a character where it has up to 255 different ones, into the folder `tokens` of the data home, under
the text's checksum; from there it is mapped into memory, and batches and scores read only what they
need. Who trains on it again waits for two checksums: the text's, so that one that was changed is
never taken for what it was, and the tokens', so that a damaged file is made again. The folder may
be emptied at any time.

Memory is what the processes of `charplay train FILE` hold for themselves at their most, while they
encode, train and score; pages of the mapped file, which the system takes back when it needs them,
are not counted. The red line is the most that it may be.

![Private memory by the size of the text](performance/memory.svg)

{memory}

Speed is that of the Trainer with the usual network and plan (a vanilla network of 128 units, 32
streams of 64 characters), the text in the system's cache. Windows come from all over the text in an
order of their own each epoch: up to four million of them it is drawn as a list, beyond that each
place in it is computed.

![Speed by the size of the text](performance/size.svg)

{size}

## Shapes of network and batch

One layer of the `numpy` backend, characters one-hot, Adam, float32; where nothing else is said 256
units, 32 streams of 64 characters.

![Speed by hidden units](performance/hidden.svg)

{hidden}

![Speed by the streams side by side](performance/batch.svg)

{batch}

![Speed by the characters of a row](performance/length.svg)

{length}
"""

_SPEED = "characters a second"


def charts(lines: dict[str, dict[str, Line]]) -> dict[str, Chart]:
    """The charts of the page by the names of their files."""
    return {
        "memory": Chart(
            "Training on a text: private memory", "bytes of text", "bytes", lines["memory"],
            limit=400e6,
        ),
        "size": Chart("Training on a text: speed", "bytes of text", _SPEED, lines["size"]),
        "hidden": Chart("Hidden units", "hidden units", _SPEED, lines["hidden"], steep=True),
        "batch": Chart("Streams side by side", "streams", _SPEED, lines["batch"], steep=True),
        "length": Chart("Length of a row", "characters a row", _SPEED, lines["length"]),
    }  # fmt: skip


def table(chart: Chart) -> str:
    """The same numbers to read."""
    places = sorted({place for line in chart.lines.values() for place, _ in line})
    rows = [
        [chart.place, *(f"{place:,}" for place in places)],
        ["---", *("---:" for _ in places)],
        *(
            [f"{name}, {chart.value}", *(f"{dict(line)[place]:,}" for place in places)]  # type: ignore[arg-type]
            for name, line in chart.lines.items()
        ),
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def files(measured: dict[str, Any]) -> dict[str, str]:
    """The page and its charts, by their paths below docs/."""
    drawn = charts(measured["lines"])
    tables = {name: table(chart) for name, chart in drawn.items()}
    page = PAGE.format(machine=measured["machine"], **tables)
    pictures = {f"{CHARTS}/{name}.svg": chart.svg() for name, chart in drawn.items()}
    return {"performance.md": page, **pictures}


def main() -> None:
    (DOCS / CHARTS).mkdir(exist_ok=True)
    measured = json.loads(RESULTS.read_text(encoding="utf-8"))
    if "memory" not in measured["lines"]:
        sys.exit("the memory of processes was not measured: that needs /proc, as Linux has it")
    for name, text in files(measured).items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
