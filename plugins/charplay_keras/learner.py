"""Training by Keras: one compiled step that goes forward, backward, and updates the weights."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from charplay import CELLS, NO_TOKEN, Array, Arrays, Backend, Batch, Learner, Model, Plan
from charplay_keras.former import current_learner
from charplay_keras.network import build_network, carried_states
from charplay_keras.variables import join_arrays, split_variables, variable_names
from charplay_keras.weights import array_shapes

Tensor = Any


class KerasLearner(Learner):
    """A network of Keras in training."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        vocabulary, config = len(model.vocabulary), model.config
        self._backend, self._model, self._plan = backend, model, plan
        self._last_only = plan.cutting == "windows" and plan.scored == "last"
        self._network = build_network(
            vocabulary, config, plan.batch_size, last_only=self._last_only, seed=plan.seed
        )
        cell, layers = CELLS[config.cell], range(config.layers)
        self._state_names = [f"carried.{n}" for layer in layers for n in cell.state_names(layer)]
        self._carried = carried_states(self._network)
        self._names = list(variable_names(array_shapes(vocabulary, config)))
        self._weights = self._network.trainable_variables
        _assign_values(self._weights, join_arrays(self._names, model.arrays()))
        self._optimiser = _make_optimiser(plan)
        self._optimiser.build(self._weights)
        self._step = _compile_step(self._take_step, plan)

    def update(self, batch: Batch, learning_rate: float) -> float:
        return self.update_many([batch], [learning_rate])[0]

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        losses = [
            self._step(*self._padded(batch), batch.fresh, float(batch.loss_scale(self._plan)), rate)
            for batch, rate in zip(batches, learning_rates, strict=True)
        ]
        return [float(loss) for loss in losses]

    def _padded(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Inputs and scored targets, padded with empty rows so that all batches have one shape."""
        targets = batch.targets[:, -1:] if self._last_only else batch.targets
        missing = ((0, self._plan.batch_size - len(targets)), (0, 0))
        inputs, targets = (
            np.pad(tokens, missing, constant_values=NO_TOKEN) for tokens in (batch.inputs, targets)
        )
        return inputs, targets

    def _take_step(
        self, inputs: Tensor, targets: Tensor, fresh: Tensor, scale: Tensor, rate: Tensor
    ) -> Tensor:
        """One update; the loss before it."""
        for state in self._carried:
            state.assign(tf.where(fresh, 0.0, state.value))
        with tf.GradientTape() as tape:
            logits = self._network(inputs, training=True)
            loss = _summed_loss(logits, targets) / scale
        gradients = tape.gradient(loss, [variable.value for variable in self._weights])
        self._optimiser.learning_rate = rate
        self._optimiser.apply(_limit_gradients(gradients, self._plan), self._weights)
        return loss

    def model(self) -> Model:
        model = self._model
        arrays = split_variables(self._names, _copy_values(self._weights))
        return self._backend.load(model.vocabulary, model.kind, model.config, arrays)

    def arrays(self) -> Arrays:
        arrays = dict(zip(self._state_names, _copy_values(self._carried), strict=True))
        for number, value in enumerate(_copy_values(self._network.non_trainable_variables)):
            arrays[f"dropout.{number}"] = value
        for moment, variables in self._moments.items():
            arrays |= split_variables(self._names, _copy_values(variables), f"adam.{moment}.")
            arrays["adam.count"] = np.asarray(self._optimiser.iterations).reshape(1)
        return arrays

    def restore(self, arrays: Arrays) -> None:
        arrays = current_learner(arrays, self._names, self._state_names)
        _assign_values(self._carried, [arrays[name] for name in self._state_names])
        for number, variable in enumerate(self._network.non_trainable_variables):
            variable.assign(arrays[f"dropout.{number}"])
        for moment, variables in self._moments.items():
            _assign_values(variables, join_arrays(self._names, arrays, f"adam.{moment}."))
            self._optimiser.iterations.assign(arrays["adam.count"][0])

    @property
    def _moments(self) -> dict[str, list[Any]]:
        """Adam's variables, in the order of the weights; none for plain descent."""
        endings = {"mean": "_momentum", "square": "_velocity"}
        moments = {
            moment: [v for v in self._optimiser.variables if v.name.endswith(ending)]
            for moment, ending in endings.items()
        }
        return {moment: variables for moment, variables in moments.items() if variables}


def _copy_values(variables: Sequence[Any]) -> list[Array]:
    return [np.asarray(variable).copy() for variable in variables]


def _assign_values(variables: Sequence[Any], values: Sequence[Array]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _make_optimiser(plan: Plan) -> Any:
    kind = keras.optimizers.Adam if plan.optimiser == "adam" else keras.optimizers.SGD
    return kind(weight_decay=plan.weight_decay or None)


def _compile_step(step: Any, plan: Plan) -> Any:
    """The step compiled for batches of a plan's shape, by XLA where all have one length.

    Batches of names have many lengths; compiling for each would cost XLA more time than it saves.
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


def _summed_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of logits `(…, V)` summed over the scored targets `(…)`, in nats."""
    targets, logits = tf.reshape(targets, (-1,)), tf.reshape(logits, (-1, logits.shape[-1]))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(targets, 0), logits)
    return tf.reduce_sum(tf.where(targets >= 0, losses, 0))


def _limit_gradients(gradients: list[Tensor], plan: Plan) -> list[Tensor]:
    """The gradients with the size of each limited, then the norm of all (Pascanu et al. 2013)."""
    if plan.clip_value is None and plan.clip_norm is None:
        # An embedding's gradient stays sparse, one part for each character looked up: Keras' Adam
        # squares part by part, which is how the exercises train it.
        return gradients
    gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
    if plan.clip_value is not None:
        limit = plan.clip_value
        gradients = [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]
    if plan.clip_norm is not None:
        gradients, _ = tf.clip_by_global_norm(gradients, plan.clip_norm)
    return gradients
