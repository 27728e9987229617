"""A tiny backend that does all that a backend can: for tests, and to read.

Its models sum what they have read, and forget half of it at each character:

    h = h₋ / 2 + E[token]        logits = h O + c
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.kind import Kind
from charplay.models.arrays import Array, Arrays, State
from charplay.models.contract import Backend, Learner, Model
from charplay.models.growth import grow_arrays
from charplay.options import option
from charplay.plan import Plan
from charplay.proposal import TextFacts
from charplay.text.batching import Batch
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Tokens, Vocabulary
from charplay.training.array_block import ArrayBlock
from charplay.training.optimiser import Optimiser

_KEPT = np.float32(0.5)
_SPREAD = 0.3
_PROCESS, _FLOAT, _COPIES = 1_000_000, 4, 10


@dataclass(frozen=True)
class FakeConfig:
    """The size of a fake model."""

    units: int = option(6, "hidden units", minimum=1, maximum=1000)


class FakeModel(Model):
    """State: `hidden` `(B, H)`."""

    def initial_state(self, batch_size: int) -> State:
        return {"hidden": np.zeros((batch_size, self.config.units), np.float32)}

    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        weights = self.arrays()
        hidden = state["hidden"] * _KEPT + read_tokens(weights["embedding"], tokens)
        return hidden @ weights["output"] + weights["output_bias"], {"hidden": hidden}


class FakeLearner(Learner):
    """Back-propagation through the characters of a batch."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        self._backend, self._start = backend, model
        self._weights = ArrayBlock.of(model.arrays())
        self._optimiser = Optimiser(self._weights, plan)
        self._carried: Array = np.zeros((0, model.config.units), np.float32)

    def update(self, batch: Batch, learning_rate: float) -> float:
        loss, gradients = self._slopes(batch)
        return self._optimiser.update(batch, loss, gradients, learning_rate)

    def _slopes(self, batch: Batch) -> tuple[float, Arrays]:
        """The loss summed over the scored characters, and its gradients; carries the state on."""
        weights, rows = self._weights, len(batch.inputs)
        if batch.fresh or len(self._carried) != rows:
            self._carried = np.zeros((rows, self._carried.shape[1]), np.float32)
        hidden = self._read(batch.inputs)
        logits = hidden @ weights["output"] + weights["output_bias"]
        loss, slope = cross_entropy(logits, batch.targets)
        gradients = {
            "embedding": np.zeros_like(weights["embedding"]),
            "output": np.einsum("bth,btv->hv", hidden, slope),
            "output_bias": slope.sum((0, 1)),
        }
        after = np.zeros_like(self._carried)
        for t in reversed(range(batch.inputs.shape[1])):
            after = after * _KEPT + slope[:, t] @ weights["output"].T
            read = batch.inputs[:, t] != NO_TOKEN
            np.add.at(gradients["embedding"], batch.inputs[read, t], after[read])
        return loss, gradients

    def _read(self, inputs: Tokens) -> Array:
        """The hidden units `(B, T, H)` after each token."""
        steps = []
        for tokens in inputs.T:
            self._carried = self._carried * _KEPT + read_tokens(self._weights["embedding"], tokens)
            steps.append(self._carried)
        return np.stack(steps, axis=1)

    def model(self) -> Model:
        start = self._start
        arrays = self._weights.copies()
        return self._backend.load(start.vocabulary, start.kind, start.config, arrays)

    def arrays(self) -> Arrays:
        return {**self._optimiser.arrays(), "carried": self._carried.copy()}

    def restore(self, arrays: Arrays) -> None:
        self._optimiser.restore(arrays)
        self._carried = arrays["carried"].copy()


class FakeBackend(Backend):
    """Models that remember a little; nothing but NumPy is needed, and nothing is left to luck."""

    name = "fake"
    summary = "sums of what was read, for tests"
    version = "1.0"
    Config = FakeConfig

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: Any, rng: np.random.Generator
    ) -> Model:
        shapes = _shapes(len(vocabulary), config)
        arrays = {
            name: rng.normal(0, _SPREAD, shape).astype(np.float32) for name, shape in shapes.items()
        }
        return self.load(vocabulary, kind, config, arrays)

    def load(self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays) -> Model:
        found = {name: array.shape for name, array in arrays.items()}
        if found != _shapes(len(vocabulary), config):
            raise ValueError("the arrays do not fit the model's configuration")
        arrays = {name: array.astype(np.float32, copy=False) for name, array in arrays.items()}
        return FakeModel(vocabulary, kind, config, arrays)

    def learner(self, model: Model, plan: Plan) -> Learner:
        return FakeLearner(self, model, plan)

    def grow(
        self,
        arrays: Arrays,
        old: Vocabulary,
        new: Vocabulary,
        config: Any,
        rng: np.random.Generator,
    ) -> Arrays:
        lasting = {name: array for name, array in arrays.items() if name != "carried"}
        first = self.create(new, "names", config, rng).arrays()
        return grow_arrays(lasting, first, old, new)

    def memory_needed(self, config: Any, plan: Plan, facts: TextFacts) -> int:
        steps = plan.batch_size * max(plan.length, facts.longest)
        units: int = config.units + facts.vocabulary
        return _PROCESS + steps * units * _FLOAT * _COPIES


def _shapes(vocabulary: int, config: Any) -> dict[str, tuple[int, ...]]:
    return {
        "embedding": (vocabulary, config.units),
        "output": (config.units, vocabulary),
        "output_bias": (vocabulary,),
    }


def read_tokens(embedding: Array, tokens: Tokens) -> Array:
    """The row `(B, H)` of each token `(B,)`; zeros for no token."""
    rows: Array = np.where((tokens == NO_TOKEN)[:, None], np.float32(0), embedding[tokens])
    return rows


def cross_entropy(logits: Array, targets: Tokens) -> tuple[float, Array]:
    """The loss summed over the scored targets `(B, T)`, in nats, and its slope `(B, T, V)`."""
    logits = logits - logits.max(-1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    scored = targets != NO_TOKEN
    rows, places = np.nonzero(scored)
    chosen = targets[scored]
    slope: Array = np.exp(logs) * scored[..., None]
    slope[rows, places, chosen] -= 1
    return -float(logs[rows, places, chosen].sum()), slope
