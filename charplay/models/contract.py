"""The narrow waist: what a backend provides, and all that the rest of charplay asks of it.

Shapes: B batch, T time, V vocabulary. Tokens are int32; NO_TOKEN (-1) is a zero input that does
advance the state. Logits are float32, or floats of the model's own precision.

Importing this module does not import NumPy, so listing a plugin's backends stays fast.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from charplay.errors import UsageError
from charplay.kind import Kind
from charplay.options import build
from charplay.plan import Plan
from charplay.proposal import Proposal, TextFacts, usual_plan
from charplay.text.tokens import NO_TOKEN
from charplay.text.typed.signs import list_characters

# Characters that an error names.
_MOST_NAMED = 8
# The options of a plan that are a learner's to obey; the trainer sees to all others. The learning
# rate stands for all options that shape it.
LEARNER_OPTIONS = frozenset(
    {"learning_rate", "optimiser", "clip_value", "clip_norm", "weight_decay", "reduction"}
)
# Measured on a dozen texts; see `Proposal`.
_EXPECTED_OF_USUAL_PLAN = 1.1

if TYPE_CHECKING:
    import numpy as np

    from charplay.models.arrays import Array, Arrays, State
    from charplay.text.batching import Batch
    from charplay.text.corpus import Corpus
    from charplay.text.vocabulary import Tokens, Vocabulary


class Model(ABC):
    """A character-level language model for inference; nothing changes it, nor what it is given.

    `state` maps names to arrays with a leading batch axis. A subclass must define `step`, and
    `initial_state` unless it keeps no state. Its methods may be called from several threads at
    once.
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
        """The token read before the first character of a text.

        A line end for prose whose vocabulary has one, else nothing (NO_TOKEN).
        """
        newline = self.vocabulary.newline
        return NO_TOKEN if newline is None or self.kind == "names" else newline

    def arrays(self) -> Arrays:
        """All weights by name, from which `Backend.load` makes the model again."""
        return self._arrays

    @property
    def parameter_count(self) -> int:
        """How many numbers the weights are."""
        return sum(array.size for array in self.arrays().values())

    @property
    def size(self) -> str:
        """How large it is, in a few words: "12,345 weights"; "" where there is nothing to count."""
        return f"{self.parameter_count:,} weights" if self.parameter_count else ""

    @property
    def facts(self) -> Mapping[str, str]:
        """What else its page tells: a name and a few words for each fact."""
        return {}

    def initial_state(self, batch_size: int) -> State:
        """The state before the first character, of `batch_size` rows."""
        return {}

    @abstractmethod
    def step(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        """Logits `(B, V)` of the next token after tokens `(B,)`, and the state after them."""

    def advance(self, state: State, tokens: Tokens) -> tuple[Array, State]:
        """Logits `(B, T, V)` after each of tokens `(B, T)`, T at least 1, and the last state."""
        import numpy as np

        logits = []
        for column in tokens.T:
            step_logits, state = self.step(state, column)
            logits.append(step_logits)
        return np.stack(logits, axis=1), state

    def trace(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        """The model's inner values over time, for insight: name to `(B, T, units)`.

        By default the floating-point arrays of the state after each token.
        """
        import numpy as np

        traced: dict[str, list[Array]] = {}
        for column in tokens.T:
            _, state = self.step(state, column)
            for name, array in state.items():
                if np.issubdtype(array.dtype, np.floating):
                    traced.setdefault(name, []).append(array.reshape(len(array), -1))
        return {name: np.stack(arrays, axis=1) for name, arrays in traced.items()}

    def silenced(self, name: str, unit: int) -> Model:
        """A copy in which one unit of an array that `trace` names says nothing to the others.

        It is for reading and drawing: its `arrays()` may be those of the whole model. UsageError
        where that cannot be done; by default it never can.
        """
        raise UsageError(
            f"a model of this kind cannot silence a unit ({type(self).__name__})",
            "leave out --ablate",
        )

    def views(self, state: State, tokens: Tokens) -> Mapping[str, Array]:
        """What each part of a mix says by itself: name to logits `(B, T, V)`.

        By default nothing: a model of one piece has no parts.
        """
        return {}

    def stream(self, state: State) -> Stream:
        """A reader of one row, one token at a time, for drawing text."""
        return Stream(self, state)


class Stream:
    """One row read token by token; a model may return a faster one that works in place."""

    def __init__(self, model: Model, state: State) -> None:
        self._model = model
        self._state = state

    def step(self, token: int) -> Array:
        """Logits `(V,)` of the next token after `token`; valid until the next call."""
        import numpy as np

        logits, self._state = self._model.step(self._state, np.array([token], np.int32))
        row: Array = logits[0]
        return row

    def snapshot(self) -> State:
        """The state after the last token, which later steps do not change."""
        return self._state


class Learner(ABC):
    """A model in training: weights, optimiser and carried state, all of which may change."""

    @abstractmethod
    def update(self, batch: Batch, learning_rate: float) -> float:
        """Take one step on a batch; return its loss before the step, in nats.

        With the plan's reduction `sum` the loss is summed over an example's characters and averaged
        over the batch's rows; with `mean` it is averaged over all scored characters. `batch.fresh`
        says that the carried state starts anew. A learner obeys the options of the plan that its
        backend `honours`; the trainer does the rest.
        """

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        """The losses of several updates in a row.

        Override it if that can be faster; the result must equal one-by-one updates.
        """
        return [
            self.update(batch, rate) for batch, rate in zip(batches, learning_rates, strict=True)
        ]

    @abstractmethod
    def model(self) -> Model:
        """A snapshot of the model as it is now; later updates do not change it."""

    @abstractmethod
    def arrays(self) -> Arrays:
        """Copies of all that an exact resume needs besides the weights."""

    @abstractmethod
    def restore(self, arrays: Arrays) -> None:
        """Continue from the arrays that `arrays` returned, in this version or an earlier one."""


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # of a part of a package that is not there
        return False


class Weighing(NamedTuple):
    """The weight of each part of a mix, and its loss on the text that chose them (nats)."""

    weights: tuple[float, ...]
    loss: float


class Mixer(ABC):
    """Makes one model of several, weighed by a text that none of them learned."""

    @abstractmethod
    def weigh(self, parts: Sequence[Model]) -> Weighing:
        """The best weights; equal ones where the text is empty."""

    @abstractmethod
    def mix(self, parts: Sequence[tuple[Backend, Model]], weights: Sequence[float]) -> Model:
        """One model of parts, each with the backend that made it."""


class Backend(ABC):
    """A family of models: how to make one, load one, and train one; a plugin registers an instance.

    Config: a frozen dataclass whose fields are `option(…)`; requires: the packages that training
    imports; install: the command that installs them; takes_prior: whether its learners add the
    prior of a batch to their logits; stores_counts: whether arrays of its models may be whole
    numbers, which those of networks never are; honours: the options of a plan that its learners
    obey, of `LEARNER_OPTIONS`: a plan that changes another is refused; offered_by: the
    distribution that it comes from, which charplay fills in.
    """

    name: str
    summary: str
    version: str
    Config: type
    requires: tuple[str, ...] = ()
    install: str = ""
    takes_prior: bool = False
    stores_counts: bool = False
    honours: frozenset[str] = LEARNER_OPTIONS
    offered_by: str = ""

    @abstractmethod
    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: Any, rng: np.random.Generator
    ) -> Model:
        """A new model with weights drawn from `rng`; CharplayError if the config is impossible."""

    @abstractmethod
    def load(self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays) -> Model:
        """The model of saved weights, of this version or an earlier one.

        No version is given: arrays of an earlier one are known by their names. KeyError or
        ValueError if they do not fit the config.
        """

    @abstractmethod
    def learner(self, model: Model, plan: Plan) -> Learner:
        """A learner that continues from a model's weights."""

    def upgrade(self, values: Mapping[str, Any], version: str) -> Mapping[str, Any]:
        """The options in a model file of an earlier version, by today's names and meanings.

        version: that of the backend which wrote them, "" where the file does not tell. By default
        they are left as they are.
        """
        return values

    def read_config(self, values: Mapping[str, Any], version: str = "") -> Any:
        """The configuration in a model file; UsageError where an option is wrong."""
        return build(self.Config, self.upgrade(values, version), f"option of {self.name}")

    def grow(
        self,
        arrays: Arrays,
        old: Vocabulary,
        new: Vocabulary,
        config: Any,
        rng: np.random.Generator,
    ) -> Arrays:
        """The arrays of a model, and of its learner's optimiser, for a vocabulary with more.

        `arrays` has the model's weights and, from a run, the arrays of its learner, of this version
        or an earlier one; `new` has all characters of `old`, and may be the same. Old characters
        keep their rows; new ones begin as in a new model, with nothing in the optimiser. What
        belongs to one run alone, such as a carried state, is left out. UsageError where it cannot
        be done; by default it never can.
        """
        missing = "".join(each for each in new.characters if each not in old)
        raise UsageError(
            f"a model of {self.name} cannot learn more characters: "
            f"{list_characters(missing, _MOST_NAMED)}",
            "leave them out of the text, or train a new model without --from",
        )

    def parts(self, model: Model) -> Sequence[tuple[Backend, Model]]:
        """The models that a model is a mix of, each with its backend and its own characters."""
        return ()

    def propose(self, facts: TextFacts, minutes: float | None) -> Proposal | None:
        """How it would learn a text in so many minutes; None if it cannot.

        minutes: None for as many as do good, 0 for what is ready at once. By default a plan that
        suits most networks, which reads the text many times; `one_pass_plan` suits counting.
        """
        if minutes == 0:
            return None
        plan = usual_plan(facts).with_minutes(minutes)
        return Proposal(plan, expected=_EXPECTED_OF_USUAL_PLAN)

    def memory_needed(self, config: Any, plan: Plan, facts: TextFacts) -> int | None:
        """The most memory that training and saving a model of a text take, in bytes.

        At most 1.5 times too much or too little, all in all: a run that would not fit is refused.
        Packages that training imports count; Python, NumPy and the text do not. None, as by
        default, where it is not known.
        """
        return None

    def mixer(self, inner: Corpus) -> Mixer:
        """What makes one model of several; UsageError from a backend whose models have no parts."""
        raise UsageError(
            f"{self.name} makes no model of several", "`backends` shows which backends there are"
        )

    def missing(self) -> tuple[str, ...]:
        """Packages that training needs and this machine lacks, found without importing them."""
        return tuple(package for package in self.requires if not _is_installed(package))

    @property
    def how_to_install(self) -> str:
        """What to type for the packages that training needs."""
        return self.install or f"pip install {' '.join(self.requires)}"

    def check_trainable(self) -> None:
        """Raise UsageError if this machine lacks a package that training needs."""
        missing = self.missing()
        if missing:
            raise UsageError(
                f"training with {self.name} needs {', '.join(missing)}",
                self.how_to_install,
            )
