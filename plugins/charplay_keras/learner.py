"""Training by Keras: one compiled step that goes forward, back, and moves the weights."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from charplay import NO_TOKEN, Arrays, Backend, Batch, Learner, Model, Plan
from charplay_keras.network import carried_states, network
from charplay_keras.weights import shapes

Tensor = Any


class KerasLearner(Learner):
    """A network of Keras in training."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        vocabulary, config = len(model.vocabulary), model.config
        self._backend, self._model, self._plan = backend, model, plan
        self._last_only = plan.cutting == "windows" and plan.scored == "last"
        self._network = network(
            vocabulary, config, plan.batch_size, last_only=self._last_only, seed=plan.seed
        )
        self._carried = carried_states(self._network)
        self._weights = dict(
            zip(shapes(vocabulary, config), self._network.trainable_variables, strict=True)
        )
        _fill(self._weights, model.arrays())
        self._optimiser = _optimiser(plan)
        self._optimiser.build(self._network.trainable_variables)
        self._step = _compiled(self._take, plan)

    def update(self, batch: Batch, learning_rate: float) -> float:
        return self.update_many([batch], [learning_rate])[0]

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        losses = [
            self._step(*self._padded(batch), batch.fresh, self._scale(batch), rate)
            for batch, rate in zip(batches, learning_rates, strict=True)
        ]
        return [float(loss) for loss in losses]

    def _padded(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Inputs and scored targets, filled up with rows of nothing: one shape of batch for all."""
        targets = batch.targets[:, -1:] if self._last_only else batch.targets
        missing = ((0, self._plan.batch_size - len(targets)), (0, 0))
        inputs, targets = (
            np.pad(tokens, missing, constant_values=NO_TOKEN) for tokens in (batch.inputs, targets)
        )
        return inputs, targets

    def _scale(self, batch: Batch) -> float:
        """What the summed loss is divided by."""
        return len(batch.targets) if self._plan.reduction == "sum" else batch.characters

    def _take(
        self, inputs: Tensor, targets: Tensor, fresh: Tensor, scale: Tensor, rate: Tensor
    ) -> Tensor:
        """One update; the loss before it."""
        for state in self._carried:
            state.assign(tf.where(fresh, 0.0, state.value))
        variables = self._network.trainable_variables
        with tf.GradientTape() as tape:
            logits = self._network(inputs, training=True)
            loss = _loss(logits, targets) / scale
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        self._optimiser.learning_rate = rate
        self._optimiser.apply(_clipped(gradients, self._plan), variables)
        return loss

    def model(self) -> Model:
        model = self._model
        arrays = {name: variable.numpy() for name, variable in self._weights.items()}
        return self._backend.load(model.vocabulary, model.kind, model.config, arrays)

    def arrays(self) -> Arrays:
        return {name: np.asarray(variable) for name, variable in self._kept.items()}

    def restore(self, arrays: Arrays) -> None:
        _fill(self._kept, arrays)

    @property
    def _kept(self) -> dict[str, Any]:
        """The variables that an exact resume needs beside the weights."""
        groups = {
            "optimiser": self._optimiser.variables,
            "carried": self._carried,
            "dropout": self._network.non_trainable_variables,
        }
        return {
            f"{group}.{number}": variable
            for group, variables in groups.items()
            for number, variable in enumerate(variables)
        }


def _fill(variables: dict[str, Any], arrays: Arrays) -> None:
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _optimiser(plan: Plan) -> Any:
    kind = keras.optimizers.Adam if plan.optimiser == "adam" else keras.optimizers.SGD
    return kind(weight_decay=plan.weight_decay or None)


def _compiled(step: Any, plan: Plan) -> Any:
    """The step for batches of a plan's shape, by XLA where all have one length.

    Names have many, for each of which XLA would compile anew, for longer than it saves.
    """
    names = plan.cutting == "names"
    last_only = plan.cutting == "windows" and plan.scored == "last"
    rows, length = plan.batch_size, None if names else plan.length
    signature = (
        tf.TensorSpec((rows, length), tf.int32),
        tf.TensorSpec((rows, 1 if last_only else length), tf.int32),
        tf.TensorSpec((), tf.bool),
        tf.TensorSpec((), tf.float32),
        tf.TensorSpec((), tf.float32),
    )
    return tf.function(step, signature, jit_compile=not names)


def _loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of logits `(…, V)`, summed over the scored ones of as many targets, in nats."""
    targets, logits = tf.reshape(targets, (-1,)), tf.reshape(logits, (-1, logits.shape[-1]))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(targets, 0), logits)
    return tf.reduce_sum(tf.where(targets >= 0, losses, 0))


def _clipped(gradients: list[Tensor], plan: Plan) -> list[Tensor]:
    """Gradients limited each in size, then together in norm (Pascanu et al. 2013)."""
    if plan.clip_value is None and plan.clip_norm is None:
        # An embedding's gradient is left as it comes, a part for each character looked up: Keras'
        # Adam squares part by part, which is how the exercises train it.
        return gradients
    gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
    if plan.clip_value is not None:
        limit = plan.clip_value
        gradients = [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]
    if plan.clip_norm is not None:
        gradients, _ = tf.clip_by_global_norm(gradients, plan.clip_norm)
    return gradients
