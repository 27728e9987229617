"""Learners of new models, and of models that are trained on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.models.contract import Backend, Learner, Model
from charplay.options import build
from charplay.plan import Part, Plan
from charplay.text.batching import cut_batches
from charplay.text.corpus import Corpus
from charplay.training.growing import GrownModel
from charplay.training.texts import RunTexts


@dataclass(frozen=True)
class LearnerMaker:
    """Makes the learners of a run: for its vocabulary, with first weights by a plan's seed.

    bases: the models that are trained on, one for each part of the plan; none where all are new.
    """

    find_backend: Callable[[str], Backend]
    texts: RunTexts
    bases: tuple[GrownModel, ...] = ()

    def __call__(self, name: str, options: Mapping[str, Any], plan: Plan, part: int = 0) -> Learner:
        """A learner of the backend of that name; UsageError where it cannot train here."""
        backend = self.find_backend(name)
        backend.check_trainable()
        if self.bases:
            return self.bases[part].learner(plan)
        config: Any = build(backend.Config, options, f"option of {name}")
        rng = np.random.Generator(np.random.Philox(plan.seed))
        model = backend.create(self.texts.vocabulary, self.texts.own.kind, config, rng)
        return backend.learner(model, plan)

    def count(self, part: Part, texts: Mapping[str, Corpus], number: int = 0) -> Model:
        """The model of a counted part after it has read the texts that its stages name."""
        learner = self(part.backend, part.config, part.plan, number)
        for name in dict.fromkeys(stage.corpus for stage in part.plan.stages):
            batches = cut_batches(texts[name], self.texts.vocabulary, part.plan)
            for k in range(batches.per_epoch):
                learner.update(batches.batch(k), 0)
        return learner.model()
