"""How long does charplay take to start, compared with Python alone? (Whole processes.)"""

import subprocess
import sys

from benchmarks.timing import Row, time_alternately


def measure(quick: bool) -> list[Row]:
    """Wall time of `--version` and `--help`, compared with `python -c pass`."""
    rows = [names_row(quick)]
    for word in ("--version", "--help"):
        seconds = time_alternately(
            lambda word=word: run_python("-m", "charplay", word),
            lambda: run_python("-c", "pass"),
            1 if quick else 9,
        )
        ours, bare = seconds.medians
        rows.append(
            Row(
                f"charplay {word}, whole process",
                f"{ours * 1000:.0f} ms",
                f"python -c pass: {bare * 1000:.0f} ms",
                seconds.more,
                "none set",
            )
        )
    return rows


def names_row(quick: bool) -> Row:
    """Wall time of `charplay names` into a pipe, compared with importing numpy."""
    seconds = time_alternately(
        lambda: run_python("-m", "charplay", "names"),
        lambda: run_python("-c", "import numpy"),
        1 if quick else 9,
    )
    ours, bare = seconds.medians
    return Row(
        "charplay names, piped, whole process",
        f"{ours * 1000:.0f} ms",
        f"python -c 'import numpy': {bare * 1000:.0f} ms",
        seconds.more,
        "at most 250 ms more",
    )


def run_python(*words: str) -> None:
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
