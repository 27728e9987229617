"""How long does the published exercise's update take, a name, beside the naive loop?

Both train 50 units in float64 by SGD, a name at a time, on the same list in the same order; ours
goes through the Trainer with everything it watches.
"""

from collections import deque
from dataclasses import replace

from benchmarks import naive_rnn
from benchmarks.runs import dinosaur_names, events, recipe, trainer
from benchmarks.timing import Row, alternate


def measure(quick: bool) -> list[Row]:
    """Time a name, ours against the naive loop's."""
    names = 200 if quick else 3000
    corpus, made = dinosaur_names(), recipe("course-dinosaurs")
    plan = replace(made.plan.with_length(names, None), report=None)
    weights = naive_rnn.Parameters.exercise(50, len(corpus.vocabulary))

    def ours() -> None:
        deque(events(trainer(made, corpus, plan)), maxlen=0)

    def naive() -> None:
        deque(naive_rnn.train(corpus.names, weights, names, 0.01, 5), maxlen=0)

    seconds = alternate(ours, naive, 1 if quick else 9)
    mine, plain = seconds.medians
    return [
        Row(
            "one name at a time, 50 units, float64, SGD, through the Trainer",
            f"{mine / names * 1e6:.0f} µs a name",
            f"naive loop: {plain / names * 1e6:.0f} µs a name",
            seconds.spread,
            "at most 0.30, aim 0.25",
        )
    ]
