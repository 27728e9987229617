"""The backend `keras`: its name, its configuration, and the models that it makes.

TensorFlow is needed for training only: making, loading and sampling a model need NumPy alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import charplay
from charplay import Backend, Kind, Plan, TextFacts, UsageError
from charplay_keras.config import LAYERS, KerasConfig
from charplay_keras.growing import grow_network
from charplay_keras.memory import training_memory
from charplay_keras.tensorflow import prepare_tensorflow
from charplay_keras.weights import check_weights, first_weights, inference_weights

if TYPE_CHECKING:
    import numpy as np

    from charplay import Arrays, Learner, Model, Vocabulary

# The module imported in a function needs TensorFlow, which only training loads.


class KerasBackend(Backend):
    """Stacked recurrent layers of Keras."""

    name = "keras"
    summary = f"recurrent networks by Keras on TensorFlow: {', '.join(LAYERS)}"
    version = charplay.__version__
    Config = KerasConfig
    requires = ("tensorflow", "keras")
    install = "pip install 'charplay[keras]'"

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: KerasConfig, rng: np.random.Generator
    ) -> Model:
        return self.load(vocabulary, kind, config, first_weights(len(vocabulary), config, rng))

    def load(
        self, vocabulary: Vocabulary, kind: Kind, config: KerasConfig, arrays: Arrays
    ) -> Model:
        arrays = check_weights(len(vocabulary), config, arrays)
        weights = inference_weights(arrays, config)
        if config.window:
            return charplay.WindowedModel(vocabulary, kind, config, arrays, weights, config.window)
        return charplay.RecurrentModel(vocabulary, kind, config, arrays, weights)

    def grow(
        self,
        arrays: Arrays,
        old: Vocabulary,
        new: Vocabulary,
        config: KerasConfig,
        rng: np.random.Generator,
    ) -> Arrays:
        return grow_network(arrays, old, new, config, rng)

    def memory_needed(self, config: KerasConfig, plan: Plan, facts: TextFacts) -> int:
        return training_memory(config, plan, facts)

    def learner(self, model: Model, plan: Plan) -> Learner:
        window = model.config.window
        if window and (plan.cutting, plan.length) != ("windows", window):
            raise UsageError(
                f"a network that sees {window} characters learns from windows of as many",
                f"use --set window={window} cutting=windows length={window}",
            )
        prepare_tensorflow()
        from charplay_keras.learner import KerasLearner

        return KerasLearner(self, model, plan)
