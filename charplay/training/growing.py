"""A model in a larger vocabulary, ready to be trained on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from charplay.errors import ModelFileError
from charplay.models.arrays import Arrays
from charplay.models.checkpoint import Checkpoint
from charplay.models.contract import Backend, Learner, Model
from charplay.plan import Plan
from charplay.text.vocabulary import Vocabulary
from charplay.training.counters import LEARNER


@dataclass(frozen=True)
class GrownModel:
    """A model to train on from, and what an optimiser kept of its weights, if that goes on."""

    backend: Backend
    model: Model
    optimiser: Arrays

    def learner(self, plan: Plan) -> Learner:
        """A learner that trains it on by a plan."""
        learner = self.backend.learner(self.model, plan)
        if self.optimiser:
            learner.restore({**learner.arrays(), **self.optimiser})
        return learner


def grow_checkpoint(
    checkpoint: Checkpoint,
    find_backend: Callable[[str], Backend],
    vocabulary: Vocabulary,
    seed: int,
    optimiser: bool = False,
) -> tuple[GrownModel, ...]:
    """The model of a checkpoint, or the parts of a mix, in a vocabulary that has its characters.

    optimiser: whether what the learner's optimiser kept is taken along; in a mix that is what the
    part that learned has, if one did.
    Raises UsageError where a backend cannot grow a model, ModelFileError for a broken file.
    """
    backend = find_backend(checkpoint.header.backend)
    model = checkpoint.model(backend)
    if optimiser:
        checkpoint.check_learner()
    learner = checkpoint.learner if optimiser else {}
    models = list(backend.parts(model))
    if models:
        prefix = f"{LEARNER}/"
        learner = {n.removeprefix(prefix): learner[n] for n in learner if n.startswith(prefix)}
    models = models or [(backend, model)]
    # The part that learned is the last.
    learners: list[Arrays] = [{}] * (len(models) - 1) + [learner]
    return tuple(
        _grow_model(each, own, kept, vocabulary, (seed + number) % 2**63)
        for number, ((each, own), kept) in enumerate(zip(models, learners, strict=True))
    )


def _grow_model(
    backend: Backend, model: Model, learner: Arrays, vocabulary: Vocabulary, seed: int
) -> GrownModel:
    """One model in a larger vocabulary; where nothing is to be changed, the model as it is."""
    if vocabulary == model.vocabulary and not learner:
        return GrownModel(backend, model, {})

    def grown(arrays: Arrays) -> Arrays:
        rng = np.random.Generator(np.random.Philox(seed))
        return backend.grow(arrays, model.vocabulary, vocabulary, model.config, rng)

    try:
        weights = grown(model.arrays())
        both = grown({**model.arrays(), **learner}) if learner else weights
        larger = backend.load(vocabulary, model.kind, model.config, weights)
    except (KeyError, ValueError, IndexError) as error:
        raise ModelFileError(
            f"the model of {backend.name} cannot be trained on: {error}",
            "train from the model instead of the run, or train a new model",
        ) from error
    return GrownModel(backend, larger, {n: both[n] for n in both if n not in weights})
