"""A mix from the arrays of its file: each part is loaded by its own backend."""

from collections.abc import Callable
from typing import Any

from charplay import Arrays, Backend, Kind, Model, ModelFileError, UsageError, Vocabulary
from charplay_mix.config import MOST_PARTS, MixConfig, MixedPart
from charplay_mix.model import MixModel, split_names
from charplay_mix.translated import CHARACTERS, read_characters, within

FindBackend = Callable[[str], Backend]


def load_mix(
    find: FindBackend, vocabulary: Vocabulary, kind: Kind, config: MixConfig, arrays: Arrays
) -> MixModel:
    """The mix of a file. ValueError or KeyError where the arrays do not fit its parts.

    Raises ModelFileError for a part whose backend is not installed.
    """
    if not 0 < len(config.parts) <= MOST_PARTS:
        raise ValueError(f"a mix has from 1 to {MOST_PARTS} parts, not {len(config.parts)}")
    models = [
        _load_part(find, part, vocabulary, kind, own)
        for part, own in zip(config.parts, split_names(arrays, len(config.parts)), strict=True)
    ]
    return MixModel(vocabulary, kind, config, models)


def _load_part(
    find: FindBackend, part: MixedPart, vocabulary: Vocabulary, kind: Kind, arrays: dict[str, Any]
) -> Model:
    """The model of one part, in the characters of the mix."""
    try:
        backend = find(part.backend)
    except UsageError as error:
        raise ModelFileError(
            f"a part needs the backend {part.backend!r}, which is not installed",
            "install the plugin that offers it; `backends` shows what there is",
        ) from error
    config = backend.read_config(dict(part.options))
    points = arrays.pop(CHARACTERS, None)
    known = vocabulary if points is None else Vocabulary(read_characters(points))
    if not known.characters:
        raise ValueError("a part knows no character")
    return within(vocabulary, backend.load(known, kind, config, arrays))
