"""A mix of models: p(c) ∝ ∏ pᵢ(c)^wᵢ, a product of experts (Hinton 2002) with weights w.

The logarithm of a product is a sum, so the logits of a mix are the weighted sum of those of its
parts; what a part's logits lack to be log-probabilities is the same for all characters.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from charplay import Array, Arrays, Kind, Model, State, Stream, Tokens, Vocabulary
from charplay_mix.config import MixConfig


class MixModel(Model):
    """Several models read the same text. State: that of each part, its names after `0/`, `1/`, …"""

    def __init__(
        self,
        vocabulary: Vocabulary,
        kind: Kind,
        config: MixConfig,
        parts: Sequence[Model],
    ) -> None:
        super().__init__(vocabulary, kind, config)
        self.parts = tuple(parts)
        self.weights = tuple(np.float32(part.weight) for part in config.parts)

    def arrays(self) -> Arrays:
        return join_names([part.arrays() for part in self.parts])

    @property
    def parameter_count(self) -> int:
        return sum(part.parameter_count for part in self.parts)

    @property
    def size(self) -> str:
        return " and ".join(filter(None, (part.size for part in self.parts)))

    @property
    def facts(self) -> Mapping[str, str]:
        told: dict[str, str] = {}
        for number, (line, part) in enumerate(zip(self.config.parts, self.parts), start=1):
            told[f"part {number}"] = str(line)
            told |= {f"{name} {number}": fact for name, fact in part.facts.items()}
        return told

    def initial_state(self, batch_size: int) -> State:
        return join_names([part.initial_state(batch_size) for part in self.parts])

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        states = split_names(state, len(self.parts))
        views = [part.step(each, tokens) for part, each in zip(self.parts, states, strict=True)]
        return self._weighed([logits for logits, _ in views]), join_names([s for _, s in views])

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        states = split_names(state, len(self.parts))
        views = [part.advance(each, tokens) for part, each in zip(self.parts, states, strict=True)]
        return self._weighed([logits for logits, _ in views]), join_names([s for _, s in views])

    def trace(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        states = split_names(state, len(self.parts))
        return join_names(
            [part.trace(each, tokens) for part, each in zip(self.parts, states, strict=True)]
        )

    def silenced(self, name: str, unit: int) -> Model:
        number, _, own = name.partition("/")
        parts = list(self.parts)
        parts[int(number)] = parts[int(number)].silenced(own, unit)
        return MixModel(self.vocabulary, self.kind, self.config, parts)

    def views(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        states = split_names(state, len(self.parts))
        return {
            f"{number} {line.backend}": part.advance(each, tokens)[0]
            for number, (line, part, each) in enumerate(
                zip(self.config.parts, self.parts, states, strict=True), start=1
            )
        }

    def stream(self, state: State) -> Stream:
        return _MixStream(self, state)

    def _weighed(self, logits: Sequence[Array]) -> Array:
        total: Array = logits[0] * self.weights[0]
        for each, weight in zip(logits[1:], self.weights[1:], strict=True):
            total += each * weight
        return total


class _MixStream(Stream):
    """One row read by every part's own stream."""

    def __init__(self, model: MixModel, state: State) -> None:
        super().__init__(model, state)
        states = split_names(state, len(model.parts))
        streams = [part.stream(each) for part, each in zip(model.parts, states, strict=True)]
        self._weighed = list(zip(streams, model.weights, strict=True))
        self._logits = np.empty(len(model.vocabulary), np.float32)
        self._scratch = np.empty_like(self._logits)

    def step(self, token: int) -> Array:
        logits = self._logits
        (first, weight), *others = self._weighed
        np.multiply(first.step(token), weight, logits)
        for stream, weight in others:
            logits += np.multiply(stream.step(token), weight, self._scratch)
        return logits

    def snapshot(self) -> State:
        return join_names([stream.snapshot() for stream, _ in self._weighed])


def join_names(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The arrays of all parts, each name after its part's number."""
    return {
        f"{number}/{name}": array
        for number, arrays in enumerate(parts)
        for name, array in arrays.items()
    }


def split_names(arrays: Mapping[str, Any], parts: int) -> list[dict[str, Any]]:
    """The arrays of each part, from those that `join_names` gave; ValueError for another name."""
    split: list[dict[str, Any]] = [{} for _ in range(parts)]
    for joined, array in arrays.items():
        number, _, name = joined.partition("/")
        if not number.isdecimal() or int(number) >= parts:
            raise ValueError(f"{joined!r} belongs to no part")
        split[int(number)][name] = array
    return split
