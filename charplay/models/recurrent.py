"""Inference for recurrent networks in NumPy, from named arrays.

h' = tanh(x W + h U + b),   logits = h' O + c      (Elman 1990, equations as in Graves 2013, §2)

The first layer reads its input's product x W from a table of V rows, so that one-hot input and an
embedding are one case: a table look-up. No token reads as zeros. A backend that trains with any
framework hands over its weights in these names and samples through this module.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.models.arrays import Array, Arrays, State
from charplay.models.contract import Model
from charplay.plan import Kind
from charplay.text.batching import NO_TOKEN
from charplay.text.vocabulary import Tokens, Vocabulary

HIDDEN = "hidden"


@dataclass(frozen=True)
class RecurrentWeights:
    """A network's arrays.

    table `(V, H)`: the product of each token's input; recurrent `(H, H)`; bias `(H,)`;
    output `(H, V)` and output_bias `(V,)`, or None where the hidden units are the logits.
    """

    table: Array
    recurrent: Array
    bias: Array
    output: Array | None
    output_bias: Array | None

    def __post_init__(self) -> None:
        vocabulary, hidden = self.table.shape
        fits = self.recurrent.shape == (hidden, hidden) and self.bias.shape == (hidden,)
        if self.output is None or self.output_bias is None:
            fits = fits and self.output is self.output_bias and hidden == vocabulary
        else:
            fits = fits and self.output.shape == (hidden, vocabulary)
            fits = fits and self.output_bias.shape == (vocabulary,)
        if not fits:
            raise ValueError("the arrays of the network do not fit each other")


class RecurrentModel(Model):
    """A recurrent network at rest. State: `hidden` `(B, H)`."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        kind: Kind,
        config: Any,
        arrays: Arrays,
        weights: RecurrentWeights,
    ) -> None:
        super().__init__(vocabulary, kind, config, arrays)
        if len(weights.table) != len(vocabulary):
            raise ValueError("the arrays of the network do not fit its vocabulary")
        self._weights = weights

    def initial_state(self, batch_size: int) -> State:
        recurrent = self._weights.recurrent
        return {HIDDEN: np.zeros((batch_size, len(recurrent)), recurrent.dtype)}

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        inputs = self._inputs(tokens)
        hidden: Array = np.tanh(inputs + state[HIDDEN] @ self._weights.recurrent)
        return self._logits(hidden), {HIDDEN: hidden}

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        inputs = self._inputs(tokens)
        hidden = np.empty_like(inputs)
        last = state[HIDDEN]
        for t in range(tokens.shape[1]):
            last = np.tanh(inputs[:, t] + last @ self._weights.recurrent)
            hidden[:, t] = last
        return self._logits(hidden), {HIDDEN: last}

    def _inputs(self, tokens: Tokens) -> Array:
        """What a token adds before the tanh, bias included: tokens' shape and H."""
        weights = self._weights
        known = tokens != NO_TOKEN
        rows: Array = weights.table[np.where(known, tokens, 0)]
        rows *= known[..., None]
        rows += weights.bias
        return rows

    def _logits(self, hidden: Array) -> Array:
        weights = self._weights
        if weights.output is None or weights.output_bias is None:
            return hidden.copy()
        logits: Array = hidden @ weights.output + weights.output_bias
        return logits
