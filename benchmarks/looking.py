"""Do the views of a model come soon, and is memory bounded whatever the length of a text?

The poet is the largest shipped model. Its text is tiny shakespeare's beginning where
CHARPLAY_REFERENCE has it, else sonnets; what it says matters nothing here.
"""

import io
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.memory import peak_memory
from benchmarks.prompts import at_99
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, measure_seconds
from charplay.environment import Environment
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.generation.sampling import Philox
from charplay.insight.handwriting import Handwriting
from charplay.plan import TextChoice
from charplay.pretrained import POET
from charplay.terminal.picker import HandwritingKeys
from charplay.terminal.shell import Shell
from charplay.text.corpus import load_corpus
from charplay.workspace import Workspace

_ASKED = "Shall I compare thee to a winter's nigh"
_LENGTH, _SHORT, _LONG = 100_000, 20_000, 400_000
_KEYS = "112a3b1 "


class _FirstRow(io.StringIO):
    """Standard output that notes when its first row of the text was there."""

    encoding = "utf-8"  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[float] = []

    def write(self, text: str) -> int:
        if "\n" in text:
            self.rows.append(time.perf_counter())
        return len(text)


def measure(quick: bool) -> list[Row]:
    """probs, surprise, pick, and memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [probs_row(folder, quick), surprise_row(folder, quick), pick_row(folder, quick)]
        if sys.platform == "linux":
            rows.append(memory_row(folder, quick))
    return rows


def _environment(folder: Path) -> Environment:
    return replace(Environment.of_process(), home=folder, stdout=_FirstRow(), stderr=_FirstRow())


def _shell(folder: Path) -> Shell:
    return Shell(_environment(folder), REGISTRY)


def _long_text(folder: Path, characters: int) -> Path:
    """A file of so many characters."""
    reference = Path(os.environ.get("CHARPLAY_REFERENCE", "")) / "tinyshakespeare.txt"
    if reference.is_file():
        text = reference.read_text(encoding="utf-8")
    else:
        corpus = load_corpus(TextChoice("sonnets"), REGISTRY.corpora)
        text = corpus.vocabulary.decode(corpus.tokens)
    path = folder / f"{characters}.txt"
    path.write_text((text * (1 + characters // len(text)))[:characters], encoding="utf-8")
    return path


def probs_row(folder: Path, quick: bool) -> Row:
    """The time of `probs` once charplay has started and opened the model."""
    shell = _shell(folder)
    line = f":probs -m {POET} {_ASKED}"
    shell.perform_line(line)
    seconds = [measure_seconds(lambda: shell.perform_line(line)) for _ in range(3 if quick else 50)]
    shell.close()
    return Row(
        "`probs` of the poet, beyond the start",
        f"{statistics.median(seconds) * 1000:.1f} ms, at 99 % {at_99(seconds) * 1000:.1f} ms",
        "–",
        "–",
        "at most 30 ms",
    )


def surprise_row(folder: Path, quick: bool) -> Row:
    """The time until the first row of a long text is there, and until all of it is."""
    shell = _shell(folder)
    shell.perform_line(f":probs -m {POET} {_ASKED}")
    path = _long_text(folder, 2_000 if quick else _LENGTH)
    out = shell.environment.stdout
    assert isinstance(out, _FirstRow)
    out.rows.clear()
    begun = time.perf_counter()
    shell.perform_line(f":surprise -m {POET} @{path}")
    spent = time.perf_counter() - begun
    shell.close()
    first = out.rows[1] - begun  # the legend comes before it
    return Row(
        "`surprise` of the poet by 100 kB: the first row, and all",
        f"{first:.2f} s, {spent:.1f} s",
        "–",
        "–",
        "at most 0.5 s and 40 s",
    )


def pick_row(folder: Path, quick: bool) -> Row:
    """The time from a key to what the screen shows, while somebody writes with the poet."""
    model = Workspace(_environment(folder), REGISTRY).library.open(POET).model
    writing = Handwriting(model, initial_place(model), Sampling(), Philox(7))
    keys = HandwritingKeys(writing, ascii_only=False)

    def press(key: str) -> None:
        keys.type_letter(key)
        keys.lines(80)

    press("1")
    seconds = [measure_seconds(lambda: press(key)) for key in _KEYS * (1 if quick else 40)]  # noqa: B023
    return Row(
        "`pick` with the poet: an answer to a key, at 99 %",
        f"{at_99(seconds) * 1000:.1f} ms",
        "–",
        "–",
        "at most 30 ms",
    )


def memory_row(folder: Path, quick: bool) -> Row:
    """What a text of twenty times the length takes more."""
    variables = {**os.environ, "CHARPLAY_HOME": str(folder / "memory")}

    def taken(characters: int) -> int:
        path = _long_text(folder, characters)
        words = (sys.executable, "-m", "charplay", "surprise", "-m", "dinosaurs", f"@{path}")
        return peak_memory(words, variables)

    short, long = (taken(length // (10 if quick else 1)) for length in (_SHORT, _LONG))
    return Row(
        f"`surprise` by {_LONG // 1000} kB: private memory",
        f"{long / 2**20:.0f} MB",
        f"by {_SHORT // 1000} kB: {short / 2**20:.0f} MB",
        f"{long / short:.2f}",
        "at most 1.2",
    )
