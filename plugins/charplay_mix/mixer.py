"""Making a mix: weighing its parts on a text, and putting them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from charplay import Backend, Corpus, Mixer, Model, Vocabulary, Weighing, option_values
from charplay_mix.config import MixConfig, MixedPart, rounded
from charplay_mix.model import MixModel
from charplay_mix.translated import untranslated, within
from charplay_mix.weighing import PartViews


class LogLinearMixer(Mixer):
    """Makes mixes of models, weighed by one text."""

    def __init__(self, inner: Corpus | None) -> None:
        self._views = PartViews(inner)

    def weigh(self, parts: Sequence[Model]) -> Weighing:
        return self._views.weigh(parts)

    def mix(self, parts: Sequence[tuple[Backend, Model]], weights: Sequence[float]) -> Model:
        flat = [
            described
            for (backend, model), weight in zip(parts, weights, strict=True)
            for described in _flatten(backend, model, weight)
        ]
        config = MixConfig(tuple(part for part, _ in flat))
        _, first = parts[0]
        models = [model for _, model in flat]
        return MixModel(first.vocabulary, first.kind, config, models)


def _flatten(backend: Backend, model: Model, weight: float) -> Iterator[tuple[MixedPart, Model]]:
    """A part, or the parts of one that is a mix itself: p ∝ q^w, and q a product of powers."""
    if isinstance(model, MixModel):
        for part, inner in zip(model.config.parts, model.parts, strict=True):
            yield replace(part, weight=rounded(weight * part.weight)), inner
    else:
        own = untranslated(model)
        yield MixedPart.of(weight, backend.name, option_values(own.config)), model


def parts_of(mixed: Model) -> list[tuple[MixedPart, Model]]:
    """The parts of a mix, each as its line of text and as a model in its own characters."""
    if not isinstance(mixed, MixModel):
        raise TypeError(f"{type(mixed).__name__} has no parts")
    return [
        (line, untranslated(part))
        for line, part in zip(mixed.config.parts, mixed.parts, strict=True)
    ]


def in_characters(vocabulary: Vocabulary, model: Model) -> Model:
    """The model in these characters; a mix stays one, of parts in these characters."""
    if not isinstance(model, MixModel):
        return within(vocabulary, model)
    parts = [within(vocabulary, untranslated(part)) for part in model.parts]
    return MixModel(vocabulary, model.kind, model.config, parts)
