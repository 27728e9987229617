"""The registry: what the plugins offer, by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from charplay.errors import unknown
from charplay.models.contract import Backend
from charplay.plugins.hookspecs import Named
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe

T = TypeVar("T", bound=Named)


@dataclass(frozen=True)
class Origin:
    """Where a plugin comes from: its entry point, and the distribution that installed it."""

    plugin: str
    distribution: str
    version: str


@dataclass(frozen=True)
class Fault:
    """An error in a plugin; charplay works without what that plugin offers."""

    origin: Origin
    problem: str

    @property
    def message(self) -> str:
        """What is wrong, in one line."""
        return f"the plugin {self.origin.plugin!r} of {self.origin.distribution} {self.problem}"

    @property
    def hint(self) -> str:
        """What to do about it."""
        return f"update it, or remove it with pip uninstall {self.origin.distribution}"


class Catalogue(Mapping[str, T], Generic[T]):
    """Entries of one kind by name: backends, or corpora, or recipes, or commands.

    `kind` names one entry in messages; `listing` is the command that lists them.
    """

    def __init__(self, kind: str, listing: str) -> None:
        self._kind, self._listing = kind, listing
        self._entries: dict[str, T] = {}
        self._origins: dict[str, Origin] = {}

    def add(self, entry: T, origin: Origin) -> None:
        """Add an entry; ValueError where an earlier entry has its name."""
        first = self._origins.get(entry.name)
        if first is not None:
            raise ValueError(
                f"offers the {self._kind} {entry.name!r}, which {first.distribution} offers already"
            )
        self._entries[entry.name] = entry
        self._origins[entry.name] = origin

    def find(self, name: str) -> T:
        """The entry of that name; UsageError with the nearest names where there is none."""
        if name not in self._entries:
            raise unknown(self._kind, name, self._entries, self._listing)
        return self._entries[name]

    def origin(self, name: str) -> Origin:
        """The plugin that offers the entry of that name."""
        return self._origins[name]

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


@dataclass(frozen=True)
class Registry:
    """All that the plugins offer, and what went wrong with them."""

    backends: Catalogue[Backend] = field(default_factory=lambda: Catalogue("backend", "backends"))
    corpora: Catalogue[CorpusEntry] = field(default_factory=lambda: Catalogue("corpus", "corpora"))
    recipes: Catalogue[Recipe] = field(default_factory=lambda: Catalogue("recipe", "recipes"))
    commands: Catalogue[Named] = field(default_factory=lambda: Catalogue("command", "help"))
    faults: list[Fault] = field(default_factory=list)
