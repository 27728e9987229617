"""Training of the NumPy network: one flat block of weights, one of gradients, an optimiser."""

from collections.abc import Sequence

import numpy as np

from charplay import Array, Arrays, Backend, Batch, Learner, Model, Plan
from charplay_numpy.network import Network
from charplay_numpy.optimiser import clip, optimiser
from charplay_numpy.weights import Block, shapes


class NumpyLearner(Learner):
    """A vanilla recurrent network in training."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        # The network's own order, not the file's: what the optimiser remembers lies in it.
        named = shapes(len(model.vocabulary), model.config)
        precision = model.config.precision
        weights, gradients = Block(named, precision), Block(named, precision)
        weights.fill(model.arrays())
        self._network = Network(weights, gradients, len(model.vocabulary))
        self._optimiser = optimiser(plan, weights.flat)
        self._carried = self._network.zero_state(plan.batch_size)
        self._backend, self._model, self._plan = backend, model, plan
        self._summed = plan.reduction == "sum"

    def update(self, batch: Batch, learning_rate: float) -> float:
        loss = self.gradient(batch)
        weights, gradients = self._network.weights.flat, self._network.gradients.flat
        clip(gradients, self._plan)
        if self._plan.weight_decay:
            # Apart from the gradient, so that Adam does not scale it (Loshchilov & Hutter 2019).
            weights *= 1 - learning_rate * self._plan.weight_decay
        self._optimiser.step(weights, gradients, learning_rate)
        return loss

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        # An explosion shows in the loss, which the trainer watches; NumPy need not warn as well.
        with np.errstate(all="ignore"):
            return super().update_many(batches, learning_rates)

    def gradient(self, batch: Batch) -> float:
        """The loss of a batch, its gradients left in the network, the state carried on."""
        network, (inputs, targets) = self._network, batch[:2]
        rows = len(inputs)
        state = network.zero_state(rows) if batch.fresh else self._carried
        logits = network.forward(inputs.T, state)
        scale = rows if self._summed else batch.characters
        loss = network.loss(logits, targets.T.ravel(), scale)
        network.backward(logits)
        self._carried = network.last_state
        return loss

    @property
    def gradients(self) -> dict[str, Array]:
        """Copies of the last gradients by the weights' names."""
        return self._network.gradients.copies()

    def model(self) -> Model:
        model, weights = self._model, self._network.weights.copies()
        return self._backend.load(model.vocabulary, model.kind, model.config, weights)

    def arrays(self) -> Arrays:
        return {**self._optimiser.arrays(), "carried": self._carried.copy()}

    def restore(self, arrays: Arrays) -> None:
        self._optimiser.restore(arrays)
        self._carried = arrays["carried"].copy()
