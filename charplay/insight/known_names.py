"""The names that a new name is compared with, and the list that a model was trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from charplay.errors import CharplayError
from charplay.insight.nearest import NameIndex
from charplay.insight.sounds import SoundIndex
from charplay.models.header import Header
from charplay.text.corpus import NameList
from charplay.text.entry import CorpusEntry
from charplay.text.typed.typography import comparing_form
from charplay.training.texts import text_choice_of, text_digest_of, texts_of_model

Status: TypeAlias = Literal["training", "held out", "new"]


@dataclass(frozen=True)
class KnownNames:
    """A model's training and held-out names as they compare, and the names to measure distances to.

    training, held_out: None where the model's list is not available. names: as they are spelled.
    """

    training: frozenset[str] | None
    held_out: frozenset[str] | None
    names: tuple[str, ...]

    def status(self, name: str) -> Status | None:
        """Which part of the model's list has the name; None where the list is not available."""
        if self.training is None or self.held_out is None:
            return None
        form = comparing_form(name)
        if form in self.training:
            return "training"
        return "held out" if form in self.held_out else "new"

    def compared_with(self, names: Iterable[str]) -> KnownNames:
        """The same parts, but distances are measured to these names."""
        return replace(self, names=tuple(names))

    def prepare(self, sounds: bool = False) -> None:
        """Make the index by spelling, and by sound where it is needed: a second for a long list."""
        self.spelling_index  # noqa: B018 - is cached
        if sounds:
            self.sound_index  # noqa: B018

    @cached_property
    def spelling_index(self) -> NameIndex:
        """The names by spelling."""
        return NameIndex(self.names)

    @cached_property
    def sound_index(self) -> SoundIndex:
        """The names by sound."""
        return SoundIndex(self.names)


def load_known_names(
    header: Header,
    local_text: str | None,
    corpora: Mapping[str, CorpusEntry],
    home: Path | None = None,
) -> tuple[KnownNames, str]:
    """The names of a model's list, and a notice if the list is not what the model was trained on.

    `local_text` is the corpus or file that the library notes for the model; without it, the text
    that the model's file names. A list that is not available raises nothing: the notice says so.
    """
    source = text_choice_of(header, local_text).corpus
    try:
        texts = texts_of_model(header, local_text, corpora, home)
    except CharplayError:
        why = source or "its file names no text"
        return KnownNames(None, None, ()), f"the model's list is not available: {why}"
    training, held_out = texts.known, texts.held_out
    if not (isinstance(training, NameList) and isinstance(held_out, NameList)):
        return KnownNames(None, None, ()), f"{source} is no longer a list of names"
    changed = f"{source} has changed since the model was trained on it"
    known = KnownNames(
        _comparing_forms(training), _comparing_forms(held_out), (*training.names, *held_out.names)
    )
    return known, "" if texts.own.sha256 == text_digest_of(header) else changed


def _comparing_forms(corpus: NameList) -> frozenset[str]:
    return frozenset(map(comparing_form, corpus.names))
