"""What do installed plugins cost? Twenty of them, once known; one that imports for two seconds."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.prompts import prompt_in_terminal
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, time_alternately
from charplay.models.library import Library
from charplay.models.probe import check_step
from charplay.pretrained import shipped_models

_MANY = 20
_MODULE = """
import time
time.sleep({seconds})
from charplay import Command, CorpusEntry, hookimpl

@hookimpl
def register_corpora(register):
    register(CorpusEntry("rivers-{number}", "names", "names of rivers", "CC0", "here"))

@hookimpl
def register_commands(register):
    register(Command("flow-{number}", "say something", f"{{__name__}}:flow"))

def flow(context, request):
    return "it flows"
"""


def measure(quick: bool) -> list[Row]:
    """The version and the prompt with twenty plugins; a slow one; the border at a load."""
    rows = [version_row(quick), slow_row(quick), border_row(quick)]
    return [*rows, prompt_row(quick)] if os.name == "posix" else rows


def version_row(quick: bool) -> Row:
    """`--version` with twenty plugins and with none."""
    with installed(_MANY) as folder, tempfile.TemporaryDirectory() as home:
        seconds = time_alternately(
            lambda: _run(home, folder, "--version"),
            lambda: _run(home, "", "--version"),
            _pairs(quick),
        )
    return _more_row(
        "charplay --version with 20 plugins", seconds.medians, seconds.more, "0 ms more"
    )


def prompt_row(quick: bool) -> Row:
    """The prompt with twenty plugins that are known, and with none."""
    with installed(_MANY) as folder, tempfile.TemporaryDirectory() as home:

        def wait_for(path: str) -> None:
            os.environ["PYTHONPATH"] = _path_with(path)
            with prompt_in_terminal(Path(home)):
                pass

        before = os.environ.get("PYTHONPATH", "")
        try:
            wait_for(folder)
            seconds = time_alternately(
                lambda: wait_for(folder), lambda: wait_for(""), _pairs(quick)
            )
        finally:
            os.environ["PYTHONPATH"] = before
    return _more_row(
        "the first prompt with 20 plugins that are known",
        seconds.medians,
        seconds.more,
        "under 40 ms more",
    )


def slow_row(quick: bool) -> Row:
    """Names of a shipped model beside a plugin whose import takes two seconds, and without it."""
    words = ("names", "-n", "1")
    with installed(1, seconds=2) as folder, tempfile.TemporaryDirectory() as home:
        _run(home, folder, *words)
        seconds = time_alternately(
            lambda: _run(home, folder, *words), lambda: _run(home, "", *words), _pairs(quick)
        )
    return _more_row(
        "charplay names beside a plugin that imports for 2 s",
        seconds.medians,
        seconds.more,
        "nothing",
    )


def border_row(quick: bool) -> Row:
    """The longest that the border takes to check a shipped model when it is loaded."""
    with tempfile.TemporaryDirectory() as home:
        library = Library(Path(home), REGISTRY.backends.find, shipped_models())
        longest = max(_check_seconds(library, name) for name in shipped_models())
    return Row(
        "checking a shipped model when it is loaded, the longest",
        f"{longest * 1000:.1f} ms", "nothing", "–", "under 5 ms",
    )  # fmt: skip


def _check_seconds(library: Library, name: str) -> float:
    model = library.open(name).model
    begun = time.perf_counter()
    check_step(model)
    return time.perf_counter() - begun


def _more_row(question: str, medians: tuple[float, float], more: str, bar: str) -> Row:
    ours, bare = medians
    return Row(question, f"{ours * 1000:.0f} ms", f"without: {bare * 1000:.0f} ms", more, bar)


def _pairs(quick: bool) -> int:
    return 1 if quick else 11


def _path_with(folder: str) -> str:
    return os.pathsep.join(filter(None, (folder, *sys.path)))


def _run(home: str, folder: str, *words: str) -> None:
    variables = {**os.environ, "CHARPLAY_HOME": home, "PYTHONPATH": _path_with(folder)}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(
        [sys.executable, "-m", "charplay", *words], env=variables, check=True, capture_output=True
    )


@contextmanager
def installed(count: int, seconds: float = 0) -> Iterator[str]:
    """A folder with so many plugins as pip leaves them, each of which imports for so long."""
    with tempfile.TemporaryDirectory() as name:
        for number in range(count):
            module = f"flowing_{number}"
            source = _MODULE.format(seconds=seconds, number=number)
            Path(name, f"{module}.py").write_text(source, encoding="utf-8")
            info = Path(name, f"{module}-1.0.dist-info")
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
            (info / "entry_points.txt").write_text(f"[charplay]\n{module} = {module}\n")
            (info / "RECORD").write_text(f"{module}.py,,\n")
        yield name
