"""How long does one update of the published exercise take, compared with the naive loop?

Both train 50 units in float64 by SGD, one name at a time, on the same list in the same order. Ours
runs through the Trainer with everything that the Trainer does.
"""

from collections import deque
from dataclasses import replace

from benchmarks import naive_rnn
from benchmarks.runs import dinosaur_names, find_recipe, make_trainer, run_events
from benchmarks.timing import Row, time_alternately


def measure(quick: bool) -> list[Row]:
    """Time per name, ours and the naive loop's."""
    names = 200 if quick else 3000
    corpus, recipe = dinosaur_names(), find_recipe("course-dinosaurs")
    plan = replace(recipe.plan.with_length(names, None), report=None)
    weights = naive_rnn.Parameters.exercise(50, len(corpus.vocabulary))

    def ours() -> None:
        deque(run_events(make_trainer(recipe, corpus, plan)), maxlen=0)

    def naive() -> None:
        deque(naive_rnn.train(corpus.names, weights, names, 0.01, 5), maxlen=0)

    seconds = time_alternately(ours, naive, 1 if quick else 9)
    mine, plain = seconds.medians
    return [
        Row(
            "one name at a time, 50 units, float64, SGD, through the Trainer",
            f"{mine / names * 1e6:.0f} µs per name",
            f"naive loop: {plain / names * 1e6:.0f} µs per name",
            seconds.spread,
            "at most 0.30, aim 0.25",
        )
    ]
