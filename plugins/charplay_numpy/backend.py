"""The backend `numpy`: its name, its configuration, and the models that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import charplay
from charplay import Backend, Kind, Plan, Proposal, TextFacts, UsageError
from charplay_numpy.config import TRAINING_CELLS, NumpyConfig
from charplay_numpy.growing import grow_network
from charplay_numpy.memory import training_memory
from charplay_numpy.proposing import USUAL_MINUTES, propose_network
from charplay_numpy.weights import check_weights, first_weights, inference_weights

if TYPE_CHECKING:
    import numpy as np

    from charplay import Arrays, Learner, Model, Vocabulary


class NumpyBackend(Backend):
    """Stacked recurrent layers, trained by back-propagation through time."""

    name = "numpy"
    summary = f"recurrent networks in NumPy, from the equations: {', '.join(TRAINING_CELLS)}"
    version = charplay.__version__
    Config = NumpyConfig
    takes_prior = True

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: NumpyConfig, rng: np.random.Generator
    ) -> Model:
        if not config.output_layer and config.hidden != len(vocabulary):
            raise UsageError(
                f"without an output layer the hidden units are the logits: {len(vocabulary)} "
                f"for this text, not {config.hidden}",
                f"use --set hidden={len(vocabulary)}, or --set output-layer=on",
            )
        if config.initialiser == "course" and (config.cell, config.layers) != ("rnn", 1):
            raise UsageError(
                "the published exercise's first weights are for one layer of the cell rnn",
                "leave out initialiser=course, or cell and layers",
            )
        return self.load(vocabulary, kind, config, first_weights(len(vocabulary), config, rng))

    def load(
        self, vocabulary: Vocabulary, kind: Kind, config: NumpyConfig, arrays: Arrays
    ) -> Model:
        arrays = check_weights(len(vocabulary), config, arrays)
        return charplay.RecurrentModel(
            vocabulary, kind, config, arrays, inference_weights(arrays, config)
        )

    def grow(
        self,
        arrays: Arrays,
        old: Vocabulary,
        new: Vocabulary,
        config: NumpyConfig,
        rng: np.random.Generator,
    ) -> Arrays:
        if new != old and not config.output_layer:
            raise UsageError(
                "a network without an output layer cannot learn more characters: its hidden units "
                "are the logits",
                "leave new characters out of the text, or train a new model without --from",
            )
        return grow_network(arrays, old, new, config, rng)

    def propose(self, facts: TextFacts, minutes: float | None) -> Proposal | None:
        wanted = USUAL_MINUTES if minutes is None else minutes
        return propose_network(facts, wanted) if wanted else None

    def memory_needed(self, config: NumpyConfig, plan: Plan, facts: TextFacts) -> int:
        return training_memory(config, plan, facts)

    def learner(self, model: Model, plan: Plan) -> Learner:
        from charplay_numpy.learner import NumpyLearner

        return NumpyLearner(self, model, plan)
