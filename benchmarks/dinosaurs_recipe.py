"""How fast does the recipe `dinosaurs-rnn` reach the loss of the published exercise?

The bar is a loss of 22.4 nats per name, the mean over the whole list with each name read from a
zero state, within 1/20 of the time that the naive loop takes for its 35,000 updates. The second
question: with the same tenth held out, is the held-out loss of the recipe lower than the
exercise's?
"""

import time
from collections import deque
from dataclasses import replace

from benchmarks import naive_rnn
from benchmarks.runs import dinosaur_names, find_recipe, make_trainer, run_events
from benchmarks.timing import Row, measure_seconds
from charplay.training.evaluation import loss_of
from charplay.training.events import Evaluated, Finished

BAR_NATS = 22.4
EXERCISE_UPDATES = 35_000


class StoppedClock:
    """A clock that leaves out the seconds spent on measuring."""

    def __init__(self) -> None:
        self._away = 0.0

    def __call__(self) -> float:
        return time.perf_counter() - self._away

    def without(self, seconds: float) -> None:
        """Leave out some seconds."""
        self._away += seconds


def measure(quick: bool) -> list[Row]:
    """The time to the bar, and both held-out losses."""
    corpus = dinosaur_names()
    naive_updates = 350 if quick else EXERCISE_UPDATES
    weights = naive_rnn.Parameters.exercise(50, len(corpus.vocabulary))
    naive = measure_seconds(
        lambda: deque(naive_rnn.train(corpus.names, weights, naive_updates, 0.01, 5), maxlen=0)
    )
    naive *= EXERCISE_UPDATES / naive_updates

    seconds, nats, held_out = time_to_bar()
    course = find_recipe("course-dinosaurs")
    plan = replace(course.plan.with_length(naive_updates, None), held_out=0.1, report=None)
    finished = deque(run_events(make_trainer(course, corpus, plan)), maxlen=1)[0]
    assert isinstance(finished, Finished)
    return [
        Row(
            f"recipe dinosaurs-rnn: seconds to {BAR_NATS} nats per name over the whole list",
            f"{seconds:.2f} s ({nats:.2f} nats)",
            f"naive loop, 35,000 updates: {naive:.1f} s",
            f"1/{naive / seconds:.0f}",
            "1/20",
        ),
        Row(
            "recipe dinosaurs-rnn: held-out loss, nats per character",
            f"{held_out:.3f}",
            f"course-dinosaurs with the same tenth held out: {finished.held_out_loss:.3f}",
            f"{held_out / (finished.held_out_loss or 1):.3f}",
            "below 1",
        ),
    ]


def time_to_bar() -> tuple[float, float, float]:
    """(seconds to the bar, nats per name then, the best held-out loss of the whole run)."""
    corpus, clock = dinosaur_names(), StoppedClock()
    begun = clock()
    run = make_trainer(find_recipe("dinosaurs-rnn"), corpus, clock=clock)
    reached: tuple[float, float] | None = None
    best = float("inf")
    for event in run_events(run):
        if not isinstance(event, Evaluated):
            continue
        best = min(best, event.loss)
        if reached is None:
            started = time.perf_counter()
            loss = loss_of(run.model(), corpus) * corpus.characters / len(corpus.names)
            clock.without(time.perf_counter() - started)
            if loss < BAR_NATS:
                reached = (clock() - begun, loss)
    return (*(reached or (float("inf"), float("nan"))), best)
