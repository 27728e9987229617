"""The backend `keras`: what it is called, how it is configured, what it makes.

TensorFlow trains and does nothing else: networks are made, read back and sampled with NumPy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import charplay
from charplay import Backend, Kind, Plan, UsageError, option

if TYPE_CHECKING:
    import numpy as np

    from charplay import Arrays, Learner, Model, Vocabulary


@dataclass(frozen=True)
class KerasConfig:
    """The shape of a recurrent network."""

    cell: str = option(
        "lstm",
        "kind of cell; unrolled: one dense layer for each character, tanh of (hidden + input)",
        choices=("lstm", "gru", "rnn", "unrolled"),
    )
    layers: int = option(1, "layers, each reading the one below", minimum=1, maximum=16)
    hidden: int = option(128, "hidden units a layer", minimum=1, maximum=8192)
    embedding: int = option(0, "units of the input's embedding, 0 for one-hot", minimum=0)
    dropout: float = option(
        0, "share of each layer's output left out in training", minimum=0, maximum=0.95
    )
    window: int = option(
        0, "characters seen, read anew for each; 0: all, the state carried on", minimum=0
    )


class KerasBackend(Backend):
    """Stacked recurrent layers of Keras."""

    name = "keras"
    summary = "recurrent networks by Keras on TensorFlow: lstm, gru, rnn, unrolled"
    version = charplay.__version__
    Config = KerasConfig
    requires = ("tensorflow", "keras")
    install = "pip install 'charplay[keras]'"

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: KerasConfig, rng: np.random.Generator
    ) -> Model:
        from charplay_keras.weights import first_weights

        return self.load(vocabulary, kind, config, first_weights(len(vocabulary), config, rng))

    def load(
        self, vocabulary: Vocabulary, kind: Kind, config: KerasConfig, arrays: Arrays
    ) -> Model:
        from charplay_keras.weights import inference_weights, shapes

        found = {name: array.shape for name, array in arrays.items()}
        if found != shapes(len(vocabulary), config):
            raise ValueError("the arrays are not those of its configuration")
        weights = inference_weights(arrays, config)
        if config.window:
            return charplay.WindowedModel(vocabulary, kind, config, arrays, weights, config.window)
        return charplay.RecurrentModel(vocabulary, kind, config, arrays, weights)

    def learner(self, model: Model, plan: Plan) -> Learner:
        window = model.config.window
        if window and (plan.cutting, plan.length) != ("windows", window):
            raise UsageError(
                f"a network that sees {window} characters learns from windows of as many",
                f"--set window={window} cutting=windows length={window}",
            )
        from charplay_keras.tensorflow import prepare

        prepare()
        from charplay_keras.learner import KerasLearner

        return KerasLearner(self, model, plan)
