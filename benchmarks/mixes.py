"""How much slower does a mix draw than its network alone?"""

import numpy as np

from benchmarks.counting import counted_model, names_drawing, prose_drawing, shipped_network
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, time_alternately
from charplay.models.contract import Model

NAMES, CHARACTERS = 1024, 3000


def measure(quick: bool) -> list[Row]:
    """A block of names, and prose one character after the other."""
    runs = 1 if quick else 9
    return [
        names_row(64 if quick else NAMES, runs),
        prose_row(100 if quick else CHARACTERS, runs),
    ]


def mixed_with_counts(network: Model, counted: Model) -> Model:
    """Half and half of a network and an n-gram."""
    find = REGISTRY.backends.find
    parts = [(find("numpy"), network), (find("ngram"), counted)]
    return find("mix").mixer(None).mix(parts, np.array([0.5, 0.5]))


def names_row(count: int, runs: int) -> Row:
    """Drawing names in blocks."""
    network = shipped_network("dinosaurs")
    mixed = mixed_with_counts(network, counted_model("dinosaurs", network.vocabulary))
    seconds = time_alternately(names_drawing(mixed, count), names_drawing(network, count), runs)
    ours, theirs = (median / count * 1e6 for median in seconds.medians)
    return Row(
        f"{count:,} names from a mix of a network and an n-gram: time per name",
        f"{ours:.0f} µs",
        f"the network alone: {theirs:.0f} µs",
        seconds.spreads,
        "at most 2",
    )


def prose_row(characters: int, runs: int) -> Row:
    """Drawing prose, one character after the other."""
    network = shipped_network("shakespeare")
    mixed = mixed_with_counts(network, counted_model("sonnets", network.vocabulary))
    seconds = time_alternately(
        prose_drawing(mixed, characters), prose_drawing(network, characters), runs
    )
    ours, theirs = (median / characters * 1e6 for median in seconds.medians)
    return Row(
        "a mix of a network and an n-gram: time per character of prose",
        f"{ours:.0f} µs",
        f"the network alone: {theirs:.0f} µs",
        seconds.spreads,
        "at most 2.5, aim 1.5",
    )
