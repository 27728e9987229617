"""Write docs/performance.md and its charts from the results of `python -m benchmarks.scaling`."""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.chart import Chart, Line
from benchmarks.scaling import RESULTS

DOCS = Path(__file__).parents[1] / "docs"
CHARTS = "performance"

PAGE = """# Performance

How much memory charplay needs and how fast it trains. Comparisons with other programs are in
[benchmarks/RESULTS.md](../benchmarks/RESULTS.md).

Measured on: {machine}. To measure on your machine:

```sh
make bench          # comparisons, writes benchmarks/RESULTS.md
make performance    # this page, writes benchmarks/scaling.json and docs/performance/
```

## Texts of any size

charplay reads a text in pieces of four megabytes. A larger text is encoded once, and its tokens
are kept in the subfolder `tokens` of the data folder, under the checksum of the text. A character
takes one byte if the text has at most 255 different ones. The tokens are mapped into memory, so
batches and scores read only the parts that they need.

Training again only verifies two checksums. The checksum of the text shows whether the text has
changed; the checksum of the tokens shows whether their file is damaged. In either case charplay
encodes the text again. You can empty the folder at any time.

The first chart shows the peak private memory of both processes of `charplay train FILE` while they
encode, train and score. Pages of the mapped file do not count, because the system can take them
back at any time. The red line is the limit that we allow.

![Private memory by the size of the text](performance/memory.svg)

{memory}

The second chart shows the speed of the Trainer with the default network and plan: a vanilla
network of 128 units and 32 streams of 64 characters. The text is in the system's file cache.
Windows are read in a new random order each epoch. For up to four million windows the order is a
list in memory; for more windows each position is computed on demand.

![Speed by the size of the text](performance/size.svg)

{size}

## Shapes of network and batch

These charts show one layer of the `numpy` backend with one-hot input, Adam and float32. Except for
the quantity that varies, it has 256 units and reads 32 streams of 64 characters.

![Speed by the number of hidden units](performance/hidden.svg)

{hidden}

![Speed by the number of parallel streams](performance/batch.svg)

{batch}

![Speed by the length of a row](performance/length.svg)

{length}
"""

_SPEED = "characters per second"


def make_charts(lines: dict[str, dict[str, Line]]) -> dict[str, Chart]:
    """The charts of the page by the names of their files."""
    return {
        "memory": Chart(
            "Training on a text: private memory", "bytes of text", "bytes", lines["memory"],
            limit=400e6,
        ),
        "size": Chart("Training on a text: speed", "bytes of text", _SPEED, lines["size"]),
        "hidden": Chart("Hidden units", "hidden units", _SPEED, lines["hidden"], steep=True),
        "batch": Chart("Parallel streams", "streams", _SPEED, lines["batch"], steep=True),
        "length": Chart("Length of a row", "characters per row", _SPEED, lines["length"]),
    }  # fmt: skip


def markdown_table(chart: Chart) -> str:
    """The values of a chart as a table."""
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


def page_files(measured: dict[str, Any]) -> dict[str, str]:
    """The page and its charts by their paths in docs/."""
    drawn = make_charts(measured["lines"])
    tables = {name: markdown_table(chart) for name, chart in drawn.items()}
    page = PAGE.format(machine=measured["machine"], **tables)
    pictures = {f"{CHARTS}/{name}.svg": chart.svg() for name, chart in drawn.items()}
    return {"performance.md": page, **pictures}


def main() -> None:
    (DOCS / CHARTS).mkdir(exist_ok=True)
    measured = json.loads(RESULTS.read_text(encoding="utf-8"))
    if "memory" not in measured["lines"]:
        sys.exit(
            "benchmarks/scaling.json has no memory figures; measure them on Linux, which has /proc"
        )
    for name, text in page_files(measured).items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
