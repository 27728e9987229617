"""Inference with n-grams: the state is the last tokens."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from charplay import (
    NO_TOKEN,
    Array,
    Arrays,
    Kind,
    KneserNey,
    Model,
    State,
    Stream,
    Tokens,
    Vocabulary,
)

# Contexts that are looked up at once, and fewer where each has many probabilities.
_CONTEXTS_AT_ONCE, _PROBABILITIES_AT_ONCE = 2048, 1 << 20


class NgramModel(Model):
    """State: `recent` `(B, order - 1)`, the last tokens, NO_TOKEN where nothing has been read."""

    def __init__(self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays) -> None:
        super().__init__(vocabulary, kind, config, arrays)
        self.counted = KneserNey.load(arrays, len(vocabulary))
        self._length = max(1, self.counted.order - 1)

    @property
    def parameter_count(self) -> int:
        return self.counted.ngrams

    @property
    def size(self) -> str:
        return f"{self.counted.ngrams:,} n-grams" if self.counted.ngrams else ""

    @property
    def facts(self) -> dict[str, str]:
        counted, dropped = self.counted, self.counted.dropped
        pruned = f"; {dropped:,} more were dropped" if dropped else ""
        return {"longest n-gram": f"of order {counted.order}{pruned}"}

    def initial_state(self, batch_size: int) -> State:
        return {"recent": np.full((batch_size, self._length), NO_TOKEN, np.int32)}

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        logits, state = self.advance(state, tokens[:, None])
        return logits[:, 0], state

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        read = np.concatenate([state["recent"], tokens], axis=1, dtype=np.int32)
        windows = np.lib.stride_tricks.sliding_window_view(read, self._length, axis=1)[:, 1:]
        contexts = windows.reshape(-1, self._length)
        logits = np.empty((len(contexts), len(self.vocabulary)), np.float32)
        fewer = max(1, _PROBABILITIES_AT_ONCE // len(self.vocabulary))
        at_once = min(_CONTEXTS_AT_ONCE, fewer)
        for start in range(0, len(contexts), at_once):
            part = slice(start, start + at_once)
            np.log(self.counted.probabilities(contexts[part]), out=logits[part])
        return logits.reshape(*tokens.shape, len(self.vocabulary)), {
            "recent": read[:, -self._length :].copy()
        }

    def trace(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        """As in `Model`: nothing, for the state holds tokens alone."""
        return {}

    def stream(self, state: State) -> Stream:
        return _RowStream(self, state)


class _RowStream(Stream):
    """One row, whose contexts are remembered where they come back."""

    def __init__(self, model: NgramModel, state: State) -> None:
        super().__init__(model, state)
        self._counted = model.counted
        # From the newest to the oldest, each plus 1.
        self._recent: list[int] = (state["recent"][0, ::-1] + 1).tolist()

    def step(self, token: int) -> Array:
        self._recent = [token + 1, *self._recent[:-1]]
        return self._counted.log_probabilities(self._recent).copy()

    def snapshot(self) -> State:
        return {"recent": np.array([self._recent[::-1]], np.int32) - 1}
