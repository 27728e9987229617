"""A plugin for charplay: Markov chains, a list of rivers, and the command `successors`."""

from copy import deepcopy
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

import charplay as cp

charplay_api = "1.1"


@dataclass(frozen=True)
class MarkovConfig:
    """The options of a chain."""

    smoothing: float = cp.option(0.1, "added to every count", above=0)


class MarkovModel(cp.Model):
    """Counts of each character after two others: `counts` `(V+1, V+1, V)`, place 0 for no token."""

    def initial_state(self, batch_size: int) -> cp.State:
        return {"before": np.full(batch_size, cp.NO_TOKEN, np.int32)}

    def step(self, state: cp.State, tokens: cp.Tokens) -> tuple[cp.Array, cp.State]:
        counts = self.arrays()["counts"][state["before"] + 1, tokens + 1] + self.config.smoothing
        return np.log(counts / counts.sum(axis=1, keepdims=True)), {"before": tokens.copy()}


class MarkovLearner(cp.Learner):
    def __init__(self, model: cp.Model, plan: cp.Plan) -> None:
        self._model, self._plan = deepcopy(model), plan
        self._state = model.initial_state(plan.batch_size)

    def update(self, batch: cp.Batch, learning_rate: float) -> float:
        inputs, scored = batch.inputs, batch.targets != cp.NO_TOKEN
        state = self._model.initial_state(len(inputs)) if batch.fresh else self._state
        logits, self._state = self._model.advance(state, inputs)
        before, targets = np.column_stack([state["before"], inputs[:, :-1]]), batch.targets[scored]
        places = (before[scored] + 1, inputs[scored] + 1, targets)
        np.add.at(self._model.arrays()["counts"], places, 1)
        return -float(logits[scored, targets].sum()) / batch.loss_scale(self._plan)

    def model(self) -> cp.Model:
        return deepcopy(self._model)

    def arrays(self) -> cp.Arrays:
        return self._state

    def restore(self, arrays: cp.Arrays) -> None:
        self._state = dict(arrays)


class MarkovBackend(cp.Backend):
    """Markov chains, counted in one pass."""

    name, summary, version, Config = "markov", "Markov chains of order 2", "1.0", MarkovConfig
    honours = frozenset({"reduction"})

    def create(self, vocabulary: cp.Vocabulary, kind: cp.Kind, config: Any, rng: Any) -> cp.Model:
        counts = np.zeros((len(vocabulary) + 1, len(vocabulary) + 1, len(vocabulary)), np.float32)
        return MarkovModel(vocabulary, kind, config, {"counts": counts})

    def load(self, vocabulary: cp.Vocabulary, kind: cp.Kind, config: Any, arrays: Any) -> cp.Model:
        if arrays["counts"].shape[2] != len(vocabulary):
            raise ValueError("the counts do not fit the characters")
        return MarkovModel(vocabulary, kind, config, arrays)

    def learner(self, model: cp.Model, plan: cp.Plan) -> cp.Learner:
        return MarkovLearner(model, plan)

    def propose(self, facts: cp.TextFacts, minutes: float | None) -> cp.Proposal:
        return cp.Proposal(cp.one_pass_plan(facts), {}, "a Markov chain", expected=1.3)


@dataclass(frozen=True)
class Arguments:
    """What `successors` takes."""

    text: str = cp.option("", "the characters before", positional=True, required=True)
    model: str | None = cp.option(None, "a Markov model", short="-m", completes="model")


def count_successors(context: cp.Context, request: cp.Request) -> dict[str, int]:
    """How often each character came after a text."""
    asked = request.fill(Arguments)
    model = context.model(asked.model).model
    if not isinstance(model, MarkovModel):
        raise cp.UsageError("this is no Markov model", "`train rivers --backend markov` makes one")
    known = model.vocabulary
    tokens = [cp.NO_TOKEN, cp.NO_TOKEN, *known.encode(known.admit(asked.text).text)]
    counts = model.arrays()["counts"][tokens[-2] + 1, tokens[-1] + 1]
    return {known.characters[t].replace("\n", "end"): int(counts[t]) for t in counts.nonzero()[0]}


RIVERS = cp.CorpusEntry(
    "rivers", "names", "names of rivers", "CC0", "the tutorial", files(__name__) / "rivers.txt"
)
SUCCESSORS = cp.Command(
    "successors", "what came after a text", f"{__name__}:count_successors", f"{__name__}:Arguments"
)


@cp.hookimpl
def register_backends(register: cp.RegisterBackend) -> None:
    register(MarkovBackend())


@cp.hookimpl
def register_corpora(register: cp.RegisterCorpus) -> None:
    register(RIVERS)


@cp.hookimpl
def register_commands(register: cp.RegisterCommand) -> None:
    register(SUCCESSORS)
