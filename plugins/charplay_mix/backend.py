"""The backend `mix`: one model of several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import charplay
from charplay import (
    Backend,
    Kind,
    ModelFileError,
    Part,
    Plan,
    Proposal,
    TextFacts,
    UsageError,
    build,
)
from charplay_mix.config import MOST_PARTS, MixConfig, MixedPart

if TYPE_CHECKING:
    import numpy as np

    from charplay import Arrays, Corpus, Learner, Mixer, Model, Vocabulary

# The modules imported in functions need NumPy, which must not load at start.


class MixBackend(Backend):
    """Models whose parts are models of other backends, which `find` gives by name."""

    name = "mix"
    summary = "several models in one: an n-gram and networks, weighed"
    version = charplay.__version__
    Config = MixConfig

    def __init__(self, find: Callable[[str], Backend]) -> None:
        self._find = find

    def create(
        self, vocabulary: Vocabulary, kind: Kind, config: MixConfig, rng: np.random.Generator
    ) -> Model:
        raise _without_parts()

    def learner(self, model: Model, plan: Plan) -> Learner:
        raise _without_parts()

    def load(self, vocabulary: Vocabulary, kind: Kind, config: MixConfig, arrays: Arrays) -> Model:
        from charplay_mix.model import MixModel, split_names

        if not 0 < len(config.parts) <= MOST_PARTS:
            raise ValueError(f"a mix has from 1 to {MOST_PARTS} parts, not {len(config.parts)}")
        models = [
            self._load_part(part, vocabulary, kind, each)
            for part, each in zip(config.parts, split_names(arrays, len(config.parts)), strict=True)
        ]
        return MixModel(vocabulary, kind, config, models)

    def _load_part(
        self, part: MixedPart, vocabulary: Vocabulary, kind: Kind, arrays: Arrays
    ) -> Model:
        from charplay import Vocabulary
        from charplay_mix.translated import CHARACTERS, read_characters, within

        try:
            backend = self._find(part.backend)
        except UsageError as error:
            raise ModelFileError(
                f"a part needs the backend {part.backend!r}, which is not installed",
                "install the plugin that offers it; `backends` shows what there is",
            ) from error
        config: Any = build(backend.Config, dict(part.options), f"option of {part.backend}")
        own = dict(arrays)
        points = own.pop(CHARACTERS, None)
        known = vocabulary if points is None else Vocabulary(read_characters(points))
        return within(vocabulary, backend.load(known, kind, config, own))

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
            Part("numpy", network.config, network.plan),
        )
        plan = replace(network.plan, parts=parts, minutes=wanted)
        summary = f"{counting.summary} and {network.summary}, mixed"
        return Proposal(plan, {}, summary, 0.95)

    def mixer(self, inner: Corpus) -> Mixer:
        from charplay_mix.mixer import LogLinearMixer

        return LogLinearMixer(inner)


def _usual_minutes(facts: TextFacts) -> float:
    """Minutes that are well spent on a text: more on a longer one."""
    if facts.kind == "prose":
        return 3
    return min(4, max(1.5, facts.size / 10_000))


def _without_parts() -> UsageError:
    return UsageError(
        "a mix is made of parts, and this plan names none", "`recipes` shows plans that do"
    )
