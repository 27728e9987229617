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
from charplay.models.checkpoint import Header
from charplay.options import build
from charplay.plan import Plan, TextChoice
from charplay.text.corpus import NameList, load_corpus, split_corpus
from charplay.text.entry import CorpusEntry
from charplay.text.typography import comparing_form

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
    choice, sha256 = _text_of(header, local_text)
    try:
        corpus = load_corpus(choice, corpora, home)
        training, held_out = split_corpus(corpus, Plan.from_dict(header.plan).held_out)
    except CharplayError:
        return KnownNames(None, None, ()), f"the model's list is not available: {choice.corpus}"
    if not (isinstance(training, NameList) and isinstance(held_out, NameList)):
        return KnownNames(None, None, ()), f"{choice.corpus} is no longer a list of names"
    changed = f"{choice.corpus} has changed since the model was trained on it"
    known = KnownNames(
        _comparing_forms(training), _comparing_forms(held_out), (*training.names, *held_out.names)
    )
    return known, "" if corpus.sha256 == sha256 else changed


def _text_of(header: Header, local_text: str | None) -> tuple[TextChoice, str]:
    """The text that a model was trained on, and its sha256."""
    text = header.provenance.get("text")
    values = dict(text) if isinstance(text, dict) else {}
    sha256 = str(values.pop("sha256", ""))
    try:
        named = {"corpus": local_text} if local_text else {}
        return build(TextChoice, values | named), sha256
    except CharplayError:
        return TextChoice(local_text or ""), sha256


def _comparing_forms(corpus: NameList) -> frozenset[str]:
    return frozenset(map(comparing_form, corpus.names))
