"""How long does charplay take to start, compared with bare programs? (Whole processes.)"""

import os
import subprocess
import sys

from benchmarks.timing import Row, time_alternately

# What a program imports that has a prompt, tables, arrays and plugins, and does nothing.
BARE_PROGRAM = "import prompt_toolkit, rich, numpy, pluggy"


def measure(quick: bool) -> list[Row]:
    """Wall time of `--version` against Python alone, and of `--help` against a bare program."""
    return [names_row(quick), version_row(quick), help_row(quick)]


def version_row(quick: bool) -> Row:
    """Wall time of `--version`, compared with `python -c pass`."""
    seconds = time_alternately(
        lambda: run_python("-m", "charplay", "--version"),
        lambda: run_python("-c", "pass"),
        1 if quick else 9,
    )
    ours, bare = seconds.medians
    against = f"python -c pass: {bare * 1000:.0f} ms"
    question = "charplay --version, whole process"
    most = 1.5 * bare + 0.04
    bar = f"at most 1.5 times and 40 ms more: {most * 1000:.0f} ms"
    return Row(question, f"{ours * 1000:.0f} ms", against, seconds.more, bar)


def help_row(quick: bool) -> Row:
    """Wall time of `--help`, compared with a program that only imports what charplay imports."""
    seconds = time_alternately(
        lambda: run_python("-m", "charplay", "--help"),
        lambda: run_python("-c", BARE_PROGRAM),
        1 if quick else 15,
    )
    ours, bare = seconds.medians
    against = f"python -c '{BARE_PROGRAM}': {bare * 1000:.0f} ms"
    question = "charplay --help, whole process"
    return Row(question, f"{ours * 1000:.0f} ms", against, seconds.spread, "at most 0.6")


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
    """Run Python as an installed program runs: with its bytecode kept from the run before."""
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=variables)
