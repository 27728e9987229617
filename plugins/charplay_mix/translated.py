"""A part of a mix that knows fewer characters than the mix."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay import NO_TOKEN, Array, Arrays, Model, State, Stream, Tokens, Vocabulary

# What a part gives all the characters together that it never saw.
MISSING_SHARE = 0.001
CHARACTERS = "characters"


class TranslatedModel(Model):
    """A model in the characters of a larger vocabulary.

    A character that the model lacks is read as no token. All such characters together have the
    probability MISSING_SHARE, each the same; the others share the rest as the model says.
    """

    def __init__(self, vocabulary: Vocabulary, model: Model) -> None:
        super().__init__(vocabulary, model.kind, model.config)
        self.model = model
        known = [model.vocabulary.index.get(each, NO_TOKEN) for each in vocabulary.characters]
        # One more for NO_TOKEN itself, which is -1 and so finds the last.
        self._inner_tokens = np.array([*known, NO_TOKEN], np.int32)
        self._places = np.flatnonzero(self._inner_tokens[:-1] != NO_TOKEN)
        self._own = self._inner_tokens[self._places]
        missing = len(vocabulary) - len(self._places)
        self._known_share = log(1 - MISSING_SHARE) if missing else 0.0
        self._missing = np.float32(log(MISSING_SHARE / max(1, missing)))

    def arrays(self) -> Arrays:
        points = np.array([ord(each) for each in self.model.vocabulary.characters], np.uint32)
        return {**self.model.arrays(), CHARACTERS: points}

    @property
    def parameter_count(self) -> int:
        return self.model.parameter_count

    @property
    def size(self) -> str:
        return self.model.size

    def initial_state(self, batch_size: int) -> State:
        return self.model.initial_state(batch_size)

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        logits, state = self.model.step(state, self._inner_tokens[tokens])
        return self.translate(logits), state

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        logits, state = self.model.advance(state, self._inner_tokens[tokens])
        return self.translate(logits), state

    def trace(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        return self.model.trace(state, self._inner_tokens[tokens])

    def silenced(self, name: str, unit: int) -> Model:
        return TranslatedModel(self.vocabulary, self.model.silenced(name, unit))

    def stream(self, state: State) -> Stream:
        return _TranslatedStream(self, state)

    def inner_token(self, token: int) -> int:
        """The model's own token of a character, NO_TOKEN where it has none."""
        return int(self._inner_tokens[token])

    def translate(self, logits: Array) -> Array:
        """Log-probabilities `(…, V)` of the larger vocabulary from the model's logits `(…, v)`."""
        scores = logits.astype(np.float32)
        scores -= scores.max(axis=-1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
        wide = np.full((*logits.shape[:-1], len(self.vocabulary)), self._missing, np.float32)
        wide[..., self._places] = scores[..., self._own] + self._known_share
        return wide


class _TranslatedStream(Stream):
    """One row read by the model's own stream."""

    def __init__(self, model: TranslatedModel, state: State) -> None:
        super().__init__(model, state)
        self._translated, self._stream = model, model.model.stream(state)

    def step(self, token: int) -> Array:
        return self._translated.translate(self._stream.step(self._translated.inner_token(token)))

    def snapshot(self) -> State:
        return self._stream.snapshot()


def within(vocabulary: Vocabulary, model: Model) -> Model:
    """The model itself where it has these characters, else one that has them all."""
    same = model.vocabulary.characters == vocabulary.characters
    return model if same else TranslatedModel(vocabulary, model)


def read_characters(points: NDArray[Any]) -> str:
    """The characters that `arrays` wrote; ValueError for anything else."""
    if points.dtype != np.uint32 or points.ndim != 1 or (np.diff(points.astype(int)) <= 0).any():
        raise ValueError("the characters of a part are not sorted code points")
    characters = "".join(map(chr, points.tolist()))
    if not characters.isascii() and any("\ud800" <= each <= "\udfff" for each in characters):
        raise ValueError("the characters of a part have surrogates")
    return characters


def untranslated(model: Model) -> Model:
    """The model itself, in its own characters."""
    return model.model if isinstance(model, TranslatedModel) else model
