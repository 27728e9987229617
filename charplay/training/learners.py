"""Learners of new models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.models.contract import Backend, Learner
from charplay.options import build
from charplay.plan import Plan
from charplay.training.texts import RunTexts


@dataclass(frozen=True)
class LearnerMaker:
    """Makes the learners of a run: for its vocabulary, with first weights by a plan's seed."""

    find_backend: Callable[[str], Backend]
    texts: RunTexts

    def __call__(self, name: str, options: Mapping[str, Any], plan: Plan) -> Learner:
        """A learner of the backend of that name; UsageError where it cannot train here."""
        backend = self.find_backend(name)
        backend.check_trainable()
        config: Any = build(backend.Config, options, f"option of {name}")
        rng = np.random.Generator(np.random.Philox(plan.seed))
        model = backend.create(self.texts.vocabulary, self.texts.own.kind, config, rng)
        return backend.learner(model, plan)
