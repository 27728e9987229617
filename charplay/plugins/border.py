"""The border: a backend as the rest of charplay knows it, and the plugin's own behind it.

What is known as data is answered without the plugin's code. What the code gives is checked once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from charplay.errors import MisfitError, UsageError
from charplay.kind import Kind
from charplay.models.contract import Backend, Learner, Mixer, Model
from charplay.models.losses import checked_losses
from charplay.options import Option, build, declare_options, option_values
from charplay.plan import Plan
from charplay.plugins.loading import PluginCode
from charplay.proposal import Proposal, TextFacts

if TYPE_CHECKING:
    import numpy as np

    from charplay.models.arrays import Arrays
    from charplay.text.batching import Batch
    from charplay.text.corpus import Corpus
    from charplay.text.vocabulary import Vocabulary


class BackendAtBorder(Backend):
    """A plugin's backend: listed from its data, imported when it makes or learns something.

    data: as `describe_backend` gives it. Its Config has the plugin's options; the plugin's own
    methods are given the plugin's own Config, with the same values.
    """

    def __init__(self, data: Mapping[str, Any], code: PluginCode) -> None:
        self.name, self.summary, self.version = data["name"], data["summary"], data["version"]
        self.requires, self.install = tuple(data["requires"]), data["install"]
        self.takes_prior, self.honours = data["takes_prior"], frozenset(data["honours"])
        self.stores_counts = data["stores_counts"]
        self.offered_by = code.origin.installed
        self.Config = declare_options("Config", map(Option.from_data, data["options"]))
        self._answers, self._code = frozenset(data["answers"]), code

    @cached_property
    def _own(self) -> Backend:
        return self._code.backend(self.name)

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: Any, rng: np.random.Generator
    ) -> Model:
        with self._telling("create"):
            own = self._own.create(vocabulary, kind, self._own_config(config), rng)
            model = _probed_model(own, vocabulary, kind, self._own)
            _check_loads(self._own, model)
            return model

    def load(self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays) -> Model:
        # KeyError and ValueError say that the arrays do not fit. Those of a mix's parts come here
        # alone, and not from a file of their own.
        _check_weights(arrays, self.stores_counts)
        with self._telling("load", KeyError, ValueError):
            own = self._own.load(vocabulary, kind, self._own_config(config), arrays)
        with self._telling("load"):
            return _checked_model(own)

    def learner(self, model: Model, plan: Plan) -> Learner:
        with self._telling("learner"):
            learner = self._own.learner(model, plan)
            if not isinstance(learner, Learner):
                raise _misfit_of("learner", "a Learner", learner)
            _check_arrays(learner.arrays(), "Learner.arrays")
            return LearnerAtBorder(learner, self._code)

    def grow(
        self,
        arrays: Arrays,
        old: Vocabulary,
        new: Vocabulary,
        config: Any,
        rng: np.random.Generator,
    ) -> Arrays:
        # As in `load`: the arrays are those of a file.
        with self._telling("grow", KeyError, ValueError, IndexError):
            return self._own.grow(arrays, old, new, self._own_config(config), rng)

    def parts(self, model: Model) -> Sequence[tuple[Backend, Model]]:
        with self._telling("parts"):
            return self._own.parts(model)

    def upgrade(self, values: Mapping[str, Any], version: str) -> Mapping[str, Any]:
        if "upgrade" not in self._answers:
            return values
        with self._telling("upgrade"):
            return self._own.upgrade(values, version)

    def propose(self, facts: TextFacts, minutes: float | None) -> Proposal | None:
        if "propose" not in self._answers:
            return super().propose(facts, minutes)
        with self._telling("propose"):
            proposal = self._own.propose(facts, minutes)
            if proposal is not None and not isinstance(proposal, Proposal):
                raise _misfit_of("propose", "a Proposal or None", proposal)
            self._check_proposed(proposal)
            return proposal

    def _check_proposed(self, proposal: Proposal | None) -> None:
        """MisfitError where a proposed configuration is none."""
        try:
            build(self.Config, proposal.config if proposal else {})
        except UsageError as error:
            raise MisfitError("propose", "a configuration of its own", error.message) from error

    def memory_needed(self, config: Any, plan: Plan, facts: TextFacts) -> int | None:
        if "memory_needed" not in self._answers:
            return None
        with self._telling("memory_needed"):
            needed = self._own.memory_needed(self._own_config(config), plan, facts)
            if needed is not None and (isinstance(needed, bool) or not isinstance(needed, int)):
                raise _misfit_of("memory_needed", "a number of bytes or None", needed)
            return needed

    def mixer(self, inner: Corpus) -> Mixer:
        with self._telling("mixer"):
            return self._own.mixer(inner)

    def _own_config(self, config: Any) -> Any:
        """The plugin's own configuration with the values of ours."""
        own = self._own.Config
        return config if isinstance(config, own) else build(own, option_values(config))

    def _telling(self, method: str, *passing: type[Exception]) -> AbstractContextManager[None]:
        return self._code.telling(f"{type(self._own).__name__}.{method}", passing)


