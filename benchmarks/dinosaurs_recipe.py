"""How soon does the recipe `dinosaurs-rnn` know the list as well as the exercise's network does?

The bar is a mean summed loss over the whole list, each name from a zero state, of 22.4 nats a
name, within 1/20 of the time that the naive loop takes for its 35,000 updates. And: is the recipe
better on the names held out than the exercise's network trained without the same tenth?
"""

import time
from collections import deque
from dataclasses import replace

from benchmarks import naive_rnn
from benchmarks.runs import dinosaur_names, events, recipe, trainer
from benchmarks.timing import Row, timed
from charplay.training.evaluation import loss_of
from charplay.training.events import Evaluated, Finished

BAR_NATS = 22.4
EXERCISE_UPDATES = 35_000


class StoppedClock:
    """Seconds of work, without those spent on looking at it."""

    def __init__(self) -> None:
        self._away = 0.0

    def __call__(self) -> float:
        return time.perf_counter() - self._away

    def without(self, seconds: float) -> None:
        """Leave some seconds out."""
        self._away += seconds


def measure(quick: bool) -> list[Row]:
    """Time to the bar, and held-out losses."""
    corpus = dinosaur_names()
    naive_updates = 350 if quick else EXERCISE_UPDATES
    weights = naive_rnn.Parameters.exercise(50, len(corpus.vocabulary))
    naive = timed(
        lambda: deque(naive_rnn.train(corpus.names, weights, naive_updates, 0.01, 5), maxlen=0)
    )
    naive *= EXERCISE_UPDATES / naive_updates

    seconds, nats, held_out = until_bar()
    course = recipe("course-dinosaurs")
    plan = replace(course.plan.with_length(naive_updates, None), held_out=0.1, report=None)
    finished = deque(events(trainer(course, corpus, plan)), maxlen=1)[0]
    assert isinstance(finished, Finished)
    return [
        Row(
            f"recipe dinosaurs-rnn: seconds to {BAR_NATS} nats a name over the whole list",
            f"{seconds:.2f} s ({nats:.2f} nats)",
            f"naive loop, 35,000 updates: {naive:.1f} s",
            f"1/{naive / seconds:.0f}",
            "1/20",
        ),
        Row(
            "recipe dinosaurs-rnn: held-out loss, nats a character",
            f"{held_out:.3f}",
            f"course-dinosaurs without the same tenth: {finished.held_out_loss:.3f}",
            f"{held_out / (finished.held_out_loss or 1):.3f}",
            "below 1",
        ),
    ]


def until_bar() -> tuple[float, float, float]:
    """(seconds to the bar, nats a name there, the best held-out loss of the whole run)."""
    corpus, clock = dinosaur_names(), StoppedClock()
    begun = clock()
    run = trainer(recipe("dinosaurs-rnn"), corpus, clock=clock)
    reached: tuple[float, float] | None = None
    best = float("inf")
    for event in events(run):
        if not isinstance(event, Evaluated):
            continue
        best = min(best, event.loss)
        if reached is None:
            looked = time.perf_counter()
            loss = loss_of(run.model(), corpus) * corpus.characters / len(corpus.names)
            clock.without(time.perf_counter() - looked)
            if loss < BAR_NATS:
                reached = (clock() - begun, loss)
    return (*(reached or (float("inf"), float("nan"))), best)
