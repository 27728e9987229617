"""The backend `mybackend` for charplay: each character is guessed from the one before it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay import (
    NO_TOKEN,
    Array,
    ArrayBlock,
    Arrays,
    Backend,
    Batch,
    Kind,
    Learner,
    Model,
    Optimiser,
    Plan,
    RegisterBackend,
    State,
    Tokens,
    Vocabulary,
    hookimpl,
    option,
)

charplay_api = "1.1"


@dataclass(frozen=True)
class MyConfig:
    """The options of a model."""

    spread: float = option(0.1, "standard deviation of the first weights", above=0)


class MyModel(Model):
    """Its one array, `table` `(V+1, V)`, has the logits after no token, then after each token."""

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        return self.arrays()["table"][tokens + 1], state


class MyLearner(Learner):
    """Gradient descent on the table."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        self._backend, self._model = backend, model
        self._weights = ArrayBlock.of(model.arrays())
        self._optimiser = Optimiser(self._weights, plan)

    def update(self, batch: Batch, learning_rate: float) -> float:
        scored = batch.targets != NO_TOKEN
        rows, targets = batch.inputs[scored] + 1, batch.targets[scored]
        loss, slope = cross_entropy(self._weights["table"][rows], targets)
        gradient = np.zeros_like(self._weights["table"])
        np.add.at(gradient, rows, slope)
        return self._optimiser.update(batch, loss, {"table": gradient}, learning_rate)

    def model(self) -> Model:
        model, arrays = self._model, self._weights.copies()
        return self._backend.load(model.vocabulary, model.kind, model.config, arrays)

    def arrays(self) -> Arrays:
        return self._optimiser.arrays()

    def restore(self, arrays: Arrays) -> None:
        self._optimiser.restore(arrays)


def cross_entropy(logits: Array, targets: Tokens) -> tuple[float, Array]:
    """The summed loss of logits `(N, V)` in nats, and its gradient."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    places = np.arange(len(targets)), targets
    loss = -float(np.log(probabilities[places]).sum())
    probabilities[places] -= 1
    return loss, probabilities


class MyBackend(Backend):
    """Makes the models, loads them, and trains them."""

    name = "mybackend"
    summary = "each character is guessed from the one before it"
    version = "0.1.0"
    Config = MyConfig

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: Any, rng: np.random.Generator
    ) -> Model:
        shape = (len(vocabulary) + 1, len(vocabulary))
        table = rng.normal(0, config.spread, shape).astype(np.float32)
        return self.load(vocabulary, kind, config, {"table": table})

    def load(self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays) -> Model:
        if arrays["table"].shape != (len(vocabulary) + 1, len(vocabulary)):
            raise ValueError("the table does not fit the characters")
        return MyModel(vocabulary, kind, config, arrays)

    def learner(self, model: Model, plan: Plan) -> Learner:
        return MyLearner(self, model, plan)


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend."""
    register(MyBackend())
