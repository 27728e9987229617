"""The border: a backend as the rest of charplay knows it, and the plugin's own behind it.

What is known as data is answered without the plugin's code. What the code gives is checked once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from charplay.errors import MisfitError
from charplay.models.contract import Backend, Learner, Mixer, Model
from charplay.options import Option, build, declare_options, option_values
from charplay.plan import Kind, Plan
from charplay.plugins.loading import PluginCode
from charplay.proposal import Proposal, TextFacts

if TYPE_CHECKING:
    import numpy as np

    from charplay.models.arrays import Arrays
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
        self.takes_prior = data["takes_prior"]
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
            return self._checked(own, "create")

    def load(self, vocabulary: Vocabulary, kind: Kind, config: Any, arrays: Arrays) -> Model:
        # KeyError and ValueError say that the arrays do not fit.
        with self._telling("load", KeyError, ValueError):
            own = self._own.load(vocabulary, kind, self._own_config(config), arrays)
        with self._telling("load"):
            return self._checked(own, "load")

    def learner(self, model: Model, plan: Plan) -> Learner:
        with self._telling("learner"):
            learner = self._own.learner(model, plan)
            if not isinstance(learner, Learner):
                raise _misfit("learner", "a Learner", learner)
            return learner

    def grow(
        self,
        arrays: Arrays,
        old: Vocabulary,
        new: Vocabulary,
        config: Any,
        rng: np.random.Generator,
    ) -> Arrays:
        with self._telling("grow"):
            return self._own.grow(arrays, old, new, self._own_config(config), rng)

    def parts(self, model: Model) -> Sequence[tuple[Backend, Model]]:
        with self._telling("parts"):
            return self._own.parts(model)

    def propose(self, facts: TextFacts, minutes: float | None) -> Proposal | None:
        if "propose" not in self._answers:
            return super().propose(facts, minutes)
        with self._telling("propose"):
            proposal = self._own.propose(facts, minutes)
            if proposal is not None and not isinstance(proposal, Proposal):
                raise _misfit("propose", "a Proposal or None", proposal)
            return proposal

    def memory_needed(self, config: Any, plan: Plan, facts: TextFacts) -> int | None:
        if "memory_needed" not in self._answers:
            return None
        with self._telling("memory_needed"):
            needed = self._own.memory_needed(self._own_config(config), plan, facts)
            if needed is not None and (isinstance(needed, bool) or not isinstance(needed, int)):
                raise _misfit("memory_needed", "a number of bytes or None", needed)
            return needed

    def mixer(self, inner: Corpus) -> Mixer:
        with self._telling("mixer"):
            return self._own.mixer(inner)

    def _own_config(self, config: Any) -> Any:
        """The plugin's own configuration with the values of ours."""
        own = self._own.Config
        return config if isinstance(config, own) else build(own, option_values(config))

    def _checked(self, model: object, method: str) -> Model:
        """A model that keeps the contract for a few steps, and whose arrays are numbers."""
        from charplay.models.probe import check_arrays, probe_model  # numpy

        if not isinstance(model, Model):
            raise _misfit(method, "a Model", model)
        check_arrays(model.arrays())
        probe_model(model)
        return model

    def _telling(self, method: str, *passing: type[Exception]) -> AbstractContextManager[None]:
        return self._code.telling(f"{type(self._own).__name__}.{method}", passing)


def _misfit(method: str, expected: str, came: object) -> MisfitError:
    return MisfitError(method, expected, f"a {type(came).__name__}")
