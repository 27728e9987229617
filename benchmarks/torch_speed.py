"""How fast does the backend `torch` train, compared with a plain loop of PyTorch?

Both train the same network by Adam on the same streams of a random text, from one-hot characters.
"""

import numpy as np

from benchmarks.engine_rate import random_text
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, skipped_row, time_alternately
from charplay.blas import blas_threads
from charplay.options import build
from charplay.plan import Plan
from charplay.text.batching import cut_batches

STREAMS, BAR = 32, "at least 0.95"
# (cell, units, characters of a stream in one update)
NETWORKS = (("lstm", 256, 64), ("gru", 128, 64), ("rnn", 128, 32))


def measure(quick: bool) -> list[Row]:
    """The rates of three networks."""
    if REGISTRY.backends.find("torch").missing():
        question = "the backend torch beside a plain loop of PyTorch"
        return [skipped_row(question, "PyTorch is not installed", BAR)]
    return [rate_row(*network, quick) for network in NETWORKS]


def rate_row(cell: str, units: int, length: int, quick: bool) -> Row:
    """Characters per second of a cell."""
    from benchmarks.plain_torch import prepare_epoch

    updates = 2 if quick else 10
    plan = Plan(cutting="stream", batch_size=STREAMS, length=length)
    text = random_text(STREAMS * length * updates + STREAMS)
    cutting = cut_batches(text, text.vocabulary, plan)
    batches = [cutting.batch(k) for k in range(updates)]
    backend = REGISTRY.backends.find("torch")
    config = build(backend.Config, {"cell": cell, "hidden": units})
    model = backend.create(text.vocabulary, "prose", config, np.random.default_rng(0))
    learner, rates = backend.learner(model, plan), [0.001] * updates
    inputs, targets = (np.stack([batch[part] for batch in batches]) for part in (0, 1))
    seconds = time_alternately(
        lambda: learner.update_many(batches, rates),
        prepare_epoch(cell, units, inputs, targets, blas_threads()),
        1 if quick else 15,
    )
    characters = updates * STREAMS * length
    ours, plain = (characters / median for median in seconds.medians)
    processor_time = seconds.processor_time.rates(1, 1)
    return Row(
        f"torch: {cell} {units}, {STREAMS} streams of {length}, training, characters per second",
        f"{ours:,.0f}",
        f"a plain loop of PyTorch: {plain:,.0f}",
        f"{seconds.rates(1, 1)}; processor time: {processor_time}",
        BAR,
    )
