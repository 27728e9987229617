"""How soon does the recipe `tiny-shakespeare` know its text, and how well after five minutes?

The text is `tinyshakespeare.txt` of CHARPLAY_REFERENCE. The loss is that of its last tenth, all of
it, as the Trainer finds it, in nats a character; the time is the clock's from the Trainer's start,
its looks at that tenth included. 1.88 is where the usual small transformer stands after two minutes
on two cores.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.runs import REGISTRY, events, recipe, trainer
from benchmarks.timing import Row, skipped
from charplay.text.corpus import load_corpus
from charplay.training.events import Evaluated

TEXT = Path(os.environ.get("CHARPLAY_REFERENCE", "")) / "tinyshakespeare.txt"
BAR_NATS, BAR_SECONDS = 1.88, 40
MINUTES = 5


class Watch:
    """Seconds since it was made, by the clock, and those for which processors were busy."""

    def __init__(self) -> None:
        self._begun, self._busy = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._begun

    def __str__(self) -> str:
        busy = time.process_time() - self._busy
        return f"{self.seconds:.1f} s ({busy:.1f} s of a processor)"


def measure(quick: bool) -> list[Row]:
    """Time to the bar, and the least loss of five minutes."""
    soon = f"tiny-shakespeare: time until the held-out loss is below {BAR_NATS} nats a character"
    late = f"tiny-shakespeare: least held-out loss within {MINUTES} minutes, nats a character"
    bars = f"{BAR_SECONDS} s", "as far below 1.60 as may be"
    if not TEXT.is_file():
        why = f"{TEXT.name} is not in CHARPLAY_REFERENCE"
        return [skipped(soon, why, bars[0]), skipped(late, why, bars[1])]
    passed, least = trained(5 if quick else MINUTES * 60)
    return [Row(soon, passed, "–", "–", bars[0]), Row(late, least, "–", "–", bars[1])]


def trained(seconds: float) -> tuple[str, str]:
    """When the recipe's run passed the bar, and its least loss until it was stopped."""
    made = recipe("tiny-shakespeare")
    corpus = load_corpus(replace(made.text, corpus=str(TEXT)), REGISTRY.corpora)
    run, watch = trainer(made, corpus), Watch()
    passed, least = "not reached", float("inf")
    for event in events(run, lambda: watch.seconds > seconds):
        if isinstance(event, Evaluated):
            if event.loss < BAR_NATS <= least:
                passed = str(watch)
            least = min(least, event.loss)
    return passed, f"{least:.4f} in {watch}"
