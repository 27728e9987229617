"""The backend `numpy`: what it is called, how it is configured, what it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import charplay
from charplay import Backend, Kind, Plan, UsageError, option

if TYPE_CHECKING:
    import numpy as np

    from charplay import Arrays, Learner, Model, Vocabulary


@dataclass(frozen=True)
class NumpyConfig:
    """The shape of a recurrent network, and what it is held back by while it trains."""

    cell: str = option("rnn", "kind of cell", choices=("rnn", "lstm", "gru"))
    layers: int = option(1, "layers, each reading the one below", minimum=1, maximum=16)
    hidden: int = option(128, "hidden units a layer", minimum=1, maximum=8192)
    embedding: int = option(0, "units of the input's embedding, 0 for one-hot", minimum=0)
    dropout: float = option(
        0, "share of each layer's units hidden from what is above", minimum=0, maximum=0.95
    )
    recurrent_dropout: float = option(
        0, "share of each layer's units hidden from its own next step", minimum=0, maximum=0.95
    )
    input_dropout: float = option(
        0, "share of the characters read as nothing", minimum=0, maximum=0.95
    )
    averaging: float = option(
        0,
        "share of the running average of the weights that an update keeps; 0: no average",
        minimum=0,
        maximum=0.99999,
    )
    output_layer: bool = option(True, "a layer from hidden units to logits; off: they are the same")
    precision: str = option("float32", "floating-point type", choices=("float32", "float64"))
    initialiser: str = option(
        "glorot",
        "first weights: glorot with orthogonal recurrence, uniform within 1/sqrt(hidden), or "
        "the published exercise's small normal ones",
        choices=("glorot", "uniform", "course"),
    )


class NumpyBackend(Backend):
    """Stacked recurrent layers, trained by back-propagation through time."""

    name = "numpy"
    summary = "recurrent networks in NumPy, from the equations: rnn, lstm, gru"
    version = charplay.__version__
    Config = NumpyConfig

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: NumpyConfig, rng: np.random.Generator
    ) -> Model:
        from charplay_numpy.weights import first_weights

        if not config.output_layer and config.hidden != len(vocabulary):
            raise UsageError(
                f"without an output layer the hidden units are the logits: {len(vocabulary)} "
                f"for this text, not {config.hidden}",
                f"use --set hidden={len(vocabulary)}, or --set output-layer=on",
            )
        if config.initialiser == "course" and (config.cell, config.layers) != ("rnn", 1):
            raise UsageError(
                "the published exercise's first weights are those of one vanilla layer",
                "leave out initialiser=course, or cell and layers",
            )
        return self.load(vocabulary, kind, config, first_weights(len(vocabulary), config, rng))

    def load(
        self, vocabulary: Vocabulary, kind: Kind, config: NumpyConfig, arrays: Arrays
    ) -> Model:
        from charplay_numpy.weights import inference_weights, shapes

        found = {name: array.shape for name, array in arrays.items()}
        if found != shapes(len(vocabulary), config):
            raise ValueError("the arrays are not those of its configuration")
        return charplay.RecurrentModel(
            vocabulary, kind, config, arrays, inference_weights(arrays, config)
        )

    def learner(self, model: Model, plan: Plan) -> Learner:
        from charplay_numpy.learner import NumpyLearner

        return NumpyLearner(self, model, plan)