class LearnerAtBorder(Learner):
    """A plugin's learner; its losses are numbers, and whatever fails in it names the plugin."""

    def __init__(self, own: Learner, code: PluginCode) -> None:
        self._own, self._code = own, code
        self._has_begun = False

    def update(self, batch: Batch, learning_rate: float) -> float:
        with self._telling("update"):
            return self._checked((self._own.update(batch, learning_rate),), 1)[0]

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        with self._telling("update_many"):
            return self._checked(self._own.update_many(batches, learning_rates), len(batches))

    def _checked(self, losses: Sequence[object], count: int) -> list[float]:
        """The losses; the first of all comes before any step, so nothing can have exploded yet."""
        checked = checked_losses(losses, count)
        if not self._has_begun and checked and not isfinite(checked[0]):
            raise MisfitError("update", "a finite loss at its first step", str(checked[0]))
        self._has_begun = True
        return checked

    def model(self) -> Model:
        with self._telling("model"):
            return _a_model(self._own.model(), "Learner.model")

    def arrays(self) -> Arrays:
        with self._telling("arrays"):
            return self._own.arrays()

    def restore(self, arrays: Arrays) -> None:
        # KeyError and ValueError say that the arrays do not fit.
        with self._telling("restore", KeyError, ValueError):
            self._own.restore(arrays)

    def _telling(self, method: str, *passing: type[Exception]) -> AbstractContextManager[None]:
        return self._code.telling(f"{type(self._own).__name__}.{method}", passing)


def _probed_model(model: object, vocabulary: Vocabulary, kind: Kind, backend: Backend) -> Model:
    """A new model that keeps the contract for a few steps, and can be written and read."""
    from charplay.models.probe import probe_model  # numpy

    model = _a_model(model, "create")
    if (model.kind, model.vocabulary) != (kind, vocabulary):
        raise MisfitError("create", f"a model of {kind} for the given vocabulary", "another")
    _check_arrays(model.arrays(), "arrays")
    _check_new_weights(model.arrays(), backend.stores_counts)
    _check_config(model.config, backend.Config)
    probe_model(model)
    return model


def _check_loads(backend: Backend, model: Model) -> None:
    """MisfitError where a new model's own arrays cannot be loaded from a file."""
    from charplay.models.probe import through_file  # numpy

    arrays = through_file(model.arrays())
    try:
        loaded = backend.load(model.vocabulary, model.kind, model.config, arrays)
    except (KeyError, ValueError) as error:
        came = f"{type(error).__name__}: {error}"
        raise MisfitError("load", "a model of the arrays that a new one has", came) from error
    _a_model(loaded, "load")


def _checked_model(model: object) -> Model:
    """A loaded model whose first step is one; that its weights are numbers, their file showed."""
    from charplay.models.probe import check_step  # numpy

    model = _a_model(model, "load")
    check_step(model)
    return model


def _a_model(model: object, method: str) -> Model:
    if not isinstance(model, Model):
        raise _misfit_of(method, "a Model", model)
    return model


def _check_arrays(arrays: object, method: str) -> None:
    from charplay.models.probe import check_arrays  # numpy

    check_arrays(arrays, method)


def _check_weights(arrays: Arrays, stores_counts: bool) -> None:
    from charplay.models.probe import check_weights  # numpy

    check_weights(arrays, stores_counts)


def _check_new_weights(arrays: Arrays, stores_counts: bool) -> None:
    """MisfitError where a new model has arrays that no file of it could be read with."""
    try:
        _check_weights(arrays, stores_counts)
    except ValueError as error:
        expected = "weights, which are floats (counts where the backend says stores_counts = True)"
        raise MisfitError("arrays", expected, str(error)) from error


def _check_config(config: Any, cls: type) -> None:
    """MisfitError where a configuration is another one after it was written to a file and read."""
    if not isinstance(config, cls):
        raise _misfit_of("create", f"a model with a {cls.__name__} as its config", config)
    values = json.loads(json.dumps(option_values(config)))
    again = json.loads(json.dumps(option_values(build(cls, values))))
    if again != values:
        raise MisfitError("Config", f"the same after a file: {values}", str(again))


def _misfit_of(method: str, expected: str, came: object) -> MisfitError:
    return MisfitError(method, expected, f"a {type(came).__name__}")
