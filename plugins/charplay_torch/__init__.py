"""The backend `torch`: recurrent layers, trained by PyTorch; only training imports it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import charplay
from charplay import Backend, Kind, Plan, TextFacts, UsageError, hookimpl, option

if TYPE_CHECKING:
    from numpy.random import Generator

    from charplay import Arrays, Learner, Model, RegisterBackend, RegisterRecipe, Vocabulary


@dataclass(frozen=True)
class TorchConfig:
    """The shape of a network."""

    cell: str = option("lstm", "kind of cell", choices=("rnn", "lstm", "gru"))
    layers: int = option(1, "number of layers, each reading the one below", minimum=1, maximum=16)
    hidden: int = option(128, "hidden units in each layer", minimum=1, maximum=8192)
    embedding: int = option(0, "units of the input embedding; 0: one-hot", minimum=0)
    dropout: float = option(0, "dropout on each layer's output", minimum=0, maximum=0.95)
    output_layer: bool = option(True, "a layer for the logits; off: hidden units are the logits")


class TorchBackend(Backend):
    """Stacked recurrent layers of PyTorch."""

    name = "torch"
    summary = "recurrent networks by PyTorch: rnn, lstm, gru"
    version = charplay.__version__
    Config = TorchConfig
    requires = ("torch",)
    install = "pip install 'charplay[torch]'"

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: TorchConfig, rng: Generator
    ) -> Model:
        from charplay_torch.weights import first_weights

        size = len(vocabulary)
        if not config.output_layer and config.hidden != size:
            problem = f"hidden units that are the logits must be {size}, one a character"
            raise UsageError(problem, f"use --set hidden={size}, or --set output-layer=on")
        return self.load(vocabulary, kind, config, first_weights(size, config, rng))

    def load(
        self, vocabulary: Vocabulary, kind: Kind, config: TorchConfig, arrays: Arrays
    ) -> Model:
        from charplay_torch.weights import inference_weights

        weights = inference_weights(len(vocabulary), config, arrays)
        return charplay.RecurrentModel(vocabulary, kind, config, arrays, weights)

    def learner(self, model: Model, plan: Plan) -> Learner:
        from charplay_torch.learner import TorchLearner

        return TorchLearner(self, model, plan)

    def grow(
        self, arrays: Arrays, old: Vocabulary, new: Vocabulary, config: TorchConfig, rng: Generator
    ) -> Arrays:
        from charplay_torch.weights import first_weights

        if new != old and not config.output_layer:
            return super().grow(arrays, old, new, config, rng)
        lasting = {name: arrays[name] for name in arrays if not name.startswith("run.")}
        return charplay.grow_arrays(lasting, first_weights(len(new), config, rng), old, new)

    def memory_needed(self, config: TorchConfig, plan: Plan, facts: TextFacts) -> int:
        from charplay_torch.weights import memory_needed

        return memory_needed(config, plan, facts)


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `torch`."""
    register(TorchBackend())


@hookimpl
def register_recipes(register: RegisterRecipe) -> None:
    """Offer the recipes in this package's folder."""
    for recipe in charplay.recipes_in(files(__name__) / "recipes"):
        register(recipe)
