"""The narrow waist: what a backend gives, and what everything else is written against.

Shapes: B batch, T time, V vocabulary. Tokens are int32; NO_TOKEN (-1) is a zero input that does
advance the state. Logits are floating, float32 unless the model computes in another precision.

Importing this module imports no numpy, so that a plugin may be listed before it is needed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from charplay.errors import UsageError
from charplay.plan import Kind, Plan

if TYPE_CHECKING:
    import numpy as np

    from charplay.models.arrays import Array, Arrays, State
    from charplay.text.batching import Batch
    from charplay.text.vocabulary import Tokens, Vocabulary


class Model(ABC):
    """A character-level language model at rest: inference only, and nothing it is given changes.

    `state` maps names to arrays with a leading batch axis. The one method that a model must have
    is `step`; an `initial_state` too, unless it keeps no state. A model does not change, and what
    reads many rows asks it from several threads at once.
    """

    def __init__(
        self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays | None = None
    ) -> None:
        self.vocabulary = vocabulary
        self.kind = kind
        self.config = config
        self._arrays = dict(arrays or {})

    @property
    def opening_token(self) -> int:
        """What is read before the first character: a line end for prose that knows one, else
        nothing (NO_TOKEN)."""
        from charplay.text.batching import NO_TOKEN

        newline = self.vocabulary.newline
        return NO_TOKEN if newline is None or self.kind == "names" else newline

    def arrays(self) -> Arrays:
        """All weights by name: what `Backend.load` makes the model from again."""
        return self._arrays

    @property
    def parameter_count(self) -> int:
        """The number of weights."""
        return sum(array.size for array in self.arrays().values())

    def initial_state(self, batch_size: int) -> State:
        """The state before the first character, for so many rows."""
        return {}

    @abstractmethod
    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        """Logits `(B, V)` of what follows tokens `(B,)`, and the state after them."""

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        """Logits `(B, T, V)` after each of tokens `(B, T)`, T at least 1, and the last state."""
        import numpy as np

        logits = []
        for column in tokens.T:
            one, state = self.step(state, column)
            logits.append(one)
        return np.stack(logits, axis=1), state

    def trace(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        """What can be watched inside, over time: name to `(B, T, units)`."""
        import numpy as np

        seen: dict[str, list[Array]] = {}
        for column in tokens.T:
            _, state = self.step(state, column)
            for name, array in state.items():
                if np.issubdtype(array.dtype, np.floating):
                    seen.setdefault(name, []).append(array.reshape(len(array), -1))
        return {name: np.stack(arrays, axis=1) for name, arrays in seen.items()}

    def stream(self, state: State) -> Stream:
        """A stepper over one row, for text drawn a character at a time."""
        return Stream(self, state)


class Stream:
    """One row read a token at a time; a model may return a faster one that works in place."""

    def __init__(self, model: Model, state: State) -> None:
        self._model = model
        self._state = state

    def step(self, token: int) -> Array:
        """Logits `(V,)` of what follows the token; valid until the next call."""
        import numpy as np

        logits, self._state = self._model.step(self._state, np.array([token], np.int32))
        row: Array = logits[0]
        return row

    def snapshot(self) -> State:
        """The state after the last token, a value of its own."""
        return self._state


class Learner(ABC):
    """A model in training: weights, optimiser and carried state, all of which may change."""

    @abstractmethod
    def update(self, batch: Batch, learning_rate: float) -> float:
        """Take one step on a batch; its loss before the step, in nats, reduced as the plan says.

        `sum`: summed over an example's characters, averaged over the batch's rows.
        `mean`: averaged over all scored characters.
        """

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        """Several updates in a row; the same as one after another, where a backend can faster."""
        return [
            self.update(batch, rate) for batch, rate in zip(batches, learning_rates, strict=True)
        ]

    @abstractmethod
    def model(self) -> Model:
        """A snapshot of the model as it is now, which later updates leave alone."""

    @abstractmethod
    def arrays(self) -> Arrays:
        """Copies of all that an exact resume needs beside the weights."""

    @abstractmethod
    def restore(self, arrays: Arrays) -> None:
        """Take up what `arrays` gave."""


class Backend(ABC):
    """A family of models: how to make one, read one back, and train one.

    requires: packages that training imports; install: what to type to have them.
    """

    name: str
    summary: str
    version: str
    Config: type
    requires: tuple[str, ...] = ()
    install: str = ""

    @abstractmethod
    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: Any, rng: np.random.Generator
    ) -> Model:
        """A new model with weights drawn from `rng`; CharplayError where the config cannot be."""

    @abstractmethod
    def load(self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays) -> Model:
        """The model of saved weights; KeyError or ValueError where they do not fit the config."""

    @abstractmethod
    def learner(self, model: Model, plan: Plan) -> Learner:
        """A learner that goes on from a model's weights."""

    def missing(self) -> tuple[str, ...]:
        """Packages that training needs and this machine lacks, found without importing them."""
        return tuple(package for package in self.requires if find_spec(package) is None)

    def check_trainable(self) -> None:
        """UsageError where this machine lacks what training needs."""
        missing = self.missing()
        if missing:
            raise UsageError(
                f"training with {self.name} needs {', '.join(missing)}",
                self.install or f"pip install {' '.join(missing)}",
            )
