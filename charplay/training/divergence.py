"""A run that diverges: its loss explodes, or its weights are no longer finite."""

import math

import numpy as np

from charplay.errors import TrainingError
from charplay.models.contract import Model
from charplay.plan import Plan, Stage
from charplay.text.batching import Batch
from charplay.text.vocabulary import Vocabulary
from charplay.training.schedule import Schedule

# A loss so many times that of a uniform guess means nothing any more.
_EXPLODED = 50


class DivergenceGuard:
    """Ends a run that diverges, with a hint to a smaller learning rate."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary, schedule: Schedule) -> None:
        self._plan, self._schedule = plan, schedule
        self._limit = _EXPLODED * math.log(max(2, len(vocabulary)))

    def per_character(self, reduced: float, batch: Batch, update: int) -> float:
        """The loss of an update in nats a character; TrainingError where it has exploded."""
        loss = reduced * (batch.loss_scale(self._plan) / batch.characters)
        if not loss < self._limit:
            raise self._diverged(update, loss)
        return loss

    def check_weights(self, model: Model, update: int) -> None:
        """TrainingError where a model has weights that are not finite after an update."""
        if not all(np.isfinite(array).all() for array in model.arrays().values()):
            raise self._diverged(update, math.nan)

    def _diverged(self, update: int, loss: float) -> TrainingError:
        what = f"has grown to {loss:.3g}" if math.isfinite(loss) else "is no longer a number"
        rate = self._schedule.rate(update)
        smaller = rate / 10 if rate <= 1 else Stage().learning_rate
        return TrainingError(
            f"training stopped at update {update + 1:,}: the loss {what}",
            f"train again with a smaller step: --set learning-rate={smaller:.2g}",
        )
