"""Units that `neurons --find` finds: in networks of random weights, where there is none to find."""

from itertools import product

import numpy as np

from benchmarks.runs import REGISTRY
from benchmarks.timing import Row
from charplay.insight.finding import find_units, networks_of
from charplay.insight.units import UnitNames
from charplay.models.contract import Model
from charplay.options import build
from charplay.plan import TextChoice
from charplay.text.corpus import Corpus, load_corpus, split_corpus

TEXTS = {"dinosaurs": True, "sonnets": False}
CELLS = ("lstm", "gru", "rnn")
# Units, and how many times larger than first weights the random ones are.
SHAPES = ((16, 1.0), (64, 1.0), (64, 4.0))


def measure(quick: bool) -> list[Row]:
    """In how many of many random networks something is found."""
    rows = []
    for name, lower in TEXTS.items():
        corpus = load_corpus(TextChoice(name, lower=lower), REGISTRY.corpora)
        _, held_out = split_corpus(corpus, 0.1)
        some = [(c, *s, seed) for (c, s), seed in product(product(CELLS, SHAPES), range(5))]
        some = some[:2] if quick else some
        found = sum(_finds_something(held_out, *each) for each in some)
        rows.append(
            Row(
                f"`neurons --find` in random networks on `{name}`: how many have a finding",
                str(found),
                f"of {len(some)}",
                f"{found / len(some):.2f}",
                "0",
            )
        )
    return rows


def _finds_something(text: Corpus, cell: str, hidden: int, gain: float, seed: int) -> bool:
    backend = REGISTRY.backends.find("numpy")
    config = build(backend.Config, {"cell": cell, "hidden": hidden})
    rng = np.random.default_rng(1000 + seed)
    first = backend.create(text.vocabulary, text.kind, config, rng)
    arrays = {name: array * np.float32(gain) for name, array in first.arrays().items()}
    model: Model = backend.load(text.vocabulary, text.kind, config, arrays)
    return bool(find_units("random", networks_of(backend, model), UnitNames(model), text).findings)
