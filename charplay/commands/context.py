"""What a command may use: the world, what the plugins offer, the library, settings, the talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from charplay.environment import Environment
from charplay.generation.options import Sampling
from charplay.options import change, option
from charplay.plugins.registry import Registry
from charplay.pretrained import FIRST, shipped
from charplay.text.entry import CorpusEntry
from charplay.text.shelf import corpora_at_hand

if TYPE_CHECKING:
    from charplay.commands.table import Commands
    from charplay.generation.place import Place
    from charplay.models.library import Library, OpenModel


@dataclass(frozen=True)
class Interface:
    """Options of the interface, beside those of sampling."""

    format: str = option("text", "how results are written", choices=("text", "json", "csv"))
    answers: int = option(5, "names given to a line of plain text", minimum=1, maximum=100_000)


@dataclass
class Settings:
    """What `set` has set: interface options, and the sampling options that were given."""

    interface: Interface = field(default_factory=Interface)
    sampling: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Talk:
    """Where the talk with a model stands."""

    digest: str
    place: Place


@dataclass
class Context:
    """One REPL's, or one shell command's."""

    environment: Environment
    registry: Registry
    commands: Commands
    settings: Settings = field(default_factory=Settings)
    talk: Talk | None = None
    interrupted: bool = False
    _open: OpenModel | None = None

    @cached_property
    def library(self) -> Library:
        """The models of the data home."""
        from charplay.models.library import Library

        find_backend = self.registry.backends.find
        return Library(self.environment.home / "models", find_backend, shipped())

    @property
    def corpora(self) -> Mapping[str, CorpusEntry]:
        """The texts by name: those that plugins offer, then those of the data home."""
        return corpora_at_hand(self.registry.corpora, self.environment.home)

    def interrupt(self) -> None:
        """Note that the person stopped what was going on."""
        self.interrupted = True

    def model(self, reference: str | None = None) -> OpenModel:
        """A model by name, digest or path; without one, the model last chosen."""
        reference = reference or self.library.current or FIRST
        if self._open is None or self._open.digest != self.library.digest(reference):
            self._open = self.library.open(reference)
        return self._open

    def sampling(self, opened: OpenModel, given: Mapping[str, Any]) -> Sampling:
        """The model's own sampling options, then what was set, then what was given just now."""
        own = change(Sampling.usual(opened.model.kind), opened.header.sampling)
        return change(own, {**self.settings.sampling, **given})
