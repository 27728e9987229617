"""The learning rate of each update of a stage: warm-up, then the stage's schedule."""

import math

from charplay.plan import Stage

_USUAL_STEPS = 4


def stage_rate(stage: Stage, update: int, length: int) -> float:
    """The learning rate of an update, which is counted from 0 in a stage of so many updates.

    It rises evenly to the full rate over the warm-up (Goyal et al. 2017, §2.2), and follows the
    schedule over the rest.
    """
    warmup = min(stage.warmup, length // 2)
    if update < warmup:
        return stage.learning_rate * ((update + 1) / warmup)
    return stage.learning_rate * _scheduled_share(stage, update - warmup, length - warmup)


def _scheduled_share(stage: Stage, update: int, length: int) -> float:
    """The share of the full rate that a schedule gives an update."""
    if stage.schedule == "step":
        every = stage.step_every or -(-length // _USUAL_STEPS)
        return float(stage.step_factor ** (update // every))
    if stage.schedule == "linear":
        return 1 - update / length
    if stage.schedule == "cosine":
        # Loshchilov & Hutter 2017, eq. 5, without restarts.
        return (1 + math.cos(math.pi * update / length)) / 2
    return 1
