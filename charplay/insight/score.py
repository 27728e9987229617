"""How plausible names are to a model."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from charplay.generation.generator import ROWS
from charplay.models.contract import Model
from charplay.text.batching import name_row, pad_rows
from charplay.text.tokens import NO_TOKEN
from charplay.training.evaluation import negative_log_likelihood

QUANTILES = 101
# A rank among fewer names means nothing.
LEAST_RANKED = 20
# Of a model with many characters fewer names are read at once.
_LOGITS_AT_ONCE = 1 << 24


def name_losses(model: Model, names: Sequence[str]) -> list[float]:
    """The loss of each name in nats per character, its newline included; lower is more plausible.

    Raises KeyError for a character that is not in the model's vocabulary.
    """
    losses: list[float] = []
    longest = max(map(len, names), default=0) + 1
    at_once = max(1, min(ROWS, _LOGITS_AT_ONCE // (longest * len(model.vocabulary))))
    for first in range(0, len(names), at_once):
        rows = [name_row(model.vocabulary, name) for name in names[first : first + at_once]]
        batch = pad_rows(rows)
        logits, _ = model.advance(model.initial_state(len(batch.inputs)), batch.inputs)
        for row, targets in zip(logits, batch.targets, strict=True):
            total = negative_log_likelihood(row, targets)
            losses.append(total / int((targets != NO_TOKEN).sum()))
    return losses


def loss_quantiles(losses: Sequence[float]) -> tuple[float, ...]:
    """The 0th, 1st, … 100th percentile of losses, to rank other names by; empty for too few."""
    if len(losses) < LEAST_RANKED:
        return ()
    return tuple(float(q) for q in np.quantile(losses, np.linspace(0, 1, QUANTILES)))


def centile_of(loss: float, held_out: Sequence[float]) -> int | None:
    """How many of 100 held-out names are less plausible; None without their loss quantiles."""
    return QUANTILES - 1 - min(bisect_left(held_out, loss), QUANTILES - 1) if held_out else None
