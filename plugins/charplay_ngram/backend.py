"""The backend `ngram`: its name, its configuration, and the models that it makes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import charplay
from charplay import Backend, Kind, Plan, Proposal, TextFacts, UsageError, one_pass_plan
from charplay_ngram.config import HIGHEST_CHOSEN, NgramConfig

if TYPE_CHECKING:
    import numpy as np

    from charplay import Arrays, Learner, Model, Vocabulary

# The modules imported in functions need NumPy, which must not load at start.

# Bytes, as measured (`benchmarks/memory_needed.py`): always; for each character that is read; and
# for each n-gram that begins there. A longer text is counted in parts, and says little new.
_ALWAYS, _READ, _COUNTED, _WHOLLY_COUNTED = 20_000_000, 8, 20, 1_500_000


class NgramBackend(Backend):
    """Counts of n-grams."""

    name = "ngram"
    summary = "n-grams, counted in one pass (interpolated modified Kneser-Ney)"
    version = charplay.__version__
    Config = NgramConfig
    stores_counts = True
    honours = frozenset({"reduction"})

    def propose(self, facts: TextFacts, minutes: float | None) -> Proposal:
        return Proposal(one_pass_plan(facts), {}, "an n-gram")

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: NgramConfig, rng: np.random.Generator
    ) -> Model:
        return self.load(vocabulary, kind, config, {})

    def load(
        self, vocabulary: Vocabulary, kind: Kind, config: NgramConfig, arrays: Arrays
    ) -> Model:
        from charplay_ngram.model import NgramModel

        return NgramModel(vocabulary, kind, config, arrays)

    def grow(
        self,
        arrays: Arrays,
        old: Vocabulary,
        new: Vocabulary,
        config: NgramConfig,
        rng: np.random.Generator,
    ) -> Arrays:
        return charplay.KneserNey.load(arrays, len(old)).grown(old, new).arrays()

    def memory_needed(self, config: NgramConfig, plan: Plan, facts: TextFacts) -> int:
        order, counted = config.order or HIGHEST_CHOSEN, min(facts.characters, _WHOLLY_COUNTED)
        return _ALWAYS + facts.characters * _READ + counted * order * _COUNTED

    def learner(self, model: Model, plan: Plan) -> Learner:
        from charplay_ngram.learner import NgramLearner
        from charplay_ngram.model import NgramModel

        _check_single_pass(plan, model.kind)
        assert isinstance(model, NgramModel)
        return NgramLearner(self, model, plan)


def _check_single_pass(plan: Plan, kind: Kind) -> None:
    """UsageError where a plan counts characters of a text of that kind more than once."""
    if plan.cutting == "windows":
        raise UsageError(
            "n-grams are counted in one pass, and windows overlap",
            f"use --set cutting={'names' if kind == 'names' else 'stream'}",
        )
    passes = Counter[str]()
    for stage in plan.stages:
        passes[stage.corpus] += stage.epochs or 1
    if max(passes.values()) > 1:
        raise UsageError(
            f"n-grams are counted in one pass, and this plan makes {max(passes.values())}",
            "use --epochs 1",
        )
