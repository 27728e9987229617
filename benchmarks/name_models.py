"""Held-out losses of the shipped models of names, compared with the best Kneser-Ney n-gram."""

from benchmarks.runs import REGISTRY
from benchmarks.timing import Row
from charplay.models.header import read_header
from charplay.plan import TextChoice
from charplay.pretrained import shipped_models
from charplay.text.corpus import load_corpus

BARS = {"dinosaurs": "0.96", "drugs": "0.95", "firstnames": "0.96", "surnames": "0.97, aim 0.95"}


def measure(quick: bool) -> list[Row]:
    """The losses that each model file records; they were measured when the model was made."""
    rows = []
    for name, bar in BARS.items():
        header = read_header(shipped_models()[name])
        made, ngram = header.provenance, header.provenance["counting"]
        names = len(load_corpus(TextChoice(name), REGISTRY.corpora).names)  # type: ignore[union-attr]
        rows.append(
            Row(
                f"shipped `{name}` ({names:,} names): held-out nats per character",
                f"{made['held_out_loss']:.4f}",
                f"Kneser-Ney of order {ngram['order']}: {ngram['held_out_loss']:.4f}",
                f"{made['held_out_loss'] / ngram['held_out_loss']:.3f}",
                bar,
            )
        )
    return rows
