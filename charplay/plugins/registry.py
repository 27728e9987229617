"""What the plugins offer, by name."""

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
    """A plugin as installed: its entry point and the distribution that brought it."""

    plugin: str
    distribution: str
    version: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with a plugin; the rest of charplay works without it."""

    origin: Origin
    problem: str

    @property
    def message(self) -> str:
        """One line for a person."""
        return f"the plugin {self.origin.plugin!r} of {self.origin.distribution} {self.problem}"

    @property
    def hint(self) -> str:
        """How to be rid of it."""
        return f"update it, or remove it: pip uninstall {self.origin.distribution}"


class Catalogue(Mapping[str, T], Generic[T]):
    """Things of one kind by name; the first to take a name keeps it."""

    def __init__(self, what: str, listing: str) -> None:
        self._what, self._listing = what, listing
        self._things: dict[str, T] = {}
        self._origins: dict[str, Origin] = {}

    def add(self, thing: T, origin: Origin) -> None:
        """Take in a thing; ValueError where its name is taken."""
        taken = self._origins.get(thing.name)
        if taken is not None:
            raise ValueError(
                f"offers the {self._what} {thing.name!r}, which {taken.distribution} offers already"
            )
        self._things[thing.name] = thing
        self._origins[thing.name] = origin

    def find(self, name: str) -> T:
        """The thing of that name; UsageError with the nearest names where there is none."""
        if name not in self._things:
            raise unknown(self._what, name, self._things, self._listing)
        return self._things[name]

    def origin(self, name: str) -> Origin:
        """Who offers it."""
        return self._origins[name]

    def __getitem__(self, name: str) -> T:
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._things))

    def __len__(self) -> int:
        return len(self._things)


@dataclass(frozen=True)
class Registry:
    """All that was found."""

    backends: Catalogue[Backend] = field(default_factory=lambda: Catalogue("backend", "backends"))
    corpora: Catalogue[CorpusEntry] = field(default_factory=lambda: Catalogue("corpus", "corpora"))
    recipes: Catalogue[Recipe] = field(default_factory=lambda: Catalogue("recipe", "recipes"))
    commands: Catalogue[Named] = field(default_factory=lambda: Catalogue("command", "help"))
    faults: list[Fault] = field(default_factory=list)
