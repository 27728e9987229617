"""Run every benchmark and write benchmarks/RESULTS.md; `--quick` only checks that each one runs."""

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import (
    beside,
    classes,
    counting,
    dinosaurs_recipe,
    engine_rate,
    exercises,
    first_prompt,
    keras_speed,
    large_texts,
    looking,
    mixes,
    name_models,
    name_stream,
    names,
    one_name_at_a_time,
    own_texts,
    plugins,
    poem,
    published_networks,
    sampling_rate,
    sessions,
    start,
    tiny_shakespeare,
    torch_speed,
    units,
)
from benchmarks.machine import describe_machine
from benchmarks.timing import Row

QUESTIONS = (
    engine_rate,
    tiny_shakespeare,
    sampling_rate,
    one_name_at_a_time,
    exercises,
    dinosaurs_recipe,
    published_networks,
    keras_speed,
    torch_speed,
    name_models,
    name_stream,
    own_texts,
    classes,
    units,
    names,
    poem,
    counting,
    mixes,
    large_texts,
    looking,
    sessions,
    beside,
    first_prompt,
    start,
    plugins,
)
RESULTS = Path(__file__).parent / "RESULTS.md"


def results_page(rows: list[Row]) -> str:
    """The results as a page."""
    lines = [
        "# Results",
        "",
        f"{describe_machine()}.",
        "",
        "`make bench` makes this page. The two sides of a row run in turn. Times are medians. A",
        "ratio is the median of the ratios of all pairs (smallest to largest).",
        "",
        "| question | charplay | against | ratio | bar |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {row.question} | {row.ours} | {row.against} | {row.ratio} | {row.bar} |"
            for row in rows
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        # The benchmarks must not measure or change the models of the person who runs them.
        os.environ["CHARPLAY_HOME"] = home
        page = results_page([row for question in QUESTIONS for row in question.measure(quick)])
    print(page)
    if not quick:
        RESULTS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
