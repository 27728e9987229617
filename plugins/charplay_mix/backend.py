"""The backend `mix`: one model of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import charplay
from charplay import (
    Backend,
    Kind,
    Part,
    Plan,
    Proposal,
    TextFacts,
    UsageError,
)
from charplay_mix.config import MixConfig

if TYPE_CHECKING:
    import numpy as np

    from charplay import Arrays, Corpus, Learner, Mixer, Model, Vocabulary

# The modules imported in functions need NumPy, which must not load at start.


_CORRECTED_A_MINUTE = 1_000_000


class MixBackend(Backend):
    """Models whose parts are models of other backends, which `find` gives by name."""

    name = "mix"
    summary = "several models in one: an n-gram and networks, weighed"
    version = charplay.__version__
    Config = MixConfig
    stores_counts = True

    def __init__(self, find: Callable[[str], Backend]) -> None:
        self._find = find

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: MixConfig, rng: np.random.Generator
    ) -> Model:
        raise _without_parts()

    def learner(self, model: Model, plan: Plan) -> Learner:
        raise _without_parts()

    def load(self, vocabulary: Vocabulary, kind: Kind, config: MixConfig, arrays: Arrays) -> Model:
        from charplay_mix.loading import load_mix

        return load_mix(self._find, vocabulary, kind, config, arrays)

    def propose(self, facts: TextFacts, minutes: float | None) -> Proposal | None:
        """Counting and a network.

        A second network took 0.2 % off the loss, for twice the time in training and in drawing.
        """
        wanted = _usual_minutes(facts) if minutes is None else minutes
        if not wanted:
            return None
        try:
            backends = [self._find(name) for name in ("ngram", "numpy")]
        except UsageError:  # one of them could not be loaded
            return None
        counting, network = (backend.propose(facts, wanted) for backend in backends)
        if counting is None or network is None:
            return None
        parts = (
            Part("ngram", counting.config, counting.plan, counted=True),
            Part("numpy", network.config, network.plan, corrects=_corrected_share(facts, wanted)),
        )
        plan = replace(network.plan, parts=parts)
        summary = f"{counting.summary} and {network.summary}, mixed"
        return Proposal(plan, {}, summary, 0.95)

    def memory_needed(self, config: MixConfig, plan: Plan, facts: TextFacts) -> int | None:
        from charplay_mix.memory import mix_memory

        return mix_memory(self._find, plan, facts)

    def parts(self, model: Model) -> Sequence[tuple[Backend, Model]]:
        from charplay_mix.mixer import parts_of

        return [(self._find(part.backend), own) for part, own in parts_of(model)]

    def mixer(self, inner: Corpus) -> Mixer:
        from charplay_mix.mixer import LogLinearMixer

        return LogLinearMixer(inner)


def _corrected_share(facts: TextFacts, minutes: float) -> float:
    """How much of counting the network should correct: half; of names it learns better alone.

    A text is counted five times more for that, which may take a third of the time.
    """
    if facts.kind == "names" or facts.characters > _CORRECTED_A_MINUTE * minutes:
        return 0
    return 0.5


def _usual_minutes(facts: TextFacts) -> float:
    """Minutes that are well spent on a text: more on a longer one."""
    if facts.kind == "prose":
        return 3
    return min(4, max(1.5, facts.size / 10_000))


def _without_parts() -> UsageError:
    return UsageError(
        "a mix is made of parts, and this plan names none", "`recipes` shows plans that do"
    )
