"""How fast does the recipe `tiny-shakespeare` learn its text, and how well in five minutes?

The text is `tinyshakespeare.txt` in CHARPLAY_REFERENCE. The loss is the Trainer's held-out loss, in
nats per character over the whole last tenth of the text. The time is wall time since the Trainer
started and includes its evaluations. The usual small transformer reaches 1.88 after two minutes on
two cores.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.runs import REGISTRY, find_recipe, make_trainer, run_events
from benchmarks.timing import Row, skipped_row
from charplay.text.corpus import load_corpus
from charplay.training.events import Evaluated

TEXT = Path(os.environ.get("CHARPLAY_REFERENCE", "")) / "tinyshakespeare.txt"
BAR_NATS, BAR_SECONDS = 1.88, 40
MINUTES = 5


class Stopwatch:
    """Wall time and processor time since the stopwatch was made."""

    def __init__(self) -> None:
        self._begun, self._busy = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._begun

    def __str__(self) -> str:
        busy = time.process_time() - self._busy
        return f"{self.seconds:.1f} s ({busy:.1f} s of processor time)"


def measure(quick: bool) -> list[Row]:
    """The time to the bar, and the lowest loss within five minutes."""
    soon = f"tiny-shakespeare: time until the held-out loss is below {BAR_NATS} nats per character"
    late = f"tiny-shakespeare: lowest held-out loss within {MINUTES} minutes, nats per character"
    bars = f"{BAR_SECONDS} s", "as far below 1.60 as possible"
    if not TEXT.is_file():
        why = f"{TEXT.name} is not in CHARPLAY_REFERENCE"
        return [skipped_row(soon, why, bars[0]), skipped_row(late, why, bars[1])]
    passed, lowest = train_until(5 if quick else MINUTES * 60)
    return [Row(soon, passed, "–", "–", bars[0]), Row(late, lowest, "–", "–", bars[1])]


def train_until(seconds: float) -> tuple[str, str]:
    """(time when the run passed the bar, its lowest loss within the seconds), both as text."""
    recipe = find_recipe("tiny-shakespeare")
    corpus = load_corpus(replace(recipe.text, corpus=str(TEXT)), REGISTRY.corpora)
    run, watch = make_trainer(recipe, corpus), Stopwatch()
    passed, lowest = "not reached", float("inf")
    for event in run_events(run, lambda: watch.seconds > seconds):
        if isinstance(event, Evaluated):
            if event.loss < BAR_NATS <= lowest:
                passed = str(watch)
            lowest = min(lowest, event.loss)
    return passed, f"{lowest:.4f} in {watch}"
