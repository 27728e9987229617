"""Making a mix: weighing its parts on a text, and putting them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from charplay import Backend, Corpus, Mixer, Model, Weighing, option_values
from charplay_mix.config import MixConfig, MixedPart
from charplay_mix.model import MixModel
from charplay_mix.weighing import PartViews


class LogLinearMixer(Mixer):
    """Makes mixes of models, weighed by one text."""

    def __init__(self, inner: Corpus, find: Callable[[str], Backend]) -> None:
        self._views, self._find = PartViews(inner), find

    def weigh(self, parts: Sequence[Model]) -> Weighing:
        return self._views.weigh(parts)

    def mix(self, parts: Sequence[tuple[Backend, Model]], weights: Sequence[float]) -> Model:
        flat = [
            described
            for (backend, model), weight in zip(parts, weights, strict=True)
            for described in self._flatten(backend, model, weight)
        ]
        config = MixConfig(tuple(part for part, _ in flat))
        _, first = parts[0]
        models = [model for _, model in flat]
        return MixModel(first.vocabulary, first.kind, config, models)

    def _flatten(
        self, backend: Backend, model: Model, weight: float
    ) -> Iterator[tuple[MixedPart, Model]]:
        """A part, or the parts of one that is a mix itself: p ∝ q^w, and q a product of powers."""
        if isinstance(model, MixModel):
            for part, inner in zip(model.config.parts, model.parts, strict=True):
                yield from self._flatten(self._find(part.backend), inner, weight * part.weight)
            return
        yield MixedPart.of(weight, backend.name, option_values(model.config)), model
