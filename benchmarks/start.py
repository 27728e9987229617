"""How long does charplay take to start, beside a bare Python, as whole processes?"""

import subprocess
import sys

from benchmarks.timing import Row, alternate


def measure(quick: bool) -> list[Row]:
    """Wall time of `--version` and `--help` beside `python -c pass`."""
    rows = [names(quick)]
    for word in ("--version", "--help"):
        seconds = alternate(
            lambda word=word: run("-m", "charplay", word),
            lambda: run("-c", "pass"),
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


def names(quick: bool) -> Row:
    """Wall time of `charplay names`, piped, from a shipped model, beside importing numpy."""
    seconds = alternate(
        lambda: run("-m", "charplay", "names"),
        lambda: run("-c", "import numpy"),
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


def run(*words: str) -> None:
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
